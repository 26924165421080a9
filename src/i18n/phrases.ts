/** All words the app shows or speaks, by language. */
import { en } from './en.ts'
import { ko } from './ko.ts'

export type Phrases = typeof en
export type Language = 'en' | 'ko'

export const phrases: Readonly<Record<Language, Phrases>> = { en, ko }

/** The language for a BCP 47 tag such as `navigator.language`; English when we have no better. */
export const languageFor = (tag: string): Language => (/^ko\b/iu.test(tag) ? 'ko' : 'en')
