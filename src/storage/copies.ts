/** What this device remembers of a document's copies elsewhere, beside the document: in localStorage, so at hand at once. */

/** When other devices last held all of the document; `#net/copies` says what it means. */
interface Taken {
  digest: string
  devices: readonly string[]
  at: number
}

export interface CopiesNote {
  taken: Taken | null
  /** The person was told that the document is on this device only. */
  warned: boolean
}

const keyOf = (database: string): string => `${database} copies`

/** The note on a document; an empty one when there is none. Total on whatever is stored. */
export function readCopiesNote(database: string): CopiesNote {
  try {
    return parseCopiesNote(localStorage.getItem(keyOf(database)))
  } catch (error) {
    console.info('Nothing is remembered of copies elsewhere:', error)
    return { taken: null, warned: false }
  }
}

/** Changes the note, where the browser lets us keep any. */
export function changeCopiesNote(database: string, patch: Partial<CopiesNote>): void {
  try {
    localStorage.setItem(keyOf(database), JSON.stringify({ ...readCopiesNote(database), ...patch }))
  } catch (error) {
    console.info('What is known of copies elsewhere is forgotten with this page:', error)
  }
}

export function forgetCopiesNote(database: string): void {
  try {
    localStorage.removeItem(keyOf(database))
  } catch (error) {
    console.info('What is known of copies elsewhere was not kept:', error)
  }
}

/** A note from its stored form. Throws a SyntaxError when it is no JSON. */
export function parseCopiesNote(text: string | null): CopiesNote {
  const { taken, warned } = objectOf(JSON.parse(text ?? 'null'))
  const { digest, devices, at } = objectOf(taken)
  const isTaken =
    typeof digest === 'string' &&
    Array.isArray(devices) &&
    devices.every((device) => typeof device === 'string') &&
    typeof at === 'number'
  return { taken: isTaken ? { digest, devices, at } : null, warned: warned === true }
}

const objectOf = (value: unknown): Partial<Record<string, unknown>> => Object(value) as Partial<Record<string, unknown>>
