/** Filling a document that has just been made: an import. Done once, by the person who asked for it. */
import type { Node } from 'prosemirror-model'
import type * as Y from 'yjs'
import { beginDocument, titleOf } from '#doc/document'
import { createLink, type Link } from '#doc/link'
import { blockOf } from '#doc/schema'
import { writeFlow } from '#doc/flow/write'

/** What an imported file becomes. */
export interface Seed {
  title: string
  body: Node
}

/** How a file's text may be taken. */
export type TextReading = { form: 'markdown' | 'lines' } | { form: 'code'; language: string | null }

/** A file as title and body. The title of Markdown is its first block, where that is a heading of the first level and plain; else the file's name. */
export async function seedFromText(text: string, name: string, reading: TextReading): Promise<Seed> {
  const title = name.replace(/(?<=.)\.[^.]*$/u, '')
  const { readCode, readLines } = await import('#convert/plain-text')
  if (reading.form === 'lines') return { title, body: readLines(text) }
  if (reading.form === 'code') return { title, body: readCode(text, reading.language) }
  const { parseMarkdown } = await import('#convert/markdown')
  const body = parseMarkdown(text)
  const first = body.firstChild
  if (first === null || !isPlainTitle(first)) return { title, body }
  return { title: first.textContent, body: body.copy(body.content.cut(first.nodeSize)) }
}

function isPlainTitle(node: Node): boolean {
  const { kind, level, quote, indent } = blockOf(node)
  const plain = node.childCount === 1 && node.firstChild?.isText === true && node.firstChild.marks.length === 0
  return kind === 'heading' && level === 1 && quote === 0 && indent === 0 && plain
}

/** A new document of a seed, as the router opens it: its link, and how it begins. */
export async function renewed(seed: Seed): Promise<[Link, (doc: Y.Doc) => void]> {
  return [await createLink(), (doc) => plant(doc, seed)]
}

/** Puts a seed into an empty document. An existing title stays. */
export function plant(doc: Y.Doc, { title, body }: Seed): void {
  doc.transact(() => {
    beginDocument(doc, Date.now())
    if (titleOf(doc).length === 0) titleOf(doc).insert(0, title)
    writeFlow(doc, body)
  })
}
