/** Small documents for tests. */
import type { Node } from 'prosemirror-model'
import * as Y from 'yjs'
import { blockAttrs, schema, type Block } from '#doc/schema'
import { readFlow } from '#doc/flow/read'
import { writeFlow } from '#doc/flow/write'

/** A block of plain text. */
export const block = (text: string, attributes: Partial<Block> = {}): Node =>
  schema.nodes.block.create(blockAttrs(attributes), text === '' ? null : schema.text(text))

/** A document whose body is these blocks; strings are paragraphs. */
export function documentOf(...blocks: (Node | string)[]): Y.Doc {
  const doc = new Y.Doc()
  const nodes = blocks.map((content) => (typeof content === 'string' ? block(content) : content))
  writeFlow(doc, schema.topNodeType.createChecked(null, nodes))
  return doc
}

/** Another copy of a document. */
export function copyOf(doc: Y.Doc): Y.Doc {
  const copy = new Y.Doc()
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc))
  return copy
}

/** Brings copies to the same state. An editor may answer what it is told; so they are brought together twice. */
export function merge(...docs: Y.Doc[]): void {
  for (const to of [...docs, ...docs]) {
    for (const from of docs) {
      if (from !== to) Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)), 'merge')
    }
  }
}

/** What somebody sees who opens the document anew, on a device of their own. */
export const readAnew = (doc: Y.Doc): Node => readFlow(copyOf(doc))
