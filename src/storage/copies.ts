/** What this device remembers of a document's copies elsewhere, beside the document: in localStorage, so at hand at once. */

/** When other devices last held all of the document; `#sync/replication` says what it means. */
interface Taken {
  digest: string
  devices: readonly string[]
  at: number
}

const keyOf = (database: string): string => `${database} copies`

/** What was kept of a document; null when there is nothing. Total on whatever is stored. */
export function readTaken(database: string): Taken | null {
  try {
    return parseTaken(localStorage.getItem(keyOf(database)))
  } catch (error) {
    console.info('Nothing is remembered of copies elsewhere:', error)
    return null
  }
}

/** Keeps it, where the browser lets us keep any. */
export function keepTaken(database: string, taken: Taken | null): void {
  try {
    localStorage.setItem(keyOf(database), JSON.stringify({ taken }))
  } catch (error) {
    console.info('What is known of copies elsewhere is forgotten with this page:', error)
  }
}

export function forgetTaken(database: string): void {
  try {
    localStorage.removeItem(keyOf(database))
  } catch (error) {
    console.info('What is known of copies elsewhere was not kept:', error)
  }
}

/** What was kept, from its stored form. Throws a SyntaxError when it is no JSON. */
export function parseTaken(text: string | null): Taken | null {
  const { taken } = objectOf(JSON.parse(text ?? 'null'))
  const { digest, devices, at } = objectOf(taken)
  const isTaken =
    typeof digest === 'string' &&
    Array.isArray(devices) &&
    devices.every((device) => typeof device === 'string') &&
    typeof at === 'number'
  return isTaken ? { digest, devices, at } : null
}

const objectOf = (value: unknown): Partial<Record<string, unknown>> => Object(value) as Partial<Record<string, unknown>>
