/**
 * A digest of what a Y.Doc holds, kept up with each transaction: it costs what the transaction touches, not the document's
 * size.
 *
 * It is made of sums, so that neither the order in which things came nor how Yjs lays them out matters: of the clocks of
 * clients, of what is deleted, and of what is visible. Content that is deleted is left out: equal copies differ in it while
 * somebody's undo keeps it. Tells accidents apart, and people who send different words under one id; not somebody who
 * searches for sums that agree.
 */
import * as Y from 'yjs'
import { changedClocks } from '#doc/client-clocks'
import { hashAt, visitUnits } from './content-hash.ts'

/** Sums of 32 bits: of clocks, of what is deleted, of content. Copies that differ by accident differ in two of them. */
const SUMS = 3
const [CLOCKS, DELETED, CONTENT] = [0, 1, 2]

export const DIGEST_BYTES = 4 * SUMS

export type Digest = Uint8Array<ArrayBuffer>

/** How two copies compare by their digests. */
export type Comparison =
  | 'equal'
  /** Not the same insertions. */
  | 'apart'
  /** The same insertions, other deletions. */
  | 'deletions'
  /** The same insertions and deletions, and other content under the same ids. */
  | 'content'

/** How two digests compare. Throws on one of another length. */
export function compareDigests(a: Digest, b: Digest): Comparison {
  if (a.length !== DIGEST_BYTES || b.length !== DIGEST_BYTES) throw new Error('compareDigests: not a digest')
  const at = a.findIndex((byte, i) => byte !== b[i])
  if (at === -1) return 'equal'
  return at < 4 ? 'apart' : at < 8 ? 'deletions' : 'content'
}

/** The digest of a document as it is and as it changes. */
export class ContentDigest {
  readonly #doc: Y.Doc
  readonly #sums = new Int32Array(SUMS)
  #bytes: Digest | null = null

  constructor(doc: Y.Doc) {
    this.#doc = doc
    const { store } = doc
    const afterState = new Map(Array.from(store.clients.keys(), (client) => [client, Y.getState(store, client)]))
    this.#follow({ beforeState: new Map(), afterState, deleteSet: Y.createDeleteSetFromStructStore(store) })
    // Before Yjs collects what was deleted.
    doc.on('afterTransaction', this.#follow)
  }

  /** Of DIGEST_BYTES. It never changes. */
  get bytes(): Digest {
    if (this.#bytes === null) {
      const view = new DataView(new ArrayBuffer(DIGEST_BYTES))
      this.#sums.forEach((sum, i) => view.setInt32(4 * i, sum))
      this.#bytes = new Uint8Array(view.buffer)
    }
    return this.#bytes
  }

  destroy(): void {
    this.#doc.off('afterTransaction', this.#follow)
  }

  readonly #follow = (change: Pick<Y.Transaction, 'beforeState' | 'afterState' | 'deleteSet'>): void => {
    this.#bytes = null
    for (const client of changedClocks(change).keys()) {
      const [start, end] = [change.beforeState.get(client) ?? 0, change.afterState.get(client) ?? 0]
      if (start === end) continue
      this.#add(CLOCKS, hashAt(client, end, 0) - (start > 0 ? hashAt(client, start, 0) : 0))
      // What is deleted, by this transaction or one that follows, is counted as content here and taken away when that is told.
      this.#count(client, start, end, 1)
    }
    for (const [client, ranges] of change.deleteSet.clients) {
      for (const { clock, len } of ranges) this.#count(client, clock, clock + len, -1)
    }
  }

  /** Counts what came to be, or with sign -1 what was deleted, between two clocks. */
  #count(client: number, start: number, end: number, sign: 1 | -1): void {
    const structs = this.#doc.store.clients.get(client) ?? []
    if (start >= Y.getState(this.#doc.store, client)) return
    for (let i = Y.findIndexSS(structs, start); i < structs.length; i++) {
      const struct = structs[i]
      if (struct === undefined || struct.id.clock >= end) return
      const { clock } = struct.id
      const [from, to] = [Math.max(start, clock), Math.min(end, clock + struct.length)]
      const isItem = struct instanceof Y.Item
      // Ranges that meet add up to one, and the length of one costs nothing.
      if (isItem === sign < 0) this.#add(DELETED, hashAt(client, to, 1) - hashAt(client, from, 1))
      if (!isItem) continue
      visitUnits(struct, from - clock, to - clock, (hash, offset) =>
        this.#add(CONTENT, sign * hashAt(client, clock + offset, hash)),
      )
    }
  }

  #add(sum: number, hash: number): void {
    this.#sums[sum] = (this.#sums[sum] ?? 0) + hash
  }
}
