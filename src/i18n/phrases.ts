/** All words the app shows or speaks, by language; only the one that is spoken is loaded. */
import type { en } from './en.ts'

export type Phrases = typeof en
export type Language = 'en' | 'ko'

/** The language for a BCP 47 tag such as `navigator.language`; English when we have no better. */
export const languageFor = (tag: string): Language => (/^ko\b/iu.test(tag) ? 'ko' : 'en')

export async function loadPhrases(language: Language): Promise<Phrases> {
  return language === 'ko' ? (await import('./ko.ts')).ko : (await import('./en.ts')).en
}
