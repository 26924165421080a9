import { describe, expect, test } from 'vitest'
import { EditorState, TextSelection } from 'prosemirror-state'
import { schema } from '#doc/schema'
import { addressIn, completeHref, removeLink, setLink } from '#editor/link-making'
import { linkAt, openLink } from '#editor/links'

const link = (href: string) => schema.marks.link.create({ href })

/** A paragraph "ab" + linked "cd" (half of it bold) + "ef", with this selection. */
function linked(from: number, to = from, href = 'https://example.org/'): EditorState {
  const text = [
    schema.text('ab'),
    schema.text('c', [link(href)]),
    schema.text('d', [link(href), schema.marks.strong.create()]),
    schema.text('ef'),
  ]
  const doc = schema.nodes.doc.create(null, schema.nodes.block.create(null, text))
  return EditorState.create({ doc, selection: TextSelection.create(doc, from, to) })
}

function applied(state: EditorState, command: ReturnType<typeof setLink>): string {
  let next = state
  command(state, (tr) => (next = state.apply(tr)))
  const parts: string[] = []
  next.doc.firstChild?.forEach((node) => {
    const mark = schema.marks.link.isInSet(node.marks)
    parts.push(mark === undefined ? (node.text ?? '') : `[${node.text ?? ''}](${String(mark.attrs.href)})`)
  })
  return parts.join('')
}

describe('the link at the caret', () => {
  test('is found within, at both its ends, and whole', () => {
    const found = { href: 'https://example.org/', from: 3, to: 5, text: 'cd' }
    for (const pos of [3, 4, 5]) expect(linkAt(linked(pos))).toEqual(found)
    for (const pos of [1, 2, 6, 7]) expect(linkAt(linked(pos))).toBeNull()
    expect(linkAt(linked(4, 6))).toEqual(found)
  })
})

describe('setting a link', () => {
  test('links what is selected', () => {
    expect(applied(linked(1, 3), setLink('example.org/x'))).toBe(
      '[ab](https://example.org/x)[c](https://example.org/)[d](https://example.org/)ef',
    )
  })
  test('changes the link at the caret, its text too if one is given', () => {
    expect(applied(linked(4), setLink('other.example'))).toBe(
      'ab[c](https://other.example)[d](https://other.example)ef',
    )
    expect(applied(linked(4), setLink('other.example', 'cd'))).toBe(
      'ab[c](https://other.example)[d](https://other.example)ef',
    )
    expect(applied(linked(4), setLink('other.example', 'new'))).toBe('ab[new](https://other.example)ef')
  })
  test('inserts the address where there is no text', () => {
    expect(applied(linked(1), setLink('example.org'))).toBe(
      '[example.org](https://example.org)ab[c](https://example.org/)[d](https://example.org/)ef',
    )
    expect(applied(linked(1), setLink('example.org', 'here'))).toMatch(/^\[here\]/u)
  })
  test('refuses what is not safe', () => {
    for (const href of ['javascript:alert(1)', ' java\tscript:alert(1)', 'data:text/html,x', 'vbscript:x', '']) {
      expect(setLink(href)(linked(1, 3))).toBe(false)
    }
  })
})

test('a link is removed whole, and its text stays', () => {
  expect(applied(linked(4), removeLink)).toBe('abcdef')
  expect(applied(linked(4, 6), removeLink)).toBe('ab[c](https://example.org/)def')
  expect(removeLink(linked(1))).toBe(false)
})

test('an unsafe link that a document holds cannot be opened', () => {
  expect(openLink(linked(4, 4, 'javascript:alert(1)'))).toBe(false)
  expect(openLink(linked(4))).toBe(true)
})

test.each([
  ['example.org', 'https://example.org'],
  ['www.example.org/a?b#c', 'https://www.example.org/a?b#c'],
  ['한국.example', 'https://한국.example'],
  ['localhost:4444/x', 'https://localhost:4444/x'],
  ['HTTP://example.org', 'HTTP://example.org'],
  ['me@example.org', 'mailto:me@example.org'],
  ['mailto:me@example.org', 'mailto:me@example.org'],
  ['tel:+82 2 123', 'tel:+82 2 123'],
  ['/page', '/page'],
  ['#part', '#part'],
  ['  https://example.org ', 'https://example.org'],
  ['javascript:alert(1)', null],
  ['   ', null],
])('%j is completed to %j', (typed, href) => {
  expect(completeHref(typed)).toBe(href)
})

test('only a bare address counts as one, without what ends the sentence around it', () => {
  expect([addressIn('https://example.org/a'), addressIn(' mailto:a@b.c\n')]).toEqual([
    'https://example.org/a',
    'mailto:a@b.c',
  ])
  for (const text of ['see https://example.org', 'javascript:x', 'example', '']) expect(addressIn(text)).toBeNull()
  for (const [text, address] of Object.entries({
    'https://example.com에서': 'https://example.com',
    'https://example.com/b。': 'https://example.com/b',
    'https://example.com/page입니다.': 'https://example.com/page',
    'https://example.com/에서': 'https://example.com/',
    'https://ko.wikipedia.org/wiki/서울': 'https://ko.wikipedia.org/wiki/서울',
    'https://한글.kr': 'https://한글.kr',
    'https://example.한국': 'https://example.한국',
    'https://ja.wikipedia.org/wiki/東京': 'https://ja.wikipedia.org/wiki/東京',
    'https://ja.wikipedia.org/wiki/東京）': 'https://ja.wikipedia.org/wiki/東京',
    'https://example.org/a_(b)': 'https://example.org/a_(b)',
    'https://example.org/?q=a%20b!': 'https://example.org/?q=a%20b',
  }))
    expect(addressIn(text)).toBe(address)
})
