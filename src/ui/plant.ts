/** Filling a document that has just been made: an import. Done once, by the person who asked for it. */
import type { Node } from 'prosemirror-model'
import type * as Y from 'yjs'
import type { ReadFile } from '#convert/markdown-file'
import { beginDocument, titleOf } from '#doc/document'
import { createLink, type Link } from '#doc/link'
import { writeFlow } from '#doc/flow/write'
import { titleOfFile, type TextReading } from '#convert/text-file'

/** What an imported file becomes. */
export interface Seed {
  title: string
  body: Node
}

/** A file as title and body. What is no Markdown has the file's name for a title. Null for Markdown that takes too long to read. */
export async function seedFromText(text: string, name: string, reading: TextReading): Promise<ReadFile | null> {
  const title = titleOfFile(name)
  const { readCode, readLines } = await import('#convert/plain-text')
  if (reading.form === 'lines') return { title, body: readLines(text), kept: [] }
  if (reading.form === 'code') return { title, body: readCode(text, reading.language), kept: [] }
  const { readFileBeside } = await import('#convert/beside')
  return readFileBeside(text, title)
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
