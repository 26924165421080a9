/** The list of documents this device knows, with the links to them: what the home page shows. It never leaves the device. */
import { isRecord } from '#doc/untrusted'
import { completionOf, openDatabase, resultOf } from './database.ts'
import { deleteDocument } from './open-lock.ts'

/** A document in the library. */
export interface Entry {
  /** Name of its database on this device; the entry's key. */
  database: string
  /** The best link held, with '#'. */
  fragment: string
  role: 'edit' | 'view'
  title: string
  /** The first some 2000 characters of its text, for the list and for search. */
  excerpt: string
  /** When it was last opened here, ms epoch. */
  opened: number
  /** When it last changed here, ms epoch. */
  edited: number
  /** When it was last before somebody's eyes here, ms epoch. */
  seen: number
  /** A link of it was taken to be given to somebody, came from somebody, or somebody has been there. */
  shared: boolean
  /** Stands above the others. */
  pinned: boolean
  /** When it was put into the bin, ms epoch; null when it was not. */
  removed: number | null
}

export interface Library {
  /** Whether entries are being kept on disk; false: the browser has no database for us, and they last as long as the page. A change is told to subscribers. */
  readonly persistent: boolean
  /** All entries, binned ones included, last opened first. */
  list(): Promise<Entry[]>
  get(database: string): Promise<Entry | null>
  /** Adds an entry, or replaces the one of the same database. */
  put(entry: Entry): Promise<void>
  /** Changes an entry; nothing happens when there is none. */
  update(database: string, patch: Partial<Omit<Entry, 'database'>>): Promise<void>
  /** Puts a document into the bin. */
  remove(database: string): Promise<void>
  /** Takes it out again. */
  restore(database: string): Promise<void>
  /** Deletes an entry and its document for good, at once. Not while a tab has it open. */
  discard(database: string): Promise<void>
  /** Called when something changed, here or in another tab; returns how to stop. */
  subscribe(listener: () => void): () => void
  close(): void
}

const NAME = 'inkmesh-library'
const STORE = 'entries'
const MAX_TITLE = 500
const MAX_EXCERPT = 4000
/** Milliseconds an opening may take, and how long to leave a database alone that did not open. */
const PATIENCE = 3000

/** Opens the library. Works on without a database: see `persistent`. */
export function openLibrary(): Library {
  return new StoredLibrary()
}

class StoredLibrary implements Library {
  readonly #channel = new BroadcastChannel(NAME)
  readonly #listeners = new Set<() => void>()
  /** Entries this page has seen, and which of them are not on disk. */
  readonly #known = new Map<string, Entry>()
  readonly #unwritten = new Set<string>()
  #connection: Promise<IDBDatabase> | null = null
  #failedAt = -Infinity
  #persistent = true
  #closed = false

  constructor() {
    this.#channel.onmessage = () => this.#tell()
  }

  get persistent(): boolean {
    return this.#persistent
  }

  async list(): Promise<Entry[]> {
    const stored = await this.#attempt((db) => resultOf<unknown[]>(db.transaction(STORE).objectStore(STORE).getAll()))
    if (stored !== undefined) this.#refresh([...this.#known.keys()], stored)
    return [...this.#known.values()].sort((a, b) => b.opened - a.opened)
  }

  async get(database: string): Promise<Entry | null> {
    const stored = await this.#attempt((db) =>
      resultOf<unknown[]>(db.transaction(STORE).objectStore(STORE).getAll(database)),
    )
    if (stored !== undefined) this.#refresh([database], stored)
    return this.#known.get(database) ?? null
  }

  put(entry: Entry): Promise<void> {
    return this.#change(entry.database, () => entry)
  }

  update(database: string, patch: Partial<Omit<Entry, 'database'>>): Promise<void> {
    return this.#change(database, (entry) => entry && { ...entry, ...patch })
  }

  remove(database: string): Promise<void> {
    return this.update(database, { removed: Date.now() })
  }

  restore(database: string): Promise<void> {
    return this.update(database, { removed: null })
  }

  async discard(database: string): Promise<void> {
    if (await deleteDocument(database)) await this.#forget(database)
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    this.#closed = true
    this.#channel.close()
    this.#listeners.clear()
    this.#connection?.then(
      (db) => db.close(),
      () => undefined,
    )
  }

  /** Replaces an entry by what `change` makes of it, in one transaction with the reading. */
  async #change(database: string, change: (entry: Entry | null) => Entry | null): Promise<void> {
    let changed: Entry | null = null
    const written = await this.#attempt(async (db) => {
      const transaction = db.transaction(STORE, 'readwrite')
      const store = transaction.objectStore(STORE)
      const late = [...this.#unwritten]
      for (const name of late) store.put(this.#known.get(name))
      const reading: IDBRequest<unknown> = store.get(database)
      reading.onsuccess = () => {
        changed = change(parseEntry(reading.result))
        if (changed !== null) store.put(changed)
      }
      await completionOf(transaction)
      for (const name of late) this.#unwritten.delete(name)
      return true
    })
    if (written === undefined) {
      changed = change(this.#known.get(database) ?? null)
      if (changed !== null) this.#unwritten.add(database)
    }
    if (changed === null) return
    this.#known.set(database, changed)
    this.#announce()
  }

  async #forget(database: string): Promise<void> {
    await this.#attempt(async (db) => {
      const transaction = db.transaction(STORE, 'readwrite')
      transaction.objectStore(STORE).delete(database)
      await completionOf(transaction)
      this.#unwritten.delete(database)
      this.#known.delete(database)
    })
    this.#announce()
  }

  /** Replaces what is known of these databases by what is stored; what waits to be written is newer than either. */
  #refresh(databases: string[], stored: unknown[]): void {
    for (const database of databases) if (!this.#unwritten.has(database)) this.#known.delete(database)
    for (const entry of stored.map(parseEntry)) {
      if (entry !== null && !this.#unwritten.has(entry.database)) this.#known.set(entry.database, entry)
    }
  }

  #announce(): void {
    if (this.#closed) return
    this.#channel.postMessage(null)
    this.#tell()
  }

  /**
   * Runs `work`, one transaction, on the database. Undefined when there is none or it fails, which `persistent` then tells.
   * A connection from before may have been closed under the work, of which it is told later than the work fails: that is
   * tried once more, on a connection of its own.
   */
  async #attempt<T>(work: (db: IDBDatabase) => Promise<T>): Promise<T | undefined> {
    if (this.#closed || Date.now() - this.#failedAt < PATIENCE) return undefined
    const before = this.#connection
    try {
      return await this.#run(work).catch((error: unknown) => {
        if (before === null) throw error
        if (this.#connection === before) this.#connection = null
        return this.#run(work)
      })
    } catch (error) {
      console.warn('The library is not being kept:', error)
      this.#failedAt = Date.now()
      this.#connection = null
      this.#setPersistent(false)
      return undefined
    }
  }

  async #run<T>(work: (db: IDBDatabase) => Promise<T>): Promise<T> {
    const result = await work(await this.#open())
    this.#setPersistent(true)
    return result
  }

  #open(): Promise<IDBDatabase> {
    if (this.#connection !== null) return this.#connection
    const connection = new Promise<IDBDatabase>((resolve, reject) => {
      setTimeout(() => reject(new Error('Opening the library took too long')), PATIENCE)
      openDatabase(NAME, (db) => db.createObjectStore(STORE, { keyPath: 'database' })).then((db) => {
        const forget = (): void => {
          db.close()
          if (this.#connection === connection) this.#connection = null
        }
        db.onclose = forget
        db.onversionchange = forget
        resolve(db)
      }, reject)
    })
    this.#connection = connection
    return connection
  }

  #setPersistent(persistent: boolean): void {
    if (persistent === this.#persistent) return
    this.#persistent = persistent
    this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

/** An entry as stored, made safe. Null when it leads to no document. Total on any value. */
export function parseEntry(value: unknown): Entry | null {
  if (!isRecord(value)) return null
  const { database, fragment, title, excerpt, opened, edited, seen, shared, pinned, removed } = value
  if (typeof database !== 'string' || database === '' || typeof fragment !== 'string') return null
  const role = /^#(edit|view)=[\w-]+$/u.exec(fragment)?.[1]
  if (role !== 'edit' && role !== 'view') return null
  return {
    database,
    fragment,
    role,
    title: typeof title === 'string' ? title.slice(0, MAX_TITLE) : '',
    excerpt: typeof excerpt === 'string' ? excerpt.slice(0, MAX_EXCERPT) : '',
    opened: timeOf(opened) ?? 0,
    edited: timeOf(edited) ?? 0,
    seen: timeOf(seen) ?? Infinity,
    // Nobody has noted that it was not.
    shared: shared !== false,
    pinned: pinned === true,
    removed: timeOf(removed),
  }
}

const timeOf = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null)
