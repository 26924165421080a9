/** Spans: what they store, which of them wins, and where they begin and end. */
import { describe, expect, test } from 'vitest'
import type { Id } from '#doc/flow/grammar'
import type { Extent, Span } from '#doc/flow/shape'
import { Borders, Cover, isNewer, spanOf, storedSpan } from '#doc/flow/spans'
import { seeded } from '../../../support/random.ts'

const id = (client: number, clock: number): Id => ({ client, clock })

const extent: Extent = { head: null, id: null, order: 0, parts: [], spans: null }

/** A span of a mark over the clocks of client 1 from `start` up to `end`, told by its record's clock. */
function spanFrom(record: number, name: string, value: unknown, start: number, end: number | null, t = record): Span {
  const stored = [name, value, 1, start, ...(end === null ? [null, null] : [1, end]), t, 1]
  const span = spanOf(id(9, record), stored)
  if (span === null) throw new Error(`No span: ${JSON.stringify(stored)}`)
  span.place = { start: span.start, end: span.end, from: extent, to: end === null ? null : extent }
  return span
}

describe('a span', () => {
  test.each<[what: string, stored: unknown[]]>([
    ['a mark', ['strong', true, 1, 2, 3, 4, 5, 6]],
    ['a mark that is taken away', ['strong', null, 1, 2, 3, 4, 5, 6]],
    ['a mark to the end of the text', ['em', true, 1, 2, null, null, 5, 6]],
    ['a link', ['link', { href: 'https://a.example/' }, 1, 2, 3, 4, 5, 6]],
    ['an attribute', ['kind', 'heading', 1, 2, 3, 4, 5, 6, 'a']],
    ['an attribute that is its default again', ['level', null, 1, 2, 3, 4, 5, 6, 'a']],
  ])('comes back as it was stored: %s', (_what, stored) => {
    const span = spanOf(id(9, 0), stored)
    expect(span && storedSpan(span)).toEqual(stored)
  })

  test.each<[unknown]>([
    [null],
    ['strong'],
    [{}],
    [[]],
    [['strong', true]],
    [['nothing', true, 1, 2, 3, 4, 5, 6]],
    [['constructor', true, 1, 2, 3, 4, 5, 6, 'a']],
    [['kind', 'heading', 1, 2, 3, 4, 5, 6]],
    [['kind', 'heading', 1, 2, 3, 4, 5, 6, 7]],
    [['strong', true, -1, 2, 3, 4, 5, 6]],
    [['strong', true, 1, 0.5, 3, 4, 5, 6]],
    [['strong', true, 1, 2, 3, '4', 5, 6]],
    [['strong', true, 1, 2, 3, null, 5, 6]],
    [['strong', true, 1, 2, undefined, undefined, 5, 6]],
    [['strong', true, 1, 2, 3, 4, -5, 6]],
    [['strong', true, 1, 2, 3, 4, 2 ** 60, 6]],
    [['strong', true, 1, 2, 3, 4, 5, NaN]],
    [[7, true, 1, 2, 3, 4, 5, 6]],
  ])('is none when it is %j', (stored) => {
    expect(spanOf(id(9, 0), stored)).toBeNull()
  })
})

describe('of two spans the newer one', () => {
  test('has the later time, then the greater author, then the later record', () => {
    const of = (t: number, by: number, record: Id): Span => {
      const span = spanOf(record, ['strong', true, 1, 0, null, null, t, by])
      if (span === null) throw new Error('No span')
      return span
    }
    const rising = [of(1, 9, id(9, 9)), of(2, 1, id(9, 9)), of(2, 2, id(1, 9)), of(2, 2, id(2, 1)), of(2, 2, id(2, 2))]
    for (const [i, older] of rising.entries()) {
      for (const newer of rising.slice(i + 1))
        expect([isNewer(newer, older), isNewer(older, newer)]).toEqual([true, false])
      expect(isNewer(older, older)).toBe(false)
    }
  })

  test('wins, however many there are and in whatever order they begin and end', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = seeded(seed)
      const spans = Array.from({ length: 12 }, (_, k) =>
        spanFrom(k, 'strong', random.chance(0.5) ? true : null, 0, null, random.below(6)),
      )
      const open = new Set<Span>()
      const cover = new Cover()
      for (let step = 0; step < 40; step++) {
        const span = random.pick(spans)
        if (open.delete(span)) {
          cover.end(span)
          spans.splice(spans.indexOf(span), 1)
          if (spans.length === 0) break
        } else {
          open.add(span)
          cover.begin(span)
        }
        const newest = [...open].reduce<Span | null>(
          (best, each) => (best === null || isNewer(each, best) ? each : best),
          null,
        )
        expect(cover.marks.map(({ type }) => type.name)).toEqual(newest?.value === true ? ['strong'] : [])
      }
    }
  })
})

describe('what covers a place', () => {
  test('gives marks in the order of the schema, those taken away not among them', () => {
    const cover = new Cover()
    for (const span of [
      spanFrom(1, 'code', true, 0, null),
      spanFrom(2, 'em', true, 0, null),
      spanFrom(3, 'strong', true, 0, null),
      spanFrom(4, 'em', null, 0, null),
    ])
      cover.begin(span)
    expect(cover.marks.map(({ type }) => type.name)).toEqual(['strong', 'code'])
  })

  test('gives an attribute to the family that it is for', () => {
    const span = spanOf(id(9, 0), ['kind', 'heading', 1, 0, null, null, 1, 1, 'a'])
    const cover = new Cover()
    if (span !== null) cover.begin(span)
    expect([cover.attribute('kind', 'a'), cover.attribute('kind', 'b'), cover.attribute('level', 'a')]).toEqual([
      'heading',
      undefined,
      undefined,
    ])
    if (span !== null) cover.end(span)
    expect(cover.attribute('kind', 'a')).toBeUndefined()
  })

  test('is not what has ended before it began', () => {
    const cover = new Cover()
    const span = spanFrom(1, 'strong', true, 5, 2)
    cover.end(span)
    cover.begin(span)
    expect(cover.marks).toEqual([])
  })

  test.each<[value: unknown]>([['true'], [1], [{}], [false]])(
    'is no bold where the value is %j, and no link either',
    (value) => {
      const cover = new Cover()
      cover.begin(spanFrom(1, 'strong', value, 0, null))
      cover.begin(spanFrom(2, 'link', value, 0, null))
      expect(cover.marks).toEqual([])
    },
  )
})

describe('the borders in an item', () => {
  /** The borders within the clocks from `clock` on, as `+1@4`: the first span begins before clock 4. */
  const met = (borders: Borders, clock: number, length: number): string[] =>
    borders
      .within(1, clock, length)
      .map(({ span, begins, clock: before }) => `${begins ? '+' : '-'}${span.record.clock}@${before}`)

  function bordersOf(...spans: readonly Span[]): Borders {
    const borders = new Borders()
    for (const span of spans) borders.add(span)
    return borders
  }

  test('are those of spans that begin and end in it: a mark that grows ends before its last item, a link behind it', () => {
    const borders = bordersOf(spanFrom(1, 'strong', true, 2, 6), spanFrom(2, 'link', { href: 'a' }, 3, 6))
    expect(met(borders, 0, 10)).toEqual(['+1@2', '+2@3', '-1@6', '-2@7'])
    expect(borders.within(2, 0, 10)).toEqual([])
    expect(borders.isEmpty).toBe(false)
    expect(new Borders().isEmpty).toBe(true)
  })

  test('lie in the item whose unit they are of, where an item ends and the next begins', () => {
    const borders = bordersOf(spanFrom(1, 'strong', true, 4, 8), spanFrom(2, 'link', { href: 'a' }, 2, 3))
    expect(met(borders, 0, 4)).toEqual(['+2@2', '-2@4'])
    expect(met(borders, 4, 4)).toEqual(['+1@4'])
    expect(met(borders, 8, 1)).toEqual(['-1@8'])
  })

  test('of spans that are nowhere are none', () => {
    const span = spanFrom(1, 'strong', true, 2, 6)
    span.place = null
    expect(bordersOf(span).isEmpty).toBe(true)
  })
})
