/** One document that is kept: in memory, on disk, and in its room. */
import { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import { createDoc, hasArrived, isNewer, titleOf } from '#doc/document'
import { SCHEMA_VERSION } from '#doc/schema'
import { joinRoom, type Room } from '#net/room'
import type { SaveState } from '#storage/documents'
import { Rehearsal } from '#sync/rehearsal'
import type { DataFolder } from './data-folder.ts'
import type { Disk } from './disk.ts'
import type { Assignment } from './links.ts'
import { MarkdownExport } from './markdown-export.ts'
import { RTCPeerConnection } from './peer-connection.ts'
import type { Quota } from './quota.ts'
import { DocumentStore } from './stored-document.ts'

export interface KeptDocumentOptions {
  assignment: Assignment
  folder: DataFolder
  /** Where it is exported to as Markdown; null: nowhere. */
  exportFolder: string | null
  iceServers: () => RTCIceServer[]
  /** Which connection to the relay it shares with others. */
  connection: number
  disk?: Disk
  /** Counts its file among those of the others. */
  quota: Quota
  /** The document was poisoned before: what comes from others is tried on a second copy first. */
  careful?: boolean
  /** Called once when something that came from others has broken the document in memory: this one takes no more. */
  poisoned: () => void
  /** Takes a line for the log: nothing secret, and none of the document's words. */
  log: (line: string) => void
}

/** What can be said of a kept document. */
export interface DocumentReport {
  /** Short name that tells documents apart; says nothing of the link. */
  id: string
  title: string
  /** Bytes on disk. */
  size: number
  /** Others that are linked now. */
  peers: number
  relay: 'connecting' | 'connected' | 'lost'
  /** Whether all that is in memory is on disk. */
  stored: boolean
  /** Why not, when writing has failed, in the system's words. */
  trouble: string | null
  /** Where the file as it was found is kept, when it was damaged. */
  damagedFile: string | null
  exportTrouble: string | null
  /** Anybody has brought it here yet. */
  arrived: boolean
  /** It was written with a newer version: kept and served all the same, but not exported. */
  newer: boolean
  /** When it changed last while this keeper ran, ms since the epoch; null: not since. */
  changed: number | null
}

/** Characters of a title that are shown. */
const MAX_TITLE = 200

const ID_LENGTH = 6
const NAME_START = 'inkmesh-'.length

export class KeptDocument {
  readonly id: string
  readonly #options: KeptDocumentOptions
  readonly #doc: Y.Doc = createDoc()
  readonly #awareness = new Awareness(this.#doc)
  readonly #store: DocumentStore
  #room: Room | null = null
  #export: MarkdownExport | null = null
  #trouble: string | null = null
  #exportTrouble: string | null = null
  #damagedFile: string | null = null
  #changed: number | null = null
  #closing: Promise<void> | null = null

  /** Reads the document from disk and joins its room. */
  constructor(options: KeptDocumentOptions) {
    const { assignment, folder, disk, quota } = options
    const { database } = assignment.link
    this.#options = options
    this.id = database.slice(NAME_START, NAME_START + ID_LENGTH)
    // A keeper is nobody: it has no name, no colour and no cursor.
    this.#awareness.setLocalState(null)
    this.#store = new DocumentStore({
      path: folder.fileOf(database),
      doc: this.#doc,
      ...(disk && { disk }),
      quota,
      damaged: ({ bytes, keptAs }) => {
        this.#damagedFile = keptAs
        this.#log(`${bytes} bytes of its file cannot be read; the rest is kept. The file as it was: ${keptAs}`)
      },
      failed: (error) => {
        if (this.#trouble !== error.message)
          this.#log(`NOT STORED: ${error.message}. Serving it from memory, and trying again.`)
        this.#trouble = error.message
      },
    })
    this.#store.subscribe(this.#onSaveState)
    void this.#begin()
  }

  get report(): DocumentReport {
    const { links = [], relay = 'connecting' } = this.#room?.status ?? {}
    return {
      id: this.id,
      title: titleOf(this.#doc).toJSON().slice(0, MAX_TITLE),
      size: this.#store.size,
      peers: links.filter(({ state }) => state === 'open').length,
      relay,
      stored: this.#store.isStored,
      trouble: this.#trouble,
      damagedFile: this.#damagedFile,
      exportTrouble: this.#exportTrouble,
      arrived: hasArrived(this.#doc),
      newer: isNewer(this.#doc),
      changed: this.#changed,
    }
  }

  /** Resolves when the document has been read from disk, or that has failed. */
  get loaded(): Promise<void> {
    return this.#store.loaded
  }

  /** Says goodbye, writes what is unwritten, and stops. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#end(() => this.#store.close())
    return this.#closing
  }

  /** The same for a broken document: nothing more is read off it. */
  abandon(): Promise<void> {
    const stored = this.#store.abandon()
    this.#closing ??= this.#end(() => stored)
    return this.#closing
  }

  async #begin(): Promise<void> {
    await this.#store.loaded
    if (this.#closing !== null) return
    const { assignment, folder, exportFolder, iceServers, connection, disk } = this.#options
    const { link, origins } = assignment
    this.#doc.on('update', () => void (this.#changed = Date.now()))
    if (exportFolder !== null) this.#startExport(exportFolder, disk)
    this.#room = joinRoom({
      doc: this.#doc,
      awareness: this.#awareness,
      topic: link.topic,
      signalingKey: link.signalingKey,
      signaling: origins.map(
        (origin) => `${origin.replace(/^http/u, 'ws')}/signal${connection > 0 ? `?${connection}` : ''}`,
      ),
      iceServers,
      keyDigest: link.keyDigest,
      credential: link.credential,
      device: folder.deviceOf(link.database),
      isStored: () => this.#store.isStored,
      rehearsal: this.#options.careful === true ? new Rehearsal(this.#doc) : null,
      poisoned: () => {
        this.#log('A change that somebody sent has broken it in memory. It is read again from its file.')
        this.#options.poisoned()
      },
      alwaysOn: true,
      schemaVersion: SCHEMA_VERSION,
      RTCPeerConnection,
    })
  }

  #startExport(folder: string, disk: Disk | undefined): void {
    this.#export = new MarkdownExport({
      doc: this.#doc,
      folder,
      id: this.id,
      ...(disk && { disk }),
      failed: (error) => {
        if (error !== null && this.#exportTrouble === null) this.#log(`Not exported: ${error.message}`)
        this.#exportTrouble = error?.message ?? null
      },
    })
  }

  async #end(closeStore: () => Promise<void>): Promise<void> {
    await this.#room?.leave()
    await this.#store.loaded
    await Promise.all([closeStore(), this.#export?.close()])
    this.#awareness.destroy()
    this.#doc.destroy()
  }

  readonly #onSaveState = ({ kind }: SaveState): void => {
    if (kind !== 'saved') return
    if (this.#trouble !== null) this.#log('Stored again.')
    this.#trouble = null
    this.#room?.noteStored()
  }

  #log(line: string): void {
    this.#options.log(`${this.id}: ${line}`)
  }
}
