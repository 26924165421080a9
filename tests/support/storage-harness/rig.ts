/** The browser's store on a database that can be made to fail. */
import type * as Y from 'yjs'
import { resultOf } from '#storage/database'
import { openDocument, type StoredDocument } from '#storage/documents'
import type { Fault, StoreRig } from '../store-acceptance.ts'

const ROWS = 'updates'

export class DatabaseRig implements StoreRig {
  failures = 0
  writes = 0
  #fault: Fault = 'none'
  #documents = 0

  constructor() {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
    const { add } = IDBObjectStore.prototype
    const note = (): Fault => {
      this.writes++
      this.failures += this.#fault === 'none' ? 0 : 1
      return this.#fault
    }
    IDBObjectStore.prototype.add = function (...args) {
      const fault = note()
      if (fault === 'throws') throw new DOMException('full', 'QuotaExceededError')
      const request = add.apply(this, args)
      if (fault === 'aborts') this.transaction.abort()
      return request
    }
  }

  get #database(): string {
    return `inkmesh-acceptance-${this.#documents}`
  }

  renew(): void {
    this.#documents++
  }

  open(doc: Y.Doc): StoredDocument {
    return openDocument(this.#database, doc)
  }

  fail(fault: Fault): void {
    this.#fault = fault
  }

  async rows(): Promise<Uint8Array[]> {
    const db = await resultOf(indexedDB.open(this.#database))
    const rows = await resultOf<unknown[]>(db.transaction(ROWS).objectStore(ROWS).getAll())
    db.close()
    return rows as Uint8Array[]
  }

  async put(rows: readonly Uint8Array[]): Promise<void> {
    const db = await resultOf(indexedDB.open(this.#database))
    const transaction = db.transaction(ROWS, 'readwrite')
    for (const row of rows) transaction.objectStore(ROWS).add(row)
    await new Promise((resolve) => (transaction.oncomplete = resolve))
    db.close()
  }
}
