/**
 * As much of STUN (RFC 8489) as a server without authentication speaks: binding requests in, answers out.
 *
 *     type (2) ‖ length of what follows the header (2) ‖ magic cookie (4) ‖ transaction (12)
 *     then attributes: type (2) ‖ length (2) ‖ value, padded to 4 bytes
 */
import { isIPv4 } from 'node:net'
import { crc32 } from 'node:zlib'
import { groupsOf, plainAddress } from './address.ts'

/** A binding request that deserves an answer. */
export interface BindingRequest {
  /** Magic cookie and transaction id: what answers repeat, and what addresses are veiled with. */
  mask: Buffer
  /** Attributes that one must understand to answer, and we do not. */
  unknown: number[]
  /** Whether it ends in a FINGERPRINT; then so does the answer. */
  fingerprint: boolean
}

const HEADER_BYTES = 20
const MAGIC_COOKIE = 0x2112a442

const BINDING_REQUEST = 0x0001
const BINDING_SUCCESS = 0x0101
const BINDING_ERROR = 0x0111

const ERROR_CODE = 0x0009
const UNKNOWN_ATTRIBUTES = 0x000a
const XOR_MAPPED_ADDRESS = 0x0020
const FINGERPRINT = 0x8028

/** From here on an attribute may be ignored (section 14). */
const OPTIONAL = 0x8000

/**
 * Attributes of RFC 8489 itself. They mean nothing to a server that asks for no credentials, and are ignored
 * (sections 6.3 and 12): MAPPED-ADDRESS, USERNAME, MESSAGE-INTEGRITY, ERROR-CODE, UNKNOWN-ATTRIBUTES, REALM, NONCE,
 * MESSAGE-INTEGRITY-SHA256, PASSWORD-ALGORITHM, USERHASH, XOR-MAPPED-ADDRESS.
 */
const IGNORED = new Set([0x01, 0x06, 0x08, ERROR_CODE, UNKNOWN_ATTRIBUTES, 0x14, 0x15, 0x1c, 0x1d, 0x1e, 0x20])

/** Section 14.7. */
const FINGERPRINT_BYTES = 8
const FINGERPRINT_MASK = 0x5354554e

/** Reads a binding request. Null for everything else, which no answer is due to. Total on any bytes. */
export function parseBindingRequest(bytes: Buffer): BindingRequest | null {
  if (bytes.length < HEADER_BYTES || bytes.length % 4 !== 0) return null
  if (bytes.readUInt16BE(0) !== BINDING_REQUEST || bytes.readUInt32BE(4) !== MAGIC_COOKIE) return null
  if (bytes.readUInt16BE(2) !== bytes.length - HEADER_BYTES) return null

  const request: BindingRequest = { mask: bytes.subarray(4, HEADER_BYTES), unknown: [], fingerprint: false }
  for (let at = HEADER_BYTES; at < bytes.length;) {
    const type = bytes.readUInt16BE(at)
    const length = bytes.readUInt16BE(at + 2)
    const end = at + 4 + Math.ceil(length / 4) * 4
    if (end > bytes.length) return null
    if (type === FINGERPRINT) {
      // It covers all before it, so nothing may follow.
      const head = bytes.subarray(0, at)
      if (length !== 4 || end !== bytes.length || bytes.readUInt32BE(at + 4) !== fingerprintOf(head)) return null
      request.fingerprint = true
    } else if (type < OPTIONAL && !IGNORED.has(type)) request.unknown.push(type)
    at = end
  }
  return request
}

/** The answer: the address and port that the request came from, or what in it was not understood. */
export function answerTo(request: BindingRequest, address: string, port: number): Buffer {
  const { mask, unknown, fingerprint } = request
  const [type, attributes] =
    unknown.length > 0
      ? [BINDING_ERROR, [attribute(ERROR_CODE, [0, 0, 4, 20]), attribute(UNKNOWN_ATTRIBUTES, unknown.flatMap(split))]]
      : [BINDING_SUCCESS, [attribute(XOR_MAPPED_ADDRESS, veiled(address, port, mask))]]
  const body = Buffer.concat(attributes)
  const head = Buffer.from([...split(type), ...split(body.length + (fingerprint ? FINGERPRINT_BYTES : 0))])
  const message = Buffer.concat([head, mask, body])
  if (!fingerprint) return message
  const seal = Buffer.alloc(4)
  seal.writeUInt32BE(fingerprintOf(message))
  return Buffer.concat([message, attribute(FINGERPRINT, [...seal])])
}

/** Of a message whose header counts the FINGERPRINT that is to follow. */
const fingerprintOf = (message: Buffer): number => (crc32(message) ^ FINGERPRINT_MASK) >>> 0

/** Section 14.2: routers that replace addresses in what they pass on must not find any. */
function veiled(address: string, port: number, mask: Buffer): number[] {
  const plain = plainAddress(address)
  const [family, bytes] = isIPv4(plain) ? [1, plain.split('.').map(Number)] : [2, groupsOf(plain).flatMap(split)]
  const veil = (part: number[]): number[] => part.map((byte, i) => byte ^ (mask[i] ?? 0))
  return [0, family, ...veil(split(port)), ...veil(bytes)]
}

function attribute(type: number, value: number[]): Buffer {
  const padding = Array<number>((4 - (value.length % 4)) % 4).fill(0)
  return Buffer.from([...split(type), ...split(value.length), ...value, ...padding])
}

const split = (word: number): number[] => [word >> 8, word & 0xff]
