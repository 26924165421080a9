/**
 * The wire format between two peers: one data channel message is one frame.
 *
 *     wire version (1 byte) ‖ kind (1 byte) ‖ fields
 *
 * Numbers are LEB128 varints as in lib0. The first byte and the hello never change their form, so that builds which no
 * longer understand each other can still say so.
 */
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { DIGEST_BYTES } from '#sync/content-digest'

const WIRE_VERSION = 1

/** Largest frame, in bytes: every browser delivers a data channel message of this size whole (RFC 8831, section 6.6). */
export const MAX_FRAME = 16 * 1024

/** Bytes of a larger frame that one chunk carries: the rest of MAX_FRAME is room for its fields. */
export const CHUNK_BYTES = MAX_FRAME - 32

/** Lengths in bytes: a hello's nonce, what stands for a device, a document digest, an Ed25519 signature (RFC 8032). */
export const NONCE_BYTES = 32
export const DEVICE_BYTES = 16
const SIGNATURE_BYTES = 64

/** Most clients in either list of a `neighbours` frame. */
export const MAX_NEIGHBOURS = 1000

type Bytes = Uint8Array<ArrayBuffer>

/** The number of the document among the Y.Docs of a link. 1 is kept for the layer of review, which another key may write. */
export const DOCUMENT = 0

/** What two peers say to each other. */
export type Frame =
  /**
   * First on every connection. `protocol` must be equal on both sides; `schema` is the document schema version. Who says
   * that it writes sends a proof next; without one nothing of what it writes is taken. `device` is the same for all tabs
   * of one browser; `alwaysOn` is a keeper.
   */
  | {
      kind: 'hello'
      protocol: number
      schema: number
      client: number
      nonce: Bytes
      writes: boolean
      alwaysOn: boolean
      device: Bytes
    }
  /** The right to write: see `#net/handshake`. */
  | { kind: 'proof'; signature: Bytes }
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

/** 8 is reserved for `negotiate`, 10 for `file`. */
const CODES = {
  hello: 0,
  proof: 1,
  message: 2,
  chunk: 3,
  neighbours: 4,
  have: 5,
  ping: 6,
  pong: 7,
  bye: 9,
  part: 11,
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
      writeFlags(encoder, frame.writes, frame.alwaysOn)
      encoding.writeUint8Array(encoder, frame.device)
      break
    case 'proof':
      encoding.writeUint8Array(encoder, frame.signature)
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
      encoding.writeUint8(encoder, frame.spares ? 1 : 0)
      for (const clients of [frame.told, frame.writers]) {
        encoding.writeVarUint(encoder, clients.length)
        for (const client of clients) encoding.writeVarUint(encoder, client)
      }
      break
    case 'have':
      encoding.writeVarUint(encoder, frame.doc)
      writeFlags(encoder, frame.wantsReply, frame.stored)
      encoding.writeUint8Array(encoder, frame.digest)
      encoding.writeUint8Array(encoder, frame.stateVector ?? new Uint8Array(0))
      break
    case 'ping':
    case 'pong':
      encoding.writeVarUint(encoder, frame.token)
      break
    case 'part':
    case 'bye':
      break
  }
  return encoding.toUint8Array(encoder)
}

function writeFlags(encoder: encoding.Encoder, first: boolean, second: boolean): void {
  encoding.writeUint8(encoder, (first ? 1 : 0) | (second ? 2 : 0))
}

/** Reads a frame. Null when it is not exactly one well-formed frame. Total on any bytes. The result shares their memory. */
export function parseFrame(bytes: Bytes): Frame | null {
  try {
    const decoder = decoding.createDecoder(bytes)
    if (decoding.readUint8(decoder) !== WIRE_VERSION) return null
    const frame = readFields(decoding.readUint8(decoder), decoder)
    return decoding.hasContent(decoder) ? null : frame
  } catch (error) {
    // lib0 throws these on bytes that end too early and on numbers too large; anything else is our own mistake.
    if (error instanceof Error) return null
    throw error
  }
}

function readFields(code: number, decoder: decoding.Decoder<ArrayBuffer>): Frame | null {
  const number = () => decoding.readVarUint(decoder)
  const bytes = (length: number) => decoding.readUint8Array(decoder, length)
  const clients = (): number[] | null => {
    const length = number()
    return length > MAX_NEIGHBOURS ? null : Array.from({ length }, number)
  }
  const rest = () => bytes(decoder.arr.length - decoder.pos)
  switch (code) {
    case CODES.hello: {
      const [protocol, schema, client, nonce] = [number(), number(), number(), bytes(NONCE_BYTES)]
      const flags = decoding.readUint8(decoder)
      const device = bytes(DEVICE_BYTES)
      if (flags > 3) return null
      return { kind: 'hello', protocol, schema, client, nonce, device, writes: !!(flags & 1), alwaysOn: !!(flags & 2) }
    }
    case CODES.proof:
      return { kind: 'proof', signature: bytes(SIGNATURE_BYTES) }
    case CODES.message:
      return { kind: 'message', doc: number(), bytes: rest() }
    case CODES.chunk:
      return { kind: 'chunk', transfer: number(), total: number(), offset: number(), bytes: rest() }
    case CODES.neighbours: {
      const spares = decoding.readUint8(decoder)
      const [told, writers] = [clients(), clients()]
      return told && writers && spares <= 1 ? { kind: 'neighbours', told, writers, spares: spares === 1 } : null
    }
    case CODES.have: {
      const doc = number()
      const flags = decoding.readUint8(decoder)
      if (flags > 3) return null
      const digest = bytes(DIGEST_BYTES)
      const vector = rest()
      const stateVector = vector.length > 0 ? vector : null
      return { kind: 'have', doc, wantsReply: !!(flags & 1), stored: !!(flags & 2), digest, stateVector }
    }
    case CODES.ping:
      return { kind: 'ping', token: number() }
    case CODES.pong:
      return { kind: 'pong', token: number() }
    case CODES.part:
      return { kind: 'part' }
    case CODES.bye:
      return { kind: 'bye' }
    default:
      return null
  }
}
