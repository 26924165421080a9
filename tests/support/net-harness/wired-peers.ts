/** Two links over real WebRTC in one process, with a network between them that can be cut. */
import { RTCPeerConnection } from '../../../src/keeper/peer-connection.ts'
import { createSocket, type Socket } from 'node:dgram'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { inHex } from '#doc/hex'
import { Mesh } from '#net/mesh/mesh'
import { Paths } from '#net/diagnostics/paths'
import Peer, { type PeerContext } from '#net/link/peer'
import type { Signal } from '#net/link/signal'
import { TIMING, type Timing } from '#net/link/timing'
import { newIdentity } from '../identity.ts'

/** Everything about ten times as fast as in life. */
export const QUICK: Timing = {
  ...TIMING,
  attempt: 2_000,
  unheard: 100,
  restart: 600,
  restartEvery: 100,
  retryFirst: 50,
  retryMost: 500,
  beat: 100,
  quiet: 250,
  dead: 800,
  probe: 300,
  linger: 500,
  absence: 100,
  compareLeast: 500,
  compareMost: 800,
  underway: 100,
  settle: 70,
  settleMost: 300,
}

/** One side: a document, its mesh, and one link that y-webrtc would hold for the other side. */
export class WiredPeer {
  readonly doc = new Y.Doc()
  readonly awareness = new Awareness(this.doc)
  readonly text = this.doc.getText('text')
  readonly mesh: Mesh
  readonly context: PeerContext
  /** Where its signals go. */
  publish: (signal: unknown) => void = () => undefined
  link: Peer | null = null
  closed = 0
  #accepts = true

  constructor(name: string, timing: Timing = QUICK, identity = newIdentity()) {
    this.awareness.setLocalStateField('user', { name })
    this.mesh = new Mesh({
      doc: this.doc,
      awareness: this.awareness,
      schemaVersion: 1,
      writes: identity.credential !== null,
      device: inHex(identity.device),
      isStored: () => true,
      announce: () => undefined,
      changed: () => undefined,
      timing,
    })
    this.context = {
      host: this.mesh,
      identity,
      iceServers: () => [],
      ready: Promise.resolve(),
      RTCPeerConnection,
      paths: new Paths(),
      links: new Set(),
      call: { listener: null },
      silenced: () => undefined,
    }
  }

  /** Makes the link, as y-webrtc does on an announcement or on a first signal. */
  begin(initiator: boolean): Peer {
    const link = new Peer({ initiator, context: this.context })
    this.link = link
    link.on('signal', (signal) => {
      this.publish(structuredClone(signal))
    })
    link.on('close', () => {
      this.closed++
      if (this.link === link) this.link = null
    })
    return link
  }

  /** Takes a signal, as y-webrtc does. */
  take(signal: unknown): void {
    if (this.#accepts) (this.link ?? this.begin(false)).signal(signal)
  }

  get isOpen(): boolean {
    return this.link?.state === 'open'
  }

  destroy(): void {
    this.#accepts = false
    this.link?.destroy()
    this.mesh.destroy()
    this.awareness.destroy()
  }
}

/**
 * A network between two peers. Each sees the other only at addresses of its own, so that every packet passes through
 * here: with `cut` none, or only those of one direction, get through.
 */
export class Wire {
  readonly #sockets: Socket[] = []
  readonly #cut = { ab: false, ba: false }

  constructor(a: WiredPeer, b: WiredPeer) {
    a.publish = (signal) => this.carry('ab', signal, b)
    b.publish = (signal) => this.carry('ba', signal, a)
  }

  cut(directions: { ab: boolean; ba: boolean }): void {
    Object.assign(this.#cut, directions)
  }

  heal(): void {
    this.cut({ ab: false, ba: false })
  }

  /** Both get new addresses: nothing comes through at the old ones any more. */
  move(): void {
    this.close()
  }

  close(): void {
    for (const socket of this.#sockets.splice(0)) socket.close()
  }

  /** What it changes in a signal nobody vouches for: while frames are heard it counts for nothing. */
  carry(direction: 'ab' | 'ba', signal: unknown, to: WiredPeer): void {
    void this.#rewrite(signal as Signal, direction).then((rewritten) => to.take(rewritten))
  }

  /** Puts addresses of ours in the place of the sender's. */
  async #rewrite(signal: Signal, direction: 'ab' | 'ba'): Promise<Signal> {
    if (signal.kind === 'restart') return signal
    if (signal.kind !== 'candidates') return { ...signal, sdp: signal.sdp.replace(/a=candidate:.*\r\n/gu, '') }
    const candidates: { candidate: string; sdpMid: string | null; sdpMLineIndex: number | null }[] = []
    for (const found of signal.candidates) {
      const [, port] = / 127\.0\.0\.1 (\d+) typ host/u.exec(found.candidate) ?? []
      if (port === undefined || !/ udp /iu.test(found.candidate)) continue
      const ours = await this.#doorTo(Number(port), direction)
      candidates.push({ ...found, candidate: found.candidate.replace(` ${port} `, ` ${ours} `) })
    }
    return { ...signal, candidates }
  }

  /** Opens a port that leads to the sender's; `direction` is the way of the signal, so packets to it go the other way. */
  async #doorTo(port: number, direction: 'ab' | 'ba'): Promise<number> {
    const inward = direction === 'ab' ? 'ba' : 'ab'
    const ways = new Map<string, Socket>()
    const door = await this.#bind()
    door.on('message', (packet, { address, port: source }) => {
      if (!this.#sockets.includes(door)) return
      void (async () => {
        const key = `${address} ${source}`
        let way = ways.get(key)
        if (way === undefined) {
          way = await this.#bind()
          way.on('message', (reply) => {
            if (!this.#cut[direction]) door.send(reply, source, address)
          })
          ways.set(key, way)
        }
        if (!this.#cut[inward]) way.send(packet, port, '127.0.0.1')
      })()
    })
    return door.address().port
  }

  #bind(): Promise<Socket> {
    const socket = createSocket('udp4')
    this.#sockets.push(socket)
    return new Promise((resolve) => {
      socket.bind(0, '127.0.0.1', () => {
        resolve(socket)
      })
    })
  }
}
