/** The words of importing files and of backups: loaded when one does either. */
import { loadFilePhrases } from '#i18n/file-phrases'
import type { FilePhrases, Language } from '#i18n/phrases'
import { preferences } from './preferences.svelte.ts'

let loaded: { language: Language; words: FilePhrases } | null = null

/** Loads what `fileWords` gives, in the language that is spoken now; and the words of the desk. */
export async function furnishFiles(): Promise<void> {
  const { language } = preferences
  await preferences.furnish()
  if (loaded?.language !== language) loaded = { language, words: await loadFilePhrases(language) }
}

/** The words; there once `furnishFiles` has resolved. */
export function fileWords(): FilePhrases {
  if (loaded === null) throw new Error('Words of files are wanted before furnishFiles()')
  return loaded.words
}
