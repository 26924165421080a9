/**
 * The texts of all documents on this device, for full-text search: what each says, and as of when, in a database of their own. They
 * are read off the documents by whoever searches, so nobody who writes has to keep them up.
 */
import { completionOf, openDatabase, resultOf } from './database.ts'

/** A document's text, each block on a line of its own. */
export interface IndexedText {
  database: string
  /** `Entry.edited` of the state that it was read from. */
  edited: number
  text: string
}

const NAME = 'inkmesh-texts'
const TEXTS = 'texts'
/** The same without the texts: for finding out what has to be read again. */
const STAMPS = 'stamps'

export class TextIndex {
  readonly #db: IDBDatabase

  private constructor(db: IDBDatabase) {
    this.#db = db
  }

  /** Rejects when the browser refuses. */
  static async open(): Promise<TextIndex> {
    const db = await openDatabase(NAME, (made) => {
      made.createObjectStore(TEXTS, { keyPath: 'database' })
      made.createObjectStore(STAMPS)
    })
    // Whoever clears the site's data is not kept waiting.
    db.onversionchange = () => db.close()
    return new TextIndex(db)
  }

  close(): void {
    this.#db.close()
  }

  /** As of when each document was read. */
  async stamps(): Promise<Map<string, number>> {
    const store = this.#db.transaction(STAMPS).objectStore(STAMPS)
    const [names, stamps] = await Promise.all([resultOf(store.getAllKeys()), resultOf<unknown[]>(store.getAll())])
    return new Map(names.map((name, i) => [name as string, Number(stamps[i])]))
  }

  /** All texts; in a library of a thousand long documents some tens of megabytes. */
  texts(): Promise<IndexedText[]> {
    const store = this.#db.transaction(TEXTS).objectStore(TEXTS)
    return resultOf(store.getAll() as IDBRequest<IndexedText[]>)
  }

  async put(entry: IndexedText): Promise<void> {
    const transaction = this.#db.transaction([TEXTS, STAMPS], 'readwrite')
    transaction.objectStore(TEXTS).put(entry)
    transaction.objectStore(STAMPS).put(entry.edited, entry.database)
    await completionOf(transaction)
  }

  async delete(databases: readonly string[]): Promise<void> {
    const transaction = this.#db.transaction([TEXTS, STAMPS], 'readwrite')
    for (const database of databases) {
      transaction.objectStore(TEXTS).delete(database)
      transaction.objectStore(STAMPS).delete(database)
    }
    await completionOf(transaction)
  }
}

/** The rows of a document as they are stored; none when there is no such document. Holds its database for a moment only. */
export async function readRows(database: string): Promise<Uint8Array[]> {
  const db = await new Promise<IDBDatabase | null>((resolve, reject) => {
    const request = indexedDB.open(database)
    // One that does not exist is not made.
    request.onupgradeneeded = () => request.transaction?.abort()
    request.onsuccess = () => resolve(request.result)
    request.onerror = () =>
      request.error?.name === 'AbortError' ? resolve(null) : reject(request.error ?? new Error())
  })
  if (db === null) return []
  try {
    const rows = await resultOf<unknown[]>(db.transaction('updates').objectStore('updates').getAll())
    return rows.filter((row) => row instanceof Uint8Array)
  } finally {
    db.close()
  }
}
