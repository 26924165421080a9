/**
 * What a copy of the document holds, in a form that two peers can compare: the state vector says which insertions, the
 * delete set which deletions. A state vector alone misses deletes.
 */
import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'

type Bytes = Uint8Array<ArrayBuffer>

/** One comparison point of a copy. */
export interface Have {
  /** Hash of the state vector (8 bytes) and of the delete set (8 bytes). */
  digest: Bytes
  /** Yjs's encoding. */
  stateVector: Bytes
}

/** Computes a copy's `Have`, and again only after the copy has changed. */
export class HaveCache {
  readonly #doc: Y.Doc
  #have: Have | null = null
  readonly #forget = (): void => {
    this.#have = null
  }

  constructor(doc: Y.Doc) {
    this.#doc = doc
    doc.on('update', this.#forget)
  }

  get current(): Have {
    this.#have ??= haveOf(this.#doc)
    return this.#have
  }

  destroy(): void {
    this.#doc.off('update', this.#forget)
  }
}

function haveOf(doc: Y.Doc): Have {
  const clocks = [...Y.decodeStateVector(Y.encodeStateVector(doc))].sort(([a], [b]) => a - b)
  const state = new Hash()
  for (const [client, clock] of clocks) state.add(client, clock)
  const deleted = new Hash()
  const deleteSet = [...Y.createDeleteSetFromStructStore(doc.store).clients].sort(([a], [b]) => a - b)
  for (const [client, ranges] of deleteSet) {
    for (const { clock, len } of ranges) deleted.add(client, clock, len)
  }
  const encoder = encoding.createEncoder()
  for (const hash of [state, deleted]) hash.write(encoder)
  return { digest: encoding.toUint8Array(encoder), stateVector: Uint8Array.from(Y.encodeStateVector(doc)) }
}

/** Whether both copies hold the same. */
export const equalDigests = (a: Bytes, b: Bytes): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i])

/**
 * Whether `mine` lacks something that `theirs` holds, as far as that can be told: insertions always; deletions when both
 * hold the same insertions.
 */
export function lacks(mine: Have, theirs: Have): boolean {
  if (equalDigests(mine.digest, theirs.digest)) return false
  const own = Y.decodeStateVector(mine.stateVector)
  const other = Y.decodeStateVector(theirs.stateVector)
  for (const [client, clock] of other) {
    if (clock > (own.get(client) ?? 0)) return true
  }
  return equalDigests(mine.digest.subarray(0, 8), theirs.digest.subarray(0, 8))
}

/** 64-bit hash over numbers: two 32-bit FNV-1a lanes with different seeds. Tells accidents apart, not adversaries. */
class Hash {
  #low = 0x811c9dc5
  #high = 0x9e3779b9

  add(...numbers: number[]): void {
    for (const number of numbers) {
      this.#mix(number >>> 0)
      this.#mix(Math.floor(number / 2 ** 32))
    }
  }

  #mix(word: number): void {
    for (let shift = 0; shift < 32; shift += 8) {
      const byte = (word >>> shift) & 0xff
      this.#low = Math.imul(this.#low ^ byte, 0x01000193)
      this.#high = Math.imul(this.#high ^ byte ^ (this.#low >>> 15), 0x01000193)
    }
  }

  write(encoder: encoding.Encoder): void {
    encoding.writeUint32(encoder, this.#low >>> 0)
    encoding.writeUint32(encoder, this.#high >>> 0)
  }
}
