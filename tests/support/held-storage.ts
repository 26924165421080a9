/** What is held, of documents or of the library, opens only when the page hears 'answer'. Runs in the page before the app. */
export function holdStorage(held: 'documents' | 'library' = 'documents'): void {
  const open = indexedDB.open.bind(indexedDB)
  indexedDB.open = (name, version) => {
    if ((name === 'inkmesh-library') !== (held === 'library')) return open(name, version)
    const late = {} as IDBOpenDBRequest
    document.addEventListener('answer', () => {
      const request = open(name, version)
      request.onupgradeneeded = () => {
        Object.assign(late, { result: request.result })
        late.onupgradeneeded?.(new IDBVersionChangeEvent('upgradeneeded'))
      }
      request.onsuccess = () => {
        Object.assign(late, { result: request.result })
        late.onsuccess?.(new Event('success'))
      }
    })
    return late
  }
}
