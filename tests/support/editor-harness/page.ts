/** A page with the editor and nothing else, and what the tests ask of it. */
import { fileURLToPath } from 'node:url'
import { test as base, expect, type CDPSession, type Page } from '@playwright/test'
import { build } from 'vite'

/** A secure context that needs no server: requests are answered by the test. */
const ORIGIN = 'http://editor.localhost'

/** A person at the editor. */
export class Writer {
  readonly page: Page
  readonly cdp: CDPSession

  constructor(page: Page, cdp: CDPSession) {
    this.page = page
    this.cdp = cdp
  }

  /** Opens a sketched document (tests/support/sketch.ts). */
  async open(sketch: string, { editable = true } = {}): Promise<void> {
    await this.page.evaluate(([text, can]) => window.harness.open(text, can), [sketch, editable] as const)
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key)
  }

  type = (text: string): Promise<void> => this.page.keyboard.type(text)

  /** Composes text as an input method does, step by step, and commits the last. */
  async compose(...steps: string[]): Promise<void> {
    for (const text of steps) await this.composing(text)
    await this.cdp.send('Input.insertText', { text: steps.at(-1) ?? '' })
  }

  /** Shows text as being composed, uncommitted. */
  async composing(text: string): Promise<void> {
    await this.cdp.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
  }

  paste = (data: Record<string, string>): Promise<void> => this.page.evaluate((all) => window.harness.paste(all), data)

  /** What the last pasted text was taken for. */
  pastedAs = (): Promise<string | undefined> => this.page.evaluate(() => window.harness.pasted?.as)

  /** Takes the last pasted text the other way. */
  pasteOtherwise = (): Promise<void> => this.page.evaluate(() => window.harness.pasted?.change?.())

  copied = (): Promise<Record<string, string>> => this.page.evaluate(() => window.harness.copied())

  sketch = (): Promise<string> => this.page.evaluate(() => window.harness.sketch())

  marks = (): Promise<string> => this.page.evaluate(() => window.harness.marks())

  /** Waits until the document is this. */
  async sees(sketch: string): Promise<void> {
    await expect.poll(this.sketch).toBe(sketch)
  }
}

async function bundle(): Promise<Map<string, string>> {
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      minify: false,
      modulePreload: false,
      rolldownOptions: {
        input: fileURLToPath(new URL('main.ts', import.meta.url)),
        output: { entryFileNames: 'main.js', assetFileNames: 'main.[ext]' },
      },
    },
  })
  const files = new Map<string, string>()
  for (const each of [result].flat()) {
    if (!('output' in each)) throw new Error('The editor harness was not built')
    for (const file of each.output) files.set(`/${file.fileName}`, String('code' in file ? file.code : file.source))
  }
  return files
}

const HTML =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>Editor</title><link rel="stylesheet" href="/main.css"><script type="module" src="/main.js"></script>'

export const test = base.extend<{ writer: Writer; groupsOf: number }, { files: Map<string, string> }>({
  // In the project 'groups' every document is drawn in groups of so many blocks.
  groupsOf: [0, { option: true }],
  // Playwright wants the pattern, be it empty.
  // eslint-disable-next-line no-empty-pattern
  files: [({}, use) => bundle().then(use), { scope: 'worker' }],
  writer: async ({ page, files, groupsOf }, use) => {
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(String(error)))
    await page.route(`${ORIGIN}/**`, (route) => {
      const path = new URL(route.request().url()).pathname
      const body = files.get(path)
      if (body === undefined) return route.fulfill({ contentType: 'text/html', body: HTML })
      return route.fulfill({ contentType: path.endsWith('.css') ? 'text/css' : 'text/javascript', body })
    })
    await page.goto(ORIGIN)
    await page.waitForFunction(() => 'harness' in window, undefined, { polling: 50 })
    if (groupsOf > 0) await page.evaluate((size) => window.harness.groupBy(size), groupsOf)
    await use(new Writer(page, await page.context().newCDPSession(page)))
    expect(await page.evaluate(() => window.harness.faults()), 'what is drawn').toEqual([])
    expect(errors, 'uncaught errors in the page').toEqual([])
  },
})

export { expect }
