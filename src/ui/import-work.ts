/** Files becoming documents that are kept on this device. Runs in a worker. */
import * as Y from 'yjs'
import type { MarkdownFile, ReadFile } from '#convert/markdown-file'
import { takeText, titleOfFile, type Asked, type Taken } from '#convert/text-file'
import { readForeign } from '#convert/yjs-reading'
import { excerptOf, formOf, titleOf } from '#doc/document'
import { readFlow } from '#doc/flow/read'
import { createLink } from '#doc/link'
import { isShallow } from '#doc/nesting'
import { EXCERPT_LENGTH, newEntry } from '#storage/entries'
import type { Entry } from '#storage/library'
import { openDocument, type StoredDocument } from '#storage/documents'
import { Gate } from '#sync/gate'
import { isUpdate } from '#sync/structure'
import type { Report, Source } from './files-beside.ts'
import { plant } from './plant.ts'

/** Longest wait for a document to be on disk, in milliseconds. */
const SAVE_LIMIT = 20_000

type Tell = (report: Report) => void

/** Makes a document of every file. */
export async function importAll(
  { files, asked }: { files: readonly Source[]; asked: Asked },
  tell: Tell,
): Promise<void> {
  for (const { path, blob } of files) {
    tell({ kind: 'reading', path, part: 0, size: blob.size })
    const bytes = new Uint8Array(await blob.arrayBuffer())
    const read = isUpdate(bytes) ? readUpdate(bytes, path) : await readText(bytes, path, asked, tell)
    if (read === null) {
      tell({ kind: 'left', path, why: 'no text' })
      continue
    }
    const { file, taken } = read
    const link = await createLink()
    tell({ kind: 'storing', database: link.database })
    const entry = await store(file, link)
    tell(
      entry === null
        ? { kind: 'left', path, why: 'not stored' }
        : { kind: 'stored', path, entry, taken, kept: file.kept },
    )
  }
}

interface Read {
  file: ReadFile
  /** How text was taken; null for what is none. */
  taken: Taken | null
}

async function readText(bytes: Uint8Array<ArrayBuffer>, path: string, asked: Asked, tell: Tell): Promise<Read | null> {
  const read = takeText(bytes, path, asked)
  if (read === null) return null
  const { text, taken } = read
  const file = await fileOf(text, path, taken, (part) => tell({ kind: 'reading', path, part, size: bytes.length }))
  return { file, taken }
}

async function fileOf(
  text: string,
  path: string,
  { reading }: Taken,
  onPart: (part: number) => void,
): Promise<ReadFile> {
  const title = titleOfFile(path)
  const { readCode, readLines } = await import('#convert/plain-text')
  if (reading.form === 'lines') return { title, body: readLines(text), kept: [] }
  if (reading.form === 'code') return { title, body: readCode(text, reading.language), kept: [] }
  const [{ readMarkdownFile }, { parseInPieces }] = await Promise.all([
    import('#convert/markdown-file'),
    import('#convert/markdown-pieces'),
  ])
  return readMarkdownFile(text, title, (rest, note) => parseInPieces(rest, onPart, note))
}

/** A document that another editor, or Inkmesh itself, keeps in Yjs. It passes the gate as whatever comes from outside. Null when there is none in it. */
function readUpdate(bytes: Uint8Array, path: string): Read | null {
  const doc = new Y.Doc({ gcFilter: isShallow })
  const gate = new Gate({ doc, dropped: (reason) => console.warn('Of a Yjs file:', reason) })
  const verdict = gate.take(bytes, 'file')
  gate.destroy()
  const title = titleOfFile(path)
  const file: ReadFile | null =
    verdict !== 'applied'
      ? null
      : formOf(doc) === 'flow'
        ? { title: titleOf(doc).toJSON() || title, body: readFlow(doc), kept: [] }
        : readForeign(doc, title)
  return file === null ? null : { file, taken: null }
}

/** Stores a new document: what the library says of it. Null when this device does not keep it. */
async function store(
  file: MarkdownFile,
  { database, fragment }: { database: string; fragment: string },
): Promise<Entry | null> {
  const doc = new Y.Doc()
  const stored = openDocument(database, doc)
  await stored.loaded
  plant(doc, file)
  const kept = await isSaved(stored)
  await stored.close()
  const now = Date.now()
  const [title, excerpt] = [titleOf(doc).toJSON(), excerptOf(doc, EXCERPT_LENGTH)]
  doc.destroy()
  return kept
    ? newEntry({ database, fragment, role: 'edit', title, excerpt, opened: now, edited: now, removed: null })
    : null
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
