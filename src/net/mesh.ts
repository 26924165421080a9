/**
 * The peers of one document: what each of them gets, and when copies are compared. Knows links, not WebRTC.
 *
 * - Our own changes go to every link. What came over a link is passed on only to those whom its sender cannot reach.
 * - That is an optimisation. The guarantee is comparison (`comparison.ts`).
 */
import { encodeAwarenessUpdate, type Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import { Comparison } from './comparison.ts'
import { countDrop, newCounts, type Counts, type Traffic } from './counters.ts'
import { MAX_NEIGHBOURS, type Frame } from './frames.ts'
import type { CopiesStatus, Taken } from './copies.ts'
import type { Introduction, Refusal } from './handshake.ts'
import { awarenessMessage, parseMessage, updateMessage, type Message } from './messages.ts'
import { admit, encodeEntries, forget, parseEntries, prune, welcomeBack } from './presence.ts'
import { TIMING, type Timing } from './timing.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** What the mesh needs of a link to another peer. */
export interface MeshLink {
  /** Bytes that wait to be sent. */
  readonly queued: number
  /** The large transfer under way to us, or null. */
  readonly receiving: { received: number; total: number } | null
  /** False when the frame was dropped, because the peer takes too little. */
  sendFrame(frame: Frame): boolean
  /** Hands a checked message to whoever applies it; what that throws comes out. */
  deliver(message: Bytes): void
  /** Counts a broken rule; a peer that keeps breaking them is refused. */
  offend(reason: string): void
  /** Ends the link and ignores its peer for a while. */
  refuse(refusal: Refusal): void
}

/** A link that is open: both sides have shown who they are. */
export interface Member extends Introduction {
  readonly link: MeshLink
  /** Clients that this peer reaches without us. */
  reaches: ReadonlySet<number>
}

export interface MeshOptions {
  doc: Y.Doc
  awareness: Awareness
  schemaVersion: number
  /** Whether this side may write: otherwise nobody takes its changes, and it sends none. */
  writes: boolean
  /** This device's own name. */
  device: string
  /** Whether all that the document holds is on disk here. */
  isStored: () => boolean
  /** When other devices last held everything, if the document was open before. */
  taken?: Taken | null
  /** Whether a change with this origin came from elsewhere: over a link, or from another tab. */
  isRemote: (origin: unknown) => boolean
  /** Called when the status of a link may have changed. */
  changed: () => void
  timing?: Timing
}

/** A passed-on update larger than this is replaced by a comparison: most likely its receiver has it already. */
const FORWARD_MOST = 16 * 1024

/** While this much waits for a peer, it gets no answer to a question for the document. */
const BUSY = 1024 * 1024

export class Mesh {
  readonly doc: Y.Doc
  readonly awareness: Awareness
  readonly schemaVersion: number
  readonly timing: Timing
  readonly counts: Counts = newCounts()
  /** Notes that the status of a link may have changed. */
  readonly changed: () => void
  readonly #isRemote: (origin: unknown) => boolean
  readonly #writes: boolean
  readonly #members = new Map<MeshLink, Member>()
  readonly #comparison: Comparison
  /** Clients in other tabs of this browser. */
  readonly #tabs = new Set<number>()
  readonly #timers = new Set<ReturnType<typeof setTimeout>>()
  /** Whose message is being applied, and who is owed the answer to it. */
  #source: Member | null = null
  #answering: Member | null = null
  #isTelling = false
  #closed = false

  constructor(options: MeshOptions) {
    const { doc, awareness, schemaVersion, writes, isRemote, changed, timing = TIMING } = options
    this.doc = doc
    this.awareness = awareness
    this.schemaVersion = schemaVersion
    this.timing = timing
    this.changed = changed
    this.#isRemote = isRemote
    this.#writes = writes
    this.#comparison = new Comparison({
      ...options,
      timing,
      taken: options.taken ?? null,
      counts: this.counts,
      isForeign: (origin) => isRemote(origin) && this.#source !== null,
    })
    doc.on('update', this.#onUpdate)
    awareness.on('update', this.#onAwareness)
  }

  /** True after `destroy`: links that come later must not begin. */
  get closed(): boolean {
    return this.#closed
  }

  /** Whether the last comparison with this link found both copies equal. */
  isSynced(link: MeshLink): boolean {
    return this.#comparison.isSynced(link)
  }

  /** Who else holds what this copy holds. */
  get copies(): CopiesStatus {
    return this.#comparison.copies
  }

  /** All that the document holds may be on disk now. */
  noteStored(): void {
    this.#comparison.noteStored()
  }

  /** How many others the peer at the other side says it reaches without us. */
  reachOf(link: MeshLink): number {
    return this.#members.get(link)?.reaches.size ?? 0
  }

  /** A link carries frames, for the first time or again after an interruption. */
  opened(link: MeshLink, introduction: Introduction): void {
    const member: Member = { ...introduction, link, reaches: new Set() }
    this.#members.set(link, member)
    this.#comparison.join(link, introduction)
    // First, so that what we pass on of others is believed.
    this.#tellNeighboursTo(member)
    const clients = [...this.awareness.states.keys()].filter((client) => client !== member.client)
    if (clients.length > 0) {
      link.sendFrame({ kind: 'message', bytes: awarenessMessage(encodeAwarenessUpdate(this.awareness, clients)) })
      this.counts.awareness.sent++
    }
    this.#tellNeighbours()
    this.changed()
  }

  /** A link carries nothing for now, or is gone. `left`: the peer said so itself, and its cursor goes at once. */
  lost(link: MeshLink, left: boolean): void {
    const member = this.#members.get(link)
    if (member === undefined) return
    this.#members.delete(link)
    this.#comparison.leave(link)
    if (left) this.#miss([member.client], 0)
    this.#miss([member.client, ...member.reaches], this.timing.absence)
    this.#tellNeighbours()
    this.changed()
  }

  /** Takes a frame of an open link. */
  received(link: MeshLink, frame: Frame): void {
    const member = this.#members.get(link)
    if (member === undefined) return
    switch (frame.kind) {
      case 'message':
        this.#receiveMessage(member, frame.bytes)
        break
      case 'neighbours': {
        const gone = [...member.reaches].filter((client) => !frame.clients.includes(client))
        member.reaches = new Set(frame.clients)
        this.#miss(gone, this.timing.absence)
        break
      }
      case 'have':
        this.#comparison.received(link, frame)
        break
      default:
        link.offend('unexpected-frame')
    }
  }

  /** Takes what y-webrtc wants to send. Only answers pass: the mesh itself tells of changes. */
  answer(link: MeshLink, bytes: Bytes): void {
    if (this.#answering?.link !== link) return
    this.#send(this.#answering, bytes)
  }

  /** Compares copies with everyone now. */
  compare(): void {
    this.#comparison.compareAll()
  }

  /** Another tab of this browser holds the document too; no link with it is needed. */
  tabJoined(client: number): void {
    if (client === this.awareness.clientID || this.#tabs.has(client)) return
    this.#tabs.add(client)
    for (const member of [...this.#members.values()]) if (member.client === client) member.link.refuse('same-browser')
    this.#tellNeighbours()
  }

  /** Another tab of this browser was closed. */
  tabLeft(client: number): void {
    if (!this.#tabs.delete(client)) return
    this.#miss([client], 0)
    this.#tellNeighbours()
  }

  isTab(client: number): boolean {
    return this.#tabs.has(client)
  }

  destroy(): void {
    this.#closed = true
    this.doc.off('update', this.#onUpdate)
    this.awareness.off('update', this.#onAwareness)
    this.#comparison.destroy()
    for (const timer of this.#timers) clearTimeout(timer)
    this.#members.clear()
  }

  #receiveMessage(member: Member, bytes: Bytes): void {
    const message = parseMessage(bytes)
    if (message === null) {
      member.link.offend('malformed-message')
      return
    }
    switch (message.type) {
      case 'awareness':
        this.#receiveAwareness(member, message.update)
        break
      case 'update':
      case 'step2':
        this.#receiveChanges(member, bytes, message)
        break
      case 'step1':
        if (member.link.queued > BUSY) {
          countDrop(this.counts, 'busy')
          break
        }
        this.counts.sync.answered++
        this.#comparison.wasAsked(member.link)
        this.#deliver(member, bytes, message)
        break
      case 'query':
        this.#deliver(member, bytes, message)
    }
  }

  /** Changes of somebody who has not shown that he may write end here, before Yjs. */
  #receiveChanges(member: Member, bytes: Bytes, message: Message): void {
    if (member.role === 'read') {
      countDrop(this.counts, 'update-without-proof')
      return
    }
    if (message.type === 'update') this.counts.document.received++
    this.#deliver(member, bytes, message)
    if (message.type === 'step2') this.#comparison.answered(member.link)
  }

  #receiveAwareness(member: Member, update: Bytes): void {
    const entries = parseEntries(update)
    if (entries === null) {
      member.link.offend('malformed-awareness')
      return
    }
    this.counts.awareness.received++
    const isLinked = (client: number) => client !== member.client && this.#isLinked(client)
    const admitted = admit(this.awareness, entries, isLinked)
    if (admitted.length < entries.length) countDrop(this.counts, 'awareness-not-admitted')
    if (admitted.length === 0) return
    prune(this.awareness)
    welcomeBack(
      this.awareness,
      admitted.filter(({ client }) => client === member.client || member.reaches.has(client)),
    )
    const clean = encodeEntries(admitted)
    this.#deliver(member, awarenessMessage(clean), { type: 'awareness', update: clean })
  }

  #deliver(member: Member, bytes: Bytes, { type }: Message): void {
    this.#source = member
    this.#answering = type === 'step1' || type === 'query' ? member : null
    try {
      member.link.deliver(bytes)
    } catch (error) {
      // Whatever applying it broke, the link and the other peers go on; diagnostics show it by name.
      countDrop(this.counts, `failed: ${error instanceof Error ? error.name : 'unknown'}`)
    } finally {
      this.#source = null
      this.#answering = null
    }
  }

  readonly #onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (this.#members.size === 0 || !this.#writes) return
    const isRemote = this.#isRemote(origin)
    if (isRemote && update.length > FORWARD_MOST) {
      this.counts.sync.deferred++
      for (const member of this.#members.values()) {
        if (member !== this.#source) this.#comparison.compare(member.link)
      }
    } else {
      this.#spread(updateMessage(update), isRemote, this.counts.document)
    }
  }

  readonly #onAwareness = (
    { added, updated, removed }: { added: number[]; updated: number[]; removed: number[] },
    origin: unknown,
  ): void => {
    const own = this.awareness.clientID
    const clients = [...added, ...updated, ...removed]
    const isRemote = this.#isRemote(origin)
    // A tab that crashed says nothing; its presence times out.
    if (origin === 'timeout') for (const client of removed) this.tabLeft(client)
    const told = clients.filter((client) => client === own || isRemote)
    if (told.length === 0) return
    const bytes = awarenessMessage(encodeAwarenessUpdate(this.awareness, told))
    // Our own state concerns everyone, also when somebody claimed our end and Yjs just denied it.
    this.#spread(bytes, isRemote && !told.includes(own), this.counts.awareness)
  }

  /** Sends to all; what came from elsewhere, only to those who do not hear of it anyway. */
  #spread(bytes: Bytes, isRemote: boolean, traffic: Traffic): void {
    for (const member of this.#members.values()) {
      if (isRemote && this.#hears(member)) traffic.suppressed++
      else if (this.#send(member, bytes)) traffic[isRemote ? 'forwarded' : 'sent']++
    }
  }

  /** Whether a member hears without us what we hear now: over a link, or else from another tab of this browser. */
  #hears(member: Member): boolean {
    const source = this.#source
    if (source !== null) return member === source || source.reaches.has(member.client)
    return this.#tabs.size > 0 && [...this.#tabs].every((tab) => member.reaches.has(tab))
  }

  #send({ link }: Member, bytes: Bytes): boolean {
    const isTaken = link.sendFrame({ kind: 'message', bytes })
    if (!isTaken) countDrop(this.counts, 'peer-too-slow')
    return isTaken
  }

  #isLinked(client: number): boolean {
    for (const member of this.#members.values()) if (member.client === client) return true
    return false
  }

  /** Whether anyone we hear says that this client is there. */
  #isWithinReach(client: number): boolean {
    if (this.#tabs.has(client)) return true
    for (const member of this.#members.values()) if (member.client === client || member.reaches.has(client)) return true
    return false
  }

  /** Forgets clients that stay out of reach; at once (0), even if others still claim to reach them. Nobody is told: they see it for themselves. */
  #miss(clients: readonly number[], patience: number): void {
    if (clients.length === 0) return
    this.#after(patience, () => {
      const isThere = (client: number) => (patience === 0 ? this.#isLinked(client) : this.#isWithinReach(client))
      const missing = clients.filter((client) => !isThere(client))
      forget(this.awareness, missing, this)
    })
  }

  /** Tells everyone whom we reach, once for all changes of one turn. */
  #tellNeighbours(): void {
    if (this.#isTelling) return
    this.#isTelling = true
    this.#after(0, () => {
      this.#isTelling = false
      for (const member of this.#members.values()) this.#tellNeighboursTo(member)
    })
  }

  #tellNeighboursTo({ link, client: own }: Member): void {
    const reached = new Set([...this.#tabs, ...Array.from(this.#members.values(), ({ client }) => client)])
    reached.delete(own)
    const clients = [...reached].slice(0, MAX_NEIGHBOURS)
    link.sendFrame({ kind: 'neighbours', clients, pushed: clients.length })
  }

  #after(delay: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      action()
    }, delay)
    this.#timers.add(timer)
  }
}
