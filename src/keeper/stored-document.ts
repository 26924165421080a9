/** Keeps one document on disk, as storage/documents.ts does in a browser: 'saved' means written and flushed. */
import * as Y from 'yjs'
import type { SaveFailure, SaveState, StoredDocument } from '#storage/documents'
import { hasAdded } from '#doc/client-clocks'
import { outlineOf } from '#sync/structure'
import { codeOf, nodeDisk, type Disk } from './disk.ts'
import { DocumentFile, NewerFileError, type Damage } from './document-file.ts'
import { Quota, QuotaError } from './quota.ts'

export interface StoreOptions {
  path: string
  doc: Y.Doc
  disk?: Disk
  /** Counts its file among others. */
  quota?: Quota
  /** Told when the file was found damaged. */
  damaged: (damage: Damage) => void
  /** Told of every failure, with the system's words. */
  failed?: (error: Error) => void
  /** Milliseconds before another try; doubled each time, up to `longest`. */
  retry?: { first: number; longest: number }
  /** Milliseconds for which changes gather before they are flushed to disk together. */
  gathering?: number
}

const GATHERING = 50

const RETRY = { first: 1000, longest: 30_000 }

export class DocumentStore implements StoredDocument {
  readonly loaded: Promise<void>
  readonly #options: StoreOptions
  readonly #doc: Y.Doc
  readonly #disk: Disk
  readonly #quota: Quota
  readonly #listeners = new Set<(state: SaveState) => void>()
  #markLoaded: () => void = () => undefined
  #state: SaveState = { kind: 'opening' }
  #file: DocumentFile | null = null
  /** Updates that no write has taken yet; 'everything' when the file may lack more than is known. */
  #unsaved: Uint8Array[] | 'everything' = []
  #work: Promise<void> = Promise.resolve()
  #timer: ReturnType<typeof setTimeout> | null = null
  #failures = 0
  #closing: Promise<void> | null = null
  #isAbandoned = false

  /** Begins to read the file into the document, and from then on writes what changes. */
  constructor(options: StoreOptions) {
    this.#options = options
    this.#doc = options.doc
    this.#disk = options.disk ?? nodeDisk
    this.#quota = options.quota ?? new Quota()
    this.loaded = new Promise((resolve) => (this.#markLoaded = resolve))
    this.#doc.on('afterTransaction', this.#onTransaction)
    this.#doc.on('update', this.#onUpdate)
    this.#begin()
  }

  get state(): SaveState {
    return this.#state
  }

  /** Whether all that the document holds now is on disk. */
  get isStored(): boolean {
    return this.#state.kind === 'saved'
  }

  /** Bytes of the document's file. */
  get size(): number {
    return this.#file?.length ?? 0
  }

  subscribe(listener: (state: SaveState) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
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
    this.#doc.off('afterTransaction', this.#onTransaction)
    this.#doc.off('update', this.#onUpdate)
    this.#unschedule()
    this.#begin()
    await this.#work
    this.#unschedule()
    await this.#file?.close()
  }

  /** Before others are told of the change: whoever asks then hears the truth. */
  readonly #onTransaction = (transaction: Y.Transaction): void => {
    if (transaction.origin === this || this.#state.kind !== 'saved') return
    if (transaction.deleteSet.clients.size > 0 || hasAdded(transaction)) this.#become({ kind: 'saving' })
  }

  /** Runs inside the editing transaction, so it only takes note. */
  readonly #onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === this) return
    if (this.#unsaved !== 'everything') this.#unsaved.push(update)
    if (this.#state.kind === 'saving') this.#timer ??= setTimeout(this.#begin, this.#options.gathering ?? GATHERING)
  }

  /** One thing after another: opening, then one write at a time. */
  readonly #begin = (): void => {
    this.#unschedule()
    this.#work = this.#work.then(() => this.#advance())
  }

  async #advance(): Promise<void> {
    try {
      if (this.#file === null) await this.#open()
      while (this.#unsaved.length > 0) await this.#write()
    } catch (error) {
      if (!(error instanceof Error)) throw error
      this.#fail(error)
      return
    }
    this.#failures = 0
    this.#become({ kind: 'saved', at: Date.now() })
  }

  async #open(): Promise<void> {
    const { file, damage } = await DocumentFile.open(
      this.#options.path,
      { disk: this.#disk, quota: this.#quota },
      (updates) => applyUpdates(this.#doc, updates, this),
    )
    this.#file = file
    const holdsMore = this.#unsaved.length > 0 || damage !== null
    if (holdsMore || (file.isDoubtful && this.#doc.store.clients.size > 0)) this.#unsaved = 'everything'
    if (damage !== null) this.#options.damaged(damage)
    this.#markLoaded()
  }

  async #write(): Promise<void> {
    const file = this.#file
    if (file === null) return
    const batch = this.#unsaved
    this.#unsaved = []
    try {
      if (batch === 'everything' || (file.wantsWhole && !this.#isAbandoned)) await this.#replace(file, batch)
      else await this.#append(file, batch)
    } catch (error) {
      this.#takeBack(batch)
      throw error
    }
  }

  /** What the file must not grow by may still fit when it holds the document once. */
  async #append(file: DocumentFile, batch: Uint8Array[]): Promise<void> {
    try {
      await file.append(Y.mergeUpdates(batch))
    } catch (error) {
      if (!(error instanceof QuotaError) || this.#isAbandoned) throw error
      await file.replace(Y.encodeStateAsUpdate(this.#doc))
    }
  }

  /** Where there is no room for the whole document there may be some for what is new. */
  async #replace(file: DocumentFile, batch: Uint8Array[] | 'everything'): Promise<void> {
    try {
      await file.replace(Y.encodeStateAsUpdate(this.#doc))
    } catch (error) {
      if (batch === 'everything' || file.isDoubtful) throw error
      await file.append(Y.mergeUpdates(batch))
    }
  }

  #takeBack(batch: Uint8Array[] | 'everything'): void {
    if (batch === 'everything' || this.#unsaved === 'everything') this.#unsaved = 'everything'
    else this.#unsaved = [...batch, ...this.#unsaved]
  }

  #fail(error: Error): void {
    this.#options.failed?.(error)
    // What others bring is served all the same.
    this.#markLoaded()
    this.#become({ kind: 'failed', reason: reasonOf(error) })
    if (this.#closing !== null || error instanceof NewerFileError) return
    const { first, longest } = this.#options.retry ?? RETRY
    this.#timer ??= setTimeout(this.#begin, Math.min(longest, first * 2 ** this.#failures++))
  }

  #unschedule(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #become(state: SaveState): void {
    this.#state = state
    for (const listener of this.#listeners) listener(state)
  }
}

/** Applies updates all at once; gives back those that are none. */
export function applyUpdates(doc: Y.Doc, updates: readonly Uint8Array[], origin: unknown = null): Uint8Array[] {
  const isSound = (update: Uint8Array): boolean => {
    // What would break the document could not be taken out of it any more.
    if (typeof outlineOf(update) === 'string') return false
    try {
      Y.applyUpdate(doc, update, origin)
      return true
    } catch (error) {
      // Yjs and lib0 throw Errors on what is no update.
      if (error instanceof Error) return false
      throw error
    }
  }
  return Y.transact(doc, () => updates.filter((update) => !isSound(update)), origin, false)
}

const REASONS: Readonly<Record<string, SaveFailure>> = {
  ENOSPC: 'quota',
  EDQUOT: 'quota',
  EFBIG: 'quota',
  EACCES: 'unavailable',
  EPERM: 'unavailable',
  EROFS: 'unavailable',
  ENOENT: 'unavailable',
}

const reasonOf = (error: Error): SaveFailure => REASONS[codeOf(error)] ?? 'unknown'
