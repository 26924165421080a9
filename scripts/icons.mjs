// Draws the PNG icons in public/icons from public/favicon.svg, in a real browser. Run after changing the mark: npm run icons
import { chromium } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { findBrowser } from './browser.mjs'

const mark = readFileSync(new URL('../public/favicon.svg', import.meta.url), 'utf8')
const square = mark.replace(/ rx="\d+"/u, '')
/** A launcher may cut a maskable icon down to the middle 80 %, so the mark shrinks on a ground that does not. */
const shrunk = square.replace(
  /(<rect[^>]*>)([\s\S]*)(<\/svg>)/u,
  '$1<g transform="translate(6.4 6.4) scale(.8)">$2</g>$3',
)

const icons = [
  { file: 'icon-192.png', size: 192, svg: mark },
  { file: 'icon-512.png', size: 512, svg: mark },
  { file: 'maskable-512.png', size: 512, svg: shrunk },
  { file: 'apple-touch-icon.png', size: 180, svg: square },
]

const executablePath = findBrowser()
const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] })
const page = await browser.newPage()
for (const { file, size, svg } of icons) {
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(`<style>body { margin: 0 } svg { display: block; width: 100vw; height: 100vh }</style>${svg}`)
  await page.screenshot({ path: new URL(`../public/icons/${file}`, import.meta.url).pathname, omitBackground: true })
}
await browser.close()
