import { describe, expect, test } from 'vitest'
import { Slice } from 'prosemirror-model'
import { blockAttrs, schema } from '#doc/schema'
import { clipText, looksLikeMarkdown, placeSlice, readClip, textSlice, writeClip } from '#editor/clips'
import { sketch, sketched, sketchOf } from '../../support/sketch.ts'

/** What becomes of `into` when what is selected in `from` is copied and pasted there. */
function pasted(from: string, into: string): string {
  const clip = readClip(writeClip(sketched(from)))
  if (clip === null) throw new Error('What was copied cannot be read')
  const state = sketched(into)
  const next = state.apply(placeSlice(state.tr, clip.slice, clip.whole))
  next.doc.check()
  return sketchOf(next)
}

function pastedText(text: string, into: string): string {
  const state = sketched(into)
  return sketchOf(state.apply(placeSlice(state.tr, textSlice(text, state.selection.$from), true)))
}

describe('a copied piece', () => {
  const all = '# «One\n> - Two\n  [x] Three\n5) Four\n---\n> ```js a⏎b\nFive⏎six»'
  test('comes out as it was in an empty document', () => {
    expect(pasted(all, '^')).toBe(sketch(`${all.replace(/[«»]/gu, '')}^`))
  })
  test('flows into the text around it', () => {
    expect(pasted('- O«n»e', '# a^b')).toBe('# an^b')
    expect(pasted('- O«ne\n- Tw»o', '# a^b')).toBe(sketch('# ane\n- Tw^b'))
    expect(pasted('- «One\n- Two»', '- a«b»c')).toBe(sketch('- aOne\n- Two^c'))
  })
  test('makes an empty paragraph what it was, if it was copied whole', () => {
    expect(pasted('# «One»', '^')).toBe('# One^')
    expect(pasted('# O«n»e', '^')).toBe('n^')
    expect(pasted('- [ ] x\n# «One»\ny', '- ^')).toBe('- One^')
  })
  test('stands at least as deep as where it is put', () => {
    expect(pasted('- «One\n  - Two»', '- a\n  - ^')).toBe(sketch('- a\n  - One\n    - Two^'))
    expect(pasted('«One\n> Two»', '> ^')).toBe(sketch('> One\n> > Two^'))
  })
  test('of code lines stays code', () => {
    expect(pasted('```js «a⏎b»', 'text ^here')).toBe(sketch('text \n```js a⏎b\n^here'))
    expect(pasted('```js «a»⏎b', 'text ^here')).toBe('text a^here')
    expect(pasted('```js «a⏎b»', 'text\n^')).toBe(sketch('text\n```js a⏎b^'))
  })
  test('that is forged or damaged is not read', () => {
    const slice = (content: unknown, openStart = 0, openEnd = 0) =>
      JSON.stringify({ slice: { content, openStart, openEnd } })
    expect(readClip('')).toBeNull()
    expect(readClip('{')).toBeNull()
    expect(readClip('null')).toBeNull()
    expect(readClip(slice([{ type: 'script' }]))).toBeNull()
    expect(readClip(slice([{ type: 'divider', content: [{ type: 'text', text: 'x' }] }]))).toBeNull()
    expect(readClip(slice([{ type: 'block' }], 5, 5))).toBeNull()
    expect(readClip(slice([{ type: 'block' }], -1))).toBeNull()
    expect(readClip(slice([{ type: 'block', content: [{ type: 'text', text: 'x' }] }]))).not.toBeNull()
  })
})

describe('plain text', () => {
  test('is a block a line, empty lines only separate', () => {
    expect(pastedText('a\r\nb\n\n\nc', 'x^y')).toBe(sketch('xa\nb\nc^y'))
  })
  test('takes on the list or quote it is put into', () => {
    expect(pastedText('a\nb', '> - ^')).toBe(sketch('> - a\n> - b^'))
    expect(pastedText('a\nb', '[x] x^')).toBe(sketch('[x] xa\n[ ] b^'))
    expect(pastedText('a\nb', '# x^')).toBe(sketch('# xa\nb^'))
  })
})

test('other programs get readable text', () => {
  const text = (from: string): string => clipText(sketched(from).selection.content())
  expect(text('# «One⏎two»')).toBe('One\ntwo')
  expect(text('# «One\n- a\n  3) b\n  1. c\n[x] d\n  text\n> quoted\n---\n> ```js x⏎y\nlast»')).toBe(
    [
      '# One\n',
      '- a',
      '    3. b',
      '    4. c',
      '- [x] d\n',
      '    text\n',
      '> quoted\n',
      '---\n',
      '> ```js',
      '> x',
      '> y',
      '> ```\n',
      'last',
    ].join('\n'),
  )
  expect(text('```js a«⏎b»')).toBe('\nb')
})

test.each([
  ['- a\n- b', true],
  ['1. a\n2. b\n', true],
  ['# Title\n\nSome **bold** text', true],
  ['```\ncode\n```', true],
  ['see [this](https://example.org)', true],
  ['> quoted\n\n- item', true],
  ['한글 **굵게** 그리고 `코드`', true],
  ['plain text', false],
  ['# a comment\nprint(1)\n# another', false],
  ['- just one dash\nand much\nother text', false],
  ['a * b * c', false],
  ['2 ** 3 ** 4 and x == y', false],
  ['', false],
])('%j looks like Markdown: %s', (text, expected) => {
  expect(looksLikeMarkdown(text)).toBe(expected)
})

test('ten thousand blocks are put in within a second', () => {
  const blocks = Array.from({ length: 10_000 }, (_, index) =>
    schema.nodes.block.create(
      blockAttrs({ kind: index % 3 === 0 ? 'bullet' : 'paragraph' }),
      schema.text(`Line ${index}`),
    ),
  )
  const state = sketched('be^fore')
  const start = performance.now()
  const { doc } = placeSlice(state.tr, Slice.maxOpen(schema.nodes.doc.create(null, blocks).content), true)
  expect(performance.now() - start).toBeLessThan(1000)
  expect(doc.childCount).toBe(10_000)
})
