/** The list of documents on this device: the storage floor alone, in a real browser. */
import { closeConnections, expect, storageTest as test, watchConnections } from '../support/storage-harness/page.ts'
import type { Entry } from '#storage/library'
import type { Page } from '@playwright/test'

const entry = (name: string, opened: number): Entry => ({
  database: `inkmesh-${name}`,
  fragment: `#edit=${name}`,
  role: 'edit',
  title: name,
  excerpt: `About ${name}`,
  opened,
  edited: opened,
  seen: opened,
  shared: false,
  pinned: false,
  removed: null,
})

const put = (page: Page, ...entries: Entry[]): Promise<void> =>
  page.evaluate(async (all) => {
    for (const one of all) await window.storage.library.put(one)
  }, entries)

const titles = (page: Page): Promise<string[]> =>
  page.evaluate(async () => (await window.storage.library.list()).map(({ title }) => title))

test('lists what was opened last first, and keeps it for the next visit', async ({ open }) => {
  const page = await open()
  await put(page, entry('old', 1), entry('new', 3), entry('middle', 2))
  await page.evaluate(() => window.storage.library.update('inkmesh-old', { title: 'Oldest', opened: 0 }))
  await page.evaluate(() => window.storage.library.update('inkmesh-unknown', { title: 'Nothing' }))
  await page.close()

  const next = await open()
  expect(await titles(next)).toEqual(['new', 'middle', 'Oldest'])
  const found = await next.evaluate(() => window.storage.library.get('inkmesh-old'))
  expect(found).toEqual({ ...entry('old', 1), title: 'Oldest', opened: 0 })
  expect(await next.evaluate(() => window.storage.library.get('inkmesh-unknown'))).toBeNull()
})

test('a change in one tab is told in another', async ({ open }) => {
  const [here, there] = [await open(), await open()]
  await there.evaluate(() => {
    window.storage.library.subscribe(() => (document.title = 'told'))
  })
  await put(here, entry('news', 1))
  await expect(there).toHaveTitle('told')
  expect(await titles(there)).toEqual(['news'])
})

test('the bin gives back, until it is emptied for good', async ({ open }) => {
  const page = await open()
  await put(page, entry('kept', 1), entry('dropped', 2), entry('busy', 3))
  await page.evaluate(async () => {
    const { library, keep, purge } = window.storage
    const dropped = keep('inkmesh-dropped')
    await dropped.stored.loaded
    dropped.type('text')
    await dropped.stored.close()
    await keep('inkmesh-busy').stored.loaded
    for (const name of ['kept', 'dropped', 'busy']) await library.remove(`inkmesh-${name}`)
    await library.restore('inkmesh-kept')
    const binned = await library.get('inkmesh-dropped')
    await purge(library, { binnedBefore: (binned?.removed ?? 0) - 1, forgottenBefore: 0, empty: new Set() })
  })
  expect(await titles(page), 'too early to purge').toEqual(['busy', 'dropped', 'kept'])

  await page.evaluate(() => {
    const { purge, library } = window.storage
    return purge(library, { binnedBefore: Infinity, forgottenBefore: 0, empty: new Set() })
  })
  expect(await titles(page), 'one is open in a tab').toEqual(['busy', 'kept'])
  const databases = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))
  expect(databases).not.toContain('inkmesh-dropped')
  expect(databases).toContain('inkmesh-busy')
})

test('what seems forgotten goes only when it was looked into', async ({ open }) => {
  const page = await open()
  const blank = (name: string): Entry => ({ ...entry(name, 1), title: '', excerpt: '' })
  const [looked, unlooked] = [blank('looked'), blank('unlooked')]
  await put(page, looked, unlooked)
  await page.evaluate((database) => {
    const { purge, library } = window.storage
    return purge(library, { binnedBefore: 0, forgottenBefore: Infinity, empty: new Set([database]) })
  }, looked.database)
  const left = await page.evaluate(async () => (await window.storage.library.list()).map(({ database }) => database))
  expect(left).toEqual([unlooked.database])
})

test('stored entries that lead nowhere are passed over', async ({ open }) => {
  const page = await open()
  await put(page, entry('good', 1))
  await page.evaluate(async () => {
    const db = await window.storage.connect('inkmesh-library')
    const transaction = db.transaction('entries', 'readwrite')
    const entries = transaction.objectStore('entries')
    entries.put({ database: 'a', fragment: 'javascript:alert(1)' })
    entries.put({ database: 'b' })
    entries.put({ database: 7, fragment: '#edit=x' })
    entries.put({ database: 'c', fragment: '#view=c', title: { evil: true }, opened: 'late' })
    await new Promise((resolve) => (transaction.oncomplete = resolve))
    db.close()
  })
  expect(await page.evaluate(() => window.storage.library.list())).toEqual([
    entry('good', 1),
    {
      ...{ database: 'c', fragment: '#view=c', role: 'view', title: '', excerpt: '', opened: 0, edited: 0 },
      ...{ seen: Infinity, shared: true, pinned: false, removed: null },
    },
  ])
})

test('without a database it lasts as long as the page and says so; what it gathered is kept when storage is back', async ({
  open,
}) => {
  const page = await open(() => {
    indexedDB.open = () => {
      throw new DOMException('forbidden', 'SecurityError')
    }
  })
  await put(page, entry('first', 1))
  await page.evaluate(() => window.storage.library.update('inkmesh-first', { title: 'Renamed' }))
  expect(await titles(page)).toEqual(['Renamed'])
  expect(await page.evaluate(() => window.storage.library.persistent)).toBe(false)

  await page.evaluate(() => void Reflect.deleteProperty(indexedDB, 'open'))
  await expect
    .poll(async () => {
      await put(page, entry('second', 2))
      return page.evaluate(() => window.storage.library.persistent)
    })
    .toBe(true)
  await page.close()
  expect(await titles(await open())).toEqual(['second', 'Renamed'])
})

test('a connection closed under it is opened again', async ({ open, context }) => {
  const page = await open()
  await put(page, entry('before', 1))
  const cdp = await context.newCDPSession(page)
  await cdp.send('Storage.clearDataForOrigin', { origin: new URL(page.url()).origin, storageTypes: 'indexeddb' })
  await put(page, entry('after', 2))
  await page.close()
  expect(await titles(await open())).toContain('after')
})

test('a connection closed without a word: what is put then is kept at once', async ({ open }) => {
  const page = await open(watchConnections)
  await put(page, entry('before', 1))
  await closeConnections(page)
  await put(page, entry('after', 2))
  expect(await page.evaluate(() => window.storage.library.persistent)).toBe(true)
  await page.close()
  expect(await titles(await open())).toEqual(['after', 'before'])
})
