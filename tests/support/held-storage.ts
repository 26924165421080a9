/** Databases of documents open only when the page hears 'answer'. Runs inside the page, before the app. */
export function holdStorage(): void {
  const open = indexedDB.open.bind(indexedDB)
  indexedDB.open = (name, version) => {
    if (name === 'inkmesh-library') return open(name, version)
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
