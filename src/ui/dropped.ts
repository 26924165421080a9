/** What is dropped: files, and what is in folders. */
import { isNote } from '#convert/text-file'
import type { Brought } from './brought.ts'
import { sourcesOf } from './import.ts'
import type { Source } from './files-beside.ts'

/** The files that were brought, those of folders with their paths; of folders, only notes, and how many others were left out. */
export async function droppedFiles({ entries, files }: Brought): Promise<{ sources: Source[]; others: number }> {
  const folders = entries.filter((entry) => entry !== null).filter(isFolder)
  const single = files.filter((_file, i) => !folders.some((folder) => folder === entries[i]))
  const found: Source[] = []
  for (const folder of folders) found.push(...(await filesIn(folder)))
  const notes = found.filter(({ path }) => isNote(path))
  return { sources: [...sourcesOf(single), ...notes], others: found.length - notes.length }
}

/** What was chosen as a folder. */
export function chosenFolder(files: readonly File[]): { sources: Source[]; others: number } {
  const found = sourcesOf(files)
  const sources = found.filter(({ path }) => isNote(path))
  return { sources, others: found.length - sources.length }
}

// Their classes go by other names in some browsers.
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile

async function filesIn(folder: FileSystemDirectoryEntry): Promise<Source[]> {
  const reader = folder.createReader()
  const sources: Source[] = []
  for (;;) {
    // A hundred at a time, until there are no more.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (entries.length === 0) return sources
    for (const entry of entries) {
      if (isFolder(entry)) sources.push(...(await filesIn(entry)))
      else if (isFile(entry)) {
        const blob = await new Promise<File>((resolve, reject) => entry.file(resolve, reject))
        sources.push({ path: entry.fullPath.replace(/^\//u, ''), blob })
      }
    }
  }
}
