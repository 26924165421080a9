/** Positions in a ProseMirror document ↔ relative positions in the shared types, which stay in place through edits. */
import type { Node } from 'prosemirror-model'
import { NodeSelection, TextSelection, type Selection } from 'prosemirror-state'
import * as Y from 'yjs'
import { schema } from '#doc/schema'

/** A document and the elements that its top-level nodes show, one for one. A body without elements shows as one empty node. */
export interface Correspondence {
  body: Y.XmlFragment
  elements: readonly Y.XmlElement[]
  doc: Node
}

/** Whether a child of a shared type is an element. */
export const isElement = (value: unknown): value is Y.XmlElement => value instanceof Y.XmlElement

/** Which neighbour a position stays with when something is inserted just there. */
export type Side = 'before' | 'after'

/** A piece of a text block's content: a text, or an inline element. Offsets count as in ProseMirror. */
export interface Piece {
  type: Y.XmlText | Y.XmlElement
  /** Index among the element's children. */
  index: number
  from: number
  to: number
}

/** The pieces of a text block's content, in order; neighbouring and empty texts are possible. */
export function piecesOf(element: Y.XmlElement): Piece[] {
  let offset = 0
  return element.toArray().flatMap((type, index) => {
    if (!(type instanceof Y.XmlText) && !(type instanceof Y.XmlElement)) return []
    const from = offset
    offset += sizeOf(type)
    return [{ type, index, from, to: offset }]
  })
}

/** The node size of a shared type. */
function sizeOf(type: unknown): number {
  if (type instanceof Y.XmlText) return type.length
  if (!isElement(type)) return 0
  if (schema.nodes[type.nodeName]?.isLeaf === true) return 1
  return type.toArray().reduce((size: number, child) => size + sizeOf(child), 2)
}

/** The text that a position at `offset` lies in or touches, if any; rather one that it follows than one it precedes. */
export function textAt(pieces: readonly Piece[], offset: number): (Piece & { type: Y.XmlText }) | null {
  let touching: (Piece & { type: Y.XmlText }) | null = null
  for (const { type, index, from, to } of pieces) {
    if (from > offset) break
    if (!(type instanceof Y.XmlText) || to < offset) continue
    if (from < offset) return { type, index, from, to }
    touching ??= { type, index, from, to }
  }
  return touching
}

export function toRelative({ body, elements, doc }: Correspondence, position: number, side: Side): Y.RelativePosition {
  const association = side === 'before' ? -1 : 0
  const $position = doc.resolve(position)
  const top = elements[$position.index(0)]
  if ($position.depth === 0 || top === undefined) {
    return Y.createRelativePositionFromTypeIndex(body, elements.length === 0 ? 0 : $position.index(0), association)
  }
  let element = top
  for (let depth = 1; depth < $position.depth; depth++) {
    const child = element.get($position.index(depth)) as unknown
    if (!isElement(child)) throw new RangeError(`No element at ${position}, depth ${depth}`)
    element = child
  }
  if (!$position.parent.inlineContent) {
    return Y.createRelativePositionFromTypeIndex(element, $position.index(), association)
  }
  const pieces = piecesOf(element)
  const text = textAt(pieces, $position.parentOffset)
  if (text !== null) {
    return Y.createRelativePositionFromTypeIndex(text.type, $position.parentOffset - text.from, association)
  }
  const after = pieces.find((piece) => piece.from >= $position.parentOffset)
  return Y.createRelativePositionFromTypeIndex(element, after?.index ?? element.length, association)
}

/** Null when the place is unknown here, or gone. */
export function toAbsolute({ body, elements, doc }: Correspondence, relative: Y.RelativePosition): number | null {
  if (body.doc === null) return null
  const place = Y.createAbsolutePositionFromRelativePosition(relative, body.doc)
  if (place === null) return null
  let type = place.type as unknown
  let position = 0
  if (type instanceof Y.XmlText) position = place.index
  else if (type === body) return startOf(doc, Math.min(place.index, elements.length))
  else if (isElement(type)) position = childrenSize(type, place.index)
  while (type instanceof Y.XmlText || isElement(type)) {
    const parent = type.parent as unknown
    if (isElement(type)) {
      position += 1
      if (parent === body) {
        const index = elements.indexOf(type)
        const node = index < 0 ? null : doc.maybeChild(index)
        return node === null || position > node.nodeSize ? null : startOf(doc, index) + position
      }
    }
    if (!isElement(parent)) return null
    const index = (parent.toArray() as unknown[]).indexOf(type)
    if (index < 0) return null
    position += childrenSize(parent, index)
    type = parent
  }
  return null
}

function childrenSize(element: Y.XmlElement, count: number): number {
  return element
    .toArray()
    .slice(0, count)
    .reduce((size: number, child) => size + sizeOf(child), 0)
}

/** Where the top-level node of that index begins. */
export function startOf(doc: Node, index: number): number {
  let position = 0
  for (let i = 0; i < index; i++) position += doc.child(i).nodeSize
  return position
}

/** A selection that stays in place through edits. */
export interface RelativeSelection {
  kind: 'text' | 'node'
  anchor: Y.RelativePosition
  head: Y.RelativePosition
}

/** Null for a selection that is neither of text nor of a node; ProseMirror maps those well enough. */
export function toRelativeSelection(at: Correspondence, selection: Selection): RelativeSelection | null {
  if (selection instanceof NodeSelection) {
    const anchor = toRelative(at, selection.from, 'after')
    return { kind: 'node', anchor, head: anchor }
  }
  if (!(selection instanceof TextSelection)) return null
  // A caret stays behind what was typed last, so that the words of two people typing at one place do not interleave.
  const { anchor, head, empty } = selection
  return {
    kind: 'text',
    anchor: toRelative(at, anchor, empty || anchor > head ? 'before' : 'after'),
    head: toRelative(at, head, empty || head > anchor ? 'before' : 'after'),
  }
}

/** Null when its place is gone. */
export function toSelection(at: Correspondence, selection: RelativeSelection): Selection | null {
  const anchor = toAbsolute(at, selection.anchor)
  const head = toAbsolute(at, selection.head)
  if (anchor === null || head === null) return null
  const $anchor = at.doc.resolve(anchor)
  if (selection.kind === 'text') return TextSelection.between($anchor, at.doc.resolve(head))
  const node = $anchor.nodeAfter
  return node !== null && NodeSelection.isSelectable(node) ? NodeSelection.create(at.doc, anchor) : null
}
