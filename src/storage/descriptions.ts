/** What documents are listed by, left by pages that are being closed. */
import type { Entry } from './library.ts'

/** What a document is listed by. */
export type Description = Pick<Entry, 'title' | 'excerpt' | 'edited' | 'seen'>

export const LEFT_DESCRIPTIONS = 'inkmesh-descriptions'

/**
 * Keeps a description for the next page that asks, at once: the library takes its time, and a page that is being closed
 * has none.
 */
export function leaveDescription(database: string, description: Description): void {
  try {
    localStorage.setItem(LEFT_DESCRIPTIONS, JSON.stringify({ ...leftDescriptions(), [database]: description }))
  } catch (error) {
    console.info('The list of documents may be a little behind:', error)
  }
}

/** What closed pages have left, by database. Only this module writes it, so its form is known; what is no JSON at all counts as nothing. */
export function leftDescriptions(): Record<string, Description> {
  try {
    return JSON.parse(localStorage.getItem(LEFT_DESCRIPTIONS) ?? '{}') as Record<string, Description>
  } catch (error) {
    console.info('No descriptions were left:', error)
    return {}
  }
}
