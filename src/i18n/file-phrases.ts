import type { FilePhrases, Language } from './phrases.ts'

export async function loadFilePhrases(language: Language): Promise<FilePhrases> {
  return language === 'ko' ? (await import('./ko-files.ts')).koFiles : (await import('./en-files.ts')).enFiles
}
