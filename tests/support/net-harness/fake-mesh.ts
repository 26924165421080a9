/** Meshes joined by links in memory: no WebRTC, no relay, time as the test has it. */
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { encodeFrame, parseFrame, type Frame } from '#net/link/frames'
import type { Identity } from '#net/link/handshake'
import { inHex } from '#doc/hex'
import { Mesh } from '#net/mesh/mesh'
import type { MeshLink } from '#net/link/host'
import { introduce, newIdentity } from '../identity.ts'

/** How long a frame travels, in milliseconds. */
const LATENCY = 5

/** One peer: what the room makes of a document, an awareness and a mesh. */
export class FakePeer {
  readonly doc = new Y.Doc()
  readonly awareness = new Awareness(this.doc)
  readonly text = this.doc.getText('text')
  readonly mesh: Mesh
  readonly links = new Map<FakePeer, FakeLink>()
  readonly identity: Identity
  isStored = true

  constructor(name: string, role: 'write' | 'read' = 'write') {
    this.identity = newIdentity(role)
    this.awareness.setLocalStateField('user', { name })
    this.mesh = new Mesh({
      doc: this.doc,
      awareness: this.awareness,
      schemaVersion: 1,
      writes: role === 'write',
      device: inHex(this.identity.device),
      isStored: () => this.isStored,
      announce: () => undefined,
      changed: () => undefined,
    })
    // y-webrtc tells tabs of every change, and hears its own message, decrypted, a moment later.
    this.awareness.on('update', ({ added, updated, removed }: Record<'added' | 'updated' | 'removed', number[]>) => {
      const echo = encodeAwarenessUpdate(this.awareness, [...added, ...updated, ...removed])
      setTimeout(() => {
        applyAwarenessUpdate(this.awareness, echo, this)
      }, 1)
    })
  }

  /** The names of those whose presence it sees, its own included. */
  get present(): string[] {
    return Array.from(this.awareness.getStates().values(), ({ user }) => (user as { name: string }).name).sort()
  }

  destroy(): void {
    this.mesh.destroy()
    this.awareness.destroy()
  }
}

/** One direction of a link: what `owner` holds of `other`. */
class FakeLink implements MeshLink {
  readonly owner: FakePeer
  readonly other: FakePeer
  readonly offences: string[] = []
  readonly sent: Frame[] = []
  queued = 0
  receiving = null
  isOpen = true

  constructor(owner: FakePeer, other: FakePeer) {
    this.owner = owner
    this.other = other
  }

  sendFrame(frame: Frame): boolean {
    this.sent.push(frame)
    const bytes = encodeFrame(frame)
    setTimeout(() => {
      const back = this.other.links.get(this.owner)
      const parsed = parseFrame(bytes)
      if (this.isOpen && back?.isOpen && parsed !== null && parsed.kind !== 'unknown')
        this.other.mesh.received(back, parsed)
    }, LATENCY)
    return true
  }

  offend(reason: string): void {
    this.offences.push(reason)
  }

  part(): void {
    this.parted()
    this.other.links.get(this.owner)?.parted()
  }

  parted(): void {
    this.isOpen = false
    this.owner.mesh.lost(this, 'parted')
    this.owner.links.delete(this.other)
  }

  refuse(refusal: string): void {
    this.offences.push(refusal)
    this.isOpen = false
    this.owner.mesh.lost(this, 'left')
  }
}

export function linkUp(a: FakePeer, b: FakePeer): void {
  const ends = [new FakeLink(a, b), new FakeLink(b, a)] as const
  a.links.set(b, ends[0])
  b.links.set(a, ends[1])
  a.mesh.opened(ends[0], introduce(b.doc.clientID, b.identity))
  b.mesh.opened(ends[1], introduce(a.doc.clientID, a.identity))
}

/** The link between two breaks; both notice. */
export function cut(a: FakePeer, b: FakePeer): void {
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const link = one.links.get(other)
    if (link === undefined) continue
    link.isOpen = false
    one.links.delete(other)
    one.mesh.lost(link, 'silent')
  }
}

export function linkAll(peers: readonly FakePeer[]): void {
  for (const [i, a] of peers.entries()) for (const b of peers.slice(i + 1)) linkUp(a, b)
}
