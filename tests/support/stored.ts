/** What lies in a page's IndexedDB, read and written behind the app's back. */
import type { Page } from '@playwright/test'
import * as Y from 'yjs'

/** The whole stored state of a document, as one update. */
export async function readStored(page: Page, database: string): Promise<Uint8Array> {
  const rows = await page.evaluate(
    (name) =>
      new Promise<number[][]>((resolve, reject) => {
        const open = indexedDB.open(name)
        open.onerror = () => reject(open.error ?? new Error('No database'))
        open.onsuccess = () => {
          const all = open.result.transaction('updates').objectStore('updates').getAll()
          all.onerror = () => reject(all.error ?? new Error('No rows'))
          all.onsuccess = () => {
            open.result.close()
            resolve(all.result.map((row: Uint8Array) => [...row]))
          }
        }
      }),
    database,
  )
  const doc = new Y.Doc()
  for (const row of rows) Y.applyUpdate(doc, Uint8Array.from(row))
  return Y.encodeStateAsUpdate(doc)
}

/** Replaces what is stored of a document. No page may have it open. */
export async function writeStored(page: Page, database: string, update: Uint8Array): Promise<void> {
  await page.evaluate(
    ([name, bytes]) =>
      new Promise<void>((resolve, reject) => {
        const open = indexedDB.open(name)
        open.onerror = () => reject(open.error ?? new Error('No database'))
        open.onsuccess = () => {
          const transaction = open.result.transaction('updates', 'readwrite')
          const store = transaction.objectStore('updates')
          store.clear()
          store.add(Uint8Array.from(bytes))
          transaction.onerror = () => reject(transaction.error ?? new Error('Not written'))
          transaction.oncomplete = () => {
            open.result.close()
            resolve()
          }
        }
      }),
    [database, [...update]] as const,
  )
}
