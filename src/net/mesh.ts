/**
 * The peers of one document: what each of them gets, and when copies are compared. Knows links, not WebRTC.
 *
 * - Our own changes go to every link that changes are told over (`circle.ts`), which are all unless the room is crowded.
 *   What came over a link is passed on only to those whom its sender does not tell.
 * - That is an optimisation. The guarantee is comparison (`comparison.ts`).
 */
import { encodeAwarenessUpdate, type Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import { Circle, type Member } from './circle.ts'
import { Comparison } from './comparison.ts'
import { countDrop, newCounts, type Counts, type Traffic } from './counters.ts'
import type { Frame } from './frames.ts'
import type { CopiesStatus, Taken } from './copies.ts'
import type { Introduction, Refusal } from './handshake.ts'
import { awarenessMessage, parseMessage, updateMessage, type Message } from './messages.ts'
import { admit, encodeEntries, endsOf, forget, freshIn, isNews, parseEntries, prune, welcomeBack } from './presence.ts'
import { TIMING, type Timing } from './timing.ts'
import type { Announcement } from './topology.ts'

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
  /** Ends the link because both ends have others enough. */
  part(): void
}

/** Why a link carries nothing any more: it has fallen silent, its peer has said goodbye, or both stay in the room without it. */
export type Loss = 'silent' | 'left' | 'parted'

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
  /** A keeper. */
  alwaysOn?: boolean
  /** Says in the room that more links are wanted. */
  announce: (announcement: Announcement) => void
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
  readonly #circle: Circle
  readonly #comparison: Comparison
  readonly #timers = new Set<ReturnType<typeof setTimeout>>()
  /** Whose message is being applied, and who is owed the answer to it. */
  #source: Member | null = null
  #answering: Member | null = null
  #closed = false

  constructor(options: MeshOptions) {
    const { doc, awareness, schemaVersion, writes, alwaysOn = false, isRemote, changed, timing = TIMING } = options
    this.doc = doc
    this.awareness = awareness
    this.schemaVersion = schemaVersion
    this.timing = timing
    this.changed = changed
    this.#isRemote = isRemote
    this.#writes = writes
    this.#circle = new Circle({
      self: { client: doc.clientID, writes, alwaysOn },
      timing,
      presence: awareness.states,
      announce: options.announce,
    })
    this.#comparison = new Comparison({
      ...options,
      timing,
      taken: options.taken ?? null,
      counts: this.counts,
      isForeign: (origin) => isRemote(origin) && this.#source !== null,
      asks: (link) => {
        const member = this.#circle.get(link)
        if (member !== undefined) this.#circle.need(member)
      },
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

  /** How many others the peer at the other side says it tells of changes without us. */
  reachOf(link: MeshLink): number {
    return this.#circle.get(link)?.told.size ?? 0
  }

  /** A link carries frames, for the first time or again after an interruption. */
  opened(link: MeshLink, introduction: Introduction): void {
    const member = this.#circle.add(link, introduction)
    this.#comparison.join(link, introduction)
    const known = this.#writes ? freshIn(this.awareness) : [this.awareness.clientID]
    const clients = known.filter((client) => client !== member.client && this.awareness.states.has(client))
    if (clients.length > 0) {
      link.sendFrame({ kind: 'message', bytes: awarenessMessage(encodeAwarenessUpdate(this.awareness, clients)) })
      this.counts.awareness.sent++
    }
    this.changed()
  }

  lost(link: MeshLink, loss: Loss): void {
    const member = this.#circle.get(link)
    if (member === undefined) return
    this.#circle.delete(link)
    this.#comparison.leave(link)
    if (loss === 'left') this.#miss([member.client], 0)
    if (loss !== 'parted') this.#miss([member.client, ...member.told], this.timing.absence)
    this.changed()
  }

  /** Takes a frame of an open link. */
  received(link: MeshLink, frame: Frame): void {
    const member = this.#circle.get(link)
    if (member === undefined) return
    switch (frame.kind) {
      case 'message':
        this.#receiveMessage(member, frame.bytes)
        break
      case 'neighbours':
        this.#miss(this.#circle.received(member, frame), this.timing.absence)
        break
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

  /** Whether to make a link with somebody who announced himself in a room of `listeners`; null: he said no more than that. */
  answers(announcement: Announcement | null, listeners: number): boolean {
    return this.#circle.answers(announcement, listeners)
  }

  /** As many listen in the room as the relay counts. */
  noteListeners(listeners: number): void {
    this.#circle.noteListeners(listeners)
  }

  /** Another tab of this browser holds the document too; no link with it is needed. */
  tabJoined(client: number): void {
    const { tabs, members } = this.#circle
    if (client === this.awareness.clientID || tabs.has(client)) return
    tabs.add(client)
    for (const member of [...members]) if (member.client === client) member.link.refuse('same-browser')
    this.#circle.changed()
  }

  /** Another tab of this browser was closed. */
  tabLeft(client: number): void {
    if (!this.#circle.tabs.delete(client)) return
    this.#miss([client], 0)
    this.#circle.changed()
  }

  isTab(client: number): boolean {
    return this.#circle.tabs.has(client)
  }

  destroy(): void {
    this.#closed = true
    this.doc.off('update', this.#onUpdate)
    this.awareness.off('update', this.#onAwareness)
    this.#comparison.destroy()
    for (const timer of this.#timers) clearTimeout(timer)
    this.#circle.destroy()
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
        this.#circle.need(member)
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
    const isHeard = (client: number) => client !== member.client && this.#circle.isHeard(client)
    const news = entries.filter((entry) => isNews(this.awareness, entry))
    const admitted = admit(this.awareness, news, isHeard)
    if (admitted.length < news.length) countDrop(this.counts, 'awareness-not-admitted')
    if (admitted.length === 0) return
    prune(this.awareness)
    welcomeBack(
      this.awareness,
      admitted.filter(({ client }) => client === member.client || member.told.has(client)),
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
    if (this.#circle.size === 0 || !this.#writes) return
    const isRemote = this.#isRemote(origin)
    if (this.#source !== null) this.#circle.noteNews(this.#source)
    if (isRemote && update.length > FORWARD_MOST) {
      this.counts.sync.deferred++
      for (const member of this.#circle.members) {
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
    // Whoever passed on presence, but no changes, would hide that two parts of the room are apart.
    const told = clients.filter((client) => client === own || (isRemote && this.#writes))
    if (told.length === 0) return
    const bytes = awarenessMessage(encodeAwarenessUpdate(this.awareness, told))
    // Our own state concerns everyone, also when somebody claimed our end and Yjs just denied it.
    const refused = this.#spread(bytes, isRemote && !told.includes(own), this.counts.awareness)
    for (const member of refused) this.#remind(member, told)
  }

  /** Tells a peer that took too little at the time how these clients are now. No comparison would. */
  #remind({ link }: Member, clients: readonly number[]): void {
    this.#after(this.timing.remind, () => {
      const member = this.#circle.get(link)
      const known = clients.filter((client) => this.awareness.meta.has(client))
      if (member === undefined || known.length === 0) return
      const bytes = awarenessMessage(encodeAwarenessUpdate(this.awareness, known))
      if (this.#send(member, bytes)) this.counts.awareness.sent++
      else this.#remind(member, known)
    })
  }

  /** Sends to all that changes are told; what came from elsewhere, only to those who do not hear of it anyway. Returns who took nothing. */
  #spread(bytes: Bytes, isRemote: boolean, traffic: Traffic): Member[] {
    const circle = this.#circle
    const refused: Member[] = []
    for (const member of circle.members) {
      const isToHear = traffic === this.counts.document ? circle.feeds(member) : circle.tells(member)
      if (!isToHear || (isRemote && circle.hears(member, this.#source))) traffic.suppressed++
      else if (this.#send(member, bytes)) traffic[isRemote ? 'forwarded' : 'sent']++
      else refused.push(member)
    }
    return refused
  }

  #send({ link }: Member, bytes: Bytes): boolean {
    const isTaken = link.sendFrame({ kind: 'message', bytes })
    if (!isTaken) countDrop(this.counts, 'peer-too-slow')
    return isTaken
  }

  /**
   * Forgets clients that stay out of reach; at once (0), even if others still claim to reach them. Where everyone is linked
   * with everyone nobody is told: they see it for themselves. In a crowd nobody sees far: there only a goodbye counts, and
   * is passed on; who falls silent on every side times out.
   */
  #miss(clients: readonly number[], patience: number): void {
    if (clients.length === 0) return
    const circle = this.#circle
    this.#after(patience, () => {
      if (circle.isCrowded && patience > 0) return
      const isThere = (client: number) => (patience === 0 ? circle.isLinked(client) : circle.isWithinReach(client))
      const missing = clients.filter((client) => !isThere(client))
      const ends = circle.isCrowded ? endsOf(this.awareness, missing) : []
      forget(this.awareness, missing, this)
      if (ends.length > 0) this.#spread(awarenessMessage(encodeEntries(ends)), false, this.counts.awareness)
    })
  }

  #after(delay: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      action()
    }, delay)
    this.#timers.add(timer)
  }
}
