/**
 * What people put in, by every way there is: → document → Markdown → document. Every letter, digit and sign is in the document, or
 * is said to be kept in another form; signs that are what a block or a mark is are named with the input.
 */
import { parseHTML } from 'linkedom'
import type { Node } from 'prosemirror-model'
import { describe, expect, test } from 'vitest'
import { clipboardParser } from '#convert/html'
import type { KeptAs } from '#convert/kept-as'
import { serializeMarkdown } from '#convert/markdown'
import { markdownFile, readMarkdownFile } from '#convert/markdown-file'
import { readCode, readLines } from '#convert/plain-text'
import { takeText } from '#convert/text-file'

interface Input {
  name: string
  content: string | Uint8Array<ArrayBuffer>
  /** Signs that became what a block or a mark is. */
  shape?: string
  kept?: KeptAs[]
}

const bytes = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(hex.replace(/\s/gu, ''), 'hex'))
const utf16 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(`\ufeff${text}`, 'utf16le'))

/** Files of text whose lines are kept. */
const LINES: readonly Input[] = [
  { name: 'addresses.txt', content: 'Ada Lovelace\n12 St James’s Square\nLondon\n\nBen\n' },
  { name: 'crlf.txt', content: 'one\r\ntwo\r\n\r\nthree\r\n' },
  { name: 'cr.txt', content: 'one\rtwo\rthree' },
  { name: 'chat.txt', content: '[10:01] Mina: hi :)\n[10:02] Ben: *waves*\n[10:02] Mina: #1!' },
  { name: 'mail.txt', content: 'Hello,\n\n> Shall we?\nYes.\n\n-- \nAda' },
  { name: 'shell.txt', content: '$ ls -la | grep "a*b"\n# rm -rf _tmp_\n$ echo $HOME' },
  { name: 'stars.txt', content: '***\n* not a list\n2*3*4 = 24' },
  { name: 'poem.txt', content: 'Roses are red,\n  Violets are blue,\n\tIndented with a tab' },
  { name: 'table.csv', content: 'name;sum\n"Ada; L.";1,50\n#2;*3*' },
  { name: 'table.tsv', content: 'a\tb\n1\t2' },
  { name: 'system.log', content: '2026-11-27 [error] <main> at a.b(c:1)\n\u001b[31mred\u001b[0m' },
  { name: 'titles.srt', content: '1\n00:00:01,000 --> 00:00:02,000\n- Hi <i>there</i>\n' },
  { name: 'empty lines.txt', content: '\n\na\n\n\n\nb\n\n' },
  { name: 'spaces.txt', content: '  a  b  \n c' },
  { name: 'korean.txt', content: '회의록\n- 안건: 예산(1,000원)\n"인용"입니다.' },
  { name: 'rtl.txt', content: 'שלום עולם\nمرحبا' },
  { name: 'emoji.txt', content: '👩‍👩‍👧 family\n🇰🇷' },
  { name: 'utf16.txt', content: utf16('가나다\r\nzwei') },
  { name: 'bom.txt', content: '\ufeffwith a mark' },
  { name: 'euc-kr.txt', content: bytes('bec8b3e7c7cfbcbcbfe4 0a c7d1b1b9beee20b9aebcadc0d4b4cfb4d9') },
  { name: 'yaml.txt', content: 'name: inkmesh\nversion: 1\nlist:\n  - a\n  - b' },
  { name: 'contact.vcf', content: 'BEGIN:VCARD\nFN:Ada;L\nEND:VCARD' },
]

const CODE: readonly Input[] = [
  { name: 'script.py', content: 'import os\n\ndef f(x):\n    return x ** 2 # *not* bold\n' },
  { name: 'index.html', content: '<!doctype html>\n<p class="a">b &amp; c</p>' },
  { name: 'data.json', content: '{\n  "a": [1, 2],\n  "b": "\\u0041"\n}' },
  { name: 'style.css', content: 'a > b::before { content: "*"; }' },
  { name: 'pasted', content: 'const a = 1\nfunction b() {\n  return `${a}`\n}' },
]

const MARKDOWN: readonly Input[] = [
  { name: 'atx.md', content: '# Title\n\n## Sub ##\n\ntext', shape: '#####' },
  { name: 'setext.md', content: 'Title\n=====\n\nSub\n---', shape: '=====---' },
  { name: 'front.md', content: '---\ntitle: A title\ntags: [a, b]\n---\n\n# Other\n\ntext' },
  { name: 'two fronts.md', content: '---\na: 1\n---\n\n```yaml\nb: 2\n```' },
  { name: 'table.md', content: '| Name | Sum |\n| :--- | ---: |\n| Ada `x|y` | 1 |', kept: ['tables'] },
  { name: 'table in a quote.md', content: '> | a |\n> | - |\n> | 1 |', kept: ['tables'] },
  { name: 'notes.md', content: 'A claim.[^1] More.[^note]\n\n[^1]: The proof.\n\n[^note]: word', kept: ['footnotes'] },
  {
    name: 'references.md',
    content: 'Used [text][r].\n\n[r]: https://r.example "T"\n\n[unused]: https://u.example',
    shape: '[r]:[r]""',
  },
  { name: 'formula.md', content: 'Euler: $e^{i\\pi} + 1 = 0$, $a_1 * b_1$, and $5 or $6.' },
  { name: 'formulas.md', content: '$$\na &= b \\\\\nc_1 &= d_1\n$$', kept: ['formulas'] },
  { name: 'wiki.md', content: 'See [[Page]] and [[Page|alias]] #tag ==marked==' },
  { name: 'callout.md', content: '> [!NOTE]\n> Take care.' },
  { name: 'tasks.md', content: '- [ ] a\n- [x] b', shape: '' },
  { name: 'numbers.md', content: '5. five\n6. six\n\n1) one' },
  { name: 'nested.md', content: '- a\n  - b\n    1. c\n\n       more of c' },
  { name: 'quotes.md', content: '> a\n>> b\n\nreply' },
  { name: 'strong.md', content: '**a** *b* __c__ _d_ ~~e~~ ***f***', shape: '____' },
  { name: 'korean.md', content: '**한국어(강조)**는 굵다. *강조*는.', shape: '****' },
  { name: 'signs.md', content: '2*3*4, 5*x + 3*y, snake_case_name, Lehrer*innen, 1~2, C#, a^b, {x}, 100%' },
  {
    name: 'html.md',
    content: '<details>\n<summary>More</summary>\n</details>\n\nH<sub>2</sub>O <kbd>k</kbd> <span>x</span>',
    kept: ['html'],
    shape: '<kbd></kbd>',
  },
  { name: 'comment.md', content: 'a\n\n<!-- a comment -->\n\nb', kept: ['html'] },
  { name: 'picture.md', content: '![alt text](https://i.example/a.png "t")', kept: ['pictures'], shape: '!' },
  {
    name: 'links.md',
    content: '[a](https://a.example) <https://b.example> [c](javascript:alert(1))',
    kept: ['addresses'],
    shape: '<>[][]',
  },
  { name: 'code.md', content: '`` a ` b ``\n\n```js title="a.js"\nx < y\n```\n\n    indented', shape: '' },
  { name: 'breaks.md', content: 'one  \ntwo\\\nthree' },
  { name: 'cjk breaks.md', content: '漢字の\n改行。\n次' },
  { name: 'entities.md', content: '&copy; 2026 &amp; more \\* \\_', shape: '&copy;&amp;' },
  { name: 'dividers.md', content: 'a\n\n***\n\n___\n\n---', shape: '***___' },
  { name: 'definition.md', content: 'Term\n: Definition' },
  { name: 'tabs.md', content: 'a\tb\n\n-\titem' },
]

const HTML: readonly Input[] = [
  { name: 'a page', content: '<h2>Head</h2><p>a <b>b</b> <i>c</i> <u>d</u> <s>e</s> <mark>f</mark></p>' },
  { name: 'raised', content: '<p>10<sup>6</sup> H<sub>2</sub>O</p>' },
  { name: 'lists', content: '<ul><li>a<ol start="3"><li>b</li></ol></li></ul>' },
  { name: 'tasks', content: '<ul><li><input type="checkbox" checked>a</li></ul>' },
  { name: 'a table', content: '<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>' },
  { name: 'code', content: '<pre><code class="language-js">a &lt; b\n  c</code></pre>' },
  { name: 'a quote', content: '<blockquote><p>q</p></blockquote><hr><p>r</p>' },
  { name: 'links', content: '<a href="https://a.example">a</a> <a href="javascript:x()">b</a>' },
]

const linesOf = (doc: Node): string[] => doc.children.map((node) => node.textBetween(0, node.content.size, null, '\n'))

/** All that a document says: its text, and what its links and languages are. */
function saidBy(doc: Node): string {
  const parts: string[] = []
  doc.descendants((node) => {
    parts.push(node.text ?? '\n')
    for (const { attrs } of [node, ...node.marks])
      parts.push(...Object.values<unknown>(attrs).flatMap((value) => (value === null ? [] : [JSON.stringify(value)])))
  })
  return parts.join(' ')
}

/** What of `wanted` is not in `there`, counted sign by sign; spaces aside. */
function missing(wanted: string, there: string): string {
  const counts = new Map<string, number>()
  for (const sign of there) counts.set(sign, (counts.get(sign) ?? 0) + 1)
  return Array.from(wanted.replace(/\s/gu, ''))
    .filter((sign) => {
      const count = counts.get(sign) ?? 0
      counts.set(sign, count - 1)
      return count <= 0
    })
    .join('')
}

function textOf({ content, name }: Input): { text: string; form: string } {
  const read = takeText(typeof content === 'string' ? new TextEncoder().encode(content) : content, name)
  if (read === null) throw new Error(`${name} is no text`)
  return { text: read.text, form: read.taken.reading.form }
}

/** Writes a document, and reads it again: what comes back is written alike, and says as much. */
function expectRound(doc: Node): string {
  doc.check()
  const written = serializeMarkdown(doc)
  const again = readMarkdownFile(`x\n\n${written}`, '').body
  expect(serializeMarkdown(again)).toBe(`x\n\n${written}`.replace(/\n+$/u, '\n'))
  expect(missing(saidBy(doc).replace(/[^\p{L}\p{N}]/gu, ''), saidBy(again))).toBe('')
  return written
}

test('there are at least 60', () => {
  expect(LINES.length + CODE.length + MARKDOWN.length + HTML.length).toBeGreaterThanOrEqual(60)
})

describe('lines of text are equal, in number and order', () => {
  test.each(LINES)('$name', (input) => {
    const { text, form } = textOf(input)
    expect(form).toBe('lines')
    const lines = text.replace(/(?:\r\n?|\n)$/u, '').split(/\r\n?|\n/u)
    const doc = readLines(text)
    expect(linesOf(doc)).toEqual(lines)
    expectRound(doc)
  })
})

describe('code is code, with every sign', () => {
  test.each(CODE)('$name', (input) => {
    const { text, form } = textOf(input)
    expect(form).toBe('code')
    const doc = readCode(text, null)
    expect(doc.textContent).toBe(text.replace(/\n$/u, ''))
    expect(readMarkdownFile(markdownFile('', doc), '').body.textContent).toBe(doc.textContent)
  })
})

describe('of Markdown every letter, digit and sign is there, or is said to be kept otherwise', () => {
  test.each(MARKDOWN)('$name', (input) => {
    const { text, form } = textOf(input)
    expect(form).toBe('markdown')
    const { title, body, kept } = readMarkdownFile(text, '')
    const written = markdownFile(title, body)
    expect(missing(missing(text, `${written} ${saidBy(body)}`), input.shape ?? '')).toBe('')
    expect([...new Set(kept.map(({ name }) => name))]).toEqual(input.kept ?? [])
    const again = readMarkdownFile(written, '')
    expect([again.title, again.body.toJSON()]).toEqual([title, body.toJSON()])
  })
})

describe('of HTML every letter and digit is there, and what it means', () => {
  test.each(HTML)('$name', ({ content }) => {
    const { document } = parseHTML(`<html><body>${String(content)}</body></html>`)
    const doc = clipboardParser.parse(document.body)
    const words = document.body.textContent
    expect(missing(words, saidBy(doc))).toBe('')
    expectRound(doc)
  })
})
