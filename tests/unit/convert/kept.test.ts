/** Markdown that people have: nothing of it is lost, and it goes out so that others read it. */
import { describe, expect, test } from 'vitest'
import { parseMarkdown, serializeMarkdown } from '#convert/markdown'
import { schema } from '#doc/schema'

const TABLE = '| Name | Sum |\n| :--- | ---: |\n| Ada `x|y` | 1 |\n| **Ben** | [2](https://b.example) |'

const INPUTS: readonly string[] = [
  TABLE,
  `Before\n\n${TABLE}\n\nafter`,
  'a | b\n--- | ---\n1 | 2',
  '> | a |\n> | - |\n> | 1 |',
  '- item\n\n  | a |\n  | - |\n  | 1 |',
  'A claim.[^1] Another.[^note]\n\n[^1]: The proof.\n\n[^note]: See [this](https://n.example).',
  '[^1]: https://n.example',
  '[^1]: word',
  'Text [^a] and [b][^c].\n\n[^c]: https://c.example',
  '> [!NOTE]\n> Take care.',
  'See [[Other page]] and [[Page|alias]].',
  'Shown ==like this== here.',
  '[unused]: https://u.example "Title"',
  'Used [text][r].\n\n[r]: https://r.example',
  'Price is $5 and $6.',
  '**한국어(강조)**는 굵다',
  '**これは「重要」**です',
  '*강조*는',
  '漢字の\n改行',
  '한국어\n줄바꿈',
  'Term\n: Definition',
  '1. [ ] one\n2. [x] two',
  '- [ ] a\n- [x] b',
  'a\tb',
  '<!-- a comment -->',
  '<details>\n<summary>More</summary>\n</details>',
  'Line one  \nline two',
  'H~2~O and 10^6^',
  'snake_case_name and 2*3*4',
  '~~gone~~ ~kept~',
  'Title\n=====\n\nSub\n---',
  '```js title="a.js"\nx\n```',
  '    indented code',
  '![alt text](https://i.example/a.png "t")',
  '<https://a.example> and ada@a.example',
  '\\* not a list',
  '&copy; 2026 &amp; more',
  '`` a ` b ``',
  '5. five\n6. six',
  '---\n\ntext\n\n***',
]

/** Letters and digits in order, without the entities and addresses that are read as something else. */
const wordsOf = (text: string): string[] =>
  text
    .replace(/&copy;/gu, '©')
    .replace(/&amp;/gu, '&')
    .match(/[\p{L}\p{N}]+/gu) ?? []

function textOf(markdown: string): string {
  const parts: string[] = []
  parseMarkdown(markdown).descendants((node) => {
    parts.push(node.text ?? '\n')
    for (const mark of node.marks) parts.push(` ${String(mark.attrs.href ?? '')} ${String(mark.attrs.title ?? '')} `)
    parts.push(String(node.attrs.language ?? ''))
  })
  return parts.join('')
}

describe('nothing is lost', () => {
  test.each(INPUTS)('%s', (markdown) => {
    const kept = textOf(markdown)
    for (const word of wordsOf(markdown)) {
      // The numbers and boxes of lists are what their blocks are; a label of a reference is resolved.
      if (/^(?:\d+[.)]|[-*] \[)/mu.test(markdown) && /^(?:\d|x)$/u.test(word)) continue
      if (word === 'r' && markdown.includes('[r]:')) continue
      expect(kept).toContain(word)
    }
    const doc = parseMarkdown(markdown)
    expect(parseMarkdown(serializeMarkdown(doc)).toJSON()).toEqual(doc.toJSON())
  })
})

test.each([
  [TABLE],
  ['> | a |\n> | - |\n> | 1 |'],
  ['A claim.[^1]\n\n[^1]: The proof.'],
  ['> [!NOTE]\n> Take care.'],
  ['See [[Other page]].'],
  ['[^1]: word'],
])('goes out as it came in: %s', (markdown) => {
  expect(serializeMarkdown(parseMarkdown(markdown)).trimEnd()).toBe(markdown)
})

test('what only looks like a table goes out as code', () => {
  const markdown = '```markdown table\nno table\n```'
  expect(serializeMarkdown(parseMarkdown(markdown)).trimEnd()).toBe(markdown)
  const code = '    \\[^1] \\[!NOTE]'
  expect(parseMarkdown(serializeMarkdown(parseMarkdown(code))).toJSON()).toEqual(parseMarkdown(code).toJSON())
})

test('lines of one paragraph are joined by a space, but not in writing without spaces', () => {
  expect(textOf('漢字の\n改行')).toContain('漢字の改行')
  expect(textOf('한국어\n줄바꿈')).toContain('한국어 줄바꿈')
  expect(textOf('one\ntwo')).toContain('one two')
})

test('Korean and Japanese are strong up to the particle', () => {
  for (const markdown of ['**한국어(강조)**는 굵다', '**これは「重要」**です'])
    expect(parseMarkdown(markdown).firstChild?.firstChild?.marks.map(({ type }) => type.name)).toEqual(['strong'])
})

test.each([
  ['Euler: $e^{i\\pi} + 1 = 0$ and $a_1 * b_1 * c$.'],
  ['$x_*y_*$ and $$a_b * c_d * e$$ in a line'],
  ['$$\n\\begin{aligned}\na &= b \\\\\nc_1 &= d_1\n\\end{aligned}\n$$'],
  ['> $$\n> x^2\n> $$'],
  ['- $\\{a, b\\}$\n\n  $$\n  a * b * c\n  $$'],
  ['Price is $5 and $6, or $7*2*1.'],
])('formulas are untouched, both ways, and prices are none: %s', (markdown) => {
  expect(serializeMarkdown(parseMarkdown(markdown)).trimEnd()).toBe(markdown)
})

test('dollars that would become a formula where they meet others are escaped', () => {
  for (const markdown of ['\\$a **b** c$', '\\$a `b$`', '\\$a [b](c$d)', '\\$**x$**']) {
    const doc = parseMarkdown(markdown)
    expect(parseMarkdown(serializeMarkdown(doc)).toJSON()).toEqual(doc.toJSON())
  }
})

test('a formula that never ends is code', () => {
  const markdown = '```markdown math\n$$\nx\n```'
  expect(serializeMarkdown(parseMarkdown(markdown)).trimEnd()).toBe(markdown)
})

test('a link that is not to be opened goes out as text, whatever its address is', () => {
  const written = (href: unknown): string =>
    serializeMarkdown(
      schema.node('doc', null, schema.node('block', null, schema.text('word', [schema.mark('link', { href })]))),
    ).trimEnd()
  expect(written('javascript:alert(1)')).toBe('word (javascript:alert(1))')
  expect([written({}), written(null), written(1)]).toEqual(['word', 'word', 'word'])
  expect(written('https://a.example')).toBe('[word](https://a.example)')
})
