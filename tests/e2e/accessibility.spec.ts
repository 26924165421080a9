import { chromium } from '@playwright/test'
import { enDesk } from '../../src/i18n/en-desk.ts'
import { en } from '../../src/i18n/en.ts'
import { koDesk } from '../../src/i18n/ko-desk.ts'
import { ko } from '../../src/i18n/ko.ts'
import { expectAccessible } from '../support/accessible.ts'
import { launchOptions } from '../support/launch.ts'
import { expect, test } from '../support/people.ts'
import { holdPreview } from '../support/preview.ts'

const DESKTOP = { name: 'desktop', viewport: { width: 1440, height: 900 } }
const TABLET = { name: 'tablet', viewport: { width: 820, height: 1180 } }
const PHONE = { name: 'phone', viewport: { width: 390, height: 844 } }

const WORDS = { en: { ...en, desk: enDesk, locale: 'en-US' }, ko: { ...ko, desk: koDesk, locale: 'ko-KR' } }

/** Every size in light and dark and in both languages, and every language in light and dark. */
const SCREENS = [
  { ...DESKTOP, colorScheme: 'light', language: 'en' },
  { ...DESKTOP, colorScheme: 'dark', language: 'ko' },
  { ...TABLET, colorScheme: 'light', language: 'ko' },
  { ...TABLET, colorScheme: 'dark', language: 'en' },
  { ...PHONE, colorScheme: 'light', language: 'en' },
  { ...PHONE, colorScheme: 'dark', language: 'ko' },
] as const

for (const { name, viewport, colorScheme, language } of SCREENS) {
  test(`axe finds nothing to object to on any screen, ${name}, ${colorScheme}, ${language}`, async ({ people }) => {
    test.setTimeout(90_000)
    const words = WORDS[language]
    const { desk } = words
    const options = { viewport, colorScheme, locale: words.locale, reducedMotion: 'reduce' } as const
    // Nobody has told who they are: they are asked for their names.
    const ada = await people.arrive('', options)
    const { page } = ada
    const button = (label: string) => page.getByRole('button', { name: label, exact: true })
    const dialog = (label: string) => page.getByRole('dialog', { name: label })
    await ada.goHome()
    await button(desk.home.newDocument).waitFor()
    await expectAccessible(page, 'home of a stranger')

    const link = await ada.importMarkdown('all.md', EVERYTHING)
    const ben = await people.arrive('', options)
    await ben.open(link)
    await ada.meets(1)
    await ben.caretToEnd()
    await expect(ada.cursors).toHaveCount(1)
    await page.getByRole('region', { name: desk.people.yourName }).waitFor()
    await expectAccessible(page, 'document, name asked for')
    const [other] = await page.evaluate(() => window.inkmesh?.session.others.map((each) => each.name) ?? [])
    const avatar = page.getByRole('button', { name: new RegExp(`^${other}`, 'u') })
    await avatar.click()
    await avatar.click()
    await page.getByText(desk.people.stopFollowing).waitFor()
    await expectAccessible(page, 'following')
    await page.keyboard.press('Escape')

    await button(desk.bar.share).click()
    await dialog(desk.share.title).waitFor()
    await page.getByText(desk.share.keeper).click()
    await expectAccessible(page, 'share')
    await page.keyboard.press('Escape')
    await dialog(desk.share.title).waitFor({ state: 'hidden' })
    await page
      .getByRole('region', { name: desk.people.yourName })
      .getByRole('button', { name: words.app.dismiss })
      .click()

    await button(words.status.details).click()
    await dialog(desk.connection.title).getByText(desk.connection.diagnoses.direct.title).waitFor()
    await expectAccessible(page, 'connection')
    await page.keyboard.press('Escape')

    await button(desk.bar.menu).click()
    await page.getByRole('menu').waitFor()
    await expectAccessible(page, 'menu')
    await page.getByRole('menuitem', { name: desk.menu.shortcuts }).click()
    await dialog(desk.help.title).waitFor()
    await expectAccessible(page, 'shortcuts')
    await page.keyboard.press('Escape')

    await ada.others
      .or(page.getByRole('list', { name: desk.people.list }))
      .getByRole('button')
      .last()
      .click()
    await page.getByRole('textbox', { name: desk.people.yourName }).waitFor()
    await expectAccessible(page, 'name')
    await page.keyboard.press('Escape')

    await page.getByRole('button', { name: `${words.document.codeLanguage}: js` }).click()
    await page.getByRole('textbox', { name: desk.language.title }).waitFor()
    await expectAccessible(page, 'language of code')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })

    await ada.body.getByRole('link').click()
    await dialog(desk.link.title).getByText('https://example.com').waitFor()
    await expectAccessible(page, 'card of a link')
    await page.keyboard.press('Escape')
    await ada.placeCaret(2, LINKED)
    await page.keyboard.press('Control+k')
    await page.getByRole('textbox', { name: desk.link.address }).waitFor()
    await expectAccessible(page, 'link')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })

    await ada.caretToEnd()
    await page.keyboard.press('Enter')
    await page.keyboard.type('/')
    await page.getByRole('listbox', { name: desk.slash.title }).waitFor()
    await expectAccessible(page, "'/' menu")
    await page.keyboard.press('Backspace')
    if (name === 'phone') {
      await button(desk.groups.kind).click()
      await page.getByRole('group', { name: desk.groups.kind }).waitFor()
      await expectAccessible(page, 'kinds of block')
    }
    await ada.saved()

    await ada.goHome()
    const list = page.getByRole('list', { name: desk.home.listName })
    await page.getByRole('searchbox').fill('bold')
    await list.locator('mark').first().waitFor()
    await expectAccessible(page, 'home, found')
    await page.getByRole('searchbox').fill('')
    await list.getByRole('button').last().click()
    await page.locator('summary').click()
    await button(desk.home.emptyBin).click()
    await expectAccessible(page, 'bin')
    await page.goto(link.slice(0, -3))
    await page.getByRole('heading', { name: desk.pages.damagedTitle }).waitFor()
    await expectAccessible(page, 'damaged link')
  })
}

for (const { name, viewport } of [DESKTOP, PHONE]) {
  for (const colorScheme of ['light', 'dark'] as const) {
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
