/** What storage promises when the browser does not keep its own: the storage floor alone, in a real browser. */
import { holdStorage } from '../support/held-storage.ts'
import type { Page } from '@playwright/test'
import {
  closeConnections,
  expect,
  storageTest as test,
  watchConnections,
  type StorageFixtures,
} from '../support/storage-harness/page.ts'
import { ATTACKS } from '../support/forged-updates.ts'
import { ORIGIN } from '../support/storage-harness/serve.ts'
import { ACCEPTANCE } from '../support/store-acceptance.ts'

const DATABASE = 'inkmesh-test'

const keep = (page: Page, database = DATABASE): Promise<void> =>
  page.evaluate(async (name) => window.storage.keep(name).stored.loaded, database)

const type = (page: Page, text: string): Promise<void> => page.evaluate((words) => window.kept.type(words), text)

const textOf = (page: Page): Promise<string> => page.evaluate(() => window.kept.text.toJSON())

const stateOf = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { state } = window.kept.stored
    return state.kind === 'failed' ? `failed: ${state.reason}` : state.kind
  })

const expectState = (page: Page, state: string): Promise<void> =>
  expect.poll(() => stateOf(page), { intervals: [50], timeout: 15_000 }).toBe(state)

/** Everything typed reached the disk: a tab opened now reads it. */
async function expectStored(open: StorageFixtures['open'], text: string): Promise<void> {
  const page = await open()
  await keep(page)
  expect(await textOf(page)).toBe(text)
  await page.close()
}

const countRows = (page: Page): Promise<number> =>
  page.evaluate(async (name) => {
    const { connect, resultOf } = window.storage
    const db = await connect(name)
    const rows = await resultOf(db.transaction('updates').objectStore('updates').count())
    db.close()
    return rows
  }, DATABASE)

for (const promise of Object.keys(ACCEPTANCE)) {
  test(promise, async ({ open }) => {
    const page = await open()
    await page.evaluate((name) => window.storage.accept(name), promise)
  })
}

test('a tab closed or crashed right after a keystroke loses nothing', async ({ open }) => {
  const first = await open()
  await keep(first)
  await type(first, 'closed ')
  await first.close()

  const second = await open()
  await keep(second)
  await type(second, 'crashed')
  const crashed = second.waitForEvent('crash')
  second.goto('chrome://crash').catch(() => 'as wanted')
  await crashed
  await second.close()
  await expectStored(open, 'closed crashed')
})

for (const [how, reason, break_] of [
  ['that never answers', 'blocked', () => void (indexedDB.open = () => ({}) as IDBOpenDBRequest)],
  [
    'that fails',
    'unavailable',
    () =>
      (indexedDB.open = () => {
        const request = { error: new DOMException('refused', 'UnknownError') } as IDBOpenDBRequest
        queueMicrotask(() => void request.onerror?.(new Event('error')))
        return request
      }),
  ],
  [
    'that throws',
    'unavailable',
    () =>
      (indexedDB.open = () => {
        throw new DOMException('forbidden', 'SecurityError')
      }),
  ],
] as const) {
  test(`an opening ${how}: writing goes on, and is saved when storage is back`, async ({ open }) => {
    const old = await open()
    await keep(old)
    await type(old, 'before ')
    await expectState(old, 'saved')
    await old.close()

    const page = await open(break_)
    await keep(page)
    expect(await stateOf(page)).toBe(`failed: ${reason}`)
    await type(page, 'meanwhile ')
    expect(await stateOf(page)).toBe(`failed: ${reason}`)
    await page.evaluate(() => void Reflect.deleteProperty(indexedDB, 'open'))
    await expectState(page, 'saved')
    const text = await textOf(page)
    expect(text).toContain('before ')
    expect(text).toContain('meanwhile ')
    await expectStored(open, text)
  })
}

test('an answer that comes late is taken up', async ({ open }) => {
  const page = await open(holdStorage)
  await keep(page)
  expect(await stateOf(page)).toBe('failed: blocked')
  await type(page, 'patience')
  await page.evaluate(() => document.dispatchEvent(new Event('answer')))
  await expectState(page, 'saved')
  await expectStored(open, 'patience')
})

test('the site data is cleared under an open document: told, and saved again whole', async ({ open, context }) => {
  const page = await open()
  await keep(page)
  await type(page, 'kept ')
  await expectState(page, 'saved')
  const cdp = await context.newCDPSession(page)
  await cdp.send('Storage.clearDataForOrigin', { origin: ORIGIN, storageTypes: 'indexeddb' })
  await type(page, 'on')
  await expectState(page, 'saved')
  expect(await page.evaluate(() => window.kept.states)).toContainEqual({ kind: 'failed', reason: 'closed' })
  await expectStored(open, 'kept on')
})

test('another page deletes the database under an open document: told, and saved again whole', async ({ open }) => {
  const page = await open()
  await keep(page)
  await type(page, 'kept ')
  await expectState(page, 'saved')
  const other = await open()
  await other.evaluate((name) => void indexedDB.deleteDatabase(name), DATABASE)
  await expectState(page, 'failed: closed')
  await type(page, 'on')
  await expectState(page, 'saved')
  await expectStored(open, 'kept on')
})

test('a connection closed without a word: typing does not throw', async ({ open }) => {
  const page = await open(watchConnections)
  await keep(page)
  await type(page, 'kept ')
  await expectState(page, 'saved')
  await closeConnections(page)
  await type(page, 'on')
  await expectState(page, 'failed: closed')
  await expectState(page, 'saved')
  await expectStored(open, 'kept on')
})

test('a full disk: told, typing goes on, and saved when there is room', async ({ open, context }) => {
  const page = await open()
  const cdp = await context.newCDPSession(page)
  await cdp.send('Storage.overrideQuotaForOrigin', { origin: ORIGIN, quotaSize: 100_000 })
  await keep(page)
  await type(page, 'small ')
  await expectState(page, 'saved')
  await type(page, 'L'.repeat(200_000))
  await expectState(page, 'failed: quota')
  await type(page, ' more')
  expect(await stateOf(page)).toBe('failed: quota')
  await cdp.send('Storage.overrideQuotaForOrigin', { origin: ORIGIN })
  await expectState(page, 'saved')
  await expectStored(open, `small ${'L'.repeat(200_000)} more`)
})

test('two tabs write and tidy one database at once: nothing is lost', async ({ open }) => {
  const seed = await open()
  await keep(seed)
  await seed.evaluate(async (name) => {
    const { Y, connect } = window.storage
    const db = await connect(name)
    const transaction = db.transaction('updates', 'readwrite')
    const doc = new Y.Doc()
    doc.on('update', (update) => transaction.objectStore('updates').add(update))
    for (let i = 0; i < 5000; i++) doc.getText('text').insert(i, '.')
    await new Promise((resolve) => (transaction.oncomplete = resolve))
  }, DATABASE)
  expect(await countRows(seed)).toBe(5000)
  await seed.close()

  const tabs = [await open(), await open()] as const
  await Promise.all(tabs.map((page) => keep(page)))
  const typeAll = async (mark: string): Promise<void> => {
    for (let i = 0; i < 100; i++) {
      window.kept.type(mark)
      await new Promise((resolve) => setTimeout(resolve))
    }
  }
  await Promise.all([tabs[0].evaluate(typeAll, 'a'), tabs[1].evaluate(typeAll, 'b')])
  for (const page of tabs) await expectState(page, 'saved')
  await expect.poll(() => countRows(tabs[0])).toBeLessThan(400)
  const fresh = await open()
  await keep(fresh)
  const text = await textOf(fresh)
  const count = (mark: string): number => text.split(mark).length - 1
  expect([text.length, count('.'), count('a'), count('b')]).toEqual([5200, 5000, 100, 100])
})

test('databases are those of y-indexeddb, both ways', async ({ open }) => {
  const page = await open()
  const text = await page.evaluate(async (name) => {
    const { Y, IndexeddbPersistence, keep } = window.storage
    const theirs = new Y.Doc()
    const persistence = await new IndexeddbPersistence(name, theirs).whenSynced
    theirs.getText('text').insert(0, 'theirs ')
    await persistence.destroy()

    const ours = keep(name)
    await ours.stored.loaded
    ours.type('ours')
    await ours.stored.close()

    const again = new Y.Doc()
    await new IndexeddbPersistence(name, again).whenSynced
    return again.getText('text').toJSON()
  }, DATABASE)
  expect(text).toBe('theirs ours')
})

test('a damaged row does not hide the others', async ({ open }) => {
  const page = await open()
  await page.evaluate(async (name) => {
    const { Y, IndexeddbPersistence } = window.storage
    const doc = new Y.Doc()
    const persistence = await new IndexeddbPersistence(name, doc).whenSynced
    const store = persistence.db?.transaction('updates', 'readwrite').objectStore('updates')
    store?.add(Uint8Array.of(1, 1, 200, 7, 7))
    store?.add('nonsense')
    doc.getText('text').insert(0, 'readable ')
    await persistence.destroy()
  }, DATABASE)
  await keep(page)
  expect(await textOf(page)).toBe('readable ')
  await type(page, 'still')
  await expectState(page, 'saved')
  await expectStored(open, 'readable still')
})

test('rows that would break the document are set aside, and the rest opens', async ({ open }) => {
  const page = await open()
  await keep(page)
  await type(page, 'before ')
  await expectState(page, 'saved')
  const attacks = Object.values(ATTACKS).map((attack) => [...attack()])
  await page.evaluate(
    async ([name, rows]) => {
      const { connect } = window.storage
      const db = await connect(name)
      const store = db.transaction('updates', 'readwrite').objectStore('updates')
      for (const row of rows) store.add(Uint8Array.from(row))
      await new Promise((resolve) => (store.transaction.oncomplete = resolve))
      db.close()
    },
    [DATABASE, attacks] as const,
  )
  await type(page, 'after')
  await expectState(page, 'saved')
  await page.close()

  const again = await open()
  await keep(again)
  await expect.poll(() => again.evaluate(() => window.kept.stored.setAside)).toBeGreaterThan(18)
  const setAside = await again.evaluate(async () => {
    const rows = await window.kept.stored.readSetAside()
    return rows.map((row) => [...row])
  })
  // Those that are only of another document than a flow, or wait for what never comes, break nothing.
  for (const row of setAside) expect(attacks).toContainEqual(row)
  await again.close()

  const third = await open()
  await keep(third)
  expect(await textOf(third)).toBe('before after')
  await type(third, ', and on')
  await expectState(third, 'saved')
  await third.close()
  await expectStored(open, 'before after, and on')
})

test('a document open in a tab is not deleted; a closed one is', async ({ open }) => {
  const page = await open()
  await keep(page)
  await type(page, 'here')
  await expectState(page, 'saved')
  const other = await open()
  const remove = (): Promise<boolean> => other.evaluate((name) => window.storage.deleteDocument(name), DATABASE)
  expect(await remove()).toBe(false)
  await page.evaluate(() => window.kept.stored.close())
  expect(await remove()).toBe(true)
  expect(await other.evaluate(() => indexedDB.databases())).toEqual([])
})
