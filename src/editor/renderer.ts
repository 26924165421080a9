/**
 * Yjs → ProseMirror: shared types as nodes. A node is a Y.XmlElement; neighbouring text nodes are a Y.XmlText, or several,
 * whose formats are the marks.
 *
 * Total on whatever peers wrote: unknown marks and attributes are passed over, what cannot be shown at all (unknown
 * nodes, nodes where the schema does not allow them, embedded objects) is left out and reported.
 */
import { Fragment, Mark, type Attrs, type ContentMatch, type Node, type NodeType } from 'prosemirror-model'
import * as Y from 'yjs'
import { hollow } from '#doc/nesting'
import { schema } from '#doc/schema'
import { isElement } from './positions.ts'
import { MARKS_ATTRIBUTE, typeOf } from './stored.ts'

/** Something that cannot be shown; calling it deletes that thing from its shared type. */
export type Unshowable = () => void

/** A fragment's children as they can be shown, node for element. */
export interface Rendering {
  elements: Y.XmlElement[]
  nodes: Node[]
}

/** Renders all children of a fragment, adding to `unshowable` what has no node. `reuse` may know a child's node already. */
export function renderChildren(
  parent: Y.XmlFragment,
  type: NodeType,
  unshowable: Unshowable[],
  reuse: (element: Y.XmlElement) => Node | undefined = () => undefined,
): Rendering {
  const rendering: Rendering = { elements: [], nodes: [] }
  let match: ContentMatch | null = type.contentMatch
  for (const child of parent.toArray() as unknown[]) {
    const childType = isElement(child) ? typeOf(child) : null
    const next: ContentMatch | null = childType === null ? null : match.matchType(childType)
    // Only what may stand here is looked into, so that no depth of nesting overflows the stack.
    const node = isElement(child) && next !== null ? (reuse(child) ?? renderElement(child, unshowable)) : null
    if (isElement(child) && node !== null && next !== null) {
      rendering.elements.push(child)
      rendering.nodes.push(node)
      match = next
    } else unshowable.push(deletionOf(parent, child))
  }
  return rendering
}

/** The node that shows an element, or null; as another type than its own on request. */
export function renderElement(
  element: Y.XmlElement,
  unshowable: Unshowable[],
  type: NodeType | null = typeOf(element),
): Node | null {
  if (type === null) return null
  const content = type.inlineContent
    ? renderInline(element, type, unshowable)
    : Fragment.from(renderChildren(element, type, unshowable).nodes)
  const marks = type.isInline ? marksOf(element.getAttribute(MARKS_ATTRIBUTE)) : Mark.none
  return nodeOrNull(() => type.createAndFill(attributesOf(element, type), content, marks))
}

/** The attributes that the type knows. None of this schema is an object, and what a peer puts there may not even be JSON. */
function attributesOf(element: Y.XmlElement, type: NodeType): Attrs {
  const known = Object.keys(type.spec.attrs ?? {}).map((name) => [name, element.getAttribute(name) as unknown] as const)
  return Object.fromEntries(known.filter(([, value]) => isPlain(value)))
}

const isPlain = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value)

function renderInline(parent: Y.XmlElement, type: NodeType, unshowable: Unshowable[]): Fragment {
  const nodes: Node[] = []
  const add = (node: Node): boolean => {
    if (type.contentMatch.matchType(node.type) === null) return false
    nodes.push(node.mark(type.allowedMarks(node.marks)))
    return true
  }
  for (const child of parent.toArray() as unknown[]) {
    if (child instanceof Y.XmlText) {
      for (const { insert, attributes } of child.toDelta() as { insert: unknown; attributes?: unknown }[]) {
        if (typeof insert !== 'string') unshowable.push(() => deleteEmbeds(child))
        else if (insert !== '' && !add(schema.text(insert, marksOf(attributes))))
          unshowable.push(deletionOf(parent, child))
      }
    } else {
      const childType = isElement(child) ? typeOf(child) : null
      const node = isElement(child) && childType?.isInline === true ? renderElement(child, unshowable) : null
      // Code holds nothing but text, so there a line break is a character, of the same size.
      const isBreakInCode = type.spec.code === true && node?.type === schema.nodes.hard_break
      if (node === null || !add(isBreakInCode ? schema.text('\n') : node)) unshowable.push(deletionOf(parent, child))
    }
  }
  return Fragment.fromArray(nodes)
}

/** Stored formats as marks; sorted, so that it does not matter in which order they were set. */
function marksOf(formats: unknown): readonly Mark[] {
  if (typeof formats !== 'object' || formats === null) return Mark.none
  let marks = Mark.none
  for (const [name, attributes] of Object.entries(formats as Record<string, unknown>).sort(([a], [b]) =>
    a < b ? -1 : 1,
  )) {
    const mark = nodeOrNull(
      () => schema.marks[name]?.create(typeof attributes === 'object' ? attributes : null) ?? null,
    )
    if (mark !== null) marks = mark.addToSet(marks)
  }
  return marks
}

/** ProseMirror throws a RangeError for missing attributes and misplaced content. */
function nodeOrNull<T>(create: () => T): T | null {
  try {
    return create()
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

const deletionOf =
  (parent: Y.XmlFragment, child: unknown): Unshowable =>
  () => {
    const index = (parent.toArray() as unknown[]).indexOf(child)
    if (child instanceof Y.AbstractType) hollow(child)
    if (index >= 0) parent.delete(index, 1)
  }

function deleteEmbeds(text: Y.XmlText): void {
  let index = 0
  for (const { insert } of text.toDelta() as { insert: unknown }[]) {
    if (typeof insert === 'string') index += insert.length
    else text.delete(index, 1)
  }
}
