import { describe, expect, test } from 'vitest'
import type { Node } from 'prosemirror-model'
import { schema } from '#doc/schema'
import { linkTyped, loadRules, typedShortcuts, undoShortcut } from '#editor/input-rules'
import { sketch, sketched, sketchOf } from '../../support/sketch.ts'
import { Typist } from '../../support/typing.ts'

await loadRules()

const typist = (start = '^'): Typist => new Typist(sketched(start, [typedShortcuts()]))
const typed = (text: string, start = '^'): string => sketchOf(typist(start).type(text).state)

/** The text of a document's first block with its marks, as `strong(text)`. */
function marksOf(doc: Node): string {
  let out = ''
  doc.firstChild?.forEach((node) => {
    const open = node.marks.map(({ type, attrs }) =>
      type === schema.marks.link ? `link ${String(attrs.href)}` : type.name,
    )
    out += open.length > 0 ? `${open.join(' ')}(${node.text ?? ''})` : (node.text ?? '⏎')
  })
  return out
}
const marked = (text: string, start = '^'): string => marksOf(typist(start).type(text).state.doc)

describe('at the start of a block', () => {
  test.each([
    ['# One', '# One^'],
    ['###### One', '###### One^'],
    ['####### One', '####### One^'],
    ['- One', '- One^'],
    ['* One', '- One^'],
    ['+ One', '- One^'],
    ['1. One', '1. One^'],
    ['7) One', '7) One^'],
    ['[ ] One', '[ ] One^'],
    ['[] One', '[ ] One^'],
    ['[x] One', '[x] One^'],
    ['- [ ] One', '[ ] One^'],
    ['> One', '> One^'],
    ['> > - One', '> > - One^'],
    ['```ts One', '```ts One^'],
    ['---', '---\n^'],
    ['***', '---\n^'],
    ['___', '---\n^'],
    ['—-', '---\n^'],
    ['One # Two', 'One # Two^'],
    ['1.One', '1.One^'],
    ['# 한글', '# 한글^'],
  ])('%s', (text, expected) => {
    expect(typed(text)).toBe(expected)
  })

  test('keeps the text that is there, and where it stands', () => {
    expect(typed('## ', '> ^One')).toBe('> ## ^One')
    expect(typed('- ', '- a\n  ^One')).toBe(sketch('- a\n  - ^One'))
    expect(typed('---', '^One')).toBe('---^One')
  })
  test('a number is kept where it says something', () => {
    expect(typed('2. ', '1. One\n^')).toBe(sketch('1. One\n1. ^'))
    expect(typed('1. ', '1. One\n^')).toBe(sketch('1. One\n1) ^'))
    expect(typed('3. ', '1. One\ntext\n^')).toBe(sketch('1. One\ntext\n3) ^'))
  })
  test('a list item does not become a heading, and code takes everything as it is', () => {
    expect(typed('# ', '- ^')).toBe('- # ^')
    expect(typed('- **a** ---', '``` ^')).toBe('``` - **a** ---^')
  })
})

describe('around text', () => {
  test.each([
    ['a **b c** d', 'a strong(b c) d'],
    ['a *b* d', 'a em(b) d'],
    ['a _b_ d', 'a em(b) d'],
    ['a `b **c**` d', 'a code(b **c**) d'],
    ['a ~~b~~ d', 'a strike(b) d'],
    ['a ==b== d', 'a highlight(b) d'],
    ['**굵게** 쓰기', 'strong(굵게) 쓰기'],
    ['**강조**는 쓰기', 'strong(강조)는 쓰기'],
    ['漢字**強調**する', '漢字strong(強調)する'],
    ['漢字*2*3', '漢字*2*3'],
    ['한글*강조*는', '한글*강조*는'],
    ['2*3*4', '2*3*4'],
    ['5*x + 3*y', '5*x + 3*y'],
    ['Lehrer*innen und Schüler*innen', 'Lehrer*innen und Schüler*innen'],
    ['__init__ and __name__', '__init__ and __name__'],
    ['SELECT *,* FROM', 'SELECT *,* FROM'],
    ['f(*args, **kwargs)', 'f(*args, **kwargs)'],
    ['a~~b~~', 'a~~b~~'],
    ['(*b*)', '(em(b))'],
    ['see https://example.com에서 ', 'see link https://example.com(https://example.com)에서 '],
    ['https://example.com/b。 ', 'link https://example.com/b(https://example.com/b)。 '],
    ['（https://example.com/c） ', '（link https://example.com/c(https://example.com/c)） '],
    [
      'https://ko.wikipedia.org/wiki/서울 ',
      'link https://ko.wikipedia.org/wiki/서울(https://ko.wikipedia.org/wiki/서울) ',
    ],
    ['https://한글.kr ', 'link https://한글.kr(https://한글.kr) '],
    ['**a *b* c** d', 'strong(a )strong em(b)strong( c) d'],
    ['snake_case_name', 'snake_case_name'],
    ['2 * 3 * 4', '2 * 3 * 4'],
    ['a ** b **', 'a ** b **'],
    ['a == b == c', 'a == b == c'],
    ['see [text](example.org/a) now', 'see link https://example.org/a(text) now'],
    ['[x](javascript:alert(1))', '[x](javascript:alert(1))'],
    ['[x](javascript:alert) ', '[x](javascript:alert) '],
    ['(https://example.org/a_(b)). ', '(link https://example.org/a_(b)(https://example.org/a_(b))). '],
    ['www.example.org, ', 'link https://www.example.org(www.example.org), '],
    ['https:// ', 'https:// '],
  ])('%s', (text, expected) => {
    expect(marked(text)).toBe(expected)
  })
  test('signs close before no letter, but before a Korean particle', () => {
    expect(marked(' *b*', 'a^c')).toBe('a *b*c')
    expect(marked(' *b*', 'a^ c')).toBe('a em(b) c')
    expect(marked(' *b*', 'a^는')).toBe('a em(b)는')
  })
  test('an address is linked before Enter, too', () => {
    expect(marksOf(typist().type('https://example.org').press(linkTyped).state.doc)).toBe(
      'link https://example.org(https://example.org)',
    )
  })
})

describe('taking a shortcut back', () => {
  test.each(['# ', '- ', '7. ', '> ', '```js ', '---', '**bold**', '`code`', '[a](https://example.org)'])(
    '%s',
    (text) => {
      const { state } = typist().type(text).press(undoShortcut)
      expect(sketchOf(state)).toBe(`${text}^`)
      expect(marksOf(state.doc)).toBe(text)
    },
  )
  test('only right after it', () => {
    expect(undoShortcut(typist().type('- a').state)).toBe(false)
    expect(undoShortcut(typist('^ab').type('- ').click(2).state)).toBe(false)
  })
})
