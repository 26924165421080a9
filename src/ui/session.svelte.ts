/** One open document: its shared types, presence, storage, room; and what the screen says of them. */
import { tick } from 'svelte'
import { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import {
  beginDocument,
  createDoc,
  excerptOf,
  formOf,
  hasArrived,
  isBlank,
  isNewer,
  observeMeta,
  titleOf,
} from '#doc/document'
import type { Link } from '#doc/link'
import { parsePerson, type Person } from '#doc/person'
import { SCHEMA_VERSION } from '#doc/schema'
import { followIce } from '#net/signaling/ice'
import type { Room, RoomStatus } from '#net/room'
import { changeCopiesNote, readCopiesNote } from '#storage/copies'
import { authorId, deviceName } from '#storage/device'
import {
  openDocument,
  type DeviceDocument,
  type SaveFailure,
  type SaveState,
  type StoredDocument,
} from '#storage/documents'
import type { Library } from '#storage/library'
import { leaveDescription, type Description } from './shelf.ts'
import type { Facts } from './status.ts'

/** Someone else who is here. */
export interface Other extends Person {
  clientId: number
  /** The link to them is interrupted. */
  away: boolean
  /** They can only read. */
  reading: boolean
}

export interface SessionOptions {
  link: Link
  library: Library
  person: Person
  /** Fills a new document, once, when this device has been asked what it holds; null to open an existing one. */
  begin: ((doc: Y.Doc) => void) | null
  /** Called once when something that came from others, or was stored, has broken the document: it has to be opened again. */
  poisoned: () => void
}

/** Databases of documents that were broken while this page was open: what comes into those is tried on a second copy first. */
const poisoned: string[] = []

/** Milliseconds of saving before the screen says so, and between two words to the library. */
const SLOW_SAVING = 1500
const LIBRARY_DELAY = 800
const EXCERPT_LENGTH = 2000

/** Until the rooms of earlier sessions are left: a page can be in a room only once. */
let leaving: Promise<unknown> = Promise.resolve()

type Timer = ReturnType<typeof setTimeout> | null

const NO_ROOM: RoomStatus = {
  relay: 'connecting',
  links: [],
  tabs: 0,
  supported: true,
  blocked: false,
  otherBuild: null,
  copies: { devices: 0, takenAt: null, unsent: false, taken: null, unlike: 0 },
}

/** See `Session.worry`. 'unlike': somebody's copy holds other words in the place of words of this one. */
export type Worry = SaveFailure | 'poisoned' | 'setAside' | 'unlike'

export class Session {
  readonly link: Link
  readonly doc = createDoc()
  readonly awareness = new Awareness(this.doc)
  /** Null until storage has answered. */
  room: Room | null = $state.raw(null)
  /** What is stored has been read. */
  loaded = $state(false)
  /** This device holds the document. */
  arrived = $state(false)
  /** The document needs a newer Inkmesh; it must not be edited here. */
  newer = $state(false)
  /** The document is of the form that the preview had; it is only read. */
  preview = $state(false)
  title = $state('')
  save: SaveState = $state.raw({ kind: 'opening' })
  others: readonly Other[] = $state.raw([])
  /** An edit link of this document that this device holds, be it opened by another one. */
  knownEditFragment: string | null = $state(null)

  #savingSlowly = $state(false)
  #online = $state(navigator.onLine)
  #roomStatus: RoomStatus = $state.raw(NO_ROOM)
  /** What connects to others could not be loaded. */
  #unconnectable = $state(false)
  #hasWarned = false
  #name = ''
  readonly #library: Library
  readonly #stored: DeviceDocument
  readonly #poisoned: () => void
  /** Something had broken the document, and it was opened again. */
  readonly wasPoisoned: boolean
  /** Rows that were stored and cannot be read; they were set aside. */
  setAside = $state(0)
  readonly #stops: (() => void)[] = []
  #savingTimer: Timer = null
  #libraryTimer: Timer = null
  /** The excerpt in the library when this was opened: one of the preview is not read again for it. */
  #knownExcerpt = ''
  #disposed: Promise<void> | null = null
  /** The document was broken; resolves when what could be stored of it is. */
  #abandoned: Promise<void> | null = null

  /** Whether closing the page now would lose something. */
  readonly atRisk = $derived(this.arrived && this.save.kind !== 'saved')
  readonly editable = $derived.by(() => this.arrived && this.link.role === 'edit' && !this.newer && !this.preview)
  /** Something written here is known to be on no other device. */
  readonly onlyHere = $derived(this.editable && this.#roomStatus.copies.unsent && !this.isBlank)

  /** What is not as it should be: why edits are not on disk, or what else. */
  readonly worry: Worry | null = $derived.by(() => {
    if (this.save.kind === 'failed') return this.save.reason
    if (this.setAside > 0) return 'setAside'
    if (this.wasPoisoned) return 'poisoned'
    return this.arrived && this.#roomStatus.copies.unlike > 0 ? 'unlike' : null
  })

  readonly facts: Facts = $derived.by(() => {
    const { relay, links, tabs, supported, blocked, otherBuild, copies } = this.#roomStatus
    const reached = links.filter((link) => link.state === 'open')
    const open = reached.filter((link) => !link.alwaysOn)
    const isBeingTold =
      relay === 'connecting' || links.some(({ state, role }) => state === 'connecting' || role === 'write')
    const interrupted = links.find((link) => link.state === 'interrupted')
    const incoming = links.find((link) => link.receiving !== null && link.receivingTotal !== null)
    const named = this.others.filter((other) => !other.away).map((other) => other.name)
    const unnamed = Math.max(0, open.length - named.length)
    return {
      save: this.save.kind === 'saving' && !this.#savingSlowly ? 'saved' : this.save.kind,
      relay: this.#unconnectable ? 'unloaded' : supported ? relay : 'none',
      online: this.#online,
      others: open.length === 0 ? [] : [...named, ...Array<string>(unnamed).fill('')],
      reconnecting: interrupted === undefined ? null : this.#nameOf(interrupted.clientId),
      waiting: !this.arrived && reached.every((link) => link.synced),
      linking: links.some((link) => link.state === 'connecting'),
      blocked,
      otherBuild,
      kept: reached.length > open.length,
      copies: copies.devices > 0 || (this.editable && !isBeingTold) ? copies.devices : null,
      shared: copies.devices > 0 || copies.takenAt !== null,
      tabs,
      receiving: incoming ? { done: incoming.receiving ?? 0, total: incoming.receivingTotal ?? 0 } : null,
      arrived: this.arrived,
      newer: this.newer,
    }
  })

  constructor({ link, library, person, begin, poisoned: onPoisoned }: SessionOptions) {
    this.link = link
    this.#library = library
    this.#poisoned = onPoisoned
    this.wasPoisoned = poisoned.includes(link.database)
    this.setPerson(person)
    this.#stored = openDocument(link.database, this.doc, { careful: this.wasPoisoned, poisoned: this.#onPoison })
    this.#listen()
    void this.#start(begin)
  }

  /** Who this person is, to the others. */
  setPerson(person: Person): void {
    this.#name = person.name
    this.awareness.setLocalStateField('user', person)
  }

  /** Begins the document here although another copy may still arrive; the two merge. */
  writeAnyway(): void {
    beginDocument(this.doc, Date.now())
  }

  /** Whether nothing has been written yet. */
  get isBlank(): boolean {
    return isBlank(this.doc)
  }

  /** When last another device held everything that was here; ms since the epoch, null when that is not known. */
  get takenAt(): number | null {
    return this.#roomStatus.copies.takenAt
  }

  /** STUN and TURN servers in use. */
  get iceServers(): RTCIceServer[] {
    return this.room?.iceServers ?? []
  }

  /**
   * Whether to warn now, when the page is about to be closed, that something is on this device only. Once in a session;
   * and of a document that was never anywhere else, perhaps because it is private, once for good.
   */
  warnsOfClosing(): boolean {
    const { database } = this.link
    if (!this.onlyHere || this.#hasWarned) return false
    if (this.takenAt === null && readCopiesNote(database).warned) return false
    this.#hasWarned = true
    changeCopiesNote(database, { warned: true })
    return true
  }

  /** The stored rows that were set aside. */
  readSetAside(): Promise<Uint8Array<ArrayBuffer>[]> {
    return this.#stored.readSetAside()
  }

  /** The Y.Doc is broken. What it told of before is stored; nothing more is read off it, and it is opened again. */
  readonly #onPoison = (): void => {
    if (this.#abandoned !== null) return
    poisoned.push(this.link.database)
    this.#abandoned = this.#stored.abandon()
    this.#poisoned()
  }

  /** Leaves the room and flushes to storage. Idempotent. */
  dispose(): Promise<void> {
    this.#disposed ??= this.#end()
    return this.#disposed
  }

  async #start(begin: SessionOptions['begin']): Promise<void> {
    const [author] = await Promise.all([authorId(this.link.topic), this.#stored.loaded])
    if (this.#disposed !== null) return
    this.#noteAuthor(author)
    if (begin !== null && !hasArrived(this.doc)) {
      beginDocument(this.doc, Date.now())
      begin(this.doc)
    }
    this.#readMeta()
    this.setAside = this.#stored.setAside
    this.loaded = true
    await tick()
    const noteEdit = (): void => {
      // The room tells a moment later who has it all; until then nobody has.
      const { copies } = this.#roomStatus
      if (copies.devices > 0) this.#roomStatus = { ...this.#roomStatus, copies: { ...copies, devices: 0 } }
      this.#libraryTimer ??= setTimeout(() => void this.#list(), LIBRARY_DELAY)
    }
    const onPageHide = (): void => {
      if (this.#libraryTimer !== null) leaveDescription(this.link.database, this.#describe())
    }
    this.doc.on('update', noteEdit)
    addEventListener('pagehide', onPageHide)
    this.#stops.push(
      () => this.doc.off('update', noteEdit),
      () => removeEventListener('pagehide', onPageHide),
    )
    const entered = this.#enter()
    await this.#join().catch((error: unknown) => {
      console.error('What connects to others did not load:', error)
      this.#unconnectable = true
    })
    await entered
  }

  /** Notes in the document who writes here, as soon as something is written. */
  #noteAuthor(id: string): void {
    const { doc } = this
    let authors: typeof import('#doc/authors') | null = null
    let isLoading = false
    let isFirst = true
    const note = (): void => {
      if (this.#disposed === null && authors?.noteAuthor(doc, { id, name: this.#name }, isFirst) === true)
        isFirst = false
    }
    const load = async (): Promise<void> => {
      isLoading = true
      authors = await import('#doc/authors')
      note()
    }
    const follow = (_doc: Y.Doc, transactions: readonly Y.Transaction[]): void => {
      if (!transactions.some(({ local }) => local) || !doc.store.clients.has(doc.clientID)) return
      if (isLoading) note()
      else load().catch((error: unknown) => console.info('It is not noted who wrote this:', error))
    }
    doc.on('afterAllTransactions', follow)
    this.#stops.push(() => doc.off('afterAllTransactions', follow))
  }

  async #join(): Promise<void> {
    const { doc, awareness, link } = this
    // Loaded only now: what is on this device can be read and written before.
    const ice = followIce(`${location.origin}/ice`)
    this.#stops.push(() => ice.stop())
    const rehearsing = this.wasPoisoned ? import('#sync/rehearsal') : null
    const [{ joinRoom }, device, rehearsal] = await Promise.all([
      import('#net/room'),
      deviceName(link.topic),
      rehearsing,
      ice.ready,
    ])
    await leaving
    if (this.#disposed !== null) return
    let { taken } = readCopiesNote(link.database)
    const room = joinRoom({
      doc,
      awareness,
      topic: link.topic,
      signalingKey: link.signalingKey,
      signaling: [`${location.origin.replace(/^http/u, 'ws')}/signal`],
      iceServers: () => ice.servers(),
      keyDigest: link.keyDigest,
      credential: link.credential,
      device,
      taken,
      isStored: () => this.#stored.state.kind === 'saved',
      rehearsal: rehearsal && new rehearsal.Rehearsal(doc),
      poisoned: this.#onPoison,
      schemaVersion: SCHEMA_VERSION,
    })
    this.room = room
    this.#roomStatus = room.status
    this.#stops.push(
      room.subscribe((status) => {
        this.#roomStatus = status
        this.#readPeople()
        if (status.copies.taken === taken) return
        taken = status.copies.taken
        changeCopiesNote(link.database, { taken })
      }),
    )
  }

  #listen(): void {
    const { doc, awareness } = this
    const title = titleOf(doc)
    const readTitle = (): void => void (this.title = title.toJSON())
    const readPeople = (): void => this.#readPeople()
    const readOnline = (): void => void (this.#online = navigator.onLine)
    title.observe(readTitle)
    awareness.on('change', readPeople)
    addEventListener('online', readOnline)
    addEventListener('offline', readOnline)
    this.save = this.#stored.state
    this.#stops.push(
      () => title.unobserve(readTitle),
      () => awareness.off('change', readPeople),
      () => removeEventListener('online', readOnline),
      () => removeEventListener('offline', readOnline),
      observeMeta(doc, () => this.#readMeta()),
      this.#stored.subscribe((state) => this.#readSave(state)),
    )
  }

  #readMeta(): void {
    this.arrived = hasArrived(this.doc)
    this.newer = isNewer(this.doc)
    this.preview = formOf(this.doc) === 'preview'
  }

  #readSave(state: SaveState): void {
    this.save = state
    this.room?.noteStored()
    if (state.kind !== 'saving') {
      clearTimeout(this.#savingTimer ?? undefined)
      this.#savingTimer = null
      this.#savingSlowly = false
    } else {
      this.#savingTimer ??= setTimeout(() => void (this.#savingSlowly = true), SLOW_SAVING)
    }
  }

  /** Whoever awareness names, but for this person's own other tabs, which come without a link of their own. */
  #readPeople(): void {
    const me = parsePerson(this.awareness.getLocalState())
    const { links, tabs } = this.#roomStatus
    const others: Other[] = []
    for (const [clientId, state] of this.awareness.getStates()) {
      const person = parsePerson(state)
      if (clientId === this.awareness.clientID || person === null) continue
      const link = links.find((candidate) => candidate.clientId === clientId)
      const ownTab = tabs > 0 && link === undefined && person.name === me?.name && person.color === me.color
      if (!ownTab)
        others.push({
          ...person,
          clientId,
          away: link?.state === 'interrupted',
          reading: link?.role === 'read' || link?.role === 'suggest',
        })
    }
    this.others = others.sort((a, b) => a.name.localeCompare(b.name) || a.clientId - b.clientId)
  }

  #nameOf(clientId: number | null): string {
    return this.others.find((other) => other.clientId === clientId)?.name ?? ''
  }

  /** Notes in the library that this document was opened, and by which link. */
  async #enter(): Promise<void> {
    const { database, role, editFragment, viewFragment } = this.link
    const known = await this.#library.get(database)
    const holdsEdit = role === 'edit' || known?.role === 'edit'
    this.knownEditFragment = editFragment ?? (known?.role === 'edit' ? known.fragment : null)
    this.#knownExcerpt = known?.excerpt ?? ''
    const described = this.arrived ? this.#describe() : known
    await this.#library.put({
      database,
      title: described?.title ?? '',
      excerpt: described?.excerpt ?? '',
      edited: known?.edited || (described?.edited ?? 0),
      fragment: this.knownEditFragment ?? viewFragment,
      role: holdsEdit ? 'edit' : 'view',
      opened: Date.now(),
      removed: null,
    })
  }

  #describe(): Description {
    const title = titleOf(this.doc).toJSON()
    const excerpt = this.preview ? this.#knownExcerpt : excerptOf(this.doc, EXCERPT_LENGTH)
    return { title, excerpt, edited: Date.now() }
  }

  async #list(): Promise<void> {
    clearTimeout(this.#libraryTimer ?? undefined)
    this.#libraryTimer = null
    if (hasArrived(this.doc)) await this.#library.update(this.link.database, this.#describe())
  }

  async #end(): Promise<void> {
    clearTimeout(this.#savingTimer ?? undefined)
    for (const stop of this.#stops) stop()
    // Before anything is waited for: whoever opens this document again waits until this page is out of its room.
    const left = this.room?.leave()
    leaving = Promise.allSettled([leaving, left])
    if (this.#libraryTimer !== null && this.#abandoned === null) await this.#list()
    await left
    const closed = this.#close()
    if (!isUnsaved(this.#stored)) await closed
  }

  /** Lets go of the document, but not before it is on disk, however long that takes. */
  async #close(): Promise<void> {
    if (this.#abandoned === null && hasArrived(this.doc)) await untilSaved(this.#stored)
    await (this.#abandoned ?? this.#stored.close())
    this.awareness.destroy()
    this.doc.destroy()
  }
}

const isUnsaved = ({ state }: StoredDocument): boolean => state.kind === 'saving' || state.kind === 'failed'

/** Resolves when what was written is on disk; until then the page asks before it goes. */
async function untilSaved(stored: StoredDocument): Promise<void> {
  if (!isUnsaved(stored)) return
  const ask = (event: BeforeUnloadEvent): void => event.preventDefault()
  addEventListener('beforeunload', ask)
  await new Promise<void>((resolve) => {
    const stop = stored.subscribe(() => {
      if (isUnsaved(stored)) return
      stop()
      resolve()
    })
  })
  removeEventListener('beforeunload', ask)
}
