/**
 * The documents on this device, in y-indexeddb's databases: one a document, with a store `updates` whose rows, applied
 * in any order, give the document.
 *
 * y-indexeddb reads them (`fetchUpdates`); opening and writing are done here, because its class tells of no failure: an
 * opening that fails leaves everyone waiting, and a connection closed by the browser throws into the editing transaction.
 */
import { clearDocument, fetchUpdates, type IndexeddbPersistence } from 'y-indexeddb'
import * as Y from 'yjs'
import { forgetCopiesNote } from './copies.ts'
import { completionOf, openDatabase, resultOf } from './database.ts'
import { askToPersist } from './permission.ts'

/** Why edits are not on disk. */
export type SaveFailure =
  /** The database does not open, read or write in time: another tab or the browser holds it. */
  | 'blocked'
  /** The connection was closed under us: the site's data was cleared, or the browser dropped it. */
  | 'closed'
  /** The disk, or this site's share of it, is full. */
  | 'quota'
  /** The browser has no database for us: a private window, or storage switched off. */
  | 'unavailable'
  | 'unknown'

/** Whether the document as it stands is on disk. */
export type SaveState =
  | { kind: 'opening' }
  /** Edits are on their way. */
  | { kind: 'saving' }
  /** Everything is on disk, flushed by the operating system where the browser allows to ask for it; `at` is ms epoch. */
  | { kind: 'saved'; at: number }
  /** Edits since are not on disk. It keeps trying, and goes back to 'saved' by itself. */
  | { kind: 'failed'; reason: SaveFailure }

export interface StoredDocument {
  readonly state: SaveState
  /** Called on every change of `state`, not at once; returns how to stop. */
  subscribe(listener: (state: SaveState) => void): () => void
  /** Resolves when what is stored is in the document, or when there is no telling when that will be (then it comes later). Never rejects, never hangs. */
  readonly loaded: Promise<void>
  /** Writes what is unsaved and lets go of the database. The document lives on, unsaved. */
  close(): Promise<void>
}

/** Milliseconds after which an opening, reading or writing counts as blocked. It is waited for all the same. */
const PATIENCE = { opening: 3000, reading: 15_000, writing: 10_000 }
/** Milliseconds before another try; doubled each time. */
const RETRY = { first: 500, longest: 30_000 }
/** Rows from which on they are replaced by one, after `idle` milliseconds without a write; from `most` on, at once. */
const TIDY = { rows: 500, most: 5000, idle: 5000 }

/** Keeps a document on this device, from now until it is closed. Two tabs may keep the same one. */
export function openDocument(database: string, doc: Y.Doc): StoredDocument {
  return new GuardedDocument(database, doc)
}

/**
 * Deletes a document from this device for good. False when a tab has it open: then nothing is deleted.
 * Rejects when the browser refuses.
 */
export function deleteDocument(database: string): Promise<boolean> {
  return navigator.locks.request(lockOf(database), { ifAvailable: true }, async (lock) => {
    if (lock === null) return false
    await clearDocument(database)
    forgetCopiesNote(database)
    return true
  })
}

/** The Web Lock that everyone who has the document open shares. */
const lockOf = (database: string): string => `${database} open`

/** Takes a share of that lock; returns how to give it up. */
function holdOpen(database: string): () => void {
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  navigator.locks
    .request(lockOf(database), { mode: 'shared' }, () => held)
    .catch((error: unknown) => {
      console.info('Other tabs are not told that this document is open:', error)
    })
  return release
}

/** What y-indexeddb's functions know of a database: its connection, the key up to which its rows are in the document, and how many there are. */
type Rows = Pick<IndexeddbPersistence, 'doc' | 'db' | '_dbref' | '_dbsize' | '_destroyed'>

class GuardedDocument implements StoredDocument {
  readonly loaded: Promise<void>
  readonly #database: string
  readonly #doc: Y.Doc
  readonly #rows: Rows
  readonly #listeners = new Set<(state: SaveState) => void>()
  #state: SaveState = { kind: 'opening' }
  #markLoaded: () => void = () => undefined
  readonly #release: () => void
  #drained: () => void = () => undefined

  /** Updates that no transaction has taken yet; or 'everything', when there is no telling what the database holds. */
  #unsaved: Uint8Array[] | 'everything'
  /** Whether the rows are in the document, so that writing may begin. */
  #ready = false
  /** Rows that cannot be read are left alone: they may be readable to a later build. */
  #damaged = false
  #inFlight = 0
  #failures = 0
  #scheduled = false
  #retry: ReturnType<typeof setTimeout> | undefined
  #idle: ReturnType<typeof setTimeout> | undefined
  #closing: Promise<void> | undefined
  #closed = false

  constructor(database: string, doc: Y.Doc) {
    this.#database = database
    this.#doc = doc
    this.#rows = { doc, db: null, _dbref: 0, _dbsize: 0, _destroyed: false }
    this.#unsaved = doc.store.clients.size > 0 ? 'everything' : []
    this.loaded = new Promise((resolve) => (this.#markLoaded = resolve))
    this.#release = holdOpen(database)
    doc.on('afterTransaction', this.#onEarlyEdit)
    document.addEventListener('visibilitychange', this.#onVisibility)
    window.addEventListener('pagehide', this.#onVisibility)
    this.#open()
  }

  get state(): SaveState {
    return this.#state
  }

  subscribe(listener: (state: SaveState) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): Promise<void> {
    this.#closing ??= this.#finish()
    return this.#closing
  }

  async #finish(): Promise<void> {
    await this.loaded
    this.#doc.off('afterTransaction', this.#onEarlyEdit)
    this.#doc.off('update', this.#onUpdate)
    document.removeEventListener('visibilitychange', this.#onVisibility)
    window.removeEventListener('pagehide', this.#onVisibility)
    void this.#write()
    this.#closed = true
    clearTimeout(this.#retry)
    clearTimeout(this.#idle)
    // Transactions that have begun still complete on a closed connection.
    this.#rows.db?.close()
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve
        setTimeout(resolve, PATIENCE.writing)
      })
    }
    this.#rows._destroyed = true
    this.#rows.db = null
    this.#release()
  }

  /** Runs inside the editing transaction, so it only takes note; nothing here can throw. */
  readonly #onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === this.#rows) return
    if (this.#unsaved !== 'everything') this.#unsaved.push(update)
    this.#schedule()
  }

  /** Until the rows have been read nobody listens to updates: what is read would be encoded again for whoever does. */
  readonly #onEarlyEdit = ({ origin, beforeState, afterState, deleteSet }: Y.Transaction): void => {
    if (origin === this.#rows) return
    const hasAdded = [...afterState].some(([client, clock]) => beforeState.get(client) !== clock)
    if (!hasAdded && deleteSet.clients.size === 0) return
    this.#unsaved = 'everything'
    this.#schedule()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      this.#advance()
      askToPersist()
    })
  }

  readonly #onVisibility = (event: Event): void => {
    // The page may be killed once hidden: do not wait for the transaction in flight.
    if (event.type === 'pagehide' || document.visibilityState === 'hidden') void this.#write()
    else this.#resume()
  }

  #open(): void {
    const overdue = setTimeout(() => this.#refused('blocked'), PATIENCE.opening)
    const create = (db: IDBDatabase): void => {
      db.createObjectStore('updates', { autoIncrement: true })
      db.createObjectStore('custom')
    }
    openDatabase(this.#database, create)
      .finally(() => clearTimeout(overdue))
      .then(
        (db) => this.#adopt(db),
        (error: unknown) => this.#refused(reasonOf(error, 'unavailable')),
      )
  }

  #refused(reason: SaveFailure): void {
    if (this.#rows.db === null) this.#fail(reason)
  }

  /** Takes over a connection, however late it comes; the first one wins. */
  async #adopt(db: IDBDatabase): Promise<void> {
    if (this.#closed || this.#rows.db !== null) {
      db.close()
      return
    }
    db.onclose = () => this.#lose(db)
    db.onversionchange = () => this.#lose(db)
    Object.assign(this.#rows, { db, _dbref: 0 })
    const overdue = setTimeout(() => this.#fail('blocked'), PATIENCE.reading)
    try {
      await this.#read(db)
    } catch (error) {
      console.warn('Reading the stored document failed:', error)
      this.#lose(db)
    } finally {
      clearTimeout(overdue)
    }
    if (!this.#holds(db)) return
    clearTimeout(this.#retry)
    this.#retry = undefined
    this.#failures = 0
    this.#ready = true
    this.#followUpdates()
    this.#markLoaded()
    this.#advance()
  }

  #followUpdates(): void {
    this.#doc.off('afterTransaction', this.#onEarlyEdit)
    this.#doc.off('update', this.#onUpdate)
    this.#doc.on('update', this.#onUpdate)
  }

  async #read(db: IDBDatabase): Promise<void> {
    try {
      await fetchUpdates(this.#rows as IndexeddbPersistence)
    } catch (error) {
      if (!this.#holds(db)) throw error
      const rows = await resultOf<unknown[]>(db.transaction('updates').objectStore('updates').getAll())
      this.#salvage(rows, error)
    }
  }

  /** One row that cannot be read must not hide the others. */
  #salvage(rows: unknown[], cause: unknown): void {
    let unreadable = 0
    const apply = (row: unknown): void => {
      try {
        if (row instanceof Uint8Array) Y.applyUpdate(this.#doc, row)
        else unreadable++
      } catch {
        unreadable++
      }
    }
    Y.transact(this.#doc, () => rows.forEach(apply), this.#rows, false)
    if (unreadable === 0) throw cause
    this.#damaged = true
    console.warn(`${unreadable} of ${rows.length} stored rows of this document cannot be read`)
  }

  #holds(db: IDBDatabase): boolean {
    return this.#rows.db === db
  }

  /** Goes on to whatever is due: a transaction, the next one, or 'saved'. */
  #advance(): void {
    if (!this.#ready || this.#closed) return
    if (this.#unsaved.length > 0) {
      if (this.#state.kind !== 'failed') this.#become({ kind: 'saving' })
      if (this.#inFlight === 0 && this.#retry === undefined) void this.#write()
    } else if (this.#inFlight === 0) {
      if (this.#state.kind !== 'saved') this.#become({ kind: 'saved', at: Date.now() })
      this.#scheduleTidying()
    }
  }

  /**
   * Begins a transaction with all that is unsaved. At most one is in flight, and edits gather meanwhile, unless the page
   * may be killed. `tidying`: with the whole document, in place of the rows it holds already.
   */
  async #write(tidying = false): Promise<void> {
    const { db } = this.#rows
    const batch = this.#unsaved
    if (db === null || !this.#ready || (batch.length === 0 && !tidying)) return
    const whole = tidying || batch === 'everything'
    const update = whole ? Y.encodeStateAsUpdate(this.#doc) : Y.mergeUpdates(batch)
    this.#unsaved = []
    this.#inFlight++
    const overdue = setTimeout(() => this.#fail('blocked'), PATIENCE.writing)
    try {
      const key = await appendRow(db, update, whole ? this.#rows._dbref : 0)
      if (this.#holds(db)) this.#countRow(key, whole)
      this.#failures = 0
    } catch (error) {
      this.#takeBack(whole ? batch : [update])
      if (nameOf(error) === 'InvalidStateError') this.#lose(db)
      else if (this.#holds(db) && this.#unsaved.length > 0) this.#fail(reasonOf(error, 'unknown'))
    } finally {
      clearTimeout(overdue)
      this.#inFlight--
    }
    if (this.#closed && this.#inFlight === 0) this.#drained()
    this.#advance()
  }

  /** What a transaction failed to write is to be written again, ahead of what gathered since. */
  #takeBack(batch: Uint8Array[] | 'everything'): void {
    if (batch === 'everything' || this.#unsaved === 'everything') this.#unsaved = 'everything'
    else this.#unsaved = [...batch, ...this.#unsaved]
  }

  #countRow(key: IDBValidKey, whole: boolean): void {
    this.#rows._dbsize = whole ? 1 : this.#rows._dbsize + 1
    // The next key after those we hold is our own row, so that need not be read again.
    if (key === this.#rows._dbref) this.#rows._dbref = key + 1
  }

  #scheduleTidying(): void {
    clearTimeout(this.#idle)
    if (this.#damaged || this.#rows._dbsize < TIDY.rows) return
    this.#idle = setTimeout(() => void this.#tidy(), this.#rows._dbsize < TIDY.most ? TIDY.idle : 0)
  }

  async #tidy(): Promise<void> {
    const { db } = this.#rows
    if (db === null || this.#inFlight > 0) return
    try {
      await fetchUpdates(this.#rows as IndexeddbPersistence)
    } catch (error) {
      console.warn('Reading the stored document again failed:', error)
      this.#lose(db)
      return
    }
    if (this.#holds(db)) void this.#write(true)
  }

  /** The connection is of no more use. What the next one finds is unknown, so it gets everything. */
  #lose(db: IDBDatabase): void {
    db.close()
    if (!this.#holds(db)) return
    this.#rows.db = null
    this.#ready = false
    this.#unsaved = 'everything'
    this.#fail('closed')
  }

  #fail(reason: SaveFailure): void {
    if (this.#closed) return
    this.#markLoaded()
    this.#become({ kind: 'failed', reason })
    if (this.#retry !== undefined) return
    const delay = Math.min(RETRY.longest, RETRY.first * 2 ** this.#failures++)
    this.#retry = setTimeout(() => this.#resume(), delay)
  }

  #resume(): void {
    if (this.#retry === undefined) return
    clearTimeout(this.#retry)
    this.#retry = undefined
    if (this.#rows.db === null) this.#open()
    else void this.#write()
  }

  #become(state: SaveState): void {
    if (
      state.kind === this.#state.kind &&
      (state.kind !== 'failed' || this.#state.kind !== 'failed' || state.reason === this.#state.reason)
    )
      return
    this.#state = state
    for (const listener of this.#listeners) listener(state)
  }
}

/**
 * Adds a row and deletes those with a key below `keptFrom`; resolves with its key once it is flushed to disk.
 * Begun and committed at once, not when the request is answered, so that it survives the end of the page.
 */
async function appendRow(db: IDBDatabase, update: Uint8Array, keptFrom: number): Promise<IDBValidKey> {
  const transaction = db.transaction('updates', 'readwrite', { durability: 'strict' })
  const store = transaction.objectStore('updates')
  const added = store.add(update)
  if (keptFrom > 0) store.delete(IDBKeyRange.upperBound(keptFrom, true))
  transaction.commit()
  await completionOf(transaction)
  return added.result
}

const reasonOf = (error: unknown, otherwise: SaveFailure): SaveFailure =>
  nameOf(error) === 'QuotaExceededError' ? 'quota' : otherwise

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '')
