/** The list of documents: found by any word, in order, and tidy. */
import { expect, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'
import { fillShelf } from '../support/shelf.ts'

const listOf = ({ page }: Person) => page.getByRole('list', { name: 'My documents' })
const searchOf = ({ page }: Person) => page.getByRole('searchbox', { name: 'Search documents' })

async function write(person: Person, title: string, text: string): Promise<string> {
  const link = await person.startDocument()
  await person.title.fill(title)
  await person.type(text)
  await person.saved()
  await person.until(async (name) => {
    const entries = await indexedDB.databases()
    return entries.length > 0 && (window.inkmesh?.session.title ?? '') === name
  }, title)
  return link
}

test('every word of every document is found, also inside a word and far down, shown and marked', async ({ people }) => {
  const ada = await people.arrive('Ada')
  await ada.importMarkdown('Minutes.md', `${'filler words again and again '.repeat(120)}the needleinhay is here`)
  await write(ada, '회의록', '오늘은 문서를 정리했어요')
  await ada.goHome()
  const rows = listOf(ada).getByRole('listitem')
  await expect(rows).toHaveCount(2)
  await searchOf(ada).fill('eedlein')
  await expect(rows).toHaveCount(1)
  await expect(rows.locator('mark')).toHaveText('eedlein')
  await expect(rows).toContainText('the needleinhay is here')
  await searchOf(ada).fill('문서')
  await expect(rows).toHaveCount(1)
  await expect(rows.locator('mark')).toHaveText('문서')
  await searchOf(ada).fill('회의')
  await expect(rows.locator('mark')).toHaveText('회의')
})

test('what is written in another tab is found, and what is deleted for good is found no more', async ({ people }) => {
  const ada = await people.arrive('Ada', { tabsTalk: true })
  await write(ada, 'Here', 'Something')
  const tab = await ada.openTab()
  await tab.goHome()
  await searchOf(tab).fill('unheardof')
  await expect(tab.page.getByText('Nothing found for “unheardof”.')).toBeVisible()
  await ada.type(' and then an unheardof thing')
  await expect(listOf(tab).getByRole('listitem')).toHaveCount(1)

  await ada.context.pages()[0]?.close()
  await searchOf(tab).fill('')
  await tab.page.getByRole('button', { name: 'Remove “Here” from this device' }).click()
  await tab.page.locator('summary').click()
  await tab.page.getByRole('button', { name: 'Delete “Here” now' }).click()
  await expect(tab.page.getByText('“Here” was deleted from this device for good.')).toBeVisible()
  await expect.poll(() => leftOf(tab)).toEqual({ texts: 0, notes: 0 })
})

/** How much is still known of documents that are gone. */
const leftOf = ({ page }: Person): Promise<{ texts: number; notes: number }> =>
  page.evaluate(async () => {
    const request = indexedDB.open('inkmesh-texts')
    const db = await new Promise<IDBDatabase>((resolve) => (request.onsuccess = () => resolve(request.result)))
    const counts = ['texts', 'stamps'].map((name) => {
      const counting = db.transaction(name).objectStore(name).count()
      return new Promise<number>((resolve) => (counting.onsuccess = () => resolve(counting.result)))
    })
    const texts = (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
    db.close()
    return { texts, notes: Object.keys(localStorage).filter((key) => / (?:place|copies)$/u.test(key)).length }
  })

test('documents are pinned, and sorted as one likes, for the next visit too', async ({ people }) => {
  const ada = await people.arrive('Ada')
  for (const title of ['Beta', 'Alpha', 'Gamma']) await write(ada, title, 'Words')
  await ada.goHome()
  const titles = (): Promise<string[]> => listOf(ada).locator('.title').allTextContents()
  await expect.poll(titles).toEqual(['Gamma', 'Alpha', 'Beta'])
  await listOf(ada).getByRole('button', { name: 'Pin “Beta” to the top' }).click()
  await expect.poll(titles).toEqual(['Beta', 'Gamma', 'Alpha'])
  await ada.page.getByRole('combobox', { name: 'Sort by' }).selectOption('Title')
  await expect.poll(titles).toEqual(['Beta', 'Alpha', 'Gamma'])
  await ada.page.reload()
  await expect.poll(titles).toEqual(['Beta', 'Alpha', 'Gamma'])
})

test('what others changed while one looked elsewhere is marked until one looks, and so is what is shared', async ({
  people,
}) => {
  const [ada, ben] = await people.pair()
  await ada.title.fill('Together')
  await ada.type('First.')
  await ada.saved()
  await ada.page.evaluate(() => {
    // The tab is behind another one.
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })
  })
  await ben.caretToEnd()
  await ben.type(' Second.')
  await ada.sees('Second.')
  const tab = await ada.openTab()
  const row = listOf(tab).getByRole('listitem')
  await expect(async () => {
    await tab.goHome()
    await expect(row).toContainText('Changed since you last looked', { timeout: 500 })
  }).toPass()
  await expect(row).toContainText('Shared.')
  await row.getByRole('link').click()
  await tab.ready()
  await tab.goHome()
  await expect(row).not.toContainText('Changed since you last looked')
})

test('a document that nobody would miss is not listed; going back leads to it all the same', async ({ people }) => {
  const ada = await people.arrive('Ada')
  await ada.startDocument()
  await ada.saved()
  await ada.page.getByRole('link', { name: 'All documents' }).click()
  await expect(ada.page.getByRole('heading', { name: 'Write together. Keep it yours.' })).toBeVisible()
  await ada.page.goBack()
  await ada.ready()
  // One whose link was copied may be awaited by somebody.
  await ada.page.getByRole('button', { name: 'Share' }).click()
  await ada.page.getByRole('button', { name: 'Copy edit link' }).click()
  await expect.poll(() => ada.page.evaluate(() => navigator.clipboard.readText())).toContain('#edit=')
  await ada.page.keyboard.press('Escape')
  await ada.page.getByRole('link', { name: 'All documents' }).click()
  await expect(listOf(ada).getByRole('listitem')).toHaveCount(1)
})

test('words that the library was never told of, since the page had crashed, are listed and kept', async ({
  people,
}) => {
  const ada = await people.arrive('Ada')
  await ada.goHome()
  await fillShelf(ada.page, [
    { title: '', text: 'Unlisted words' },
    { title: '', text: '' },
  ])
  await ada.page.evaluate(async () => {
    const request = indexedDB.open('inkmesh-library')
    const db = await new Promise<IDBDatabase>((resolve) => (request.onsuccess = () => resolve(request.result)))
    const store = db.transaction('entries', 'readwrite').objectStore('entries')
    const reading = store.get('inkmesh-shelved-0')
    await new Promise((resolve) => (reading.onsuccess = resolve))
    store.put({ ...(reading.result as object), excerpt: '' })
    await new Promise((resolve) => (store.transaction.oncomplete = resolve))
    db.close()
  })
  await ada.page.reload()
  await expect(listOf(ada).getByRole('listitem')).toHaveCount(1)
  await expect(listOf(ada)).toContainText('Unlisted words')
  // The other one, opened long ago and without words, is gone; this one is not.
  const databases = (): Promise<string[]> =>
    ada.page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name ?? ''))
  await expect.poll(databases).not.toContain('inkmesh-shelved-1')
  expect(await databases()).toContain('inkmesh-shelved-0')
})

test('the bin is emptied at once, when one says so twice', async ({ people }) => {
  const ada = await people.arrive('Ada')
  for (const title of ['One', 'Two']) await write(ada, title, 'Words')
  await ada.goHome()
  for (const title of ['One', 'Two']) {
    await ada.page.getByRole('button', { name: `Remove “${title}” from this device` }).click()
  }
  await ada.page.locator('summary').click()
  await ada.page.getByRole('button', { name: 'Empty' }).click()
  await ada.page.getByRole('button', { name: 'Keep' }).click()
  await expect(ada.page.getByText('Removed (2)')).toBeVisible()
  await ada.page.getByRole('button', { name: 'Empty' }).click()
  await ada.page.getByRole('button', { name: 'Delete for good' }).click()
  await expect(ada.page.getByText(/^Removed/u)).toHaveCount(0)
  await expect
    .poll(() => ada.page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name ?? '').sort()))
    .toEqual(['inkmesh-library', 'inkmesh-texts'])
})

test('Enter opens what was found first, once, and not while a syllable is being composed', async ({ people }) => {
  const ada = await people.arrive('Ada')
  await write(ada, '문서 하나', '글')
  await write(ada, 'Other', 'Words')
  await ada.goHome()
  await searchOf(ada).click()
  for (const text of ['ㅁ', '무', '문']) {
    await ada.cdp.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
  }
  await searchOf(ada).evaluate((field) => {
    field.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }),
    )
  })
  expect(new URL(ada.page.url()).hash).toBe('')
  await ada.cdp.send('Input.insertText', { text: '문' })
  await expect(listOf(ada).getByRole('listitem')).toHaveCount(1)
  await ada.page.keyboard.press('Enter')
  await ada.ready()
  expect(await ada.title.inputValue()).toBe('문서 하나')
  await ada.page.goBack()
  await expect(searchOf(ada)).toBeVisible()
})

test('of hundreds of documents each word is found, and only the rows that can be seen are in the page', async ({
  people,
}) => {
  const COUNT = 300
  const ada = await people.arrive('Ada')
  await ada.goHome()
  const documents = Array.from({ length: COUNT }, (_, i) => ({
    title: `Document ${i}`,
    text: `${'Some lines of text.\n'.repeat(150)}and the word own${i}word of it`,
  }))
  await fillShelf(ada.page, documents)
  await ada.page.reload()
  const rows = listOf(ada).getByRole('listitem')
  await expect(rows.first()).toHaveAttribute('aria-setsize', String(COUNT))
  expect(await rows.count()).toBeLessThan(80)
  await expect(rows.first()).toContainText(`Document ${COUNT - 1}`)
  const height = (): Promise<number> => ada.page.evaluate(() => document.documentElement.scrollHeight)
  const before = await height()
  await ada.page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight))
  await expect(rows.last()).toContainText('Document 0')
  expect(await rows.count()).toBeLessThan(80)
  expect(Math.abs((await height()) - before)).toBeLessThan(100)

  for (const i of [0, 7, 123, 299]) {
    await searchOf(ada).fill(`wn${i}wor`)
    await expect(rows).toHaveCount(1)
    await expect(rows).toContainText(`Document ${i}`)
    await expect(rows.locator('mark')).toHaveText(`wn${i}wor`)
  }
})
