/**
 * The beginning of every connection: both sides say hello, and nothing else counts before that.
 *
 * Next, not yet built: a `proof` frame after the hellos, an Ed25519 signature over role, both nonces and both DTLS
 * fingerprints. The nonces are exchanged already; `judgeHello` is where a missing proof will make a reader of a writer.
 */
import { NONCE_BYTES, type Frame } from './frames.ts'

/** Raised when frames or messages change so that older builds cannot take part. */
const PROTOCOL = 1

export type Hello = Extract<Frame, { kind: 'hello' }>

/** Why a peer is not let in. */
export type Refusal = 'incompatible' | 'same-client' | 'same-browser' | 'crowded' | 'hostile'

/** What this side says on a new connection. */
export function sayHello(schema: number, client: number): Hello {
  return {
    kind: 'hello',
    protocol: PROTOCOL,
    schema,
    client,
    nonce: crypto.getRandomValues(new Uint8Array(NONCE_BYTES)),
  }
}

/** What is wrong with the other side's hello, or null. */
export function judgeHello(hello: Hello, ownClient: number): Refusal | null {
  if (hello.protocol !== PROTOCOL) return 'incompatible'
  // Two writers under one client id would corrupt the document.
  if (hello.client === ownClient) return 'same-client'
  return null
}
