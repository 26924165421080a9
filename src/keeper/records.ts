/**
 * The form of a document's file: a header, then records, each an update of Yjs's.
 *
 *     header   'INKMESH' ‖ version (1 byte)
 *     record   marker (4) ‖ length (4, little endian) ‖ CRC-32 over length and payload (4) ‖ payload
 *
 * A crash while a record is being written leaves a torn tail. What is wrong anywhere else is damage: the marker finds the
 * next sound record behind it.
 */
import { crc32 } from 'node:zlib'

type Bytes = Uint8Array<ArrayBuffer>

const VERSION = 1
const HEADER = Uint8Array.of(...new TextEncoder().encode('INKMESH'), VERSION)
const MARKER = Uint8Array.of(0xf1, 0x49, 0x4b, 0x52)

/** Bytes of a record before its payload. */
const RECORD_HEAD = 12

/** What a file holds. */
export interface Contents {
  payloads: Bytes[]
  /** Bytes up to the end of the last sound record: what is behind was being written when the process ended. */
  end: number
  /** Bytes before that which belong to no sound record. 0: nothing is lost. */
  damaged: number
}

/** A file's beginning. */
export const fileHeader = (): Bytes => HEADER.slice()

export function encodeRecord(payload: Uint8Array): Bytes {
  const record = new Uint8Array(RECORD_HEAD + payload.length)
  const view = new DataView(record.buffer)
  record.set(MARKER)
  view.setUint32(4, payload.length, true)
  record.set(payload, RECORD_HEAD)
  view.setUint32(8, checksum(record), true)
  return record
}

/** Whether a file was written by a newer keeper, which must not be touched. */
export const isNewerFile = (file: Bytes): boolean =>
  startsWith(file, HEADER.subarray(0, -1), 0) && (file[HEADER.length - 1] ?? 0) > VERSION

/** Reads a file. Total on any bytes. */
export function readRecords(file: Bytes): Contents {
  const contents: Contents = { payloads: [], end: 0, damaged: 0 }
  if (startsWith(file, HEADER, 0)) contents.end = HEADER.length
  for (let at = contents.end; ;) {
    const payload = payloadAt(file, at)
    if (payload !== null) {
      contents.payloads.push(payload)
      contents.damaged += at - contents.end
      at += RECORD_HEAD + payload.length
      contents.end = at
    } else {
      const next = Buffer.from(file.buffer).indexOf(MARKER, at + 1)
      if (next < 0) return contents
      at = next
    }
  }
}

function payloadAt(file: Bytes, at: number): Bytes | null {
  if (!startsWith(file, MARKER, at) || at + RECORD_HEAD > file.length) return null
  const view = new DataView(file.buffer, at)
  const end = at + RECORD_HEAD + view.getUint32(4, true)
  if (end > file.length || view.getUint32(8, true) !== checksum(file.subarray(at, end))) return null
  return file.slice(at + RECORD_HEAD, end)
}

/** Over a record's length and payload. */
const checksum = (record: Bytes): number => crc32(record.subarray(RECORD_HEAD), crc32(record.subarray(4, 8)))

const startsWith = (file: Bytes, part: Bytes, at: number): boolean => part.every((byte, i) => file[at + i] === byte)
