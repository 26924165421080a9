import { expect, test } from 'vitest'
import { en } from '../../../src/i18n/en.ts'
import { ko } from '../../../src/i18n/ko.ts'
import { initialsOf } from '../../../src/ui/initials.ts'
import { friendlyName, translateName } from '../../../src/ui/names.ts'
import { relativeTime } from '../../../src/ui/time.ts'

test('a generated name follows the language; a chosen one does not', () => {
  const name = friendlyName(en, () => 0)
  expect(name).toBe('Calm Otter')
  expect(translateName(name, en, ko)).toBe('차분한 수달')
  expect(translateName('Ada', en, ko)).toBeNull()
  expect(friendlyName(ko, () => 0.999)).toBe('해맑은 다람쥐')
})

test('initials are two letters of an alphabet, or one syllable', () => {
  expect(['Ada Lovelace', 'ben', '차분한 수달', 'Éa de la Mare', '👩‍🚀 Eve'].map(initialsOf)).toEqual([
    'AL',
    'B',
    '차',
    'ÉM',
    '👩‍🚀',
  ])
})

test('times are told as people tell them', () => {
  const now = Date.UTC(2026, 5, 15, 12)
  const ago = (minutes: number): string => relativeTime(now - minutes * 60_000, now, 'en')
  expect([0, 5, 60, 26 * 60].map(ago)).toEqual(['now', '5 minutes ago', '1 hour ago', 'yesterday'])
  expect(relativeTime(Date.UTC(2026, 4, 1, 12), now, 'en')).toBe('May 1')
  expect(relativeTime(Date.UTC(2024, 4, 1, 12), now, 'ko')).toBe('2024년 5월 1일')
  expect(relativeTime(now + 60_000, now, 'en')).toBe('now')
})
