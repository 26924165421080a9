/** All words the app shows or speaks, by language; only the one that is spoken is loaded. */
import type { enCall } from './en-call.ts'
import type { enDesk } from './en-desk.ts'
import type { enFiles } from './en-files.ts'
import type { en } from './en.ts'

export type Phrases = typeof en
/** Words of the toolbar, the menus and the dialogs, which come after the text. */
export type DeskPhrases = typeof enDesk
/** Words of importing files and of backups, which come when one does either. */
export type FilePhrases = typeof enFiles
/** Words of calls, which come when somebody starts one. */
export type CallPhrases = typeof enCall
export type Language = 'en' | 'ko'

/** The language for a BCP 47 tag such as `navigator.language`; English when we have no better. */
export const languageFor = (tag: string): Language => (/^ko\b/iu.test(tag) ? 'ko' : 'en')

export async function loadPhrases(language: Language): Promise<Phrases> {
  return language === 'ko' ? (await import('./ko.ts')).ko : (await import('./en.ts')).en
}

export async function loadDeskPhrases(language: Language): Promise<DeskPhrases> {
  return language === 'ko' ? (await import('./ko-desk.ts')).koDesk : (await import('./en-desk.ts')).enDesk
}
