/**
 * The documents on this device, in y-indexeddb's databases: one a document, with a store `updates` whose rows, applied
 * in any order, give the document.
 *
 * y-indexeddb reads them (`fetchUpdates`); opening and writing are done here, because its class tells of no failure: an
 * opening that fails leaves everyone waiting, and a connection closed by the browser throws into the editing transaction.
 */
import { fetchUpdates, type IndexeddbPersistence } from 'y-indexeddb'
import * as Y from 'yjs'
import { hasAdded } from '#doc/client-clocks'
import { completionOf, openDatabase, resultOf, SET_ASIDE } from './database.ts'
import { holdOpen } from './open-lock.ts'
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
  /** The Y.Doc is broken: writes what it told of before, reads nothing more off it, and lets go of the database. Never rejects. */
  abandon(): Promise<void>
  /** Writes what is unsaved and lets go of the database. The document lives on, unsaved. */
  close(): Promise<void>
}

/** A document in this browser's database. */
export interface DeviceDocument extends StoredDocument {
  /** How many stored rows could not be taken, and were set aside: `readSetAside` gives them. Known when it is loaded. */
  readonly setAside: number
  /** The rows that were set aside. Rejects when the database cannot be read. */
  readSetAside(): Promise<Uint8Array<ArrayBuffer>[]>
}

/** Milliseconds after which an opening, reading or writing counts as blocked. It is waited for all the same. */
const PATIENCE = { opening: 3000, reading: 15_000, writing: 10_000 }
/** How often what is unsaved is tried to be written before the database is let go of. */
const LAST_TRIES = 3
/** Milliseconds before another try; doubled each time. */
const RETRY = { first: 500, longest: 30_000 }
/** Rows from which on they are replaced by one, after `idle` milliseconds without a write; from `most` on, at once. */
const TIDY = { rows: 500, most: 5000, idle: 5000 }

/** Milliseconds until rows that were read are looked into: first one reads and writes. */
const INSPECTION_DELAY = 1000

export interface StorageOptions {
  /** The Y.Doc was broken by what came out of the database, or was so before: take the rows one by one. */
  careful?: boolean
  /** Called once when what is stored has broken the Y.Doc. */
  poisoned?: () => void
}

/** Keeps a document on this device, from now until it is closed. Two tabs may keep the same one. */
export function openDocument(database: string, doc: Y.Doc, options: StorageOptions = {}): DeviceDocument {
  return new GuardedDocument(database, doc, options)
}

/** What y-indexeddb's functions know of a database: its connection, the key up to which its rows are in the document, and how many there are. */
type Rows = Pick<IndexeddbPersistence, 'doc' | 'db' | '_dbref' | '_dbsize' | '_destroyed'>

class GuardedDocument implements DeviceDocument {
  readonly loaded: Promise<void>
  readonly #database: string
  readonly #doc: Y.Doc
  readonly #rows: Rows
  readonly #options: StorageOptions
  readonly #listeners = new Set<(state: SaveState) => void>()
  #state: SaveState = { kind: 'opening' }
  /** What the listeners were told last. */
  #told: SaveState = this.#state
  #setAside = 0
  #markLoaded: () => void = () => undefined
  readonly #release: () => void
  #drained: () => void = () => undefined

  /** Updates that no transaction has taken yet; or 'everything', when there is no telling what the database holds. */
  #unsaved: Uint8Array[] | 'everything'
  /** Whether the rows are in the document, so that writing may begin. */
  #ready = false
  /** Whether updates are listened to. */
  #isFollowing = false
  #isAbandoned = false
  #inspection: ReturnType<typeof setTimeout> | undefined
  #inFlight = 0
  #failures = 0
  #scheduled = false
  #retry: ReturnType<typeof setTimeout> | undefined
  #idle: ReturnType<typeof setTimeout> | undefined
  #closing: Promise<void> | undefined
  #closed = false

  constructor(database: string, doc: Y.Doc, options: StorageOptions) {
    this.#options = options
    this.#database = database
    this.#doc = doc
    this.#rows = { doc, db: null, _dbref: 0, _dbsize: 0, _destroyed: false }
    this.#unsaved = doc.store.clients.size > 0 ? 'everything' : []
    this.loaded = new Promise((resolve) => (this.#markLoaded = resolve))
    this.#release = holdOpen(database)
    doc.on('afterTransaction', this.#onTransaction)
    addEventListener('visibilitychange', this.#onVisibility)
    addEventListener('pagehide', this.#onVisibility)
    this.#open()
  }

  get state(): SaveState {
    return this.#state
  }

  get setAside(): number {
    return this.#setAside
  }

  subscribe(listener: (state: SaveState) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async readSetAside(): Promise<Uint8Array<ArrayBuffer>[]> {
    const { db } = this.#rows
    if (db === null) throw new Error('The database is not open')
    const found = await resultOf<unknown[]>(db.transaction('custom').objectStore('custom').getAll(setAsideKeys()))
    return found.filter((row) => row instanceof Uint8Array).map((row) => Uint8Array.from(row))
  }

  abandon(): Promise<void> {
    this.#doc.off('afterTransaction', this.#onTransaction)
    this.#doc.off('update', this.#onUpdate)
    // All of it would have to be read off the document.
    if (this.#unsaved === 'everything') this.#unsaved = []
    this.#isAbandoned = true
    return this.close()
  }

  close(): Promise<void> {
    this.#closing ??= this.#finish()
    return this.#closing
  }

  async #finish(): Promise<void> {
    await this.loaded
    this.#doc.off('afterTransaction', this.#onTransaction)
    this.#doc.off('update', this.#onUpdate)
    removeEventListener('visibilitychange', this.#onVisibility)
    removeEventListener('pagehide', this.#onVisibility)
    this.#closed = true
    clearTimeout(this.#retry)
    clearTimeout(this.#idle)
    clearTimeout(this.#inspection)
    await Promise.race([this.#writeLast(), new Promise((resolve) => setTimeout(resolve, PATIENCE.writing))])
    this.#rows.db?.close()
    this.#rows._destroyed = true
    this.#rows.db = null
    this.#release()
  }

  /** Writes what is unsaved, and what was being written and failed, so often and no more. */
  async #writeLast(): Promise<void> {
    for (let tries = 0; tries < LAST_TRIES; tries++) {
      if (this.#rows.db === null && this.#unsaved.length > 0 && !(await this.#reconnect())) return
      const written = new Promise<void>((resolve) => (this.#drained = resolve))
      void this.#write()
      if (this.#inFlight > 0) await written
      if (this.#unsaved.length === 0) return
    }
  }

  /** Another connection, to write to and no more: what is stored is added to. */
  async #reconnect(): Promise<boolean> {
    try {
      const db = await this.#connect()
      if (this.#rows._destroyed) db.close()
      else Object.assign(this.#rows, { db, _dbref: 0 })
      return (this.#ready = !this.#rows._destroyed)
    } catch (error) {
      console.warn('The last words of a document could not be stored:', error)
      return false
    }
  }

  /**
   * Runs inside the editing transaction, so it only takes note; nothing here can throw. 'saved' ends here, before anybody is
   * told of the change: who asks in between must not hear that it is stored.
   */
  readonly #onTransaction = (transaction: Y.Transaction): void => {
    if (transaction.origin === this.#rows) return
    if (transaction.deleteSet.clients.size === 0 && !hasAdded(transaction)) return
    if (this.#state.kind === 'saved') this.#state = { kind: 'saving' }
    if (this.#isFollowing) return
    // Until the rows have been read nobody listens to updates: what is read would be encoded again for whoever does.
    this.#unsaved = 'everything'
    this.#schedule()
  }

  readonly #onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === this.#rows) return
    if (this.#unsaved !== 'everything') this.#unsaved.push(update)
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
    this.#connect()
      .finally(() => clearTimeout(overdue))
      .then(
        (db) => this.#adopt(db),
        (error: unknown) => this.#refused(reasonOf(error, 'unavailable')),
      )
  }

  #connect(): Promise<IDBDatabase> {
    return openDatabase(this.#database, (db) => {
      db.createObjectStore('updates', { autoIncrement: true })
      db.createObjectStore('custom')
    })
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
    this.#setAside = await resultOf(db.transaction('custom').objectStore('custom').count(setAsideKeys()))
    this.#ready = true
    this.#followUpdates()
    this.#markLoaded()
    this.#advance()
  }

  #followUpdates(): void {
    this.#isFollowing = true
    this.#doc.off('update', this.#onUpdate)
    this.#doc.on('update', this.#onUpdate)
  }

  /** Reads the rows into the document. One that cannot be read does not hide the others; what they are is looked into later. */
  async #read(db: IDBDatabase): Promise<void> {
    const store = db.transaction('updates').objectStore('updates')
    const [keys, rows] = await Promise.all([resultOf(store.getAllKeys()), resultOf<unknown[]>(store.getAll())])
    const last = keys.at(-1)
    Object.assign(this.#rows, { _dbref: typeof last === 'number' ? last + 1 : 0, _dbsize: rows.length })
    if (this.#options.careful) {
      const { takeCarefully } = await import('./salvage.ts')
      takeCarefully(this.#doc, rows, this.#rows)
      return
    }
    let isBroken = false
    const take = (row: unknown): void => {
      try {
        if (row instanceof Uint8Array) Y.applyUpdate(this.#doc, row)
        else isBroken = true
      } catch (error) {
        console.error('A stored row of this document cannot be taken:', error)
        isBroken = true
      }
    }
    try {
      Y.transact(this.#doc, () => rows.forEach(take), this.#rows, false)
    } catch (error) {
      console.error('What is stored of this document breaks it:', error)
      isBroken = true
    }
    const inspect = (): void => void this.#inspect(db, keys, rows, isBroken)
    if (isBroken) inspect()
    else this.#inspection = setTimeout(inspect, INSPECTION_DELAY)
  }

  /**
   * Sets aside the rows that no build of ours would have written. What was read of them is in the document by now: it has to be
   * opened again, without them.
   */
  async #inspect(db: IDBDatabase, keys: IDBValidKey[], rows: unknown[], isBroken: boolean): Promise<void> {
    try {
      const { putAside, unsoundKeys } = await import('./salvage.ts')
      const unsound = unsoundKeys(keys, rows)
      if (unsound.length > 0 && this.#holds(db)) this.#setAside += await putAside(db, unsound)
      if (unsound.length > 0 || isBroken) this.#options.poisoned?.()
    } catch (error) {
      console.warn('What is stored of this document could not be looked into:', error)
    }
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
    if (whole && this.#isAbandoned) return
    const update = whole ? Y.encodeStateAsUpdate(this.#doc) : Y.mergeUpdates(batch)
    this.#unsaved = []
    this.#inFlight++
    const overdue = setTimeout(() => this.#fail('blocked'), PATIENCE.writing)
    try {
      const key = await appendRow(db, update)
      if (whole && this.#options.careful !== true) await replaceRows(db, update, key, this.#rows._dbref)
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
    // What waits in rows for what is not here is not in the document: it would be gone with them.
    if (this.#options.careful || this.#rows._dbsize < TIDY.rows) return
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
    const before = this.#told
    this.#state = state
    if (
      state.kind === before.kind &&
      (state.kind !== 'failed' || before.kind !== 'failed' || state.reason === before.reason)
    )
      return
    this.#told = state
    for (const listener of this.#listeners) listener(state)
  }
}

const setAsideKeys = (): IDBKeyRange => IDBKeyRange.bound(SET_ASIDE, `${SET_ASIDE}\uffff`)

/**
 * Adds a row; resolves with its key once it is flushed to disk. Begun and committed at once, not when the request is answered,
 * so that it survives the end of the page.
 */
async function appendRow(db: IDBDatabase, update: Uint8Array): Promise<IDBValidKey> {
  const transaction = db.transaction('updates', 'readwrite', { durability: 'strict' })
  const added = transaction.objectStore('updates').add(update)
  transaction.commit()
  await completionOf(transaction)
  return added.result
}

/** Deletes the rows with a key below `keptFrom`, in whose place another one is, when that has been read back as it was written. */
async function replaceRows(db: IDBDatabase, update: Uint8Array, key: IDBValidKey, keptFrom: number): Promise<void> {
  if (keptFrom === 0) return
  const row = await resultOf<unknown>(db.transaction('updates').objectStore('updates').get(key))
  const isThere =
    row instanceof Uint8Array && row.length === update.length && row.every((byte, i) => byte === update[i])
  if (!isThere) throw new Error('A row was not stored as it was written')
  const transaction = db.transaction('updates', 'readwrite', { durability: 'strict' })
  transaction.objectStore('updates').delete(IDBKeyRange.upperBound(keptFrom, true))
  transaction.commit()
  await completionOf(transaction)
}

const reasonOf = (error: unknown, otherwise: SaveFailure): SaveFailure =>
  nameOf(error) === 'QuotaExceededError' ? 'quota' : otherwise

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '')
