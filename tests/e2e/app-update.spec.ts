/** A newer build on the server: how it reaches people who have the app open, kept by its service worker. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test as base } from '@playwright/test'
import { createRelay } from '#signaling/relay'
import { Person } from '../support/person.ts'

const APP = process.env.APP_DIR ?? fileURLToPath(new URL('../../dist/app', import.meta.url))

/** A server whose app can be replaced. */
interface Site {
  url: string
  /** Puts a newer build in place: the same page, marked, under a new revision. */
  deploy: () => Promise<void>
}

const test = base.extend<{ site: Site }>({
  // Playwright wants the pattern, be it empty.
  // eslint-disable-next-line no-empty-pattern
  site: async ({}, use) => {
    const appDir = mkdtempSync(join(tmpdir(), 'inkmesh-app-'))
    cpSync(APP, appDir, { recursive: true })
    const change = (file: string, from: RegExp, to: string): void => {
      const text = readFileSync(join(appDir, file), 'utf8')
      const changed = text.replace(from, to)
      if (changed === text) throw new Error(`${file} has no ${String(from)}`)
      writeFileSync(join(appDir, file), changed)
    }
    let relay = await createRelay({ host: '127.0.0.1', port: 0, appDir })
    const { port } = relay.address
    await use({
      url: `http://localhost:${port}`,
      deploy: async () => {
        change('index.html', /<html /u, '<html data-newer ')
        change('sw.js', /(index\.html"?,\s*"?revision"?:\s*")\w+/u, '$1newer')
        // The relay reads what it serves when it starts.
        await relay.close()
        relay = await createRelay({ host: '127.0.0.1', port, appDir })
      },
    })
    await relay.close()
    rmSync(appDir, { recursive: true })
  },
})

/** What the browser does by itself on the next navigation, and the app once an hour. */
const lookForUpdate = (person: Person): Promise<void> =>
  person.page.evaluate(async () => {
    await (await navigator.serviceWorker.getRegistration())?.update()
  })

const isNewer = (person: Person): Promise<boolean> =>
  person.page.evaluate(() => document.documentElement.hasAttribute('data-newer'))

test('a newer app is offered, never forced, and keeps what is being written', async ({ browser, site }) => {
  const ada = await Person.arrive(browser, site)
  await ada.startDocument()
  await ada.offlineReady()
  const tab = await ada.openTab()
  await tab.goHome()
  const offer = (person: Person) => person.page.getByText('A new version of Inkmesh is ready.')
  await expect(offer(ada)).toHaveCount(0)

  await site.deploy()
  await lookForUpdate(ada)
  await expect(offer(ada)).toBeVisible()
  await ada.type('Not interrupted.')
  expect(await ada.text()).toBe('Not interrupted.')
  expect(await isNewer(ada)).toBe(false)

  await ada.page.getByRole('button', { name: 'Reload' }).click()
  await ada.until(() => document.documentElement.hasAttribute('data-newer'))
  await ada.ready()
  expect(await ada.text()).toBe('Not interrupted.')
  await expect(offer(ada)).toHaveCount(0)

  expect(await isNewer(tab), 'another tab reloads only when asked').toBe(false)
  await expect(offer(tab)).toBeVisible()
  await tab.page.getByRole('button', { name: 'Reload' }).click()
  await tab.until(() => document.documentElement.hasAttribute('data-newer'))
})
