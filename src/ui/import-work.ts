/** Files becoming documents that are kept on this device. Runs in a worker. */
import * as Y from 'yjs'
import type { MarkdownFile } from '#convert/markdown-file'
import { takeText, titleOfFile, type Asked, type Taken } from '#convert/text-file'
import { excerptOf, titleOf } from '#doc/document'
import { createLink } from '#doc/link'
import type { Entry } from '#storage/library'
import { openDocument, type StoredDocument } from '#storage/documents'
import type { Report, Source } from './files-beside.ts'
import { plant } from './plant.ts'

/** How much of a document's text the library knows, in characters. */
export const EXCERPT_LENGTH = 2000
/** Longest wait for a document to be on disk, in milliseconds. */
const SAVE_LIMIT = 20_000

type Tell = (report: Report) => void

/** Makes a document of every file. */
export async function importAll(
  { files, asked }: { files: readonly Source[]; asked: Asked },
  tell: Tell,
): Promise<void> {
  for (const { path, blob } of files) {
    tell({ kind: 'reading', path, part: 0 })
    const read = takeText(new Uint8Array(await blob.arrayBuffer()), path, asked)
    if (read === null) {
      tell({ kind: 'left', path, why: 'no text' })
      continue
    }
    const { text, taken } = read
    const seed = await seedOf(text, path, taken, (part) => tell({ kind: 'reading', path, part }))
    const link = await createLink()
    tell({ kind: 'storing', database: link.database })
    const entry = await store(seed, link)
    tell(entry === null ? { kind: 'left', path, why: 'not stored' } : { kind: 'stored', path, entry, taken })
  }
}

async function seedOf(
  text: string,
  path: string,
  { reading }: Taken,
  onPart: (part: number) => void,
): Promise<MarkdownFile> {
  const title = titleOfFile(path)
  const { readCode, readLines } = await import('#convert/plain-text')
  if (reading.form === 'lines') return { title, body: readLines(text) }
  if (reading.form === 'code') return { title, body: readCode(text, reading.language) }
  const [{ readMarkdownFile }, { parseInPieces }] = await Promise.all([
    import('#convert/markdown-file'),
    import('#convert/markdown-pieces'),
  ])
  return readMarkdownFile(text, title, (rest) => parseInPieces(rest, onPart))
}

/** Stores a new document: what the library says of it. Null when this device does not keep it. */
async function store(
  seed: MarkdownFile,
  { database, fragment }: { database: string; fragment: string },
): Promise<Entry | null> {
  const doc = new Y.Doc()
  const stored = openDocument(database, doc)
  await stored.loaded
  plant(doc, seed)
  const kept = await isSaved(stored)
  await stored.close()
  const now = Date.now()
  const [title, excerpt] = [titleOf(doc).toJSON(), excerptOf(doc, EXCERPT_LENGTH)]
  doc.destroy()
  return kept ? { database, fragment, role: 'edit', title, excerpt, opened: now, edited: now, removed: null } : null
}

/** Waits for 'saved' after what was written in this very turn (its state changes a microtask later). */
export async function isSaved(stored: StoredDocument): Promise<boolean> {
  await Promise.resolve()
  if (stored.state.kind === 'saved') return true
  return new Promise((resolve) => {
    const finish = (kept: boolean): void => {
      clearTimeout(limit)
      stop()
      resolve(kept)
    }
    const limit = setTimeout(() => finish(false), SAVE_LIMIT)
    const stop = stored.subscribe(({ kind }) => {
      if (kind === 'saved' || kind === 'failed') finish(kind === 'saved')
    })
  })
}
