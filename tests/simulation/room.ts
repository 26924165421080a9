/**
 * A room in one process: the real mesh of every peer, over links and a relay that are late, slow to come about, lossy, and
 * cut in two for a while. What `net/link/peer.ts`, y-webrtc and the relay do between meshes is done here in their manner.
 */
import type { Clock } from './clock.ts'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import type { Frame } from '#net/link/frames'
import { inHex } from '#doc/hex'
import { Mesh } from '#net/mesh/mesh'
import type { Loss, MeshLink } from '#net/link/host'
import { TIMING } from '#net/link/timing'
import type { Announcement } from '#net/mesh/topology'
import { introduce, newIdentity } from '../support/identity.ts'

export interface Conditions {
  /** How likely a frame is sent again by the transport, which delays all behind it, and how likely one is refused. */
  loss: number
  /** How likely an attempt at a link fails. */
  failure: number
}

export interface Kind {
  role?: 'write' | 'read'
  alwaysOn?: boolean
}

/** How somebody goes: saying so, with the relay noticing, or without anyone noticing. */
type Farewell = 'bye' | 'crash' | 'silence'

/** Milliseconds. */
const RELAY = { least: 10, spread: 70 }
const LINK = { least: 20, spread: 130 }
const RESENT = { least: 200, spread: 300 }
const GATHERING = { least: 100, spread: 700 }
const NOTICE = { least: 50, spread: 500 }

/** One update followed through the room. */
interface Trace {
  at: number
  /** Milliseconds until it was there, and over how many links it came, by peer. */
  reached: Map<SimulatedPeer, { delay: number; hops: number }>
}

export class SimulatedRoom {
  readonly clock: Clock
  readonly conditions: Conditions
  readonly peers = new Set<SimulatedPeer>()
  readonly wires = new Map<string, Wire>()
  readonly relay = { published: 0, delivered: 0 }
  trace: Trace | null = null
  /** Whose frame is being taken. */
  source: SimulatedPeer | null = null
  isSplit = false
  /** Everyone's messages, those who have gone included. */
  #gone = { document: 0, awareness: 0 }
  #clients = 1

  constructor(clock: Clock, conditions: Conditions) {
    this.clock = clock
    this.conditions = conditions
  }

  join(kind: Kind = {}): SimulatedPeer {
    const peer = new SimulatedPeer(this, this.#newClient(), kind)
    this.peers.add(peer)
    this.publish(peer, null)
    return peer
  }

  leave(peer: SimulatedPeer, farewell: Farewell): void {
    if (farewell === 'bye') for (const link of peer.links.values()) link.sendFrame({ kind: 'bye' })
    this.#gone.document += peer.documentMessages
    this.#gone.awareness += peer.awarenessMessages
    this.peers.delete(peer)
    peer.end()
    if (farewell === 'silence') return
    this.clock.after(this.random(NOTICE), () => {
      for (const other of this.peers) {
        if (other.half === peer.half || !this.isSplit)
          this.clock.after(this.random(RELAY), () => {
            other.probe()
          })
      }
    })
  }

  /** Says something to everyone who listens, through the relay; `null`: only that one is there. */
  publish(from: SimulatedPeer, announcement: Announcement | null): void {
    this.relay.published++
    const listeners = [...this.peers].filter((peer) => !this.isBetween(from, peer))
    for (const peer of listeners) {
      this.relay.delivered++
      this.clock.after(this.random(RELAY), () => {
        if (!this.peers.has(peer) || !this.peers.has(from)) return
        if (peer === from) peer.mesh.noteListeners(listeners.length)
        else if (peer.mesh.answers(announcement, listeners.length) && !peer.links.has(from)) this.link(peer, from)
      })
    }
  }

  /** Both may begin at the same time: then it is one link all the same. */
  link(a: SimulatedPeer, b: SimulatedPeer): void {
    const key = [a.client, b.client].sort((x, y) => x - y).join()
    if (!this.wires.has(key)) this.wires.set(key, new Wire(this, key, a, b))
  }

  /** Cuts the room in two: neither links nor the relay reach over, until `heal`. */
  split(): void {
    this.isSplit = true
    for (const wire of this.wires.values()) wire.watch()
  }

  heal(): void {
    this.isSplit = false
    for (const wire of this.wires.values()) wire.flush()
  }

  /** Whether the cut is between these two. */
  isBetween(a: SimulatedPeer, b: SimulatedPeer): boolean {
    return this.isSplit && a.half !== b.half
  }

  random({ least, spread }: { least: number; spread: number }): number {
    return least + this.clock.random.below(spread)
  }

  /** Messages that all have sent so far. */
  get documentMessages(): number {
    return sum(this.peers, (peer) => peer.documentMessages) + this.#gone.document
  }

  get awarenessMessages(): number {
    return sum(this.peers, (peer) => peer.awarenessMessages) + this.#gone.awareness
  }

  /** Sizes of the parts that the open links hold together, the largest first. */
  get parts(): number[] {
    const left = new Set(this.peers)
    const sizes: number[] = []
    for (const first of left) {
      const part = [first]
      left.delete(first)
      for (const peer of part) {
        for (const other of peer.neighbours) if (left.delete(other)) part.push(other)
      }
      sizes.push(part.length)
    }
    return sizes.sort((a, b) => b - a)
  }

  get isConverged(): boolean {
    return new Set(Array.from(this.peers, ({ state }) => state)).size === 1
  }

  /** Whether everyone sees exactly those who are there. */
  get isSeen(): boolean {
    const present = new Set(Array.from(this.peers, ({ client }) => client))
    return [...this.peers].every(({ awareness }) => {
      const seen = awareness.getStates()
      return seen.size === present.size && [...seen.keys()].every((client) => present.has(client))
    })
  }

  /** One change, followed until it is everywhere or `most` milliseconds have passed. */
  follow(author: SimulatedPeer, most: number): Trace['reached'] {
    const reached: Trace['reached'] = new Map()
    this.trace = { at: this.clock.now, reached }
    author.write()
    const until = this.clock.now + most
    while (reached.size < this.peers.size && this.clock.now < until) this.clock.pass(50)
    return reached
  }

  destroy(): void {
    for (const peer of this.peers) peer.end()
    this.clock.stop()
  }

  /** Spread over all 32 bits, as real ones are. */
  #newClient(): number {
    return (Math.imul(this.#clients++, 0x9e3779b1) ^ this.clock.random.below(1 << 16)) >>> 0
  }
}

export class SimulatedPeer {
  readonly client: number
  readonly role: 'write' | 'read'
  readonly half: 0 | 1
  readonly doc = new Y.Doc()
  readonly awareness: Awareness
  readonly mesh: Mesh
  readonly links = new Map<SimulatedPeer, SimulatedLink>()
  readonly joinedAt: number
  /** When the first comparison found both copies equal. */
  syncedAt: number | null = null
  /** Links begun, by either side. */
  begun = 0
  readonly identity
  readonly #room: SimulatedRoom
  readonly #text = this.doc.getText('text')

  constructor(room: SimulatedRoom, client: number, { role = 'write', alwaysOn = false }: Kind) {
    this.#room = room
    this.client = client
    this.role = role
    this.half = room.clock.random.chance(0.5) ? 1 : 0
    this.joinedAt = room.clock.now
    this.doc.clientID = client
    this.identity = { ...newIdentity(role), alwaysOn }
    this.awareness = new Awareness(this.doc)
    this.awareness.setLocalStateField('user', { name: `Peer ${client}` })
    this.mesh = new Mesh({
      doc: this.doc,
      awareness: this.awareness,
      schemaVersion: 1,
      writes: role === 'write',
      device: inHex(this.identity.device),
      alwaysOn,
      isStored: () => true,
      announce: (announcement) => {
        room.publish(this, announcement)
      },
      changed: () => {
        if (this.syncedAt !== null) return
        for (const link of this.links.values()) if (this.mesh.isSynced(link)) this.syncedAt = room.clock.now
      },
    })
    this.doc.on('update', () => {
      const { trace, source, clock } = room
      if (trace === null || trace.reached.has(this)) return
      const before = source === null ? -1 : (trace.reached.get(source)?.hops ?? 0)
      trace.reached.set(this, { delay: clock.now - trace.at, hops: before + 1 })
    })
  }

  write(): void {
    this.#text.insert(this.#room.clock.random.below(this.#text.length + 1), 'x')
  }

  erase(): void {
    if (this.#text.length > 0) this.#text.delete(this.#room.clock.random.below(this.#text.length), 1)
  }

  moveCursor(): void {
    this.awareness.setLocalStateField('cursor', this.#room.clock.random.below(1_000_000))
  }

  /** The copy, in a form that is equal where copies are. */
  get state(): string {
    return inHex(Y.encodeStateAsUpdate(this.doc))
  }

  /** Peers at the other end of links that carry frames. */
  get neighbours(): SimulatedPeer[] {
    return [...this.links].filter(([, { isOpen }]) => isOpen).map(([peer]) => peer)
  }

  get documentMessages(): number {
    const { sent, forwarded } = this.mesh.counts.document
    return sent + forwarded
  }

  get awarenessMessages(): number {
    const { sent, forwarded } = this.mesh.counts.awareness
    return sent + forwarded
  }

  /** Somebody has left the room: was it one of ours? */
  probe(): void {
    for (const link of this.links.values()) link.probe()
  }

  /** The process ends. */
  end(): void {
    this.mesh.destroy()
    this.awareness.destroy()
  }
}

/** One direction: what `owner` holds of `other`. */
export class SimulatedLink implements MeshLink {
  readonly queued = 0
  readonly receiving = null
  readonly owner: SimulatedPeer
  readonly other: SimulatedPeer
  readonly #room: SimulatedRoom
  readonly #wire: Wire
  readonly #latency: number
  /** Frames for `owner` that came before it was ready, or that the cut holds back. */
  readonly #waiting: Frame[] = []
  isOpen = false
  #isParting = false
  #lastArrival = 0

  constructor(room: SimulatedRoom, wire: Wire, owner: SimulatedPeer, other: SimulatedPeer) {
    this.#room = room
    this.#wire = wire
    this.owner = owner
    this.other = other
    this.#latency = room.random(LINK)
    owner.links.set(other, this)
    owner.begun++
  }

  sendFrame(frame: Frame): boolean {
    const { clock, conditions } = this.#room
    const isRefused = clock.random.chance(conditions.loss) && frame.kind !== 'bye' && frame.kind !== 'part'
    if (isRefused || !this.isOpen) return false
    const delay = this.#latency + (clock.random.chance(conditions.loss) ? this.#room.random(RESENT) : 0)
    // In order, whatever is late.
    this.#lastArrival = Math.max(this.#lastArrival, clock.now + delay)
    clock.after(this.#lastArrival - clock.now, () => {
      this.other.links.get(this.owner)?.take(frame)
    })
    return true
  }

  take(frame: Frame): void {
    if (!this.#room.peers.has(this.owner)) return
    if (this.isOpen && !this.#room.isBetween(this.owner, this.other)) this.#receive(frame)
    else this.#waiting.push(frame)
  }

  /** Both sides know each other: the link carries frames. */
  open(): void {
    if (!this.#room.peers.has(this.owner)) return
    this.isOpen = true
    const { client, identity } = this.other
    this.owner.mesh.opened(this, introduce(client, identity))
    this.flush()
  }

  flush(): void {
    if (this.isOpen) for (const frame of this.#waiting.splice(0)) this.#receive(frame)
  }

  /** It carries nothing any more, for now. */
  interrupt(loss: Loss): void {
    if (!this.isOpen) return
    this.isOpen = false
    this.#waiting.length = 0
    if (this.#room.peers.has(this.owner)) this.owner.mesh.lost(this, loss)
  }

  /** Ends it for good; y-webrtc says in the room that its peer is there. */
  close(loss: Loss): void {
    if (this.owner.links.get(this.other) !== this) return
    this.interrupt(loss)
    this.owner.links.delete(this.other)
    if (this.#room.peers.has(this.owner)) this.#room.publish(this.owner, null)
  }

  offend(reason: string): void {
    throw new Error(`A peer of ours offends: ${reason}`)
  }

  refuse(refusal: string): void {
    throw new Error(`A peer of ours is refused: ${refusal}`)
  }

  part(): void {
    if (this.#isParting || !this.isOpen) return
    this.#isParting = true
    this.sendFrame({ kind: 'part' })
    this.#room.clock.after(TIMING.parting, () => {
      this.#wire.close('parted')
    })
  }

  probe(): void {
    if (this.#room.peers.has(this.other)) return
    this.#room.clock.after(TIMING.probe, () => {
      this.interrupt('left')
      this.#room.clock.after(TIMING.linger, () => {
        this.#wire.close('left')
      })
    })
  }

  #receive(frame: Frame): void {
    if (frame.kind === 'bye') this.#wire.close('left')
    else if (frame.kind === 'part') this.#wire.close('parted')
    else {
      this.#room.source = this.other
      this.owner.mesh.received(this, frame)
      this.#room.source = null
    }
  }
}

/** What two peers have between them. */
class Wire {
  readonly #room: SimulatedRoom
  readonly #key: string
  readonly #ends: readonly [SimulatedLink, SimulatedLink]
  #isClosed = false
  /** When both were last heard of, by frame or signal. */
  #heardAt: number

  constructor(room: SimulatedRoom, key: string, a: SimulatedPeer, b: SimulatedPeer) {
    this.#room = room
    this.#key = key
    this.#ends = [new SimulatedLink(room, this, a, b), new SimulatedLink(room, this, b, a)]
    this.#heardAt = room.clock.now
    this.#attempt(room.random(GATHERING) + 3 * room.random(RELAY))
    this.watch()
  }

  /** Notices in time that one end hears nothing any more. */
  watch(): void {
    const { clock } = this.#room
    if (!this.#isBroken) this.#heardAt = clock.now
    for (const end of this.#ends) {
      clock.after(TIMING.dead + clock.random.below(TIMING.beat), () => {
        if (!this.#isClosed && this.#isBroken) end.interrupt('silent')
      })
    }
    clock.after(TIMING.giveUp, () => {
      if (!this.#isClosed && this.#isBroken) this.close('silent')
    })
  }

  /** The cut is over: what waited arrives, where the other side was not given up yet. */
  flush(): void {
    for (const end of this.#ends) end.flush()
    if (!this.#isClosed && this.#ends.some(({ isOpen }) => !isOpen)) this.#attempt(TIMING.retryMost / 2)
  }

  close(loss: Loss): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#room.wires.delete(this.#key)
    for (const end of this.#ends) end.close(loss)
  }

  /** Whether nothing gets through. */
  get #isBroken(): boolean {
    const [a, b] = this.#ends
    const { peers } = this.#room
    return this.#room.isBetween(a.owner, b.owner) || !peers.has(a.owner) || !peers.has(b.owner)
  }

  #attempt(delay: number): void {
    const { clock, conditions } = this.#room
    clock.after(delay, () => {
      if (this.#isClosed) return
      const hasFailed = this.#isBroken || clock.random.chance(conditions.failure)
      if (!hasFailed) {
        this.#heardAt = clock.now
        for (const end of this.#ends) end.interrupt('silent')
        for (const end of this.#ends) clock.after(clock.random.below(LINK.spread), () => !this.#isClosed && end.open())
      } else if (clock.now - this.#heardAt >= TIMING.giveUp) {
        this.close('silent')
      } else {
        this.#attempt(TIMING.attempt)
      }
    })
  }
}

const sum = <T>(all: Iterable<T>, of: (one: T) => number): number =>
  Array.from(all, of).reduce((total, one) => total + one, 0)
