/** One document is one `Y.Doc` with these shared types. */
import * as Y from 'yjs'
import { SCHEMA_VERSION } from './schema.ts'

/** The ProseMirror content. */
export const bodyOf = (doc: Y.Doc): Y.XmlFragment => doc.getXmlFragment('body')

/** The title, edited in its own field. */
export const titleOf = (doc: Y.Doc): Y.Text => doc.getText('title')

const metaOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap('meta')

/** Marks a document as begun, once, by the person who asked for it. Until then a copy may be one that is still arriving. */
export function beginDocument(doc: Y.Doc, now: number): void {
  const meta = metaOf(doc)
  if (meta.has('created')) return
  doc.transact(() => {
    meta.set('schemaVersion', SCHEMA_VERSION)
    meta.set('created', now)
  })
}

/** Whether this copy holds a document at all, be it an empty one. False: nothing has arrived here yet. */
export const hasArrived = (doc: Y.Doc): boolean => metaOf(doc).has('created') || bodyOf(doc).length > 0

/** The schema version the document needs; 1 when it does not say. Total on whatever peers wrote there. */
export function schemaVersionOf(doc: Y.Doc): number {
  const version = metaOf(doc).get('schemaVersion')
  return typeof version === 'number' && version >= 1 ? version : 1
}

/** Whether the document was written by a newer Inkmesh than this one, and so must not be edited here. */
export const isNewer = (doc: Y.Doc): boolean => schemaVersionOf(doc) > SCHEMA_VERSION

/** Calls back on every change that may alter `hasArrived` or `schemaVersionOf`; returns how to stop. */
export function observeMeta(doc: Y.Doc, changed: () => void): () => void {
  const meta = metaOf(doc)
  const body = bodyOf(doc)
  meta.observe(changed)
  body.observe(changed)
  return () => {
    meta.unobserve(changed)
    body.unobserve(changed)
  }
}

/** The document's text, each block on a line of its own, up to about `limit` characters: for lists and search. */
export function excerptOf(doc: Y.Doc, limit: number): string {
  const lines: string[] = []
  let length = 0
  for (const child of bodyOf(doc).toArray()) {
    const line = textOf(child).replace(/\s+/gu, ' ').trim()
    if (line === '') continue
    lines.push(line)
    length += line.length + 1
    if (length >= limit) break
  }
  return lines.join('\n').slice(0, limit)
}

/** How deep text is looked for: a peer may nest elements until whoever follows them has no stack left. */
const MAX_NESTING = 8

function textOf(type: unknown, depth = 0): string {
  if (type instanceof Y.XmlText) {
    const delta = type.toDelta() as { insert?: unknown }[]
    return delta.map(({ insert }) => (typeof insert === 'string' ? insert : '')).join('')
  }
  if (!(type instanceof Y.XmlElement) || depth === MAX_NESTING) return ''
  if (type.nodeName === 'hard_break') return ' '
  return type
    .toArray()
    .map((child) => textOf(child, depth + 1))
    .join('')
}
