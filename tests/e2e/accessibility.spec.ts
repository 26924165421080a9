import { chromium, type Page } from '@playwright/test'
import axe, { type AxeResults } from 'axe-core'
import { launchOptions } from '../support/launch.ts'
import { expect, test } from '../support/people.ts'
import { holdPreview } from '../support/preview.ts'

/** What axe finds on the page as it is now. Its source goes in by the debugging protocol, which no policy of the page forbids. */
async function expectAccessible(page: Page, screen: string): Promise<void> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate<AxeResults>('axe.run(document, { resultTypes: ["violations"] })')
  const found = violations.map(
    ({ id, nodes }) => `${screen}: ${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
  )
  expect(found).toEqual([])
}

const screens = [
  { name: 'desktop', viewport: { width: 1440, height: 900 } },
  { name: 'phone', viewport: { width: 390, height: 844 } },
]

for (const { name, viewport } of screens) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`axe finds nothing to object to, ${name}, ${colorScheme}`, async ({ people }) => {
      const options = { viewport, colorScheme, reducedMotion: 'reduce' } as const
      const ada = await people.arrive('Ada', options)
      const { page } = ada
      await ada.goHome()
      await page.getByRole('button', { name: 'New document' }).waitFor()
      await expectAccessible(page, 'empty home')

      const link = await ada.importMarkdown('all.md', EVERYTHING)
      const ben = await people.arrive('Ben', options)
      await ben.open(link)
      await ada.meets(1)
      await ben.caretToEnd()
      await expect(ada.cursors).toHaveCount(1)
      await expectAccessible(page, 'document')

      await page.getByRole('button', { name: 'Share' }).click()
      await page.getByRole('dialog', { name: 'Share' }).waitFor()
      await page.getByText('Keep it available when everyone is offline').click()
      await expectAccessible(page, 'share')
      await page.keyboard.press('Escape')

      await page.getByRole('button', { name: 'Connection details' }).click()
      await page.getByRole('dialog', { name: 'Your connection' }).getByText('All is well').waitFor()
      await expectAccessible(page, 'connection')
      await page.keyboard.press('Escape')

      await page.getByRole('button', { name: 'More' }).click()
      await page.getByRole('menu').waitFor()
      await expectAccessible(page, 'menu')
      await page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click()
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
      await expectAccessible(page, 'shortcuts')
      await page.keyboard.press('Escape')

      await page.getByRole('button', { name: /Change your name/u }).click()
      await page.getByRole('textbox', { name: 'Your name' }).waitFor()
      await expectAccessible(page, 'name')
      await page.keyboard.press('Escape')

      await page.getByRole('button', { name: 'Language: js' }).click()
      await page.getByRole('textbox', { name: 'Language of the code' }).waitFor()
      await expectAccessible(page, 'language of code')
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'hidden' })

      await ada.placeCaret(2, LINKED)
      await page.keyboard.press('Control+k')
      await page.getByRole('textbox', { name: 'Address' }).waitFor()
      await expectAccessible(page, 'link')
      await page.keyboard.press('Escape')

      await ada.goHome()
      await page.getByRole('list', { name: 'My documents' }).waitFor()
      await expectAccessible(page, 'home')
      await page.goto(link.slice(0, -3))
      await page.getByRole('heading', { name: 'This link is damaged' }).waitFor()
      await expectAccessible(page, 'damaged link')
    })

    test(`axe finds nothing to object to where something is wrong, ${name}, ${colorScheme}`, async ({ people }) => {
      const options = { viewport, colorScheme, reducedMotion: 'reduce' } as const
      const ada = await people.arrive('Ada', { ...options, before: [fillDisk] })
      const link = await ada.startDocument()
      await ada.page.getByRole('alert').getByText('Not saved on this device').waitFor()
      await expectAccessible(ada.page, 'not saved')
      await ada.goHome()

      const { page: waiting } = await people.arrive('Ben', options)
      await waiting.goto(link)
      await waiting.getByRole('heading', { name: 'Waiting for the document' }).waitFor()
      await expectAccessible(waiting, 'waiting')

      const dan = await people.arrive('Dan', options)
      await dan.page.goto((await holdPreview(dan)).link)
      await dan.page.getByRole('button', { name: 'Make a new document of it' }).waitFor()
      await expectAccessible(dan.page, 'preview')

      const { page: outdated } = await people.arrive('Cora', { ...options, before: [forgetCurves] })
      await outdated.goto(link)
      await outdated.getByRole('heading', { name: 'This browser is too old' }).waitFor()
      await expectAccessible(outdated, 'outdated')

      const args = [...(launchOptions.args ?? []), '--host-resolver-rules=MAP inkmesh.test 127.0.0.1']
      const browser = await chromium.launch({ ...launchOptions, args })
      try {
        const insecure = await browser.newPage(options)
        await insecure.goto(people.relay.url.replace('localhost', 'inkmesh.test'))
        await insecure.getByRole('heading', { name: 'Inkmesh needs HTTPS' }).waitFor()
        await expectAccessible(insecure, 'insecure')
      } finally {
        await browser.close()
      }
    })
  }
}

/** Leaves no space for documents. Runs inside the page. */
function fillDisk(): void {
  for (const method of ['add', 'put'] as const) {
    const original = Object.getOwnPropertyDescriptor(IDBObjectStore.prototype, method)?.value as IDBObjectStore['add']
    IDBObjectStore.prototype[method] = function (value: unknown, key?: IDBValidKey) {
      if (this.name !== 'updates') return original.call(this, value, key)
      this.transaction.abort()
      throw new DOMException('No space left', 'QuotaExceededError')
    }
  }
}

/** Makes of the browser one that knows neither Ed25519 nor HKDF. Runs inside the page. */
function forgetCurves(): void {
  SubtleCrypto.prototype.importKey = () => Promise.reject(new DOMException('Unknown', 'NotSupportedError'))
}

/** Where the link is in the text's third block. */
const LINKED = 'Text with bold, italic, strike, code and a'.length

const EVERYTHING = `# One

## Two

### Three

Text with **bold**, *italic*, ~~strike~~, \`code\` and [a link](https://example.com).

- a
  - b
- c

1. one
2. two

- [ ] to do
- [x] done

> quoted

\`\`\`js
let code = 1
\`\`\`

---

End.
`
