import { readFile } from 'node:fs/promises'
import { expect, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'

declare global {
  interface Window {
    /** Switched by the tests: what this browser's storage refuses. */
    storageFault: 'none' | 'blocked' | 'quota'
    openDatabases: IDBDatabase[]
  }
}

/** Gives the page's IndexedDB faults that can be switched on and off. Runs inside the page. */
function breakStorage(): void {
  // Kept outside what is broken, so that a reload starts with the same fault.
  window.storageFault = (sessionStorage.getItem('fault') ?? 'none') as Window['storageFault']
  window.openDatabases = []
  const open = indexedDB.open.bind(indexedDB)
  IDBFactory.prototype.open = (name, version) => {
    const isDocument = /^inkmesh-[\w-]{22}$/u.test(name)
    // Another connection holds the database at an older version: the request is blocked and never answered.
    if (isDocument && window.storageFault === 'blocked') return new EventTarget() as IDBOpenDBRequest
    const request = open(name, version)
    if (isDocument) request.addEventListener('success', () => window.openDatabases.push(request.result))
    return request
  }
  for (const method of ['add', 'put'] as const) {
    const original = Object.getOwnPropertyDescriptor(IDBObjectStore.prototype, method)?.value as IDBObjectStore['add']
    IDBObjectStore.prototype[method] = function (value: unknown, key?: IDBValidKey) {
      if (window.storageFault === 'quota' && this.name === 'updates') {
        this.transaction.abort()
        throw new DOMException('No space left', 'QuotaExceededError')
      }
      return original.call(this, value, key)
    }
  }
}

async function expectUnsavedButSafe(person: Person, text: string): Promise<void> {
  await expect(person.status).toContainText('Not saved on this device', { timeout: 20_000 })
  expect(await person.text()).toContain(text)
  const download = person.page.waitForEvent('download')
  await person.page.getByRole('button', { name: 'Download a copy' }).click()
  expect(await readFile(await (await download).path(), 'utf8')).toContain(text)
}

test('when the disk is full, writing goes on, the person is told, and saving resumes', async ({ people }) => {
  const ada = await people.arrive('Ada', { before: [breakStorage] })
  const link = await ada.startDocument()
  await ada.type('Saved. ')
  await ada.saved()
  await ada.page.evaluate(() => void (window.storageFault = 'quota'))
  await ada.type('Not saved yet. ')
  await expectUnsavedButSafe(ada, 'Saved. Not saved yet.')
  await ada.caretToEnd()
  await ada.type('Goes on.')
  expect(await ada.text()).toBe('Saved. Not saved yet. Goes on.')

  await ada.page.evaluate(() => void (window.storageFault = 'none'))
  await expect(ada.status).toContainText('Saved on this device', { timeout: 40_000 })
  await ada.open(link)
  await ada.reload()
  expect(await ada.text()).toBe('Saved. Not saved yet. Goes on.')
})

test('when the browser closes the database, writing goes on and saving resumes', async ({ people }) => {
  const ada = await people.arrive('Ada', { before: [breakStorage] })
  await ada.startDocument()
  await ada.type('Before. ')
  await ada.saved()
  await ada.page.evaluate(() => {
    for (const database of window.openDatabases) {
      database.close()
      database.dispatchEvent(new Event('close'))
    }
  })
  await ada.type('After.')
  expect(await ada.text()).toBe('Before. After.')
  await expect(ada.status).toContainText('Saved on this device', { timeout: 40_000 })
  await ada.saved()
  await ada.reload()
  expect(await ada.text()).toBe('Before. After.')
})

test('when the database does not open, one can write and is told, until it opens', async ({ people }) => {
  const ada = await people.arrive('Ada', { before: [breakStorage] })
  await ada.goHome()
  await ada.page.evaluate(() => {
    sessionStorage.setItem('fault', 'blocked')
    window.storageFault = 'blocked'
  })
  await ada.page.getByRole('button', { name: 'New document' }).click()
  await ada.ready()
  await ada.type('Not on any disk.')
  await expectUnsavedButSafe(ada, 'Not on any disk.')
  await ada.page.evaluate(() => {
    sessionStorage.removeItem('fault')
    window.storageFault = 'none'
  })
  await expect(ada.status).toContainText('Saved on this device', { timeout: 40_000 })
  await ada.saved()
  await ada.reload()
  expect(await ada.text()).toBe('Not on any disk.')
})
