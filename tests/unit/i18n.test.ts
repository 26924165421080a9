import { describe, expect, test } from 'vitest'
import { en } from '../../src/i18n/en.ts'
import { enDesk } from '../../src/i18n/en-desk.ts'
import { enFiles } from '../../src/i18n/en-files.ts'
import { enCall } from '../../src/i18n/en-call.ts'
import { koCall } from '../../src/i18n/ko-call.ts'
import { koFiles } from '../../src/i18n/ko-files.ts'
import { koDesk } from '../../src/i18n/ko-desk.ts'
import { ko } from '../../src/i18n/ko.ts'
import { languageFor } from '../../src/i18n/phrases.ts'
import { menu } from '../../src/editor/menu.ts'

/** Every phrase by its path, functions called with sample words. */
function phrasesIn(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value === 'function') return [[path, String((value as (...args: unknown[]) => unknown)('2', '3'))]]
  if (typeof value !== 'object' || value === null) throw new TypeError(`${path} is no phrase`)
  return Object.entries(value).flatMap(([key, part]) => phrasesIn(part, path === '' ? key : `${path}.${key}`))
}

describe('phrases', () => {
  const english = phrasesIn({ ...en, ...enDesk, ...enFiles, ...enCall }, '')
  const korean = phrasesIn({ ...ko, ...koDesk, ...koFiles, ...koCall }, '')

  test('both languages have the same keys, and none is empty', () => {
    expect(korean.map(([path]) => path)).toEqual(english.map(([path]) => path))
    for (const [path, text] of [...english, ...korean]) expect(text.trim(), path).not.toBe('')
  })

  test('every Korean phrase is Korean, but for names and addresses', () => {
    const untranslated = korean.filter(([, text]) => !/[가-힣]/u.test(text)).map(([path]) => path)
    expect(untranslated).toEqual(['app.name', 'names.join', 'link.placeholder', 'language.placeholder'])
  })

  test('every command of the editor has a name', () => {
    for (const { id, group } of menu) {
      expect(enDesk.commands[id], id).toBeTypeOf('string')
      expect(enDesk.groups[group], group).toBeTypeOf('string')
    }
  })

  test('a browser set to any kind of Korean gets Korean, any other English', () => {
    expect(['ko', 'ko-KR', 'KO-kr', 'ko-Kore-KR'].map(languageFor)).toEqual(['ko', 'ko', 'ko', 'ko'])
    expect(['en-GB', 'kok-IN', 'de', ''].map(languageFor)).toEqual(['en', 'en', 'en', 'en'])
  })
})
