/** Files from this device becoming documents. What is read in another way than one might expect is said, with what to do about it. */
import type { Kept } from '#convert/kept-as'
import { readBytes } from '#convert/encoding'
import { takeText, type Asked, type Taken } from '#convert/text-file'
import type { Link } from '#doc/link'
import { isBackup } from '#storage/backup-file'
import { isUpdate } from '#sync/structure'
import { mount, unmount } from 'svelte'
import type * as Y from 'yjs'
import { importBeside, unpackBeside, type Source } from './files-beside.ts'
import { renewed, seedFromText, type Seed } from './plant.ts'
import { fileWords, furnishFiles } from './file-words.ts'
import { preferences } from './preferences.svelte.ts'
import { router } from './router.svelte.ts'
import { toasts } from './toasts.svelte.ts'

/** Files up to this size, in bytes, are read in the page; a single one up to the greater size is opened by itself. */
const SIZE = { small: 300_000, opened: 1_000_000 }

/** Names that people know encodings by. */
const NAMES: Readonly<Record<string, string>> = {
  'euc-kr': 'EUC-KR',
  'euc-jp': 'EUC-JP',
  shift_jis: 'Shift JIS',
  gb18030: 'GB 18030',
  big5: 'Big5',
  'windows-1251': 'Windows-1251',
  'windows-1252': 'Windows-1252',
}

type Opener = (link: Link, begin: (doc: Y.Doc) => void) => void

const isArchive = ({ path }: Source): boolean => /\.zip$/iu.test(path)

/** Whether a file is no text that one may open, but a Yjs file or a backup. */
const isForKeeping = async ({ blob }: Source): Promise<boolean> =>
  (await isBackup(blob)) || isUpdate(new Uint8Array(await blob.arrayBuffer()))

/** Files as they come from a field or from the clipboard. */
export const sourcesOf = (files: readonly File[]): Source[] =>
  files.map((file) => ({ path: file.webkitRelativePath || file.name, blob: file }))

/** Makes a document of every file. A single one is opened, unless that takes a while; all others are stored and listed, and the page stays. */
export async function importFiles(sources: readonly Source[], open: Opener, others = 0): Promise<void> {
  await furnishFiles()
  const [only, second] = sources
  if (
    only === undefined ||
    second !== undefined ||
    isArchive(only) ||
    only.blob.size > SIZE.small ||
    (await isForKeeping(only))
  ) {
    const opens = second === undefined && only !== undefined && !isArchive(only) && only.blob.size <= SIZE.opened
    await keepFiles(sources, others, opens)
    return
  }
  const seed = await seedOf(only, open)
  if (seed !== null) open(...(await renewed(seed)))
}

/** Makes a document of every file, and stays where one is; one says what became of them, and a single one may be opened. `others` were left out before. */
export async function keepFiles(sources: readonly Source[], others = 0, opens = false): Promise<void> {
  await furnishFiles()
  const words = fileWords().imports
  const files: Source[] = []
  let left = others
  for (const source of sources) {
    if (await isBackup(source.blob)) await putBack(source.blob)
    else if (!isArchive(source)) files.push(source)
    else {
      const unpacked = await unpackBeside(source.blob)
      if (unpacked.files.length === 0) toasts.keep(words.emptyArchive(source.path), null)
      files.push(...unpacked.files)
      left += unpacked.others
    }
  }
  if (files.length > 0) await keep(files, opens)
  if (left > 0) toasts.keep(words.leftOut(left), null)
}

/** Puts the documents of a backup back; asks for its passphrase where it has one. */
async function putBack(file: Blob): Promise<void> {
  const { restore } = await import('./backup.ts')
  if ((await restore(file, null)) !== 'locked') return
  const { default: BackupDialog } = await import('./BackupDialog.svelte')
  const dialog = mount(BackupDialog, {
    target: document.body,
    props: { file, onClose: () => void unmount(dialog), onDone: () => undefined },
  })
}

async function keep(files: readonly Source[], opens: boolean, asked?: Asked): Promise<void> {
  const { home } = preferences.desk
  const { imports } = fileWords()
  const imported = await importBeside(files, (path) => toasts.keep(imports.unread(path), null), asked)
  if (imported === null) {
    toasts.show(imports.cancelled)
    return
  }
  const { stored, noText, notStored } = imported
  for (const path of noText) toasts.keep(imports.notText(path), null)
  for (const path of notStored) toasts.keep(home.importFailed(path), null)
  const [only, second] = stored
  if (only === undefined) return
  if (second === undefined) {
    const { fragment } = only.entry
    if (opens) router.open(fragment)
    else toasts.keep(home.imported(1), { label: home.open, run: () => router.open(fragment) })
  } else toasts.show(home.imported(stored.length))
  for (const { path, taken } of stored) {
    const source = taken === null ? undefined : files.find((file) => file.path === path)
    if (taken !== null && source !== undefined) tell(source, taken, (other) => void keep([source], true, other))
  }
  tellKept(stored)
}

/**
 * What a file becomes. Null when it is no text, which is said. Where it may be read otherwise, `open` is given a document of the
 * other reading if the person asks for that.
 */
export async function seedOf(source: Source, open: Opener, asked?: Asked): Promise<Seed | null> {
  await furnishFiles()
  const words = fileWords().imports
  const { path, blob } = source
  const read = takeText(new Uint8Array(await blob.arrayBuffer()), path, asked)
  if (read === null) {
    toasts.keep(words.notText(path), null)
    return null
  }
  const { text, taken } = read
  const again = async (other: Asked): Promise<void> => {
    const seed = await seedOf(source, open, other)
    if (seed !== null) open(...(await renewed(seed)))
  }
  tell(source, taken, (other) => void again(other))
  const seed = await seedFromText(text, path, taken.reading)
  if (seed === null) toasts.keep(words.unread(path), null)
  else tellKept([{ path, kept: seed.kept }])
  return seed ?? seedFromText(text, path, { form: 'lines' })
}

/** Says how a file was taken, where one might expect otherwise, and how else it might be. */
function tell(source: Source, { encoding, otherEncoding, doubt }: Taken, again: (asked: Asked) => void): void {
  const words = fileWords().imports
  const { path } = source
  const known = NAMES[encoding]
  if (otherEncoding !== null) {
    const run = (): void =>
      void chooseEncoding(source, encoding, (chosen) => again({ encoding: chosen, reading: null }))
    toasts.keep(words.unsure(path, known ?? encoding), { label: words.readOtherwise, run })
  } else if (known !== undefined) toasts.show(words.readAs(path, known))
  const reread = (form: 'markdown' | 'lines') => (): void => again({ encoding, reading: { form } })
  if (doubt === 'markdown') toasts.keep(words.asMarkdown(path), { label: words.keepLines, run: reread('lines') })
  else if (doubt === 'lines') toasts.keep(words.asLines(path), { label: words.readMarkdown, run: reread('markdown') })
}

/** Asks which of the encodings that a file may be in is the right one, by what it would say. */
async function chooseEncoding(
  { path, blob }: Source,
  current: string,
  choose: (encoding: string) => void,
): Promise<void> {
  const { default: EncodingDialog } = await import('./EncodingDialog.svelte')
  const readings = readBytes(new Uint8Array(await blob.arrayBuffer())).readings.map(({ text, encoding }) => ({
    encoding,
    label: NAMES[encoding] ?? encoding,
    preview: previewOf(text),
  }))
  const dialog = mount(EncodingDialog, {
    target: document.body,
    props: { name: path, readings, current, onChoose: choose, onClose: () => void unmount(dialog) },
  })
}

/** The first lines that are not the same in every encoding. */
const previewOf = (text: string): string =>
  text
    .split(/\r\n?|\n/u)
    .filter((line) => /[^\0-\x7f]/u.test(line))
    .slice(0, 3)
    .map((line) => line.trim().slice(0, 120))
    .join('\n')

/** Says what of files was kept in another form. */
function tellKept(files: readonly { path: string; kept: Kept }[]): void {
  const words = fileWords().imports
  const some = files.filter(({ kept }) => kept.length > 0)
  const [first, second] = some
  if (first === undefined) return
  const counts = new Map<string, number>()
  for (const { name, count } of some.flatMap(({ kept }) => kept)) counts.set(name, (counts.get(name) ?? 0) + count)
  const kinds: Readonly<Record<string, string>> = words.kinds
  const what = [...counts].map(([name, count]) => `${kinds[name] ?? name} (${count})`).join(', ')
  toasts.keep(second === undefined ? words.keptAs(first.path, what) : words.keptAsMany(some.length, what), null)
}
