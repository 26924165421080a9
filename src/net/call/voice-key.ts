/**
 * Who it is that a writer lets speak. Whoever only reads can take any name, and any Yjs client; so they draw a key for each call
 * (Ed25519, RFC 8032), and show on each connection that they hold it: by a signature over the certificates of both ends, of which no
 * two connections have the same pair (compare `../link/handshake.ts`). Nobody can use it elsewhere.
 */
import { inHex } from '#doc/hex'

type Bytes = Uint8Array<ArrayBuffer>

/** What shows on one connection that its sender holds a key; both in hexadecimal. */
export interface Claim {
  key: string
  signature: string
}

const [KEY_BYTES, SIGNATURE_BYTES] = [32, 64]

/** Whether a value is a public key as text. */
export const isKey = (value: unknown): value is string => isHex(value, KEY_BYTES)

/** A claim as it was sent; null when it is none. Total on any value. */
export function parseClaim({ key, signature }: Partial<Record<string, unknown>>): Claim | null {
  return isKey(key) && isHex(signature, SIGNATURE_BYTES) ? { key, signature } : null
}

/** A key of this side's. */
export class VoiceKey {
  /** The public one, as text: what a writer names. */
  readonly name: string
  readonly #signingKey: CryptoKey

  private constructor(name: string, signingKey: CryptoKey) {
    this.name = name
    this.#signingKey = signingKey
  }

  static async draw(): Promise<VoiceKey> {
    const { publicKey, privateKey } = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])
    const raw = await crypto.subtle.exportKey('raw', publicKey)
    return new VoiceKey(inHex(new Uint8Array(raw)), privateKey)
  }

  /** Shows that this side of a connection holds it. Both descriptions have to be set. */
  async claim({ localDescription, remoteDescription }: RTCPeerConnection): Promise<Claim> {
    const stated = statement(localDescription, remoteDescription)
    const signature = await crypto.subtle.sign('Ed25519', this.#signingKey, stated)
    return { key: this.name, signature: inHex(new Uint8Array(signature)) }
  }
}

/** Whether the other side of a connection holds the key that it claims. Total on any claim. */
export async function isHeld(
  claim: Claim,
  { localDescription, remoteDescription }: RTCPeerConnection,
): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('raw', fromHex(claim.key), 'Ed25519', false, ['verify'])
    const stated = statement(remoteDescription, localDescription)
    return await crypto.subtle.verify('Ed25519', key, fromHex(claim.signature), stated)
  } catch (error) {
    // Not all bytes are a key.
    if (error instanceof DOMException) return false
    throw error
  }
}

/** What is signed by the holder at one end of a connection, for the other end. */
function statement(holder: RTCSessionDescription | null, other: RTCSessionDescription | null): Bytes {
  const ends = [holder, other].map((description) => {
    // The link sets no description that names none, or several (`../link/connection.ts`).
    const [, end] = /^a=fingerprint:(\S+ \S+)/mu.exec(description?.sdp ?? '') ?? []
    if (end === undefined) throw new Error('A connection without certificates')
    return end.toUpperCase()
  })
  return new TextEncoder().encode(['inkmesh voice 1', ...ends].join('\n'))
}

const fromHex = (text: string): Bytes => Uint8Array.from(text.match(/../gu) ?? [], (byte) => Number.parseInt(byte, 16))

const isHex = (value: unknown, bytes: number): value is string =>
  typeof value === 'string' && value.length === 2 * bytes && /^[\da-f]*$/u.test(value)
