/** What single pieces of Markdown become, and how ours is written. */
import { expect, test } from 'vitest'
import { parseMarkdown, serializeMarkdown } from '#convert/markdown'
import { blockAttrs, schema, type MarkName } from '#doc/schema'

/** Text with marks as `mark(text)`, lines divided by ` | `. */
function read(markdown: string): string {
  return parseMarkdown(markdown)
    .content.content.map((block) =>
      block.content.content
        .map((node) =>
          node.marks.reduceRight((inner, mark) => {
            const { href, title } = mark.attrs as { href?: string; title?: string | null }
            return `${mark.type.name}${href === undefined ? '' : `<${href}${title ? ` ${title}` : ''}>`}(${inner})`
          }, node.text ?? '/'),
        )
        .join(''),
    )
    .join(' | ')
}

/** What a line is written as; marked pieces are `[text, mark, …]`. */
function write(...pieces: (string | [text: string, ...marks: MarkName[]])[]): string {
  const line = pieces.map((piece) => {
    const [text, ...marks] = typeof piece === 'string' ? [piece] : piece
    return schema.text(
      text,
      marks.map((name) => schema.marks[name].create()),
    )
  })
  return serializeMarkdown(schema.nodes.doc.create(null, schema.nodes.block.create(null, line))).trimEnd()
}

test('HTML that means a mark, and HTML that does not', () => {
  expect(read('<u>a</u> <mark>*b*</mark> <s>c</s> <b>d</b><br>e')).toBe(
    'underline(a) em(highlight(b)) strike(c) strong(d)/e',
  )
  expect(read('a <u>b *c</u> d*')).toBe('a underline(b )em(underline(c))em( d)')
  expect(read('a <u> b <span>c</span> <a href="/x" title="t">d</a>')).toBe(
    'a code(<u>) b code(<span>)ccode(</span>) link</x t>(d)',
  )
  expect(read('<div>\n*x*\n</div>')).toBe('<div>\n*x*\n</div>')
})

test('images are links to them', () => {
  expect(read('![cat](/c.png "t") ![](/d.png)')).toBe('link</c.png t>(cat) link</d.png>(/d.png)')
  expect(read('[![cat](/c.png)](/x)')).toBe('link</x>(cat) (link</c.png>(/c.png))')
})

test('an address that may not be opened is text', () => {
  expect(read('[a](javascript:alert(1)) <javascript:b> ![c](data:d)')).toBe(
    'a (javascript:alert(1)) javascript:b c (data:d)',
  )
  expect(read('[a][r]\n\n[r]: vbscript:x')).toBe('a (vbscript:x)')
})

test('links without words show their address; references are resolved', () => {
  expect(read('[](/a) [b][r] [r]\n\n[r]: /r (t)')).toBe('link</a>(/a) link</r t>(b) link</r t>(r)')
})

test('one tilde is a range', () => {
  expect(read('1~2, 3~4 ~~5~~')).toBe('1~2, 3~4 strike(5)')
})

test('lists say where they begin anew', () => {
  const attrs = parseMarkdown('2. a\n3. b\n1) c\n- [x] d\n- [ ] e\n').content.content.map(({ attrs }) => attrs)
  expect(attrs).toEqual([
    blockAttrs({ kind: 'ordered', start: 2 }),
    blockAttrs({ kind: 'ordered' }),
    blockAttrs({ kind: 'ordered', start: 1 }),
    blockAttrs({ kind: 'task', checked: true }),
    blockAttrs({ kind: 'task' }),
  ])
})

test('code keeps its whole info string', () => {
  expect(parseMarkdown('``` py {1}\nx\n```').firstChild?.attrs.language).toBe('py {1}')
  expect(serializeMarkdown(parseMarkdown('~~~ py {1}\n```\n~~~'))).toBe('````py {1}\n```\n````\n')
})

test('marks that Markdown cannot end next to a letter are written as HTML', () => {
  expect(write(['굵게', 'strong'], '는')).toBe('**굵게**는')
  expect(write(['강조(설명)', 'strong'], '은')).toBe('<strong>강조(설명)</strong>은')
  expect(write('“', ['인용', 'em'], '”은')).toBe('“*인용*”은')
  expect(write(['a ', 'strong'], 'b')).toBe('**a** b')
  expect(write(['a', 'underline'], ['b', 'highlight', 'strong'])).toBe('<u>a</u>**<mark>b</mark>**')
})

test('nothing written by hand turns into syntax', () => {
  for (const text of [
    '- a',
    '1. a',
    '# a',
    '> a',
    '[ ] a',
    '*a*',
    '`a`',
    '<b>',
    '&amp;',
    '[a](b)',
    '---',
    '===',
    'a\\',
    '    a',
  ]) {
    expect(parseMarkdown(write(text)).firstChild?.textContent).toBe(text)
  }
})

test('the empty document is one empty line', () => {
  expect(parseMarkdown('').childCount).toBe(1)
  expect(serializeMarkdown(parseMarkdown(''))).toBe('')
})
