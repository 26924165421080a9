/** `node scripts/screenshots.mjs`: builds, opens the app as people would, and keeps pictures of it in docs/screenshots. */
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { ensureBrowser } from './browser.mjs'
import { buildIfStale, installPackages, root } from './project.mjs'

await installPackages()
const executablePath = await ensureBrowser()
await buildIfStale()
const { chromium } = await import('@playwright/test')

const folder = join(root, 'docs', 'screenshots')
mkdirSync(folder, { recursive: true })

const notes = `## What we saw

The river is **two fingers lower** than last spring, and the herons have moved to the *far* bank. The full counts are in
[last year's survey](https://example.org/survey).

- Footbridge, east side
  - one heron, standing
  - kingfisher, twice
- Old mill

## To do before Sunday

- [x] Ask Mina for the long ladder
- [ ] Paint the gauge
- [ ] Write to the council

> Whoever measures the river measures it at the same hour, or not at all.

\`\`\`js
const level = readings.at(-1) - readings[0]
\`\`\`
`

const letter = `# 강가 산책

우리는 이른 아침에 강을 따라 걸었습니다. 물은 지난봄보다 **낮았고**, 왜가리는 건너편으로 옮겨 갔습니다.

- 나무다리 동쪽
  - 왜가리 한 마리
- 오래된 물레방아

- [x] 사다리 빌리기
- [ ] 수위 눈금 칠하기

> 강을 재는 사람은 늘 같은 시각에 잽니다.
`

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

const port = await freePort()
const site = `http://localhost:${port}`
const startRelay = () =>
  spawn(process.execPath, ['dist/relay/main.js'], {
    cwd: root,
    env: { ...process.env, PORT: String(port) },
    stdio: 'ignore',
  })
let relay = startRelay()
const browser = await chromium.launch({
  executablePath,
  args: [
    '--no-sandbox',
    '--allow-loopback-in-peer-connection',
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
  ],
})

async function person(name, color, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    deviceScaleFactor: 2,
    permissions: ['camera', 'microphone'],
    locale: 'en-GB',
    ...options,
  })
  await context.addInitScript(
    (settings) => localStorage.getItem('inkmesh-settings') ?? localStorage.setItem('inkmesh-settings', settings),
    JSON.stringify({ name, color }),
  )
  return context.newPage()
}

const bodyOf = (page) => page.locator('[role=textbox][aria-multiline=true]')

async function visit(page, url) {
  for (let attempt = 0; ; attempt++) {
    try {
      return await page.goto(url)
    } catch (error) {
      // The relay takes a moment to start.
      if (attempt === 20) throw error
      await page.waitForTimeout(250)
    }
  }
}

async function importDocument(page, name, text, title) {
  await visit(page, site)
  const chooser = page.waitForEvent('filechooser')
  await page.locator('.actions button').nth(1).click()
  await (await chooser).setFiles({ name, mimeType: 'text/markdown', buffer: Buffer.from(text) })
  await bodyOf(page).waitFor()
  const field = page.locator('main').getByRole('textbox').first()
  await field.fill(title)
  return page.url()
}

const take = (page, name) => page.screenshot({ path: join(folder, `${name}.png`) })

/** Puts the caret behind some text. */
async function caretBehind(page, text) {
  await bodyOf(page).getByText(text, { exact: false }).first().click()
  await page.keyboard.press('End')
}

try {
  const stranger = await person('', 3)
  await visit(stranger, site)
  // Both of those in the picture have written their lines.
  await stranger.waitForTimeout(4500)
  await take(stranger, 'stranger')
  await stranger.context().close()

  const ada = await person('Ada', 1)
  for (const [days, title, text] of [
    [9, 'Bread', 'Flour, water, salt, patience. The second rise is the one that matters.\n'],
    [3, 'Letter to the council', 'Dear Ms Park, about the gauge at the footbridge…\n'],
    [1, 'Reading list', '- The Living Mountain\n- Waterland\n'],
  ]) {
    const earlier = await ada.context().newPage()
    await earlier.addInitScript((ago) => {
      const now = Date.now.bind(Date)
      Date.now = () => now() - ago
    }, days * 86_400_000)
    await importDocument(earlier, 'note.md', text, title)
    await earlier.waitForTimeout(1200)
    await earlier.close()
  }
  const link = await importDocument(ada, 'river.md', notes, 'River walk, 14 March')
  await caretBehind(ada, 'kingfisher')

  const mina = await person('Mina', 4)
  await visit(mina, link)
  await bodyOf(mina).waitFor()
  await ada.getByRole('list', { name: 'People' }).getByText('Mina').waitFor({ state: 'attached' })
  await caretBehind(mina, 'Paint the gauge')
  await mina.keyboard.type(', with Jun')
  await ada.getByText('with Jun').waitFor()
  // The name at a cursor shows while it moves.
  await mina.keyboard.press('Shift+Control+ArrowLeft')
  await ada.waitForTimeout(200)
  await take(ada, 'document')

  await ada.getByRole('button', { name: 'Share' }).click()
  await ada.getByRole('dialog', { name: 'Share' }).waitFor()
  const viewLink = await ada.getByRole('textbox', { name: 'View link' }).inputValue()
  await ada.waitForTimeout(300)
  await take(ada, 'share')
  await ada.keyboard.press('Escape')

  await ada.getByRole('button', { name: 'Connection details' }).click()
  await ada.getByRole('dialog', { name: 'Your connection' }).getByText('ms round trip').waitFor()
  await ada.waitForTimeout(300)
  await take(ada, 'connection')
  await ada.keyboard.press('Escape')
  await caretBehind(ada, 'kingfisher')

  await ada.emulateMedia({ colorScheme: 'dark' })
  await ada.waitForTimeout(300)
  await take(ada, 'dark')
  await ada.emulateMedia({ colorScheme: 'light' })

  const reader = await person('Sol', 2)
  await visit(reader, viewLink)
  await reader.getByText('with Jun').waitFor()
  await reader.getByRole('status').getByText('On 2 other devices').waitFor()
  await take(reader, 'reading')
  await reader.context().close()

  const phone = await person('Jun', 7, {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 3,
    hasTouch: true,
    isMobile: true,
  })
  await visit(phone, link)
  await bodyOf(phone).waitFor()
  await phone.waitForTimeout(800)
  await take(phone, 'phone')
  await bodyOf(phone).getByText('Old mill').tap()
  await phone.getByRole('button', { name: 'Blocks', exact: true }).tap()
  await phone.waitForTimeout(300)
  await take(phone, 'phone-writing')
  await phone.context().close()

  const tablet = await person('Jun', 7, { viewport: { width: 820, height: 1180 }, hasTouch: true })
  await visit(tablet, link)
  await bodyOf(tablet).waitFor()
  await tablet.getByRole('button', { name: 'Share' }).waitFor()
  await caretBehind(tablet, 'Old mill')
  await tablet.keyboard.press('Enter')
  await tablet.keyboard.type('/')
  await tablet.getByRole('listbox').waitFor()
  await tablet.waitForTimeout(300)
  await take(tablet, 'tablet')
  await tablet.keyboard.press('Backspace')
  await tablet.keyboard.press('Backspace')
  await tablet.keyboard.press('Backspace')
  await tablet.context().close()

  const korean = await person('지민', 6, { locale: 'ko-KR' })
  await importDocument(korean, '산책.md', letter, '강가에서')
  await korean.waitForTimeout(500)
  await take(korean, 'korean')
  await korean.context().close()

  await mina.context().close()
  relay.kill()
  await ada.context().setOffline(true)
  await caretBehind(ada, 'Old mill')
  await ada.keyboard.type(', closed for the winter')
  await ada.getByRole('status').getByText('Offline').waitFor()
  await ada.waitForTimeout(500)
  await take(ada, 'offline')
  await ada.context().setOffline(false)

  relay = startRelay()
  await visit(ada, site)
  await ada.getByRole('list', { name: 'My documents' }).waitFor()
  await ada.waitForTimeout(500)
  await take(ada, 'home')
  await ada.getByRole('searchbox').fill('water')
  await ada.locator('.words mark').first().waitFor()
  await ada.waitForTimeout(300)
  await take(ada, 'found')

  const early = await person('Kim', 5)
  await visit(early, link)
  await early.getByRole('heading', { name: 'Waiting for the document' }).waitFor()
  await early.waitForTimeout(400)
  await take(early, 'waiting')
  console.log(`Pictures are in ${folder}`)
} finally {
  await browser.close()
  relay.kill()
}
