import { expect, test } from 'vitest'
import { graphemesOf, isPlain } from '#doc/graphemes'
import { seeded } from '../../support/random.ts'

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
const asSegmented = (text: string): string[] => Array.from(segmenter.segment(text), ({ segment }) => segment)

test('plain text is divided as the standard divides it, sign by sign', () => {
  const signs = Array.from({ length: 0xd7a4 }, (_, code) => String.fromCharCode(code)).filter(isPlain)
  expect(signs.length).toBeGreaterThan(11_172)
  expect(graphemesOf(signs.join(''))).toEqual(asSegmented(signs.join('')))
  for (const sign of signs) expect(sign === ' ' || /[\p{L}\p{N}\p{P}\p{S}]/u.test(sign), sign).toBe(true)
})

const SIGNS = [
  'a',
  ' ',
  'é',
  'e\u0301',
  '가',
  '\u1100\u1161',
  '\u11a8',
  '👩‍👩‍👧',
  '©',
  '\ufe0f',
  '\u200d',
  '🇰🇷',
  '\r\n',
  'ก็',
  '\xad',
]

test('any text is divided as the standard divides it', () => {
  const random = seeded(1)
  for (let round = 0; round < 2000; round++) {
    const text = Array.from({ length: random.below(12) }, () => random.pick(SIGNS)).join('')
    expect(graphemesOf(text), JSON.stringify(text)).toEqual(asSegmented(text))
  }
})
