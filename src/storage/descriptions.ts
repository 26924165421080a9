/** What documents are listed by, left by pages that are being closed. */
import type { Entry, Library } from './library.ts'

/** What a document is listed by. */
export type Description = Pick<Entry, 'title' | 'excerpt' | 'edited' | 'seen'>

const KEY = 'inkmesh-descriptions'

/**
 * Keeps a description for the next page that asks, at once: the library takes its time, and a page that is being closed
 * has none.
 */
export function leaveDescription(database: string, description: Description): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...leftDescriptions(), [database]: description }))
  } catch (error) {
    console.info('The list of documents may be a little behind:', error)
  }
}

/** Puts into the library what closed pages have left. */
export async function collectDescriptions(library: Library): Promise<void> {
  const left = Object.entries(leftDescriptions())
  for (const [database, { title, excerpt, edited, seen }] of left) {
    const entry = await library.get(database)
    if (entry !== null && entry.edited < edited) await library.update(database, { title, excerpt, edited, seen })
  }
  if (left.length > 0) localStorage.removeItem(KEY)
}

/** Only this module writes them, so their form is known; what is no JSON at all counts as nothing. */
function leftDescriptions(): Record<string, Description> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Record<string, Description>
  } catch (error) {
    console.info('No descriptions left by closed pages:', error)
    return {}
  }
}
