/** Tabs with the storage floor and nothing else, and what the tests ask of them. */
import { test as base, expect, type Page } from '@playwright/test'
import { bundleHarness, ORIGIN, serveHarness } from './serve.ts'

export interface StorageFixtures {
  /** A new tab with the harness loaded; all tabs of a test are of one browser. `before` runs ahead of everything in it. */
  open: (before?: () => void) => Promise<Page>
}

export const storageTest = base.extend<StorageFixtures, { script: string }>({
  // Playwright wants the pattern, be it empty.
  // eslint-disable-next-line no-empty-pattern
  script: [({}, use) => bundleHarness().then(use), { scope: 'worker' }],
  open: async ({ context, script }, use) => {
    const errors: string[] = []
    await serveHarness(context, script)
    await use(async (before) => {
      const page = await context.newPage()
      page.on('pageerror', (error) => errors.push(String(error)))
      if (before !== undefined) await page.addInitScript(before)
      await page.goto(ORIGIN)
      return page
    })
    expect(errors, 'uncaught errors in the page').toEqual([])
  },
})

/** Given to `open`: lets `closeConnections` close this page's connections, as a browser does when it must. */
export function watchConnections(): void {
  const open = indexedDB.open.bind(indexedDB)
  indexedDB.open = (...args) => {
    const request = open(...args)
    document.addEventListener('close-all', () => request.result.close())
    return request
  }
}

/** Closes the page's connections to databases without a word: `close` tells nobody. */
export function closeConnections(page: Page): Promise<boolean> {
  return page.evaluate(() => document.dispatchEvent(new Event('close-all')))
}

export { expect }
