/** What of a document is drawn: all of it, but of a long one (`groups/`) only what was needed so far. */
import type { Node } from 'prosemirror-model'
import type { EditorView } from 'prosemirror-view'

/** In blocks; tests have others. */
export const sizes = {
  /** From so many on a document is drawn in groups. */
  long: 2000,
  /** So many make a group, and in very long documents up to five times as many. */
  group: 100,
}

/** Whether a document is to be drawn in groups. */
export const isLong = (doc: Node): boolean => doc.childCount >= sizes.long

/** How a long document is drawn. */
export interface Drawing {
  /** The elements of blocks `from` to `to` that are drawn, each with its index. */
  drawn(from: number, to: number): Iterable<[number, Element]>
  /** Whether what stands at a position is left out on the screen. */
  isLeftOut(pos: number): boolean
  /** Draws all of it. */
  drawAll(): void
}

/** By view; none for one that draws all of its document. */
export const drawings = new WeakMap<EditorView, Drawing>()
