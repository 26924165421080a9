/** IndexedDB as promises: only what this floor needs. */

/** How rows of a document that were set aside are called in y-indexeddb's store `custom`. */
export const SET_ASIDE = 'set aside '

/**
 * Opens a database, creating its stores with `create` when it is new.
 * Rejects when the browser refuses or has no IndexedDB at all. May never settle: a browser can leave an opening waiting.
 */
export function openDatabase(name: string, create: (db: IDBDatabase) => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1)
    request.onupgradeneeded = () => create(request.result)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error(`Opening the database ${name} failed`))
  })
}

/** The result of a request. */
export function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('A database request failed'))
  })
}

/** Resolves when what the transaction wrote is committed. */
export function completionOf(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new Error('A database transaction was aborted'))
  })
}
