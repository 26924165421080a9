/**
 * Documents as Inkmesh stored them before its first release. They are only read: a Y.XmlFragment `body` holds an element a
 * node, with its attributes; neighbouring text nodes are Y.XmlTexts, whose formats are the marks. Inline elements keep their
 * marks in an attribute, and code is a block of kind 'code'.
 */
import { Fragment, Mark, type Attrs, type ContentMatch, type Node, type NodeType } from 'prosemirror-model'
import * as Y from 'yjs'
import { schema } from '#doc/schema'

const MARKS_ATTRIBUTE = 'marks'
const CODE_KIND = 'code'

/** The document node of such a document. Total: what cannot be shown is left out. Writes nothing. */
export function readPreview(doc: Y.Doc): Node {
  const body = bodyOf(doc)
  const nodes = body === null ? [] : readChildren(body, schema.topNodeType)
  return schema.topNodeType.create(null, nodes.length > 0 ? nodes : schema.nodes.block.create())
}

/** Null where there is none, or something else stands under its name: asking Yjs for it would make it, or throw. */
function bodyOf(doc: Y.Doc): Y.XmlFragment | null {
  const type: unknown = doc.share.get('body')
  if (type instanceof Y.XmlFragment) return type
  return type instanceof Y.AbstractType && type.constructor === Y.AbstractType ? doc.getXmlFragment('body') : null
}

/** Only what may stand there is looked into, so that no depth of nesting overflows the stack. */
function readChildren(parent: Y.XmlFragment, type: NodeType): Node[] {
  const nodes: Node[] = []
  let match: ContentMatch = type.contentMatch
  for (const child of parent.toArray() as unknown[]) {
    if (!isElement(child)) continue
    const childType = typeOf(child)
    const next = childType === null ? null : match.matchType(childType)
    const node = childType === null || next === null ? null : read(child, childType)
    if (node === null || next === null) continue
    nodes.push(node)
    match = next
  }
  return nodes
}

function read(element: Y.XmlElement, type: NodeType): Node | null {
  const content = type.inlineContent ? readInline(element, type) : Fragment.from(readChildren(element, type))
  const marks = type.isInline ? marksOf(element.getAttribute(MARKS_ATTRIBUTE)) : Mark.none
  return orNull(() => type.createAndFill(attributesOf(element, type), content, marks))
}

const isElement = (child: unknown): child is Y.XmlElement => child instanceof Y.XmlElement

/** The node type that shows an element, or null when this schema has none. */
function typeOf(element: Y.XmlElement): NodeType | null {
  const type = schema.nodes[element.nodeName]
  if (type === undefined || type.isText) return null
  return type === schema.nodes.block && element.getAttribute('kind') === CODE_KIND ? schema.nodes.code_block : type
}

/** The attributes that the type knows. None of this schema is an object, and what a peer puts there may not even be JSON. */
function attributesOf(element: Y.XmlElement, type: NodeType): Attrs {
  const known = Object.keys(type.spec.attrs ?? {}).map((name) => [name, element.getAttribute(name) as unknown] as const)
  return Object.fromEntries(known.filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value)))
}

/** The text of a Y.XmlText, and what each piece of it is formatted with. */
export function* piecesOf(text: Y.XmlText): Generator<{ text: string; formats: Record<string, unknown> }> {
  const formats = new Map<string, unknown>()
  for (let item = text._start; item !== null; item = item.right) {
    const { content, deleted } = item
    if (deleted) continue
    if (content instanceof Y.ContentFormat && (content.value as unknown) === null) formats.delete(content.key)
    else if (content instanceof Y.ContentFormat) formats.set(content.key, content.value)
    else if (content instanceof Y.ContentString && content.str !== '')
      yield { text: content.str, formats: Object.fromEntries(formats) }
  }
}

function readInline(parent: Y.XmlElement, type: NodeType): Fragment {
  const nodes: Node[] = []
  const add = (node: Node): void => {
    if (type.contentMatch.matchType(node.type) !== null) nodes.push(node.mark(type.allowedMarks(node.marks)))
  }
  for (const child of parent.toArray() as unknown[]) {
    if (child instanceof Y.XmlText) {
      for (const { text, formats } of piecesOf(child)) add(schema.text(text, marksOf(formats)))
      continue
    }
    const childType = isElement(child) ? typeOf(child) : null
    const node = isElement(child) && childType?.isInline === true ? read(child, childType) : null
    // Code holds nothing but text, so there a line break is a character.
    if (node !== null) add(type.spec.code === true && node.type === schema.nodes.hard_break ? schema.text('\n') : node)
  }
  return Fragment.fromArray(nodes)
}

/** Stored formats as marks; sorted, so that it does not matter in which order they were set. */
function marksOf(formats: unknown): readonly Mark[] {
  if (typeof formats !== 'object' || formats === null) return Mark.none
  let marks = Mark.none
  const entries = Object.entries(formats as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [name, attributes] of entries) {
    const mark = orNull(() => schema.marks[name]?.create(typeof attributes === 'object' ? attributes : null) ?? null)
    if (mark !== null) marks = mark.addToSet(marks)
  }
  return marks
}

/** ProseMirror throws a RangeError for missing attributes and misplaced content. */
function orNull<T>(create: () => T | null): T | null {
  try {
    return create()
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
