/**
 * A bad network between documents: the real mesh and frames over links in memory, which are late, double frames, overtake
 * each other and are cut for a while. Time is the fake timers'.
 */
import { vi } from 'vitest'
import { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import { SCHEMA_VERSION } from '#doc/schema'
import { encodeFrame, parseFrame, type Frame } from '#net/link/frames'
import type { Identity } from '#net/link/handshake'
import { inHex } from '#doc/hex'
import { Mesh } from '#net/mesh/mesh'
import type { MeshLink } from '#net/link/host'
import { TIMING } from '#net/link/timing'
import { introduce, newIdentity } from './identity.ts'
import type { Random } from './random.ts'

export interface Network {
  /** Cuts a peer off, or lets it back: then it and the others compare what they have. */
  setOnline(peer: number, online: boolean): void
  isOnline(peer: number): boolean
  /** Time goes by, milliseconds, and messages arrive. */
  pass(duration: number): void
  /** Everybody is online, and has had the time to notice and fetch what they lack. */
  settle(): void
  destroy(): void
}

/** Longest that a frame travels. */
const LATENCY = 300

interface Peer {
  doc: Y.Doc
  awareness: Awareness
  mesh: Mesh
  identity: Identity
  links: Map<Peer, Link>
  isOnline: boolean
}

/** One direction: what `owner` holds of `other`. Ordered, as a data channel is. */
class Link implements MeshLink {
  readonly queued = 0
  readonly receiving = null
  readonly #owner: Peer
  readonly #other: Peer
  readonly #random: Random
  #lastArrival = 0

  constructor(owner: Peer, other: Peer, random: Random) {
    this.#owner = owner
    this.#other = other
    this.#random = random
  }

  sendFrame(frame: Frame): boolean {
    const bytes = encodeFrame(frame)
    this.#send(bytes)
    if (frame.kind === 'message' && this.#random.chance(0.1)) this.#send(bytes)
    return true
  }

  #send(bytes: Uint8Array<ArrayBuffer>): void {
    this.#lastArrival = Math.max(this.#lastArrival, Date.now() + this.#random.below(LATENCY))
    setTimeout(() => {
      const back = this.#other.links.get(this.#owner)
      const frame = parseFrame(bytes)
      if (frame === null || frame.kind === 'unknown') throw new Error('A frame of our own does not parse')
      if (this.#owner.links.get(this.#other) === this && back !== undefined) this.#other.mesh.received(back, frame)
    }, this.#lastArrival - Date.now())
  }

  offend(reason: string): void {
    throw new Error(`A peer of ours offends: ${reason}`)
  }

  part(): void {
    throw new Error('A peer of ours parts in a full mesh')
  }

  refuse(refusal: string): void {
    throw new Error(`A peer of ours is refused: ${refusal}`)
  }
}

/** A full mesh of the documents. */
export function createNetwork(docs: readonly Y.Doc[], random: Random): Network {
  const peers = docs.map((doc): Peer => {
    const awareness = new Awareness(doc)
    const identity = newIdentity()
    const mesh = new Mesh({
      doc,
      awareness,
      schemaVersion: SCHEMA_VERSION,
      writes: true,
      device: inHex(identity.device),
      isStored: () => true,
      announce: () => undefined,
      changed: () => undefined,
    })
    const peer: Peer = { doc, awareness, mesh, identity, links: new Map(), isOnline: true }
    return peer
  })
  const at = (index: number): Peer => {
    const peer = peers[index]
    if (peer === undefined) throw new RangeError(`No peer ${index}`)
    return peer
  }

  const linkUp = (a: Peer, b: Peer): void => {
    const ends = [new Link(a, b, random), new Link(b, a, random)] as const
    a.links.set(b, ends[0])
    b.links.set(a, ends[1])
    a.mesh.opened(ends[0], introduce(b.doc.clientID, b.identity, SCHEMA_VERSION))
    b.mesh.opened(ends[1], introduce(a.doc.clientID, a.identity, SCHEMA_VERSION))
  }

  const cut = (a: Peer, b: Peer): void => {
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const link = one.links.get(other)
      one.links.delete(other)
      if (link !== undefined) one.mesh.lost(link, 'silent')
    }
  }

  for (const [i, a] of peers.entries()) for (const b of peers.slice(i + 1)) linkUp(a, b)

  const network: Network = {
    setOnline(index, online) {
      const peer = at(index)
      if (peer.isOnline === online) return
      peer.isOnline = online
      for (const other of peers) {
        if (other === peer) continue
        if (online && other.isOnline) linkUp(peer, other)
        else cut(peer, other)
      }
    },
    isOnline: (index) => at(index).isOnline,
    pass(duration) {
      vi.advanceTimersByTime(duration)
    },
    settle() {
      for (const index of peers.keys()) network.setOnline(index, true)
      network.pass(2 * TIMING.compareMost + 4 * LATENCY)
    },
    destroy() {
      for (const { mesh, awareness } of peers) {
        mesh.destroy()
        awareness.destroy()
      }
    },
  }
  return network
}
