import { describe, expect, test } from 'vitest'
import { Fragment, Slice, type Mark, type Node } from 'prosemirror-model'
import { blockAttrs, schema } from '#doc/schema'
import { clipText, placeSlice, readClip, textSlice, writeClip } from '#editor/clips'
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
  test('is a block a line, an empty one too', () => {
    expect(pastedText('a\r\nb\n\nc', 'x^y')).toBe(sketch('xa\nb\n\nc^y'))
  })
  test('takes on the list or quote it is put into', () => {
    expect(pastedText('a\nb', '> - ^')).toBe(sketch('> - a\n> - b^'))
    expect(pastedText('a\nb', '[x] x^')).toBe(sketch('[x] xa\n[ ] b^'))
    expect(pastedText('a\nb', '# x^')).toBe(sketch('# xa\nb^'))
  })
})

describe('other programs', () => {
  const text = (from: string): string => clipText(sketched(from).selection.content())

  test('get readable text', () => {
    expect(text('# «One⏎two»')).toBe('One\ntwo')
    expect(text('# «One\n- a\n  3) b\n  1. c\n[x] d\n  text\n> quoted\n---\n> ```js x⏎y\nlast»')).toBe(
      'One\n- a\n    3. b\n    4. c\n[x] d\n    text\n> quoted\n---\n> x\n> y\nlast',
    )
    expect(text('```js a«⏎b»')).toBe('\nb')
  })

  test('get the addresses of links', () => {
    const link = (words: string, href: string, ...marks: Mark[]) =>
      schema.text(words, [schema.marks.link.create({ href }), ...marks])
    const line = (...content: Node[]): string =>
      clipText(new Slice(Fragment.from(schema.nodes.block.create(null, content)), 0, 0))
    const strong = schema.marks.strong.create()
    expect(line(schema.text('See '), link('this', 'https://a.example/x'), schema.text('.'))).toBe(
      'See this (https://a.example/x).',
    )
    expect(line(link('th', 'https://a.example/x'), link('is', 'https://a.example/x', strong))).toBe(
      'this (https://a.example/x)',
    )
    expect(line(link('https://a.example/', 'https://a.example'), schema.text('!'))).toBe('https://a.example/!')
    expect(line(link('ada@a.example', 'mailto:ada@a.example'))).toBe('ada@a.example')
    expect(line(link('a', 'https://a.example'), link('b', 'https://b.example'))).toBe(
      'a (https://a.example)b (https://b.example)',
    )
  })

  test('get back plain text that was pasted', () => {
    for (const from of ['a\nb\n\nc', '\n\na', 'x  y\n\tz\n\n\nend', '한\n글']) {
      const state = sketched('^')
      const pasted = state.apply(placeSlice(state.tr, textSlice(from, state.selection.$from), true))
      expect(clipText(pasted.doc.slice(0))).toBe(from)
    }
  })
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

test.each([
  ['10', '6', 'superscript', '', '10⁶'],
  ['x', '−12', 'superscript', '', 'x⁻¹²'],
  ['H', '2', 'subscript', 'O', 'H₂O'],
  ['10', '2n', 'superscript', '', '10^2n'],
  ['a', 'i', 'subscript', '', 'a_i'],
  ['the 1', 'st', 'superscript', '', 'the 1st'],
  ['said', '[1]', 'superscript', '', 'said[1]'],
] as const)(
  'what is raised or lowered is told from what is not as plain text: %s %s',
  (before, text, mark, after, shown) => {
    const words = [before, ...(after === '' ? [] : [after])].map((word) => schema.text(word))
    words.splice(1, 0, schema.text(text, [schema.mark(mark)]))
    expect(clipText(new Slice(Fragment.from(schema.node('block', null, words)), 1, 1))).toBe(shown)
  },
)
