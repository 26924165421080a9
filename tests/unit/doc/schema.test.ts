import { describe, expect, test } from 'vitest'
import { blockAttrs, blockOf, MAX_DEPTH, safeHref, schema } from '#doc/schema'

describe('a block', () => {
  test('stores nothing for what equals its default', () => {
    expect(blockAttrs({})).toEqual({ kind: null, level: null, checked: null, start: null, indent: null, quote: null })
    expect(blockAttrs({ kind: 'heading', level: 2, checked: true, start: 3 })).toMatchObject({
      level: 2,
      checked: null,
      start: null,
    })
  })

  test('reads back as it was stored', () => {
    const block = { kind: 'ordered', level: 0, checked: false, start: 4, indent: 2, quote: 1 } as const
    expect(blockOf(schema.nodes.block.create(blockAttrs(block)))).toEqual(block)
  })

  test.each([
    [{ kind: 'wormhole' }, { kind: 'paragraph' }],
    [{ kind: 'heading', level: 99 }, { level: 6 }],
    [{ kind: 'heading', level: '<b>' }, { level: 1 }],
    [
      { indent: Infinity, quote: -3 },
      { indent: 0, quote: 0 },
    ],
    [{ indent: 1e9 }, { indent: MAX_DEPTH }],
    [{ kind: 'ordered', start: NaN }, { start: 0 }],
    [
      { kind: {}, checked: 'yes' },
      { kind: 'paragraph', checked: false },
    ],
  ])('with attributes %j from a broken document is read in range', (attrs, expected) => {
    expect(blockOf(schema.nodes.block.create(attrs))).toMatchObject(expected)
  })

  test('every attribute is absent by default, so that reading an old document never writes to it', () => {
    const defaults = Object.values(schema.nodes).flatMap((type) =>
      Object.values(type.spec.attrs ?? {}).map((attr) => attr.default as unknown),
    )
    expect(defaults.filter((value) => value !== null)).toEqual([])
  })
})

describe('an address', () => {
  test.each([
    'https://example.org/a?b#c',
    'http://[::1]:80',
    'mailto:a@b.c',
    'tel:+82',
    '/path',
    'page.html',
    '#part',
    ' https://x.y ',
  ])('%j may be a link', (href) => {
    expect(safeHref(href)).toBe(href.trim())
  })

  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    '\u0001javascript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'blob:https://a/b',
    'file:///etc/passwd',
    'https://[',
    'x'.repeat(5000),
    null,
    42,
    {},
  ])('%j may not', (href) => {
    expect(safeHref(href)).toBeNull()
  })
})
