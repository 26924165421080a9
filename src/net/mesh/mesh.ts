/**
 * The peers of one document: what each of them gets, and when copies are compared. Knows links, not WebRTC.
 *
 * - Our own changes go to every link that changes are told over (`circle.ts`), which are all unless the room is crowded.
 *   What came over a link is passed on only to those whom its sender does not tell.
 * - That is an optimisation. The guarantee is comparison (`#sync/anti-entropy`).
 */
import { applyAwarenessUpdate, encodeAwarenessUpdate, type Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { AntiEntropy } from '#sync/anti-entropy'
import { Gate, type GateOptions } from '#sync/gate'
import type { CopiesStatus, Taken } from '#sync/replication'
import { isStateVector } from '#sync/structure'
import { Allowances, type Said } from '../allowance.ts'
import { countDrop, newCounts, type Counts, type Traffic } from '../diagnostics/counters.ts'
import { MAX_READER_TRANSFER } from '../link/channel.ts'
import { DOCUMENT, type Frame } from '../link/frames.ts'
import type { Introduction } from '../link/handshake.ts'
import type { LinkHost, Loss, MeshLink } from '../link/host.ts'
import { TIMING, type Timing } from '../link/timing.ts'
import { Circle, type Member } from './circle.ts'
import { awarenessMessage, parseMessage, step1Message, step2Message, updateMessage, type Message } from './messages.ts'
import { admit, encodeEntries, endsOf, forget, freshIn, isNews, parseEntries, prune, welcomeBack } from './presence.ts'
import type { Announcement } from './topology.ts'

type Bytes = Uint8Array<ArrayBuffer>

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
  /** The document was poisoned before: where what comes from others is tried first. */
  rehearsal?: GateOptions['rehearsal']
  /** Called when something that came from others has broken the Y.Doc: what was stored before must be opened anew. */
  poisoned?: () => void
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

/** Origin of what comes from another tab of this browser. What comes over a link has the link as its origin. */
export const OTHER_TAB = Symbol('another tab')

/** While this much waits for a peer, it gets no answer to a question for the document. */
const BUSY = 1024 * 1024

export class Mesh implements LinkHost {
  readonly doc: Y.Doc
  readonly awareness: Awareness
  readonly schemaVersion: number
  readonly timing: Timing
  readonly counts: Counts = newCounts()
  /** Notes that the status of a link may have changed. */
  readonly changed: () => void
  readonly #writes: boolean
  readonly #gate: Gate
  readonly #poisoned: () => void
  readonly #allowances = new Allowances()
  /** All that were ever open: what waited at the gate may be applied when its link is gone. */
  readonly #sources = new WeakSet<object>()
  readonly #circle: Circle
  readonly #antiEntropy: AntiEntropy<MeshLink>
  readonly #timers = new Set<ReturnType<typeof setTimeout>>()
  /** It will be asked soon for what updates wait for at the gate. */
  #isSeeking = false
  #closed = false

  constructor(options: MeshOptions) {
    const { doc, awareness, schemaVersion, writes, alwaysOn = false, changed, timing = TIMING } = options
    this.doc = doc
    this.awareness = awareness
    this.schemaVersion = schemaVersion
    this.timing = timing
    this.changed = changed
    this.#writes = writes
    this.#poisoned = options.poisoned ?? (() => undefined)
    this.#gate = new Gate({
      doc,
      rehearsal: options.rehearsal ?? null,
      dropped: (reason) => countDrop(this.counts, reason),
    })
    this.#circle = new Circle({
      self: { client: doc.clientID, writes, alwaysOn },
      timing,
      presence: awareness.states,
      announce: options.announce,
    })
    this.#antiEntropy = new AntiEntropy({
      ...options,
      timing,
      taken: options.taken ?? null,
      counts: this.counts.sync,
      isForeign: (origin) => this.#isLink(origin),
      tell: (link, statement) => link.sendFrame({ kind: 'have', doc: DOCUMENT, ...statement }),
      ask: (link, stateVector) => {
        const member = this.#circle.get(link)
        if (member !== undefined) this.#circle.need(member)
        link.sendFrame({ kind: 'message', doc: DOCUMENT, bytes: step1Message(stateVector) })
      },
      longestQuestion: MAX_READER_TRANSFER / 2,
    })
    doc.on('update', this.#onUpdate)
    awareness.on('update', this.#onAwareness)
  }

  get client(): number {
    return this.doc.clientID
  }

  /** True after `destroy`: links that come later must not begin. */
  get closed(): boolean {
    return this.#closed
  }

  /** The Yjs clients at the other ends of the links that are open. */
  get neighbours(): number[] {
    return Array.from(this.#circle.members, ({ client }) => client)
  }

  /** The Yjs client from whom a transaction of this origin came; null for one that did not come over a link that is open. */
  clientOf(origin: unknown): number | null {
    return this.#sourceOf(origin).source?.client ?? null
  }

  /** Whether the last comparison with this link found both copies equal. */
  isSynced(link: MeshLink): boolean {
    return this.#antiEntropy.isSynced(link)
  }

  /** Who else holds what this copy holds. */
  get copies(): CopiesStatus {
    return this.#antiEntropy.copies
  }

  /** All that the document holds may be on disk now. */
  noteStored(): void {
    this.#antiEntropy.noteStored()
  }

  /** How many others the peer at the other side says it tells of changes without us. */
  reachOf(link: MeshLink): number {
    return this.#circle.get(link)?.told.size ?? 0
  }

  /** A link carries frames, for the first time or again after an interruption. */
  opened(link: MeshLink, introduction: Introduction): void {
    const member = this.#circle.add(link, introduction)
    this.#sources.add(link)
    this.#antiEntropy.join(link, { writes: introduction.role === 'write', device: introduction.device })
    const known = this.#writes ? freshIn(this.awareness) : [this.awareness.clientID]
    const clients = known.filter((client) => client !== member.client && this.awareness.states.has(client))
    if (clients.length > 0) {
      link.sendFrame({
        kind: 'message',
        doc: DOCUMENT,
        bytes: awarenessMessage(encodeAwarenessUpdate(this.awareness, clients)),
      })
      this.counts.awareness.sent++
    }
    this.changed()
  }

  lost(link: MeshLink, loss: Loss): void {
    const member = this.#circle.get(link)
    if (member === undefined) return
    this.#circle.delete(link)
    this.#antiEntropy.leave(link)
    if (loss === 'left') this.#miss([member.client], 0)
    if (loss !== 'parted') this.#miss([member.client, ...member.told], this.timing.absence)
    this.changed()
  }

  /** Takes a frame of an open link. */
  received(link: MeshLink, frame: Frame): void {
    const member = this.#circle.get(link)
    if (member === undefined) return
    if ('doc' in frame && frame.doc !== DOCUMENT) {
      countDrop(this.counts, 'another-document')
      return
    }
    switch (frame.kind) {
      case 'message':
        this.#receiveMessage(member, frame.bytes)
        break
      case 'neighbours':
        if (!this.#mayStill(member, 'neighbours')) break
        this.#miss(this.#circle.received(member, frame), this.timing.absence)
        break
      case 'have':
        if (!this.#mayStill(member, 'have')) break
        this.#antiEntropy.received(link, frame)
        break
      default:
        link.offend('unexpected-frame')
    }
  }

  /** Takes an update from another tab of this browser. */
  receivedFromTab(update: Bytes): void {
    if (this.#gate.take(update, OTHER_TAB) === 'poisoned') this.#poisoned()
  }

  /** Compares copies with everyone now. */
  compare(): void {
    this.#antiEntropy.compareAll()
  }

  /** From now on a link with each of these clients is kept, and sought where there is none. */
  hold(clients: ReadonlySet<number>): void {
    this.#circle.hold(clients)
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
    this.#antiEntropy.destroy()
    this.#gate.destroy()
    for (const timer of this.#timers) clearTimeout(timer)
    this.#circle.destroy()
  }

  /** Whether a peer may say one more of these. Readers have a measure; whoever keeps exceeding it is refused. */
  #mayStill({ link, role }: Member, said: Said): boolean {
    if (role === 'write' || this.#allowances.take(link, said)) return true
    link.offend(`too-much: ${said}`)
    return false
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
        this.#receiveChanges(member, message)
        break
      case 'step1':
        this.#answer(member, message.stateVector)
    }
  }

  /** Changes of somebody who has not shown that he may write end here: nobody looks into them. */
  #receiveChanges(member: Member, { type, update }: Extract<Message, { type: 'update' | 'step2' }>): void {
    const { link, role } = member
    if (role !== 'write') {
      link.offend('update-without-proof')
      return
    }
    if (type === 'update') this.counts.document.received++
    switch (this.#gate.take(update, link)) {
      case 'refused':
        link.offend('bad-update')
        break
      case 'poisoned':
        link.refuse('hostile')
        this.#poisoned()
        return
      case 'waiting':
        this.#seek()
    }
    if (type === 'step2') this.#antiEntropy.answered(link)
  }

  /** What an update waits for may be on its way. If it does not come, everyone is asked. */
  #seek(): void {
    if (this.#isSeeking) return
    this.#isSeeking = true
    this.#after(this.timing.underway, () => {
      this.#isSeeking = false
      if (this.#gate.waiting > 0) this.compare()
    })
  }

  /** Sends all that a copy lacks. */
  #answer(member: Member, stateVector: Bytes): void {
    const { link } = member
    if (!this.#mayStill(member, 'question')) return
    if (link.queued > BUSY) {
      countDrop(this.counts, 'busy')
      return
    }
    if (!isStateVector(stateVector)) {
      link.offend('malformed-message')
      return
    }
    this.counts.sync.answered++
    this.#antiEntropy.wasAsked(link)
    this.#circle.need(member)
    this.#send(member, step2Message(Y.encodeStateAsUpdate(this.doc, stateVector)))
  }

  #receiveAwareness(member: Member, update: Bytes): void {
    if (!this.#mayStill(member, 'presence')) return
    const entries = parseEntries(update)
    if (entries === null) {
      member.link.offend('malformed-awareness')
      return
    }
    this.counts.awareness.received++
    if (entries.some(({ client }) => client === member.client)) member.spokeAt = Date.now()
    const isHeard = (client: number) => client !== member.client && this.#circle.isHeard(client)
    // Whoever only reads speaks for nobody else.
    const spoken = member.role !== 'write' ? entries.filter(({ client }) => client === member.client) : entries
    if (spoken.length < entries.length) countDrop(this.counts, 'awareness-of-others')
    const news = spoken.filter((entry) => isNews(this.awareness, entry))
    const admitted = admit(this.awareness, news, isHeard)
    if (admitted.length < news.length) countDrop(this.counts, 'awareness-not-admitted')
    if (admitted.length === 0) return
    prune(this.awareness)
    welcomeBack(
      this.awareness,
      admitted.filter(({ client }) => client === member.client || member.told.has(client)),
    )
    try {
      applyAwarenessUpdate(this.awareness, encodeEntries(admitted), member.link)
    } catch (error) {
      // A listener of ours: the link and the other peers go on, and diagnostics show it by name.
      countDrop(this.counts, `failed: ${error instanceof Error ? error.name : 'unknown'}`)
    }
  }

  #isLink(origin: unknown): origin is MeshLink {
    return typeof origin === 'object' && origin !== null && this.#sources.has(origin)
  }

  /** Whether what was done came from elsewhere, and over which of the links that are open. */
  #sourceOf(origin: unknown): { isRemote: boolean; source: Member | null } {
    const isLink = this.#isLink(origin)
    return { isRemote: isLink || origin === OTHER_TAB, source: isLink ? (this.#circle.get(origin) ?? null) : null }
  }

  readonly #onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (this.#circle.size === 0 || !this.#writes) return
    const { isRemote, source } = this.#sourceOf(origin)
    if (source !== null) this.#circle.noteNews(source)
    if (isRemote && update.length > FORWARD_MOST) {
      this.counts.sync.deferred++
      for (const member of this.#circle.members) {
        if (member !== source) this.#antiEntropy.compare(member.link)
      }
    } else {
      this.#spread(updateMessage(update), { isRemote, source }, this.counts.document)
    }
  }

  readonly #onAwareness = (
    { added, updated, removed }: { added: number[]; updated: number[]; removed: number[] },
    origin: unknown,
  ): void => {
    const own = this.awareness.clientID
    const clients = [...added, ...updated, ...removed]
    const { isRemote, source } = this.#sourceOf(origin)
    // A tab that crashed says nothing; its presence times out.
    if (origin === 'timeout') for (const client of removed) this.tabLeft(client)
    // Whoever passed on presence, but no changes, would hide that two parts of the room are apart.
    const told = clients.filter((client) => client === own || (isRemote && this.#writes))
    if (told.length === 0) return
    const bytes = awarenessMessage(encodeAwarenessUpdate(this.awareness, told))
    // Our own state concerns everyone, also when somebody claimed our end and Yjs just denied it.
    const refused = this.#spread(bytes, { isRemote: isRemote && !told.includes(own), source }, this.counts.awareness)
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
  #spread(
    bytes: Bytes,
    { isRemote, source }: { isRemote: boolean; source: Member | null },
    traffic: Traffic,
  ): Member[] {
    const circle = this.#circle
    const refused: Member[] = []
    for (const member of circle.members) {
      const isToHear = traffic === this.counts.document ? circle.feeds(member) : circle.tells(member)
      if (!isToHear || (isRemote && circle.hears(member, source))) traffic.suppressed++
      else if (this.#send(member, bytes)) traffic[isRemote ? 'forwarded' : 'sent']++
      else refused.push(member)
    }
    return refused
  }

  #send({ link }: Member, bytes: Bytes): boolean {
    const isTaken = link.sendFrame({ kind: 'message', doc: DOCUMENT, bytes })
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
      if (ends.length > 0) {
        const own = { isRemote: false, source: null }
        this.#spread(awarenessMessage(encodeEntries(ends)), own, this.counts.awareness)
      }
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
