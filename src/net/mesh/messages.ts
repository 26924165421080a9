/**
 * Messages between peers, as they travel inside `message` frames: those of y-webrtc 10.3.0 and y-protocols/sync, without what
 * only tabs say. They are taken apart here and no further: what an update holds is for the gate to look at.
 */
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'

type Bytes = Uint8Array<ArrayBuffer>

const SYNC = 0
const AWARENESS = 1

const STEP_1 = 0
const STEP_2 = 1
const UPDATE = 2

export type Message =
  /** Asks for all that a copy with this state vector lacks. */
  | { type: 'step1'; stateVector: Bytes }
  /** Answers `step1`: the missing structs and the whole delete set. */
  | { type: 'step2'; update: Bytes }
  | { type: 'update'; update: Bytes }
  | { type: 'awareness'; update: Bytes }

/** Takes a message apart, without reading what it carries. Null when it is none. Total on any bytes. The result shares its memory. */
export function parseMessage(bytes: Bytes): Message | null {
  try {
    const decoder = decoding.createDecoder(bytes)
    const message = readMessage(decoder)
    return decoding.hasContent(decoder) ? null : message
  } catch (error) {
    // lib0 throws Errors on bytes that are no message.
    if (error instanceof Error) return null
    throw error
  }
}

function readMessage(decoder: decoding.Decoder<ArrayBuffer>): Message | null {
  switch (decoding.readVarUint(decoder)) {
    case SYNC:
      switch (decoding.readVarUint(decoder)) {
        case STEP_1:
          return { type: 'step1', stateVector: decoding.readVarUint8Array(decoder) }
        case STEP_2:
          return { type: 'step2', update: decoding.readVarUint8Array(decoder) }
        case UPDATE:
          return { type: 'update', update: decoding.readVarUint8Array(decoder) }
        default:
          return null
      }
    case AWARENESS:
      return { type: 'awareness', update: decoding.readVarUint8Array(decoder) }
    default:
      return null
  }
}

/** Asks for all that a copy with this state vector lacks. */
export const step1Message = (stateVector: Bytes): Bytes => syncMessage(STEP_1, stateVector)

/** Answers `step1`. */
export const step2Message = (update: Uint8Array): Bytes => syncMessage(STEP_2, update)

export const updateMessage = (update: Uint8Array): Bytes => syncMessage(UPDATE, update)

function syncMessage(type: number, content: Uint8Array): Bytes {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, SYNC)
  encoding.writeVarUint(encoder, type)
  encoding.writeVarUint8Array(encoder, content)
  return encoding.toUint8Array(encoder)
}

export function awarenessMessage(update: Uint8Array): Bytes {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, AWARENESS)
  encoding.writeVarUint8Array(encoder, update)
  return encoding.toUint8Array(encoder)
}
