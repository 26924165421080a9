import { describe, expect, test } from 'vitest'
import { fold, marksIn, SearchText, termsOf } from '../../../src/ui/search-work.ts'
import { seeded } from '../../support/random.ts'

const text = (body: string, title = 'Title'): SearchText => new SearchText(`${title}\n${body}`)
const marked = (excerpt: ReturnType<SearchText['excerpt']>): string[] =>
  excerpt.marks.map(([from, to]) => excerpt.text.slice(from, to))

describe('what is looked for', () => {
  test('is found inside words, in either case, however its letters are composed', () => {
    expect(text('오늘은 문서를 정리했다').has('문서')).toBe(true)
    expect(text('Äpfel'.normalize('NFD')).has(termsOf('ÄPFEL')[0] ?? '')).toBe(true)
    expect(text('Unbelievable').has('liev')).toBe(true)
    expect(text('한글'.normalize('NFD')).has('한글')).toBe(true)
    expect(text('ＡＢＣ１').has('bc1')).toBe(true)
  })

  test('is several words, of which each has to be there', () => {
    expect(termsOf('  Two  WORDS ')).toEqual(['two', 'words'])
    expect(termsOf('')).toEqual([])
  })

  test('leaves out the letter with which the next syllable has only begun', () => {
    expect(termsOf('문ㅅ')).toEqual(['문'])
    expect(termsOf('ㅋ')).toEqual(['ㅋ'])
  })
})

describe('an excerpt', () => {
  test('shows the first match in its line, marked, and not the title', () => {
    const excerpt = text('First line\nA second line with pears in it', 'Pears').excerpt(['pears'])
    expect(excerpt.text).toBe('A second line with pears in it')
    expect(marked(excerpt)).toEqual(['pears'])
  })

  test('begins at a word, a little before the match', () => {
    const excerpt = text(`${'word '.repeat(100)}needle and more`).excerpt(['needle'])
    expect(excerpt.text).toMatch(/^…word /u)
    expect(excerpt.text).toContain('needle and more')
    expect(marked(excerpt)).toEqual(['needle'])
  })

  test('is the beginning where only the title matches', () => {
    const excerpt = text('What it says', 'Needle').excerpt(['needle'])
    expect(excerpt).toEqual({ text: 'What it says', marks: [] })
  })

  test('keeps capital letters, and marks what is meant by any of them', () => {
    expect(marked(text('Apples and APPLES').excerpt(['apples']))).toEqual(['Apples', 'APPLES'])
  })

  test('of any text and terms marks only what is one of them', () => {
    const random = seeded(11)
    const SIGNS = ['a', 'B', 'é', 'e\u0301', '가', '각', 'ﬁ', 'İ', '①', '𝐱', '👩‍👧', ' ', '\n', 'ß']
    const string = (most: number): string =>
      Array.from({ length: random.below(most) + 1 }, () => random.pick(SIGNS)).join('')
    for (let round = 0; round < 2000; round++) {
      const terms = termsOf(string(3))
      const { text: shown, marks } = text(string(40)).excerpt(terms)
      let end = 0
      for (const [from, to] of marks) {
        expect(from).toBeGreaterThanOrEqual(end)
        const piece = fold(shown.slice(from, to))
        expect(terms.some((term) => piece.includes(term))).toBe(true)
        end = to
      }
    }
  })
})

test('marks that touch or lie over each other are one', () => {
  expect(marksIn('abcdef', ['abc', 'bcd', 'de'])).toEqual([[0, 5]])
})
