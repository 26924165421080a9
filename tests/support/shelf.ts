/** A library of many documents, stored as the app stores them, without opening each in turn. */
import type { Page } from '@playwright/test'
import * as Y from 'yjs'
import { readLines } from '#convert/plain-text'
import { beginDocument, createDoc, excerptOf, titleOf } from '#doc/document'
import { writeFlow } from '#doc/flow/write'
import type { Entry } from '#storage/library'

/** One document: its title, and its text line by line. */
export interface Shelved {
  title: string
  text: string
}

/** Puts documents onto the device that a page is on, so many at a time. The page has to be one of the app's. */
export async function fillShelf(page: Page, documents: readonly Shelved[]): Promise<void> {
  const BATCH = 50
  for (let start = 0; start < documents.length; start += BATCH) {
    const batch = documents.slice(start, start + BATCH).map(({ title, text }, i) => {
      const doc = createDoc()
      beginDocument(doc, start + i + 1)
      titleOf(doc).insert(0, title)
      writeFlow(doc, readLines(text))
      const entry: Entry = {
        database: `inkmesh-shelved-${start + i}`,
        fragment: `#edit=shelved-${start + i}`,
        role: 'edit',
        title,
        excerpt: excerptOf(doc, 2000),
        opened: start + i + 1,
        edited: start + i + 1,
        seen: start + i + 1,
        shared: false,
        pinned: false,
        removed: null,
      }
      return { entry, update: Buffer.from(Y.encodeStateAsUpdate(doc)).toString('base64') }
    })
    await page.evaluate(async (all) => {
      const open = (name: string, stores: (db: IDBDatabase) => void): Promise<IDBDatabase> =>
        new Promise((resolve, reject) => {
          const request = indexedDB.open(name, 1)
          request.onupgradeneeded = () => stores(request.result)
          request.onsuccess = () => resolve(request.result)
          request.onerror = () => reject(request.error ?? new Error(name))
        })
      const put = async (db: IDBDatabase, store: string, values: unknown[]): Promise<void> => {
        const transaction = db.transaction(store, 'readwrite')
        for (const value of values) transaction.objectStore(store).add(value)
        await new Promise((resolve) => (transaction.oncomplete = resolve))
        db.close()
      }
      for (const { entry, update } of all) {
        const db = await open(entry.database, (made) => {
          made.createObjectStore('updates', { autoIncrement: true })
          made.createObjectStore('custom')
        })
        const bytes = Uint8Array.from(atob(update), (sign) => sign.charCodeAt(0))
        await put(db, 'updates', [bytes])
      }
      const library = await open('inkmesh-library', (made) =>
        made.createObjectStore('entries', { keyPath: 'database' }),
      )
      await put(
        library,
        'entries',
        all.map(({ entry }) => entry),
      )
    }, batch)
  }
}
