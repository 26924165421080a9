/**
 * Work on files in a worker, so that the page lives on whatever their size: how far it is, is shown, and it can be cancelled,
 * which leaves nothing.
 */
import type { Node } from 'prosemirror-model'
import type { Kept } from '#convert/kept-as'
import type { Asked, Taken } from '#convert/text-file'
import type { BackupEnd } from '#storage/backup-file'
import type { Entry } from '#storage/library'
import { untilFree } from '#storage/open-lock'
import { fileWords, furnishFiles } from './file-words.ts'
import { showProgress, type Progress } from './progress.svelte.ts'
import { library } from './shelf.ts'

/** A file, by its name and the folders it was in. */
export interface Source {
  path: string
  blob: Blob
}

/** What the worker is asked. */
export type Order =
  | { kind: 'import'; files: readonly Source[]; asked: Asked }
  | { kind: 'unpack'; archive: Blob }
  | { kind: 'back up'; entries: readonly Entry[]; passphrase: string | null }
  | { kind: 'restore'; file: Blob; passphrase: string | null }
  /** A document, its body as JSON, as a Yjs file that other editors read. */
  | { kind: 'write'; title: string; body: unknown }

/** What it tells. `part` is which part of this file has been read, from 0 to 1; its `size` is in bytes. */
export type Report =
  | { kind: 'reading'; path: string; part: number; size: number }
  | { kind: 'storing'; database: string }
  | { kind: 'stored'; path: string; entry: Entry; taken: Taken | null; kept: Kept }
  | { kind: 'left'; path: string; why: 'no text' | 'not stored' }
  | { kind: 'unpacked'; files: Source[]; others: number }
  | { kind: 'packing'; title: string }
  | { kind: 'packed' | 'written'; file: Blob }
  | { kind: 'restored'; entry: Entry }
  | { kind: 'read'; end: BackupEnd }
  | { kind: 'ended' }

export interface Imported {
  stored: { path: string; entry: Entry; taken: Taken | null; kept: Kept }[]
  /** Files that are no text. */
  noText: string[]
  /** Files that this device did not keep. */
  notStored: string[]
}

/**
 * How long reading may not get on, in milliseconds; and how long it may take in all, with so much for each byte: many times what it
 * does take.
 */
const PATIENCE = { step: 3500, all: 3000, byte: 0.012 }

const NOTHING_ASKED: Asked = { encoding: null, reading: null }

/**
 * Makes documents of files, and keeps them on this device, listed. Null when the person has cancelled it. `gaveUp` is told at once of
 * a file that is taken line by line, since reading it as Markdown does not get on.
 */
export async function importBeside(
  files: readonly Source[],
  gaveUp: (path: string) => void,
  asked = NOTHING_ASKED,
): Promise<Imported | null> {
  const words = fileWords().imports
  const result: Imported = { stored: [], noText: [], notStored: [] }
  const progress = showProgress()
  /** The documents that were begun. */
  const begun = new Set<string>()
  const listed: Promise<void>[] = []
  const work = { done: 0 }
  let asLines = false
  const take = (report: Report): void => {
    if (report.kind === 'storing') begun.add(report.database)
    if (report.kind === 'left') (report.why === 'no text' ? result.noText : result.notStored).push(report.path)
    if (report.kind === 'stored') {
      result.stored.push(report)
      listed.push(library.put(report.entry))
    }
    if (report.kind === 'stored' || report.kind === 'left') work.done++
    const path = files[work.done]?.path ?? ''
    const part = (work.done + (report.kind === 'reading' ? report.part : 0)) / files.length
    progress.tell(files.length === 1 ? words.importing(path) : words.importingSome(work.done + 1, files.length), part)
  }
  try {
    while (work.done < files.length && !progress.isCancelled()) {
      const rest = asLines ? files.slice(work.done, work.done + 1) : files.slice(work.done)
      const reading = asLines ? { form: 'lines' as const } : asked.reading
      const end = await run({ kind: 'import', files: rest, asked: { ...asked, reading } }, take, progress)
      const path = files[work.done]?.path
      if (path === undefined || progress.isCancelled()) break
      if (end === 'stuck' && !asLines) {
        gaveUp(path)
        asLines = true
        continue
      }
      asLines = false
      if (end !== 'ended') take({ kind: 'left', path, why: 'not stored' })
    }
  } finally {
    progress.end()
  }
  await Promise.all(listed)
  const isCancelled = progress.isCancelled()
  const whole = new Set(isCancelled ? [] : result.stored.map(({ entry }) => entry.database))
  for (const database of begun) {
    if (whole.has(database)) continue
    // A worker that was stopped lets go of its document a moment later.
    await untilFree(database)
    await library.discard(database)
  }
  return isCancelled ? null : result
}

/** The notes in an archive, and how many other files were left out. */
export async function unpackBeside(archive: Blob): Promise<{ files: readonly Source[]; others: number }> {
  const progress = showProgress()
  let unpacked: { files: readonly Source[]; others: number } = { files: [], others: 0 }
  try {
    const take = (report: Report): void => {
      if (report.kind === 'unpacked') unpacked = report
    }
    await run({ kind: 'unpack', archive }, take, progress)
  } finally {
    progress.end()
  }
  return unpacked
}

/** A document as a Yjs file that other editors read. Null when it could not be written. */
export async function writeBeside(title: string, body: Node): Promise<Blob | null> {
  await furnishFiles()
  const progress = showProgress()
  const written: Blob[] = []
  try {
    const take = (report: Report): void => {
      if (report.kind === 'written') written.push(report.file)
    }
    await run({ kind: 'write', title, body: body.toJSON() as unknown }, take, progress)
  } finally {
    progress.end()
  }
  return written[0] ?? null
}

/** Runs a worker until it has ended, does not get on with reading, has failed, or is cancelled. */
export async function run(
  order: Order,
  take: (report: Report) => void,
  progress: Progress,
): Promise<'ended' | 'stuck' | 'failed'> {
  const worker = new Worker(new URL('./files.worker.ts', import.meta.url), { type: 'module' })
  let limit: ReturnType<typeof setTimeout> | undefined
  let deadline = Infinity
  try {
    return await new Promise((resolve) => {
      progress.onCancel = () => resolve('ended')
      worker.onerror = (event) => {
        console.warn('Work on files failed:', event.message)
        resolve('failed')
      }
      worker.onmessage = ({ data }: MessageEvent<Report>) => {
        clearTimeout(limit)
        if (data.kind === 'reading') {
          const now = performance.now()
          if (data.part === 0) deadline = now + PATIENCE.all + PATIENCE.byte * data.size
          limit = setTimeout(() => resolve('stuck'), Math.min(PATIENCE.step, deadline - now))
        }
        if (data.kind === 'ended') resolve('ended')
        else take(data)
      }
      worker.postMessage(order)
    })
  } finally {
    clearTimeout(limit)
    worker.terminate()
  }
}
