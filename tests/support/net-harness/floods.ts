/** What somebody sends who holds a view link and wants to be a burden: frames, one after another. */
import * as Y from 'yjs'
import { CHUNK_BYTES, DOCUMENT, encodeFrame } from '#net/link/frames'
import { awarenessMessage, step1Message, updateMessage } from '#net/mesh/messages'
import { encodeEntries } from '#net/mesh/presence'

type Bytes = Uint8Array<ArrayBuffer>

const HUGE = 100 * 1024 * 1024

const message = (bytes: Bytes): Bytes => encodeFrame({ kind: 'message', doc: DOCUMENT, bytes })

/** An update that would change any document. */
function forgedUpdate(n: number): Uint8Array {
  const doc = new Y.Doc()
  doc.getText('title').insert(0, `forged ${n}`)
  return Y.encodeStateAsUpdate(doc)
}

function* hugeMessage(): Generator<Bytes> {
  const bytes = new Uint8Array(CHUNK_BYTES)
  for (let offset = 0; offset < HUGE; offset += CHUNK_BYTES) {
    const piece = bytes.subarray(0, Math.min(CHUNK_BYTES, HUGE - offset))
    yield encodeFrame({ kind: 'chunk', transfer: 0, total: HUGE, offset, bytes: piece })
  }
}

function* forgedUpdates(): Generator<Bytes> {
  for (let n = 0; n < 1000; n++) yield message(updateMessage(forgedUpdate(n)))
}

function* questions(): Generator<Bytes> {
  for (let n = 0; n < 1000; n++) yield message(step1Message(Uint8Array.of(0)))
}

function* inventedPeople(): Generator<Bytes> {
  for (let n = 0; n < 500; n++) {
    const state = JSON.stringify({ user: { name: `Nobody ${n}`, color: n % 10 } })
    yield message(awarenessMessage(encodeEntries([{ client: 1_000_000 + n, clock: 1, state }])))
  }
}

/** By name. */
export const FLOODS = {
  'a message of 100 MB': hugeMessage,
  '1,000 forged updates': forgedUpdates,
  '1,000 questions': questions,
  '500 invented people': inventedPeople,
} as const

export type FloodName = keyof typeof FLOODS
