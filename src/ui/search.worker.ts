/**
 * Full-text search beside the page, which asks in `search.ts`. The texts are in memory once something has been looked for;
 * looking through all of them takes some ten milliseconds for a thousand long documents, so there is no index of words, which
 * would find none inside another.
 */
import { TextIndex, type IndexedText } from '#storage/text-index'
import { SearchText, termsOf, type Excerpt } from './search-work.ts'
import { readStored } from './stored-text.ts'

/** What the library knows of a document. */
export interface Listed {
  database: string
  edited: number
}

/** What the worker is asked: what documents there are now, or where something is. */
export type Question = { kind: 'list'; documents: readonly Listed[] } | { kind: 'find'; query: string }

/** `missing` documents have not been read yet. */
export type Answer =
  { kind: 'read'; missing: number } | { kind: 'found'; query: string; hits: ReadonlyMap<string, Excerpt> }

const tell = (answer: Answer): void => postMessage(answer)
const complain = (error: unknown): void => console.warn('Searching:', error)

const opening = TextIndex.open()
opening.catch(complain)
/** All texts, once somebody has looked for something. */
let texts: Promise<Map<string, SearchText>> | null = null
let documents: readonly Listed[] = []
/** Reading goes on until all that is listed is read. */
let reading: Promise<void> | null = null
/** Until somebody looks for something, reading is in no hurry: it waits this long, ms, and then takes half of the time. */
const PATIENCE = 1000
/** Ends the wait. */
let hurry: () => void = () => undefined
let isWanted = false

function rest(duration: number): Promise<void> {
  if (isWanted) return Promise.resolve()
  return new Promise((resolve) => {
    hurry = resolve
    setTimeout(resolve, duration)
  })
}

async function loadTexts(): Promise<Map<string, SearchText>> {
  const index = await opening
  return new Map((await index.texts()).map(({ database, text }) => [database, new SearchText(text)]))
}

async function find(query: string): Promise<void> {
  const terms = termsOf(query)
  texts ??= loadTexts()
  const all = await texts
  const hits = new Map<string, Excerpt>()
  for (const { database } of documents) {
    const text = all.get(database)
    if (text !== undefined && terms.every((term) => text.has(term))) hits.set(database, text.excerpt(terms))
  }
  tell({ kind: 'found', query, hits })
}

/** Brings the index up to what is listed: documents that were changed are read again, those that are gone forgotten. */
async function readChanged(): Promise<void> {
  await rest(PATIENCE)
  const index = await opening
  const stamps = await index.stamps()
  const tried = new Set<string>()
  for (;;) {
    const listed = new Set(documents.map(({ database }) => database))
    const gone = [...stamps.keys()].filter((database) => !listed.has(database))
    if (gone.length > 0) await index.delete(gone)
    for (const database of gone) {
      stamps.delete(database)
      ;(await texts)?.delete(database)
    }
    const keyOf = ({ database, edited }: Listed): string => `${database} ${edited}`
    const missing = documents.filter((one) => stamps.get(one.database) !== one.edited && !tried.has(keyOf(one)))
    tell({ kind: 'read', missing: missing.length })
    const [next] = missing
    if (next === undefined) return
    // What cannot be read is not tried again and again.
    tried.add(keyOf(next))
    const begun = performance.now()
    const text = await textOf(next.database).catch((error: unknown) => complain(error))
    if (text === undefined) continue
    const entry: IndexedText = { ...next, text }
    await index.put(entry)
    stamps.set(next.database, next.edited)
    ;(await texts)?.set(next.database, new SearchText(text))
    await rest(performance.now() - begun)
  }
}

/** The title and the text of a document. */
async function textOf(database: string): Promise<string> {
  const { title, excerpt } = await readStored(database, Infinity)
  return `${title}\n${excerpt}`
}

addEventListener('message', ({ data }: MessageEvent<Question>) => {
  if (data.kind === 'find') {
    isWanted = true
    hurry()
    find(data.query).catch(complain)
    return
  }
  ;({ documents } = data)
  reading ??= readChanged()
    .catch(complain)
    .finally(() => (reading = null))
})
