/** What becomes of entries in the library: how they begin, and when they go by themselves. */
import { LEFT_DESCRIPTIONS, leftDescriptions } from './descriptions.ts'
import type { Entry, Library } from './library.ts'
import { TextIndex } from './text-index.ts'

/** How much of a document's text the library knows, in characters. */
export const EXCERPT_LENGTH = 2000

/** An entry of a document that is new on this device. */
export const newEntry = (entry: Omit<Entry, 'seen' | 'shared' | 'pinned'>): Entry => ({
  ...entry,
  seen: entry.opened,
  shared: false,
  pinned: false,
})

/** Whether nobody would miss it: it was begun here, has no words and no title, and nobody else can know of it. */
export const isForgotten = ({ title, excerpt, edited, shared, pinned, role }: Entry): boolean =>
  `${title}${excerpt}`.trim() === '' && edited > 0 && !shared && !pinned && role === 'edit'

/**
 * Deletes for good what was binned before one time, and what is forgotten and was not opened since another (ms epoch): entries
 * and their documents. One that is open in a tab waits for another time. Of those that seem forgotten only such databases go
 * as were looked into and are `empty`: the library may not know yet what stands in one.
 */
export async function purge(
  library: Library,
  {
    binnedBefore,
    forgottenBefore,
    empty,
  }: { binnedBefore: number; forgottenBefore: number; empty: ReadonlySet<string> },
): Promise<void> {
  const isOver = (entry: Entry): boolean =>
    entry.removed === null
      ? isForgotten(entry) && empty.has(entry.database) && entry.opened < forgottenBefore
      : entry.removed < binnedBefore
  for (const { database } of (await library.list()).filter(isOver)) await discard(library, database)
}

/** Deletes an entry for good, its document, and what was kept of its text for search. False while a tab has it open: then it stays. */
export async function discard(library: Library, database: string): Promise<boolean> {
  await library.discard(database)
  if ((await library.get(database)) !== null) return false
  const index = await TextIndex.open()
  await index.delete([database])
  index.close()
  return true
}

/** Puts into the library what closed pages have left. */
export async function collectDescriptions(library: Library): Promise<void> {
  const left = Object.entries(leftDescriptions())
  for (const [database, { title, excerpt, edited, seen }] of left) {
    const entry = await library.get(database)
    if (entry !== null && entry.edited < edited) await library.update(database, { title, excerpt, edited, seen })
  }
  if (left.length > 0) localStorage.removeItem(LEFT_DESCRIPTIONS)
}
