/** A selection as places in the flow, so that it stays with its characters whatever happens around them. */
import type { Node } from 'prosemirror-model'
import { NodeSelection, TextSelection, type Selection } from 'prosemirror-state'
import type { Place } from '#doc/flow/places'

/** What positions mean, both ways. */
export interface Places {
  /** The place of a position, which stays with what is before it or after it; null where there is nothing to stay with. */
  placeOf(position: number, side: 'before' | 'after'): Place | null
  /** Null when the place is unknown here, or gone. */
  positionOf(place: Place): number | null
}

export interface PlacedSelection {
  kind: 'text' | 'node'
  anchor: Place
  head: Place
}

/** Null for a selection that is neither of text nor of a node; ProseMirror maps those well enough. */
export function placeSelection(places: Places, selection: Selection): PlacedSelection | null {
  if (selection instanceof NodeSelection) {
    const anchor = places.placeOf(selection.from, 'after')
    return anchor === null ? null : { kind: 'node', anchor, head: anchor }
  }
  if (!(selection instanceof TextSelection)) return null
  const { anchor, head, empty } = selection
  // A caret stays behind what was typed last, so that the words of two people typing at one place do not interleave.
  const placed = {
    anchor: places.placeOf(anchor, empty || anchor > head ? 'before' : 'after'),
    head: places.placeOf(head, empty || head > anchor ? 'before' : 'after'),
  }
  if (placed.anchor === null || placed.head === null) return null
  return { kind: 'text', anchor: placed.anchor, head: placed.head }
}

/** The selection that a placed one is in a document; null when its place is gone. */
export function findSelection(places: Places, doc: Node, placed: PlacedSelection): Selection | null {
  const anchor = places.positionOf(placed.anchor)
  const head = places.positionOf(placed.head)
  if (anchor === null || head === null) return null
  const $anchor = doc.resolve(anchor)
  if (placed.kind === 'text') return TextSelection.between($anchor, doc.resolve(head))
  const node = $anchor.nodeAfter
  return node !== null && NodeSelection.isSelectable(node) ? NodeSelection.create(doc, anchor) : null
}
