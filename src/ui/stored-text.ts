/** What a document that is not open says, read off what is stored of it. Loaded when it is wanted. */
import * as Y from 'yjs'
import { createDoc, excerptOf, titleOf } from '#doc/document'
import { EXCERPT_LENGTH, isForgotten } from '#storage/entries'
import type { Library } from '#storage/library'
import { readRows } from '#storage/text-index'

/** A stored document's title and up to about `limit` characters of its text. Rejects when it cannot be read. */
export async function readStored(database: string, limit: number): Promise<{ title: string; excerpt: string }> {
  const doc = createDoc()
  const rows = await readRows(database)
  Y.transact(doc, () => {
    for (const row of rows) Y.applyUpdate(doc, row)
  })
  const stored = { title: titleOf(doc).toJSON(), excerpt: excerptOf(doc, limit) }
  doc.destroy()
  return stored
}

/**
 * Lists what seems forgotten and is not: of a page that has crashed the library may not know yet what was written in it. What cannot
 * be read is listed, too. Returns the databases of which nothing has to be kept.
 */
export async function recallForgotten(library: Library): Promise<ReadonlySet<string>> {
  const empty = new Set<string>()
  for (const { database } of (await library.list()).filter(isForgotten)) {
    try {
      const stored = await readStored(database, EXCERPT_LENGTH)
      if (`${stored.title}${stored.excerpt}`.trim() === '') empty.add(database)
      else await library.update(database, stored)
    } catch (error) {
      console.warn('A document without words cannot be read:', error)
      await library.update(database, { shared: true })
    }
  }
  return empty
}
