/**
 * What the two ends of a connection know and nobody else: the nonces of their hellos, which went over it alone. With a key
 * of them they vouch for what they say through the relay, where whoever holds any link can speak in anybody's name.
 */
import { inHex } from '#doc/hex'
import type { Signal, Vouch } from './signal.ts'

type Bytes = Uint8Array<ArrayBuffer>

export class LinkKey {
  readonly #key: Promise<CryptoKey>
  #said = 0
  #heard = 0

  /** `secret`: the nonces of both hellos, first that of the side that has offered the connection. */
  constructor(secret: Bytes) {
    this.#key = crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  }

  async sign(signal: Signal): Promise<Vouch> {
    const number = ++this.#said
    return { number, code: await this.#code(signal, number) }
  }

  /** Whether the other end said this, and now for the first time. */
  async isFromOtherEnd(signal: Signal, { number, code }: Vouch): Promise<boolean> {
    if (number <= this.#heard || (await this.#code(signal, number)) !== code) return false
    this.#heard = number
    return true
  }

  async #code(signal: Signal, number: number): Promise<string> {
    const { from, session, kind } = signal
    const said =
      kind === 'candidates'
        ? signal.candidates.map(({ candidate, sdpMid, sdpMLineIndex }) => [candidate, sdpMid, sdpMLineIndex])
        : kind === 'restart'
          ? []
          : [signal.number, signal.seen, signal.sdp]
    const text = JSON.stringify([number, from, session.epoch, session.owner, kind, said])
    return inHex(new Uint8Array(await crypto.subtle.sign('HMAC', await this.#key, new TextEncoder().encode(text))))
  }
}
