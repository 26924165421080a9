import { readFileSync } from 'node:fs'
import spec from 'commonmark-spec'
import { expect, test } from 'vitest'
import { parseMarkdown, serializeMarkdown } from '#convert/markdown'
import { parseInPieces } from '#convert/markdown-pieces'
import { seeded } from '../../support/random.ts'
import { randomDocument } from './documents.ts'

function parts(text: string, least: number): { doc: ReturnType<typeof parseMarkdown>; seen: number[] } {
  const seen: number[] = []
  return { doc: parseInPieces(text, (part) => seen.push(part), undefined, least), seen }
}

const TRAPS: readonly string[] = [
  '',
  'one\n\ntwo\n\nthree',
  '# a\n\n```\n\n# no heading\n\ntext\n\n```\n\n# b\n\nlast',
  '# a\n\n~~~~\n\n# no heading\n\n~~~\n\n# nor this\n\n~~~~\n\n# b',
  '# a\n\n```\n\n# never closed\n\nto the end',
  '- item\n\n  ```\n\n# a heading after all\n\ntext\n\n```\n\n# code\n',
  '# a\n\n<!--\n\n# hidden\n\n-->\n\n# b',
  '# a\n\n<pre>\n\n# as it is\n\n</pre>\n\n# b',
  '# a\n\n$$\n\n# a formula\n\n$$\n\n# b',
  '# a\n\n<div>\n\n# seen\n\n</div>\n\n# b',
  '# a\n\n[one][x] and [two]\n\n# b\n\n[x]: https://x.example\n\n> [two]: https://two.example\n\n# c\n\n[unused]: https://u.example',
  '# a\n\n[x]: https://first.example\n\n# b\n\n[x]\n\n[x]: https://second.example',
  '# a\n\nnote[^1]\n\n# b\n\n[^1]: https://n.example\n\n```\n\nopen [x]\n\n# and so on [x]\n\n[x]: https://x.example',
  '1. one\n\n2. two\n\nan end\n\n3. three',
  'a\r\n\r\n# b\r\n\r\nc\r\n\r\n- d\r\n\r\n  e\r\n',
  'Title\n===\n\nSub\n---\n\n| a |\n| - |\n| 1 |\n\nend',
]

test.each(TRAPS)('in pieces it is what it is as a whole: %j', (text) => {
  for (const least of [1, 5, 17, 60]) expect(parts(text, least).doc.toJSON()).toEqual(parseMarkdown(text).toJSON())
})

test('so are the examples of CommonMark, one after the other, and random documents', () => {
  const random = seeded(5)
  const texts = [
    ...Array.from({ length: 60 }, (_, i) =>
      spec.tests
        .slice(10 * i, 10 * i + 10)
        .map(({ markdown }) => markdown)
        .join('\n\nand\n\n'),
    ),
    ...Array.from({ length: 60 }, () => serializeMarkdown(randomDocument(random))),
    readFileSync(new URL('../../../ARCHITECTURE.md', import.meta.url), 'utf8'),
  ]
  for (const text of texts) {
    const { doc, seen } = parts(text, 1 + random.below(200))
    expect(doc.toJSON()).toEqual(parseMarkdown(text).toJSON())
    expect(seen.toSorted((a, b) => a - b)).toEqual(seen)
    expect(seen.at(-1)).toBe(1)
  }
})
