/**
 * The wire format between two peers: one data channel message is one frame.
 *
 *     wire version (1 byte) ‖ kind (1 byte) ‖ fields
 *
 * Numbers are LEB128 varints as in lib0. The first byte and the hello never change their form, so that builds which no
 * longer understand each other can still say so.
 *
 * A newer build may say more than this one knows: frames of another kind, flags, fields behind those of a frame, proofs of
 * another version. They are read over. Where a frame ends with bytes of any length, what is new needs a frame of its own.
 */
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { DIGEST_BYTES } from '#sync/content-digest'

const WIRE_VERSION = 1

/** Largest frame, in bytes: every browser delivers a data channel message of this size whole (RFC 8831, section 6.6). */
export const MAX_FRAME = 16 * 1024

/** Bytes of a larger frame that one chunk carries: the rest of MAX_FRAME is room for its fields. */
export const CHUNK_BYTES = MAX_FRAME - 32

/** Lengths in bytes: a hello's nonce, what stands for a device, a document digest, two Ed25519 public keys, a signature of theirs (RFC 8032). */
export const NONCE_BYTES = 32
export const DEVICE_BYTES = 16
const KEYS_BYTES = 64
const SIGNATURE_BYTES = 64

/** Most clients in either list of a `neighbours` frame. */
export const MAX_NEIGHBOURS = 1000

/** Most capabilities that are read of a peer; the longest session description (RFC 8866) and statement about a call, in UTF-16 units. */
const MAX_CAPABILITIES = 64
const MAX_SDP = 256 * 1024
const MAX_STATEMENT = 16 * 1024

/** The form of a proof, which says what is signed in it. */
const PROOF_VERSION = 1

/** What a build can do beyond the protocol, by number; with each stands the version of it. 2 is kept for files, 4 for suggestions. */
export const NEGOTIATION = 1
export const CALLS = 3

type Bytes = Uint8Array<ArrayBuffer>

/** The number of the document among the Y.Docs of a link. 1 is kept for the layer of review, which another key may write. */
export const DOCUMENT = 0

/** May its changes, or its suggestions, be taken? In a hello it is claimed, and proven next. */
export type Role = 'write' | 'suggest' | 'read'

/** What two peers say to each other. */
export type Frame =
  /**
   * First on every connection. `protocol` must be equal on both sides; `schema` is the document schema version. Who says
   * that it writes or suggests sends a proof next; without one it is one who reads. `device` is the same for all tabs of one
   * browser; `alwaysOn` is a keeper. `raw` are the bytes of the frame, whatever a newer build says in them.
   */
  | {
      kind: 'hello'
      protocol: number
      schema: number
      client: number
      nonce: Bytes
      role: Role
      alwaysOn: boolean
      device: Bytes
      raw: Bytes
    }
  /** The right to write or to suggest, for all that the hello said: see `#net/handshake`. */
  | { kind: 'proof'; publicKeys: Bytes; signature: Bytes }
  /** After hello and proof: what else the sender can do, each by its number and its version. */
  | { kind: 'capabilities'; can: readonly (readonly [number, number])[] }
  /**
   * A change of the connection itself (RFC 8829): the sender's `number`th offer, made when the last offer of the other side
   * that it had answered was the `seen`th; or the answer to the offer of that number.
   */
  | { kind: 'negotiate'; is: 'offer' | 'answer'; number: number; seen: number; sdp: string }
  /** Asks for the turn to offer such a change, or gives it: see `negotiation.ts`. */
  | { kind: 'turn' }
  /** What the sender says of the call that it is in: see `#net/call/statement`. */
  | { kind: 'call'; text: string }
  /** A message (`messages.ts`) on one of the Y.Docs that the link is about: see `DOCUMENT`. */
  | { kind: 'message'; doc: number; bytes: Bytes }
  /** A piece of a frame too large for one data channel message; pieces of one transfer arrive in order. */
  | { kind: 'chunk'; transfer: number; total: number; offset: number; bytes: Bytes }
  /**
   * Other Yjs clients, whom the sender tells of every change without us; all writers it has a link with; and whether it
   * can do without being told of changes over this link.
   */
  | { kind: 'neighbours'; told: readonly number[]; writers: readonly number[]; spares: boolean }
  /** The sender has links enough. It stays in the room. */
  | { kind: 'part' }
  /**
   * What the sender's copy of a Y.Doc holds, and whether all of it is on its disk. The state vector is left out where the digest
   * alone is likely to do.
   */
  | { kind: 'have'; doc: number; wantsReply: boolean; stored: boolean; digest: Bytes; stateVector: Bytes | null }
  | { kind: 'ping'; token: number }
  | { kind: 'pong'; token: number }
  /** The sender is leaving for good. */
  | { kind: 'bye' }

/** 10 is kept for `file`. */
const CODES = {
  hello: 0,
  proof: 1,
  message: 2,
  chunk: 3,
  neighbours: 4,
  have: 5,
  ping: 6,
  pong: 7,
  negotiate: 8,
  bye: 9,
  part: 11,
  capabilities: 12,
  turn: 13,
  call: 14,
} as const

/** A frame's bytes. A frame larger than MAX_FRAME must be sent in chunks. */
export function encodeFrame(frame: Frame): Bytes {
  const encoder = encoding.createEncoder()
  encoding.writeUint8(encoder, WIRE_VERSION)
  encoding.writeUint8(encoder, CODES[frame.kind])
  switch (frame.kind) {
    case 'hello':
      encoding.writeVarUint(encoder, frame.protocol)
      encoding.writeVarUint(encoder, frame.schema)
      encoding.writeVarUint(encoder, frame.client)
      encoding.writeUint8Array(encoder, frame.nonce)
      writeFlags(encoder, frame.role === 'write', frame.alwaysOn, frame.role === 'suggest')
      encoding.writeUint8Array(encoder, frame.device)
      break
    case 'proof':
      encoding.writeVarUint(encoder, PROOF_VERSION)
      encoding.writeUint8Array(encoder, frame.publicKeys)
      encoding.writeUint8Array(encoder, frame.signature)
      break
    case 'capabilities':
      encoding.writeVarUint(encoder, frame.can.length)
      for (const number of frame.can.flat()) encoding.writeVarUint(encoder, number)
      break
    case 'negotiate':
      writeFlags(encoder, frame.is === 'answer')
      encoding.writeVarUint(encoder, frame.number)
      encoding.writeVarUint(encoder, frame.seen)
      encoding.writeVarString(encoder, frame.sdp)
      break
    case 'call':
      encoding.writeVarString(encoder, frame.text)
      break
    case 'message':
      encoding.writeVarUint(encoder, frame.doc)
      encoding.writeUint8Array(encoder, frame.bytes)
      break
    case 'chunk':
      encoding.writeVarUint(encoder, frame.transfer)
      encoding.writeVarUint(encoder, frame.total)
      encoding.writeVarUint(encoder, frame.offset)
      encoding.writeUint8Array(encoder, frame.bytes)
      break
    case 'neighbours':
      writeFlags(encoder, frame.spares)
      for (const clients of [frame.told, frame.writers]) {
        encoding.writeVarUint(encoder, clients.length)
        for (const client of clients) encoding.writeVarUint(encoder, client)
      }
      break
    case 'have':
      encoding.writeVarUint(encoder, frame.doc)
      writeFlags(encoder, frame.wantsReply, frame.stored)
      encoding.writeUint8Array(encoder, frame.digest)
      encoding.writeVarUint8Array(encoder, frame.stateVector ?? new Uint8Array(0))
      break
    case 'ping':
    case 'pong':
      encoding.writeVarUint(encoder, frame.token)
      break
    case 'turn':
    case 'part':
    case 'bye':
      break
  }
  return encoding.toUint8Array(encoder)
}

function writeFlags(encoder: encoding.Encoder, ...flags: boolean[]): void {
  encoding.writeUint8(
    encoder,
    flags.reduce((byte, flag, i) => byte | (flag ? 1 << i : 0), 0),
  )
}

/** What came: a frame, or something that only a newer build says. */
type Received = Frame | { kind: 'unknown' }

/** Reads a frame. Null when it is not a well-formed frame. Total on any bytes. The result shares their memory. */
export function parseFrame(bytes: Bytes): Received | null {
  try {
    const decoder = decoding.createDecoder(bytes)
    if (bytes.length < 2) return null
    return decoding.readUint8(decoder) === WIRE_VERSION ? readFields(decoding.readUint8(decoder), decoder) : null
  } catch (error) {
    // lib0 throws these on bytes that end too early and on numbers too large; anything else is our own mistake.
    if (error instanceof Error) return null
    throw error
  }
}

function readFields(code: number, decoder: decoding.Decoder<ArrayBuffer>): Received | null {
  const number = () => decoding.readVarUint(decoder)
  const bytes = (length: number) => decoding.readUint8Array(decoder, length)
  const list = <T>(most: number, read: () => T): T[] | null => {
    const length = number()
    return length > most ? null : Array.from({ length }, read)
  }
  const rest = () => bytes(decoder.arr.length - decoder.pos)
  const flags = () => {
    const byte = decoding.readUint8(decoder)
    return (flag: number) => !!(byte & (1 << flag))
  }
  switch (code) {
    case CODES.hello: {
      const [protocol, schema, client, nonce, is] = [number(), number(), number(), bytes(NONCE_BYTES), flags()]
      const role = is(0) ? 'write' : is(2) ? 'suggest' : 'read'
      const device = bytes(DEVICE_BYTES)
      return { kind: 'hello', protocol, schema, client, nonce, role, alwaysOn: is(1), device, raw: decoder.arr }
    }
    case CODES.proof:
      if (number() !== PROOF_VERSION) return { kind: 'unknown' }
      return { kind: 'proof', publicKeys: bytes(KEYS_BYTES), signature: bytes(SIGNATURE_BYTES) }
    case CODES.capabilities: {
      const can = list(MAX_CAPABILITIES, () => [number(), number()] as const)
      return can && { kind: 'capabilities', can }
    }
    case CODES.negotiate: {
      const is = flags()(0) ? 'answer' : 'offer'
      const [count, seen, sdp] = [number(), number(), decoding.readVarString(decoder)]
      return sdp.length > MAX_SDP ? null : { kind: 'negotiate', is, number: count, seen, sdp }
    }
    case CODES.message:
      return { kind: 'message', doc: number(), bytes: rest() }
    case CODES.chunk:
      return { kind: 'chunk', transfer: number(), total: number(), offset: number(), bytes: rest() }
    case CODES.neighbours: {
      const is = flags()
      const [told, writers] = [list(MAX_NEIGHBOURS, number), list(MAX_NEIGHBOURS, number)]
      return told && writers && { kind: 'neighbours', told, writers, spares: is(0) }
    }
    case CODES.have: {
      const [doc, is, digest] = [number(), flags(), bytes(DIGEST_BYTES)]
      const vector = decoding.readVarUint8Array(decoder)
      const stateVector = vector.length > 0 ? vector : null
      return { kind: 'have', doc, wantsReply: is(0), stored: is(1), digest, stateVector }
    }
    case CODES.ping:
      return { kind: 'ping', token: number() }
    case CODES.pong:
      return { kind: 'pong', token: number() }
    case CODES.turn:
      return { kind: 'turn' }
    case CODES.call: {
      const text = decoding.readVarString(decoder)
      return text.length > MAX_STATEMENT ? null : { kind: 'call', text }
    }
    case CODES.part:
      return { kind: 'part' }
    case CODES.bye:
      return { kind: 'bye' }
    default:
      return { kind: 'unknown' }
  }
}
