/**
 * Messages in y-webrtc's own format, as they travel inside `message` frames (y-webrtc 10.3.0, y-protocols/sync).
 * What a peer sends is read here, totally, before y-webrtc sees it.
 */
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'

type Bytes = Uint8Array<ArrayBuffer>

const SYNC = 0
const AWARENESS = 1
const QUERY_AWARENESS = 3

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
  | { type: 'query' }

/** Reads a message. Null when it is malformed or not for peers (y-webrtc's type 4 is for tabs). Total on any bytes. */
export function parseMessage(bytes: Bytes): Message | null {
  try {
    const decoder = decoding.createDecoder(bytes)
    const message = readMessage(decoder)
    return decoding.hasContent(decoder) || (message !== null && !isSound(message)) ? null : message
  } catch (error) {
    // lib0 and the Yjs decoders throw Errors on bytes that are no message.
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
    case QUERY_AWARENESS:
      return { type: 'query' }
    default:
      return null
  }
}

/** Whether Yjs can read what the message carries. Throws what its decoders throw. Awareness is read by `#net/presence`. */
function isSound(message: Message): boolean {
  if (message.type === 'step1') Y.decodeStateVector(message.stateVector)
  if (message.type === 'step2' || message.type === 'update') Y.decodeUpdate(message.update)
  return true
}

/** Asks for all that `doc` lacks. */
export const step1Message = (doc: Y.Doc): Bytes => syncMessage(STEP_1, Y.encodeStateVector(doc))

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
