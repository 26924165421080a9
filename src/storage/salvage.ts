/** What is done about stored rows that would break the document, or have: rarely needed, and so loaded only then. */
import * as Y from 'yjs'
import { Gate } from '#sync/gate'
import { Rehearsal } from '#sync/rehearsal'
import { outlineOf } from '#sync/structure'
import { completionOf, SET_ASIDE } from './database.ts'

/** The keys of the rows that no build of ours would have written. */
export const unsoundKeys = (keys: readonly IDBValidKey[], rows: readonly unknown[]): IDBValidKey[] =>
  keys.filter((_key, i) => !isSound(rows[i]))

const isSound = (row: unknown): boolean =>
  row instanceof Uint8Array && typeof outlineOf(row) === 'object' && isReadable(row)

/** Whether Yjs can build what an update holds. */
function isReadable(update: Uint8Array): boolean {
  try {
    Y.decodeUpdate(update)
    return true
  } catch (error) {
    if (error instanceof Error) return false
    throw error
  }
}

/** Moves rows to where nobody reads them, in one transaction: they can be had by whoever knows what to do with them. Resolves with how many. */
export async function putAside(db: IDBDatabase, keys: readonly IDBValidKey[]): Promise<number> {
  const transaction = db.transaction(['updates', 'custom'], 'readwrite', { durability: 'strict' })
  const [updates, custom] = [transaction.objectStore('updates'), transaction.objectStore('custom')]
  for (const key of keys) {
    const request: IDBRequest<unknown> = updates.get(key)
    request.onsuccess = () => {
      custom.put(request.result, `${SET_ASIDE}${JSON.stringify(key)}`)
      updates.delete(key)
    }
  }
  await completionOf(transaction)
  return keys.length
}

/** Takes rows one by one, each tried on a second copy first. What breaks that stays where it is, and out of the document. */
export function takeCarefully(doc: Y.Doc, rows: readonly unknown[], origin: unknown): void {
  const rehearsal = new Rehearsal(doc)
  const gate = new Gate({ doc, rehearsal, dropped: (reason) => console.warn('A stored row:', reason) })
  for (const row of rows) if (row instanceof Uint8Array) gate.take(row, origin)
  rehearsal.destroy()
}
