/** One open document: its shared types, presence, storage, room; and what is to be said of them. Knows no interface. */
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
import type { RoomStatus } from '#net/room'
import { relayUrl } from '#net/signaling/early'
import { followIce, type Ice } from '#net/signaling/ice'
import { keepNote, parseTaken, readNote } from '#storage/notes'
import { leaveDescription, type Description } from '#storage/descriptions'
import { authorId, deviceName } from '#storage/device'
import { openDocument, type DeviceDocument, type SaveState, type StoredDocument } from '#storage/documents'
import type { Library } from '#storage/library'
import type { Other, SessionState } from './facts.ts'

export interface SessionOptions {
  link: Link
  library: Library
  person: Person
  /** Fills a new document, once, when this device has been asked what it holds; null to open an existing one. */
  begin: ((doc: Y.Doc) => void) | null
  /** Called once when something that came from others, or was stored, has broken the document: it has to be opened again. */
  poisoned: () => void
  /** Resolves when what has been loaded is shown: connecting comes after that. */
  shown?: () => Promise<void>
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

export class Session {
  readonly link: Link
  readonly doc = createDoc()
  readonly awareness = new Awareness(this.doc)
  #state: SessionState = {
    room: null,
    loaded: false,
    arrived: false,
    newer: false,
    preview: false,
    title: '',
    save: { kind: 'opening' },
    others: [],
    knownEditFragment: null,
    setAside: 0,
    savingSlowly: false,
    online: navigator.onLine,
    roomStatus: NO_ROOM,
    unconnectable: false,
    huddles: false,
  }
  readonly #listeners = new Set<(state: SessionState) => void>()
  #name = ''
  readonly #library: Library
  readonly #stored: DeviceDocument
  readonly #poisoned: () => void
  /** Something had broken the document, and it was opened again. */
  readonly wasPoisoned: boolean
  readonly #shown: () => Promise<void>
  readonly #stops: (() => void)[] = []
  #savingTimer: Timer = null
  #libraryTimer: Timer = null
  /** When the document was last before somebody's eyes, ms since the epoch. */
  #seen = Date.now()
  /** The excerpt in the library when this was opened: one of the preview is not read again for it. */
  #knownExcerpt = ''
  #disposed: Promise<void> | null = null
  /** The document was broken; resolves when what could be stored of it is. */
  #abandoned: Promise<void> | null = null

  constructor({ link, library, person, begin, poisoned: onPoisoned, shown }: SessionOptions) {
    this.link = link
    this.#library = library
    this.#poisoned = onPoisoned
    this.#shown = shown ?? (() => Promise.resolve())
    this.wasPoisoned = poisoned.includes(link.database)
    this.setPerson(person)
    this.#stored = openDocument(link.database, this.doc, { careful: this.wasPoisoned, poisoned: this.#onPoison })
    this.#listen()
    void this.#start(begin)
  }

  /** A new object on every change. */
  get state(): SessionState {
    return this.#state
  }

  /** Calls back on every change; returns how to stop. */
  subscribe(listener: (state: SessionState) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
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

  /** STUN and TURN servers in use. */
  get iceServers(): RTCIceServer[] {
    return this.#state.room?.iceServers ?? []
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
    const ice = followIce(`${location.origin}/ice`)
    this.#stops.push(() => ice.stop())
    const connect = (): Promise<void> =>
      this.#join(ice).catch((error: unknown) => {
        console.error('What connects did not load:', error)
        this.#set({ unconnectable: true })
      })
    // What others have is sought while storage is asked. What is known to be here is shown first; in a new document one can write first.
    const isSought = begin === null && !this.wasPoisoned && readNote(this.link.database, 'copies') === null
    const connecting = isSought ? connect() : null
    // A failure is told where it is used.
    if (begin === null) import('#net/room').catch(() => undefined)
    const [author] = await Promise.all([authorId(this.link.topic), this.#stored.loaded])
    if (this.#disposed !== null) return
    this.#noteAuthor(author)
    if (begin !== null && !hasArrived(this.doc)) {
      beginDocument(this.doc, Date.now())
      begin(this.doc)
    }
    this.#readMeta()
    this.#set({ setAside: this.#stored.setAside, loaded: true })
    const noteEdit = (): void => {
      // The room tells a moment later who has it all; until then nobody has.
      const { roomStatus } = this.#state
      const { copies } = roomStatus
      if (copies.devices > 0) this.#set({ roomStatus: { ...roomStatus, copies: { ...copies, devices: 0 } } })
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
    await this.#shown()
    const entered = this.#enter(begin !== null)
    await (connecting ?? connect())
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
      else load().catch((error: unknown) => console.info('No author is noted:', error))
    }
    doc.on('afterAllTransactions', follow)
    this.#stops.push(() => doc.off('afterAllTransactions', follow))
  }

  async #join(ice: Ice): Promise<void> {
    const { doc, awareness, link } = this
    const rehearsing = this.wasPoisoned ? import('#sync/rehearsal') : null
    const [{ joinRoom }, device, rehearsal] = await Promise.all([
      import('#net/room'),
      deviceName(link.topic),
      rehearsing,
      ice.ready,
    ])
    await leaving
    if (this.#disposed !== null) return
    let taken = parseTaken(readNote(link.database, 'copies'))
    const room = joinRoom({
      doc,
      awareness,
      topic: link.topic,
      signalingKey: link.signalingKey,
      signaling: [relayUrl()],
      iceServers: () => ice.servers(),
      keyDigest: link.keyDigest,
      credential: link.credential,
      device,
      taken,
      isStored: () => this.#stored.state.kind === 'saved',
      ready: this.#stored.loaded,
      rehearsal: rehearsal && new rehearsal.Rehearsal(doc),
      poisoned: this.#onPoison,
      schemaVersion: SCHEMA_VERSION,
    })
    this.#set({ room, roomStatus: room.status, huddles: ice.huddles() })
    this.#stops.push(
      room.subscribe((status) => {
        this.#set({ roomStatus: status })
        this.#readPeople()
        if (status.copies.taken === taken) return
        taken = status.copies.taken
        keepNote(link.database, 'copies', { taken })
      }),
    )
  }

  #listen(): void {
    const { doc, awareness } = this
    const title = titleOf(doc)
    const readTitle = (): void => this.#set({ title: title.toJSON() })
    const readPeople = (): void => this.#readPeople()
    const readOnline = (): void => this.#set({ online: navigator.onLine })
    title.observe(readTitle)
    awareness.on('change', readPeople)
    addEventListener('online', readOnline)
    addEventListener('offline', readOnline)
    this.#set({ save: this.#stored.state })
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
    const { doc } = this
    this.#set({ arrived: hasArrived(doc), newer: isNewer(doc), preview: formOf(doc) === 'preview' })
  }

  #readSave(state: SaveState): void {
    this.#set({ save: state })
    this.#state.room?.noteStored()
    if (state.kind !== 'saving') {
      clearTimeout(this.#savingTimer ?? undefined)
      this.#savingTimer = null
      this.#set({ savingSlowly: false })
    } else {
      this.#savingTimer ??= setTimeout(() => this.#set({ savingSlowly: true }), SLOW_SAVING)
    }
  }

  /** Whoever awareness names, but for this person's own other tabs, which come without a link of their own. */
  #readPeople(): void {
    const me = parsePerson(this.awareness.getLocalState())
    const { links, tabs } = this.#state.roomStatus
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
          calling: !!state.call,
        })
    }
    // A language's own order of letters takes a browser tens of ms the first time, just when a document arrives.
    this.#set({
      others: others.sort((a, b) => Number(a.name > b.name) - Number(a.name < b.name) || a.clientId - b.clientId),
    })
  }

  #set(change: Partial<SessionState>): void {
    this.#state = { ...this.#state, ...change }
    for (const listener of this.#listeners) listener(this.#state)
  }

  /** Notes in the library that this document was opened, by which link, and whether it `isBegun` here. */
  async #enter(isBegun: boolean): Promise<void> {
    const { database, role, editFragment, viewFragment } = this.link
    const known = await this.#library.get(database)
    const holdsEdit = role === 'edit' || known?.role === 'edit'
    const knownEditFragment = editFragment ?? (known?.role === 'edit' ? known.fragment : null)
    this.#set({ knownEditFragment })
    this.#knownExcerpt = known?.excerpt ?? ''
    const described = this.#state.arrived ? this.#describe() : known
    const now = Date.now()
    await this.#library.put({
      database,
      title: described?.title ?? '',
      excerpt: described?.excerpt ?? '',
      edited: known?.edited || (described?.edited ?? 0),
      fragment: knownEditFragment ?? viewFragment,
      role: holdsEdit ? 'edit' : 'view',
      opened: now,
      seen: now,
      shared: known?.shared ?? !isBegun,
      pinned: known?.pinned ?? false,
      removed: null,
    })
  }

  #describe(): Description {
    const title = titleOf(this.doc).toJSON()
    const excerpt = this.#state.preview ? this.#knownExcerpt : excerptOf(this.doc, EXCERPT_LENGTH)
    const now = Date.now()
    if (document.visibilityState === 'visible') this.#seen = now
    return { title, excerpt, edited: now, seen: this.#seen }
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
    const left = this.#state.room?.leave()
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
