let asked = false

/**
 * Asks the browser, once a visit, never to evict what this site stores. Only after the person has done something here:
 * some browsers show a question, and one on merely opening a link would puzzle.
 */
export function askToPersist(): void {
  // A page that is not secure has no such thing, and in a worker nobody does anything.
  if (asked || !('storage' in navigator) || !('userActivation' in navigator)) return
  if (!navigator.userActivation.hasBeenActive) return
  asked = true
  // A browser that refuses or cannot keeps the documents all the same, for as long as it has room.
  navigator.storage.persist().catch((error: unknown) => console.info('No persistent storage:', error))
}
