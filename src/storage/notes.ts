/** What this device remembers beside a document, in localStorage, so at hand at once. None of it is needed: it goes with the document. */

/** 'copies': when other devices last held all of it. 'place': where one was in it. */
type NoteName = 'copies' | 'place'

/** When other devices last held all of the document; `#sync/replication` says what it means. */
interface Taken {
  digest: string
  devices: readonly string[]
  at: number
}

const keyOf = (database: string, name: NoteName): string => `${database} ${name}`

/** A note on a document as it was kept; null when there is none. Total on whatever is stored. */
export function readNote(database: string, name: NoteName): unknown {
  try {
    return JSON.parse(localStorage.getItem(keyOf(database, name)) ?? 'null')
  } catch (error) {
    console.info(`Nothing is remembered of a document (${name}):`, error)
    return null
  }
}

/** Keeps a note, where the browser lets us keep any. `value` is JSON. */
export function keepNote(database: string, name: NoteName, value: unknown): void {
  try {
    localStorage.setItem(keyOf(database, name), JSON.stringify(value))
  } catch (error) {
    console.info(`What is known of it goes with this page (${name}):`, error)
  }
}

export function forgetNotes(database: string): void {
  try {
    for (const name of ['copies', 'place'] as const) localStorage.removeItem(keyOf(database, name))
  } catch (error) {
    console.info('What was known was not kept:', error)
  }
}

/** What a note on copies says. Total on any value. */
export function parseTaken(value: unknown): Taken | null {
  const { taken } = objectOf(value)
  const { digest, devices, at } = objectOf(taken)
  const isTaken =
    typeof digest === 'string' &&
    Array.isArray(devices) &&
    devices.every((device) => typeof device === 'string') &&
    typeof at === 'number'
  return isTaken ? { digest, devices, at } : null
}

const objectOf = (value: unknown): Partial<Record<string, unknown>> => Object(value) as Partial<Record<string, unknown>>
