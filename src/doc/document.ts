/**
 * One document is one `Y.Doc` with these shared types: `flow`, `blocks`, `spans` and `aliases` (the text, `flow/`),
 * `title`, `authors`, and `meta`.
 */
import * as Y from 'yjs'
import { textOf } from './flow/flow.ts'
import { linesOf } from './flow/read.ts'
import { isShallow } from './nesting.ts'
import { SCHEMA_VERSION } from './schema.ts'

/**
 * A new `Y.Doc` for content from peers. What is nested too deeply to be freed stays when it is deleted. All shared types are
 * defined at once: when Yjs learns of one only after peers have written in it, it forgets what it did not expect there, and
 * cannot encode the document any more.
 */
export function createDoc(): Y.Doc {
  const doc = new Y.Doc({ gcFilter: isShallow })
  for (const name of ['flow', 'title']) doc.getText(name)
  for (const name of ['blocks', 'authors', 'meta']) doc.getMap(name)
  for (const name of ['spans', 'aliases']) doc.getArray(name)
  doc.getXmlFragment('body')
  return doc
}

/** The title, edited in its own field. */
export const titleOf = (doc: Y.Doc): Y.Text => doc.getText('title')

const metaOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap('meta')

/** Marks a document as begun, once, by the person who asked for it. Until then a copy may be one that is still arriving. */
export function beginDocument(doc: Y.Doc, now: number): void {
  const meta = metaOf(doc)
  if (meta.has('created')) return
  doc.transact(() => {
    if (!meta.has('schemaVersion')) meta.set('schemaVersion', FLOW_VERSION)
    meta.set('created', now)
  })
}

/** Says that the document has something in it which builds before this version of the schema cannot show. */
export function needVersion(doc: Y.Doc, version: number): void {
  if (version > schemaVersionOf(doc)) metaOf(doc).set('schemaVersion', version)
}

/** In which form a document is stored. */
export type Form =
  /** Nothing has arrived yet. */
  | 'none'
  /** As Inkmesh stored it before its first release: an element a block. It is only read. */
  | 'preview'
  | 'flow'

/** The first version of the schema that stores a document as a flow. */
const FLOW_VERSION = 2

/** In which form a document is stored. Total on whatever peers wrote, and defines no shared type that is not there. */
export function formOf(doc: Y.Doc): Form {
  const begun = metaOf(doc).has('created')
  if (schemaVersionOf(doc) >= FLOW_VERSION || hasContent(doc, 'flow'))
    return begun || hasContent(doc, 'flow') ? 'flow' : 'none'
  return hasContent(doc, 'body') || begun ? 'preview' : 'none'
}

const hasContent = (doc: Y.Doc, name: string): boolean => (doc.share.get(name)?._start ?? null) !== null

/** Whether this copy holds a document at all, be it an empty one. False: nothing has arrived here yet. */
export const hasArrived = (doc: Y.Doc): boolean => formOf(doc) !== 'none'

/** Whether nothing has been written into the text yet, or all of it was deleted. */
export const isBlank = (doc: Y.Doc): boolean => textOf(doc).length === 0 && !hasContent(doc, 'body')

/** Versions that a newer build may have brought: a greater number was written by nobody who had one. */
const PLAUSIBLE = SCHEMA_VERSION + 100

/**
 * The schema version the document needs; 1 when it does not say. What cannot be locks nobody out: the document is taken for what
 * it looks like. Total on whatever peers wrote there.
 */
export function schemaVersionOf(doc: Y.Doc): number {
  const version = metaOf(doc).get('schemaVersion')
  if (typeof version === 'number' && version >= 1 && version <= PLAUSIBLE) return version
  return version === undefined || hasContent(doc, 'body') ? 1 : FLOW_VERSION
}

/** Whether the document was written by a newer Inkmesh than this one, and so must not be edited here. */
export const isNewer = (doc: Y.Doc): boolean => schemaVersionOf(doc) > SCHEMA_VERSION

/** Calls back on every change that may alter `formOf` or `schemaVersionOf`; returns how to stop. */
export function observeMeta(doc: Y.Doc, changed: () => void): () => void {
  let before = ''
  const look = (): void => {
    const now = `${formOf(doc)} ${schemaVersionOf(doc)}`
    if (now === before) return
    before = now
    changed()
  }
  doc.on('afterTransaction', look)
  return () => doc.off('afterTransaction', look)
}

/** The document's text, each block on a line of its own, up to about `limit` characters: for lists and search. */
export function excerptOf(doc: Y.Doc, limit: number): string {
  const lines: string[] = []
  let length = 0
  for (const text of linesOf(doc)) {
    const line = text.replace(/\s+/gu, ' ').trim()
    if (line === '') continue
    lines.push(line)
    length += line.length + 1
    if (length >= limit) break
  }
  return lines.join('\n').slice(0, limit)
}
