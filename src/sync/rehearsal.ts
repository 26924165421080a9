/** Trying updates on a second copy of a document that was poisoned before: whoever poisons again meets the same wall under any name. */
import * as Y from 'yjs'
import { applyWatched } from './gate.ts'

/** A second copy of a document, kept up with it, on which updates are tried first. */
export class Rehearsal {
  readonly #doc: Y.Doc
  #copy: Y.Doc | null = null

  constructor(doc: Y.Doc) {
    this.#doc = doc
    doc.on('update', this.#follow)
  }

  /** Whether a copy of the document can take the update. A broken one is replaced when the next update comes. */
  survives(update: Uint8Array): boolean {
    if (this.#copy === null) {
      this.#copy = new Y.Doc({ gc: this.#doc.gc, gcFilter: this.#doc.gcFilter })
      Y.applyUpdate(this.#copy, Y.encodeStateAsUpdate(this.#doc))
    }
    const { verdict } = applyWatched(this.#copy, update, this)
    if (verdict === 'poisoned') this.#copy = null
    return verdict !== 'poisoned'
  }

  destroy(): void {
    this.#doc.off('update', this.#follow)
    this.#copy = null
  }

  /** All that is done; what was tried the copy has, and it stays as it is. Nothing may be thrown at who tells of an update. */
  readonly #follow = (update: Uint8Array): void => {
    if (this.#copy !== null && applyWatched(this.#copy, update, this).verdict !== 'applied') this.#copy = null
  }
}
