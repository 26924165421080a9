/** The Web Lock that everyone who has a document open shares, and the deletion that waits for nobody to have it. */
import { resultOf } from './database.ts'
import { forgetNotes } from './notes.ts'

const lockOf = (database: string): string => `${database} open`

/** Takes a share of a document's lock; returns how to give it up. */
export function holdOpen(database: string): () => void {
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  navigator.locks
    .request(lockOf(database), { mode: 'shared' }, () => held)
    .catch((error: unknown) => {
      console.info('Other tabs are not told:', error)
    })
  return release
}

/** Resolves when nobody has a document open. */
export const untilFree = (database: string): Promise<void> => navigator.locks.request(lockOf(database), () => undefined)

/**
 * Deletes a document from this device for good. False when a tab has it open: then nothing is deleted.
 * Rejects when the browser refuses.
 */
export function deleteDocument(database: string): Promise<boolean> {
  return navigator.locks.request(lockOf(database), { ifAvailable: true }, async (lock) => {
    if (lock === null) return false
    await resultOf(indexedDB.deleteDatabase(database))
    forgetNotes(database)
    return true
  })
}
