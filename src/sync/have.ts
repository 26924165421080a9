/**
 * What a copy of the document holds, in a form that two peers can compare: the digest says whether both hold the same, the
 * state vector which insertions.
 */
import * as Y from 'yjs'
import { compareDigests, ContentDigest, type Digest } from './content-digest.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** What somebody says that his copy holds. */
export interface Have {
  digest: Digest
  /** Yjs's encoding. */
  stateVector: Bytes
}

/** What this copy holds. Nothing is computed before it is asked for, and then only what has changed. */
export class Holdings {
  readonly #doc: Y.Doc
  #digest: ContentDigest | null = null
  #stateVector: Bytes | null = null
  readonly #forget = (): void => {
    this.#stateVector = null
  }

  constructor(doc: Y.Doc) {
    this.#doc = doc
    doc.on('afterTransaction', this.#forget)
  }

  get digest(): Digest {
    this.#digest ??= new ContentDigest(this.#doc)
    return this.#digest.bytes
  }

  get stateVector(): Bytes {
    this.#stateVector ??= Uint8Array.from(Y.encodeStateVector(this.#doc))
    return this.#stateVector
  }

  /**
   * Whether this copy lacks something that `theirs` holds, as far as that can be told: insertions always; deletions when both
   * hold the same insertions.
   */
  lacks(theirs: Have): boolean {
    switch (compareDigests(this.digest, theirs.digest)) {
      case 'deletions':
        return true
      case 'apart':
        for (const [client, clock] of Y.decodeStateVector(theirs.stateVector)) {
          if (clock > Y.getState(this.#doc.store, client)) return true
        }
        return false
      default:
        return false
    }
  }

  destroy(): void {
    this.#digest?.destroy()
    this.#doc.off('afterTransaction', this.#forget)
  }
}
