/**
 * How nodes are stored. The form is y-prosemirror's (an element by the node's name, its attributes, texts with formats),
 * with two differences: inline elements keep their marks in an attribute, and a code block is stored as a block of kind
 * 'code'. An element cannot change its name; so turning a line into code, like any change of kind, is a change of an
 * attribute, and loses nothing that others type meanwhile.
 */
import type { NodeType } from 'prosemirror-model'
import type * as Y from 'yjs'
import { schema } from '#doc/schema'

/** Attribute of an inline element that holds its marks: an object from mark name to attributes, like a text's format. */
export const MARKS_ATTRIBUTE = 'marks'

/** Attribute of a block that says what it is. */
export const KIND_ATTRIBUTE = 'kind'

const { block, code_block: code } = schema.nodes
const CODE_KIND = 'code'

/** The kind that a node type is stored as, or null for one that is stored under its own name. */
export const storedKind = (type: NodeType): string | null => (type === code ? CODE_KIND : null)

/** Name of the element that a node of that type is stored in. */
export const storedName = (type: NodeType): string => (storedKind(type) === null ? type : block).name

/** The node type that shows an element, or null when this schema has none. */
export function typeOf(element: Y.XmlElement): NodeType | null {
  const type = schema.nodes[element.nodeName]
  if (type === undefined || type.isText) return null
  return type === block && element.getAttribute(KIND_ATTRIBUTE) === CODE_KIND ? code : type
}
