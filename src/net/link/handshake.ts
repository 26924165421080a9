/**
 * The beginning of every connection: both sides say hello, whoever may write proves it, and nothing else counts before.
 *
 * The proof is an Ed25519 signature (RFC 8032) over both hellos as they were sent, so over all that either claims, and over
 * both DTLS fingerprints. A signature over nonces alone could be passed on by somebody who has a connection with each of
 * two writers; no two connections have the same pair of fingerprints (compare RFC 8827, section 5.6). It brings the public
 * keys of the document, whose digest stands in every link.
 */
import * as encoding from 'lib0/encoding'
import { inHex } from '#doc/hex'
import type { Credential } from '#doc/link'
import { encodeFrame, NONCE_BYTES, type Frame, type Role } from './frames.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** Raised when frames or messages change so that older builds cannot take part: which no longer needs to be (`frames.ts`). */
const PROTOCOL = 5

export type Hello = Extract<Frame, { kind: 'hello' }>

/** Why a peer is not let in. */
export type Refusal = 'incompatible' | 'same-client' | 'same-browser' | 'hostile'

/** What one side of a connection is and holds. */
export interface Identity {
  /** SHA-256 of the document's public keys: checks proofs. */
  keyDigest: Bytes
  /** Makes our own; null when we only read. */
  credential: Credential | null
  /** 16 bytes that stand for this device in this document. */
  device: Bytes
  alwaysOn: boolean
}

/** The DTLS certificates of the two ends of a connection, as their descriptions name them (RFC 8122). */
export interface Fingerprints {
  local: string
  remote: string
}

/** What is known of the other side once both have agreed. */
export interface Introduction {
  readonly client: number
  readonly schema: number
  /** As it has proved. */
  readonly role: Role
  readonly alwaysOn: boolean
  /** Stands for its device in this document: equal for tabs of one browser. */
  readonly device: string
}

export interface HandshakeOptions {
  /** What this side says first, at `begin`. */
  mine: Hello
  identity: Identity
  ends: () => Fingerprints
  send: (frame: Frame) => void
  /** The other side said hello. False when it is not let in. */
  judge: (hello: Hello) => boolean
  dropped: (reason: 'frame-before-hello' | 'bad-proof' | 'flood-before-proof') => void
  /** Both sides know each other now. `early` came meanwhile and is still to be taken, in order. */
  agreed: (introduction: Introduction, early: readonly Frame[]) => void
}

/** Most frames that wait for a proof to be checked, and the bytes of the messages in them. */
const MAX_EARLY = 1000
const MAX_EARLY_BYTES = 256 * 1024

/** One connection's hellos and proofs. Takes every frame until `agreed` is called. */
export class Handshake {
  readonly #options: HandshakeOptions
  readonly #early: Frame[] = []
  #earlyBytes = 0
  #hasBegun = false
  #theirs: Hello | null = null
  /** What they have shown; null while that is to come, or being checked. */
  #role: Role | null = null
  #isChecking = false
  #hasProved = false

  constructor(options: HandshakeOptions) {
    this.#options = options
  }

  /** The channel is open. The other side's may have been so earlier, and its hello be here already. */
  begin(): void {
    this.#hasBegun = true
    this.#options.send(this.#options.mine)
    for (const frame of this.#early.splice(0)) this.take(frame)
  }

  take(frame: Frame): void {
    const { judge, dropped } = this.#options
    if (!this.#hasBegun) {
      this.#wait(frame)
    } else if (this.#theirs === null) {
      if (frame.kind !== 'hello') return dropped('frame-before-hello')
      if (!judge(frame)) return
      this.#theirs = frame
      if (frame.role === 'read') this.#role = 'read'
      void this.#prove(frame)
    } else if (this.#role === null && !this.#isChecking) {
      this.#isChecking = true
      void this.#check(this.#theirs, frame)
    } else {
      this.#wait(frame)
    }
  }

  #wait(frame: Frame): void {
    this.#earlyBytes += frame.kind === 'message' ? frame.bytes.length : 0
    if (this.#early.length < MAX_EARLY && this.#earlyBytes <= MAX_EARLY_BYTES) this.#early.push(frame)
    else this.#options.dropped('flood-before-proof')
  }

  async #prove(theirs: Hello): Promise<void> {
    const { mine, identity, ends, send } = this.#options
    const { credential } = identity
    if (credential !== null) {
      const { publicKeys, signingKey } = credential
      const signed = await crypto.subtle.sign('Ed25519', signingKey, statement(mine, theirs, ends()))
      send({ kind: 'proof', publicKeys, signature: new Uint8Array(signed) })
    }
    this.#hasProved = true
    this.#agree(theirs)
  }

  /** Whoever says that it writes or suggests and does not show it is a reader to us. */
  async #check(theirs: Hello, frame: Frame): Promise<void> {
    const { mine, identity, ends, dropped } = this.#options
    const isProof = frame.kind === 'proof'
    const isGood = isProof && (await verify(identity.keyDigest, frame, mine, theirs, ends()))
    if (!isGood) dropped('bad-proof')
    if (!isProof) this.#early.unshift(frame)
    this.#role = isGood ? theirs.role : 'read'
    this.#agree(theirs)
  }

  #agree({ client, schema, alwaysOn, device }: Hello): void {
    if (this.#role === null || !this.#hasProved) return
    const role = this.#role
    // A keeper is who can keep: whoever only reads may say what they like.
    const introduction = { client, schema, role, alwaysOn: alwaysOn && role === 'write', device: inHex(device) }
    this.#options.agreed(introduction, this.#early)
  }
}

/** What this side says on a new connection. */
export function sayHello(schema: number, client: number, { credential, device, alwaysOn }: Identity): Hello {
  const hello: Hello = {
    kind: 'hello',
    protocol: PROTOCOL,
    schema,
    client,
    nonce: crypto.getRandomValues(new Uint8Array(NONCE_BYTES)),
    role: credential?.right ?? 'read',
    alwaysOn,
    device,
    raw: new Uint8Array(),
  }
  return { ...hello, raw: encodeFrame(hello) }
}

/** How the other side's build stands to this one when the two cannot take part together. */
export type OtherBuild = 'newer' | 'older'

/** Null: both speak the same protocol. */
export function otherBuild({ protocol }: Hello): OtherBuild | null {
  if (protocol === PROTOCOL) return null
  return protocol > PROTOCOL ? 'newer' : 'older'
}

/** What is wrong with the other side's hello, or null. */
export function judgeHello(hello: Hello, ownClient: number): Refusal | null {
  if (otherBuild(hello) !== null) return 'incompatible'
  // Two writers under one client id would corrupt the document.
  if (hello.client === ownClient) return 'same-client'
  return null
}

/**
 * Public keys of small order, however they are written (RFC 7748, section 6.1, for the same curve): for these, signatures can be
 * made that hold for one statement in a few, without any secret.
 */
const SMALL_ORDER =
  /^(?:0[01]0{60}[08]0|e[c-e]f{60}[7f]f|c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03[7f]a|26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc[08]5)$/u

/** Whether a proof shows that whoever said `theirs` over this connection has the role that it claims. */
async function verify(
  keyDigest: Bytes,
  { publicKeys, signature }: Extract<Frame, { kind: 'proof' }>,
  mine: Hello,
  theirs: Hello,
  { local, remote }: Fingerprints,
): Promise<boolean> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', publicKeys))
  if (local === '' || remote === '') return false
  if (digest.length !== keyDigest.length || digest.some((byte, i) => byte !== keyDigest[i])) return false
  const half = publicKeys.length / 2
  const raw = theirs.role === 'write' ? publicKeys.slice(0, half) : publicKeys.slice(half)
  if (SMALL_ORDER.test(inHex(raw))) return false
  try {
    const key = await crypto.subtle.importKey('raw', raw, 'Ed25519', false, ['verify'])
    const statedByThem = statement(theirs, mine, { local: remote, remote: local })
    return await crypto.subtle.verify('Ed25519', key, signature, statedByThem)
  } catch (error) {
    // A link can name the digest of bytes that are no keys: with them nobody proves anything.
    if (error instanceof DOMException) return false
    throw error
  }
}

/** What is signed by `prover`, whose ends of the connection these are: lengths stand before all parts, so that no two statements share their bytes. */
function statement(prover: Hello, verifier: Hello, { local, remote }: Fingerprints): Bytes {
  const encoder = encoding.createEncoder()
  encoding.writeVarString(encoder, 'inkmesh proof 1')
  for (const { raw } of [prover, verifier]) encoding.writeVarUint8Array(encoder, raw)
  for (const end of [local, remote]) encoding.writeVarString(encoder, end)
  return encoding.toUint8Array(encoder)
}
