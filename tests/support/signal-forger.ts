/**
 * Somebody who holds a link of a document, and speaks at its relay in everybody's name. What others say is heard and
 * remembered, and comes back changed.
 */
import * as buffer from 'lib0/buffer'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { WebSocket } from 'ws'
import { openLink, type Link } from '#doc/link'
import type { Signal } from '#net/link/signal'
import { seeded } from './random.ts'

interface Heard {
  from: string
  to: string
  signal: Signal
}

/** Most messages that wait at its own socket. */
const WAITING = 64 * 1024

export class SignalForger {
  readonly #socket: WebSocket
  readonly #link: Link
  readonly #key: CryptoKey
  readonly #random = seeded(1)
  readonly #peers = new Set<string>()
  readonly #heard: Heard[] = []
  #ended = false
  sent = 0

  private constructor(socket: WebSocket, link: Link, key: CryptoKey) {
    this.#socket = socket
    this.#link = link
    this.#key = key
    socket.on('message', (data: Buffer) => void this.#listen(data.toString()))
    socket.send(JSON.stringify({ type: 'subscribe', topics: [link.topic] }))
  }

  /** Begins to listen; `address` is any link of the document. */
  static async listen(address: string): Promise<SignalForger> {
    const { origin, hash } = new URL(address)
    const link = await openLink(hash)
    if (link === null) throw new Error('A damaged link')
    const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
    // As y-webrtc derives it (y-webrtc/src/crypto.js).
    const material = await crypto.subtle.importKey('raw', bytes(link.signalingKey), 'PBKDF2', false, ['deriveKey'])
    const key = await crypto.subtle.deriveKey(
      { name: 'PBKDF2', salt: bytes(link.topic), iterations: 100_000, hash: 'SHA-256' },
      material,
      { name: 'AES-GCM', length: 256 },
      false,
      ['encrypt', 'decrypt'],
    )
    const socket = new WebSocket(`${origin.replace(/^http/u, 'ws')}/signal`)
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    return new SignalForger(socket, link, key)
  }

  /** How many signals it has heard so far. */
  get heard(): number {
    return this.#heard.length
  }

  /** Speaks as fast as the relay lets it, until `over`, which leaves others the time to be on the network, too. */
  async speak(over: AbortSignal): Promise<void> {
    const isOver = (): boolean => over.aborted || this.#ended
    while (!isOver()) {
      for (let i = 0; i < 50; i++) await this.#publish(this.#forge())
      do await new Promise((resolve) => setTimeout(resolve, 5))
      while (this.#socket.bufferedAmount > WAITING && !isOver())
    }
  }

  end(): void {
    this.#ended = true
    this.#socket.close()
  }

  async #listen(data: string): Promise<void> {
    const message = JSON.parse(data) as { type: string; data?: string }
    if (message.type !== 'publish' || message.data === undefined) return
    const sealed = decoding.createDecoder(buffer.fromBase64(message.data))
    if (decoding.readVarString(sealed) !== 'AES-GCM') return
    const iv = Uint8Array.from(decoding.readVarUint8Array(sealed))
    const cipher = Uint8Array.from(decoding.readVarUint8Array(sealed))
    const inner = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, this.#key, cipher)
    const said = decoding.readAny(decoding.createDecoder(new Uint8Array(inner))) as Heard & { type: string }
    this.#peers.add(said.from)
    if (said.type === 'signal') this.#heard.push(said)
  }

  async #publish(said: object): Promise<void> {
    const plain = encoding.createEncoder()
    encoding.writeAny(plain, JSON.parse(JSON.stringify(said)) as Record<string, string>)
    const iv = crypto.getRandomValues(new Uint8Array(12))
    const cipher = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, this.#key, encoding.toUint8Array(plain))
    const sealed = encoding.createEncoder()
    encoding.writeVarString(sealed, 'AES-GCM')
    encoding.writeVarUint8Array(sealed, iv)
    encoding.writeVarUint8Array(sealed, new Uint8Array(cipher))
    if (this.#socket.readyState !== WebSocket.OPEN) return
    const data = buffer.toBase64(encoding.toUint8Array(sealed))
    this.#socket.send(JSON.stringify({ type: 'publish', topic: this.#link.topic, data }))
    this.sent++
  }

  /** Something in somebody's name: what was heard of both, with one thing changed, or made up. */
  #forge(): object {
    const random = this.#random
    const peers = [...this.#peers]
    const { from, to, signal } = random.pick(this.#heard)
    const isMirrored = random.chance(0.3)
    const ends = isMirrored ? { from: to, to: from } : { from, to }
    const epoch = random.pick([1, 2, signal.session.epoch, signal.session.epoch + 1, 999, 1_000_000_000])
    const name = random.pick([signal.from, signal.session.owner, 'ef'.repeat(12)])
    const session = random.pick([signal.session, { epoch, owner: signal.session.owner }, { epoch, owner: name }])
    const vouch = random.pick([{}, { vouch: { number: random.below(1000), code: 'ab'.repeat(32) } }])
    const counts = { number: random.below(5), seen: random.below(5) }
    const forged = random.pick<object>([
      // Once more, as it was.
      signal,
      { ...signal, ...counts, session, ...vouch },
      { ...signal, from: name, session, ...counts, ...vouch },
      {
        type: 'link',
        from: name,
        session: { ...session, owner: name },
        kind: 'offer',
        ...counts,
        sdp: sdpOf(signal),
        ...vouch,
      },
      { type: 'link', from: name, session, kind: 'answer', ...counts, sdp: sdpOf(signal), ...vouch },
      { type: 'link', from: name, session, kind: 'restart', ...vouch },
      { type: 'link', from: name, session, kind: 'candidates', candidates: [CANDIDATE], ...vouch },
      { type: 'link', from: name, session, kind: 'nonsense' },
    ])
    if (random.chance(0.1)) return { type: 'announce', from: random.pick(peers), client: 7, wants: 12, writes: true }
    return { type: 'signal', ...ends, token: 1, signal: forged }
  }
}

/** An address where nobody is (TEST-NET-3, RFC 5737), better than any. */
const CANDIDATE = {
  candidate: 'candidate:1 1 udp 2130706431 203.0.113.99 9 typ host generation 0',
  sdpMid: '0',
  sdpMLineIndex: 0,
}

/** A description that was heard, with another password, so that nothing of it finds its way. */
function sdpOf(signal: Signal): string {
  const sdp = signal.kind === 'offer' || signal.kind === 'answer' ? signal.sdp : 'v=0'
  return sdp.replace(/^a=ice-(ufrag|pwd):.*$/gmu, (_, part: string) => `a=ice-${part}:${'f'.repeat(24)}`)
}
