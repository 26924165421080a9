/** When this device was last backed up, and whether it had better be. */
const KEY = 'inkmesh-backed-up'
/** A backup is old after so long, in milliseconds. */
const OLD = 30 * 24 * 60 * 60 * 1000
/** So many documents are worth one. */
const WORTH = 3

/** Notes that all documents were backed up at this time, ms epoch. */
export function noteBackup(now: number): void {
  try {
    localStorage.setItem(KEY, String(now))
  } catch (error) {
    console.info('That there is a backup is not remembered:', error)
  }
}

/** Whether a device with so many documents had better be backed up: the browser may delete them, and there is no backup, or an old one. */
export async function isBackupDue(documents: number, now: number): Promise<boolean> {
  const last = lastBackup()
  if (documents < WORTH || last === null || now - last < OLD || !('storage' in navigator)) return false
  return !(await navigator.storage.persisted())
}

/** 0 when there was none; null where nothing can be remembered, so that nobody is nagged about it for ever. */
function lastBackup(): number | null {
  try {
    return Number(localStorage.getItem(KEY) ?? 0)
  } catch (error) {
    console.info('There is no telling whether there is a backup:', error)
    return null
  }
}
