/** Files from this device becoming documents. What is read in another way than one might expect is said, with what to do about it. */
import * as Y from 'yjs'
import { readBytes } from '#convert/encoding'
import { formOf } from '#convert/plain-text'
import { excerptOf, titleOf } from '#doc/document'
import { createLink, type Link } from '#doc/link'
import { openDocument, type StoredDocument } from '#storage/documents'
import { plant, renewed, seedFromText, type Seed, type TextReading } from './plant.ts'
import { preferences } from './preferences.svelte.ts'
import { library } from './shelf.ts'
import { toasts } from './toasts.svelte.ts'

const EXCERPT_LENGTH = 2000
/** Longest wait for an imported document to be on disk, ms. */
const SAVE_LIMIT = 20_000

/** What the end of a file's name says of its text; where it says nothing, the text does. */
const MARKDOWN = /\.(?:md|markdown|mdown|mkd|mdx)$/iu
const LINES = /\.(?:csv|tsv|log|srt|vtt|ics|vcf|eml)$/iu
const CODE =
  /\.(bash|bat|c|cc|conf|cpp|cs|css|dart|diff|go|gradle|h|hpp|htm|html|ini|java|js|json|jsx|kt|less|lua|mjs|patch|php|pl|ps1|py|r|rb|rs|scala|scss|sh|sql|svelte|swift|tex|toml|ts|tsx|vue|xml|ya?ml|zsh)$/iu

/** Names that people know encodings by. */
const NAMES: Readonly<Record<string, string>> = {
  'euc-kr': 'EUC-KR',
  'euc-jp': 'EUC-JP',
  shift_jis: 'Shift JIS',
  gb18030: 'GB 18030',
  big5: 'Big5',
  'windows-1251': 'Windows-1251',
  'windows-1252': 'Windows-1252',
}

type Opener = (link: Link, begin: (doc: Y.Doc) => void) => void

/** Makes a document of every file. A single one is handed to `open`; of several, each is stored and listed. */
export async function importFiles(files: readonly File[], open: Opener): Promise<void> {
  const [only, second] = files
  if (only !== undefined && second === undefined) {
    const seed = await seedOf(only, open)
    if (seed !== null) open(...(await renewed(seed)))
    return
  }
  await keepFiles(files, null)
}

/** Makes a document of every file, and stays where one is. A single one may be opened. */
export async function keepFiles(files: readonly File[], open: ((fragment: string) => void) | null): Promise<void> {
  const words = preferences.desk.home
  const stored: string[] = []
  for (const file of files) {
    const seed = await seedOf(file, null)
    if (seed === null) continue
    const fragment = await store(seed)
    if (fragment === null) toasts.show(words.importFailed(file.name))
    else stored.push(fragment)
  }
  const [only, second] = stored
  if (only === undefined) return
  const said = words.imported(stored.length)
  if (open === null || second !== undefined) toasts.show(said)
  else toasts.show(said, { label: words.open, run: () => open(only) })
}

/**
 * What a file becomes. Null when it is no text, which is said. Where it may be read otherwise, `open`, unless it is null, is
 * given a document of the other reading if the person asks for that.
 */
export async function seedOf(file: File, open: Opener | null): Promise<Seed | null> {
  const words = preferences.desk.imports
  const { name } = file
  const { readings, isSure } = readBytes(new Uint8Array(await file.arrayBuffer()))
  const [first, other] = readings
  if (first === undefined) {
    toasts.keep(words.notText(name), null)
    return null
  }
  const { text, encoding } = first
  const { reading, doubt } = readingOf(name, text)
  const offer = (label: string, said: string, otherText: string, as: TextReading): void => {
    const run = async (): Promise<void> => {
      const seed = await seedFromText(otherText, name, as)
      if (seed === null) toasts.show(words.unread(name))
      else open?.(...(await renewed(seed)))
    }
    if (open === null) toasts.show(said)
    else toasts.keep(said, { label, run: () => void run() })
  }
  const known = NAMES[encoding]
  if (!isSure && other !== undefined) {
    const [one, two] = [known ?? encoding, NAMES[other.encoding] ?? other.encoding]
    offer(words.readOtherwise(two), words.unsure(name, one), other.text, reading)
  } else if (known !== undefined) toasts.show(words.readAs(name, known))
  if (doubt === 'markdown') offer(words.keepLines, words.asMarkdown(name), text, { form: 'lines' })
  else if (doubt === 'lines') offer(words.readMarkdown, words.asLines(name), text, { form: 'markdown' })
  const seed = await seedFromText(text, name, reading)
  if (seed === null) toasts.keep(words.unread(name), null)
  return seed ?? seedFromText(text, name, { form: 'lines' })
}

/** How a text is taken, and as what in spite of a doubt. */
function readingOf(name: string, text: string): { reading: TextReading; doubt: 'markdown' | 'lines' | null } {
  if (MARKDOWN.test(name)) return { reading: { form: 'markdown' }, doubt: null }
  if (LINES.test(name)) return { reading: { form: 'lines' }, doubt: null }
  const language = CODE.exec(name)?.[1]?.toLowerCase()
  if (language !== undefined) return { reading: { form: 'code', language }, doubt: null }
  const { form, hasSigns } = formOf(text)
  if (form === 'code') return { reading: { form, language: null }, doubt: null }
  return { reading: { form }, doubt: hasSigns ? form : null }
}

/** Stores a new document without opening it: its fragment. Null when this device does not keep it. */
async function store(seed: Seed): Promise<string | null> {
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
  return kept ? link.fragment : null
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
