/** One call in a browser at a time: two tabs would be heard twice, and hear each other (Web Locks). */

const NAME = 'inkmesh-call'

interface TurnOptions {
  /** Takes it from the tab that has it. */
  isMoved: boolean
  /** Called when another tab has taken it. */
  lost: () => void
}

/** Null when another tab has it. Where there are no locks, everyone has one. */
export async function takeTurn({ isMoved, lost }: TurnOptions): Promise<{ end: () => void } | null> {
  if (!('locks' in navigator)) return { end: () => undefined }
  return new Promise((resolve, reject) => {
    const hold = (lock: Lock | null): Promise<void> | undefined => {
      if (lock === null) {
        resolve(null)
        return undefined
      }
      return new Promise((end) => resolve({ end }))
    }
    navigator.locks.request(NAME, isMoved ? { steal: true } : { ifAvailable: true }, hold).catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'AbortError') lost()
      else reject(error instanceof Error ? error : new Error('No lock', { cause: error }))
    })
  })
}
