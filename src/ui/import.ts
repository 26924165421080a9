/** Markdown files from this device becoming documents. */
import * as Y from 'yjs'
import { excerptOf, titleOf } from '#doc/document'
import { createLink, type Link } from '#doc/link'
import type { DeskPhrases } from '#i18n/phrases'
import { openDocument, type StoredDocument } from '#storage/documents'
import { plant, seedFromMarkdown, type Seed } from './plant.ts'
import { library } from './shelf.ts'

const EXCERPT_LENGTH = 2000
/** Longest wait for an imported document to be on disk, ms. */
const SAVE_LIMIT = 20_000
const TEXT_FILE = /\.(?:md|markdown|mdown|mkd|txt)$/iu

/**
 * Makes a document of every file. A single one is handed to `open`; of several, each is stored and listed.
 * Returns what to tell the person: what could not be imported, and how many were.
 */
export async function importFiles(
  files: readonly File[],
  words: DeskPhrases['home'],
  open: (link: Link, begin: (doc: Y.Doc) => void) => void,
): Promise<string[]> {
  const messages: string[] = []
  const seeds: { name: string; seed: Seed }[] = []
  for (const file of files) {
    if (!TEXT_FILE.test(file.name) && !file.type.startsWith('text/')) messages.push(words.notMarkdown(file.name))
    else seeds.push({ name: file.name, seed: await seedFromMarkdown(await file.text(), file.name) })
  }
  const [only] = seeds
  if (seeds.length === 1 && only !== undefined) {
    open(await createLink(), (doc) => plant(doc, only.seed))
    return messages
  }
  let stored = 0
  for (const { name, seed } of seeds) {
    if (await store(seed)) stored++
    else messages.push(words.importFailed(name))
  }
  if (stored > 0) messages.push(words.imported(stored))
  return messages
}

/** Stores a new document without opening it. False when this device does not keep it. */
async function store(seed: Seed): Promise<boolean> {
  const link = await createLink()
  const doc = new Y.Doc()
  const stored = openDocument(link.database, doc)
  await stored.loaded
  plant(doc, seed)
  const kept = await isSaved(stored)
  await stored.close()
  if (kept) {
    const now = Date.now()
    await library.put({
      database: link.database,
      fragment: link.fragment,
      role: 'edit',
      title: titleOf(doc).toJSON(),
      excerpt: excerptOf(doc, EXCERPT_LENGTH),
      opened: now,
      edited: now,
      removed: null,
    })
  }
  doc.destroy()
  return kept
}

/** Waits for 'saved' after what was written in this very turn (its state changes a microtask later). */
async function isSaved(stored: StoredDocument): Promise<boolean> {
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
