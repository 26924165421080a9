/** All documents of this device into one file, and back. */
import { isLocked, type BackupEnd } from '#storage/backup-file'
import { noteBackup } from '#storage/backup-note'
import type { Entry, Library } from '#storage/library'
import { run, type Report } from './files-beside.ts'
import { download } from './document-files.ts'
import { fileWords, furnishFiles } from './file-words.ts'
import { preferences } from './preferences.svelte.ts'
import { showProgress } from './progress.svelte.ts'
import { library } from './shelf.ts'
import { toasts } from './toasts.svelte.ts'

/** Saves all documents as a file; those in the bin, too. */
export async function backUp(passphrase: string | null): Promise<void> {
  await furnishFiles()
  const words = fileWords().backup
  const entries = await library.list()
  const progress = showProgress()
  let file: Blob | null = null
  let done = 0
  const left: string[] = []
  const take = (report: Report): void => {
    if (report.kind === 'packing') progress.tell(words.packing(++done, entries.length), (done - 1) / entries.length)
    if (report.kind === 'left') left.push(report.path)
    if (report.kind === 'packed') ({ file } = report)
  }
  try {
    await run({ kind: 'back up', entries, passphrase }, take, progress)
  } finally {
    progress.end()
  }
  if (progress.isCancelled()) return
  const packed = file as Blob | null
  if (packed === null) {
    toasts.keep(words.failed, null)
    return
  }
  const now = new Date()
  download(packed, `inkmesh-${now.toISOString().slice(0, 10)}.inkmesh`)
  for (const title of left) toasts.keep(words.unpacked(title || preferences.desk.home.untitled), null)
  if (left.length === 0) noteBackup(now.getTime())
  toasts.show(words.done(entries.length - left.length))
}

/** How putting a backup back ended: 'locked' when it needs a passphrase, or another one. */
export type Restored = BackupEnd | 'cancelled' | 'failed'

/** Puts what is in a backup onto this device, merged with what is there, and says what became of it, unless it is locked. */
export async function restore(file: Blob, passphrase: string | null): Promise<Restored> {
  await furnishFiles()
  const words = fileWords().backup
  if (passphrase === null && (await isLocked(file))) return 'locked'
  const progress = showProgress()
  const left: string[] = []
  const listed: Promise<void>[] = []
  let end: Restored = 'failed'
  const take = (report: Report): void => {
    if (report.kind === 'packing') progress.tell(words.unpacking(report.title), null)
    if (report.kind === 'left') left.push(report.path)
    if (report.kind === 'restored') listed.push(list(library, report.entry))
    if (report.kind === 'read') ({ end } = report)
  }
  try {
    await run({ kind: 'restore', file, passphrase }, take, progress)
  } finally {
    progress.end()
  }
  await Promise.all(listed)
  if (progress.isCancelled()) {
    toasts.show(words.restored(listed.length))
    return 'cancelled'
  }
  const how = end as Restored
  if (how === 'locked') return how
  for (const title of left) toasts.keep(words.left(title || preferences.desk.home.untitled), null)
  if (how === 'whole') toasts.show(words.restored(listed.length))
  else toasts.keep(how === 'damaged' ? words.damaged(listed.length) : words.failed, null)
  return how
}

/** Lists a document that came out of a backup. What is known of it here stays: the better link, the later times, and that it was not removed. */
async function list(into: Library, entry: Entry): Promise<void> {
  const here = await into.get(entry.database)
  if (here === null) return into.put(entry)
  const best = here.role === 'edit' ? here : entry
  await into.put({
    ...entry,
    fragment: best.fragment,
    role: best.role,
    opened: Math.max(here.opened, entry.opened),
    edited: Math.max(here.edited, entry.edited),
    seen: here.seen,
    pinned: here.pinned,
    removed: here.removed === null || entry.removed === null ? null : here.removed,
  })
}
