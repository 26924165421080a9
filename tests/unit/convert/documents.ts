/** Random documents of our schema, hard on Markdown: from a seed, so that a failure can be had again. */
import { Fragment, type Mark, type Node } from 'prosemirror-model'
import { blockAttrs, BLOCK_KINDS, MAX_DEPTH, schema, type MarkName } from '#doc/schema'
import type { Random } from '../../support/random.ts'

const WORDS = [
  'a', 'word', 'Zwei', '굵게', '는', '한글 문장', '日本', '😀', '👩‍👩‍👧', ' ', '  ', '\t', '\u00a0', '*', '**', '_', '__', 'a_b', '[', ']', '](x)',
  '[x]: /y', '![', '<', '>', '<b>', '</u>', '<br>', '<!--', '<http://a.b>', '&', '&amp;', '&#x20;', '#', '# ', '## x', ' #', '~', '~~', '=', '==', '$$', '$x$', '$5', '===', '---',
  '- ', '-', '+ ', '* ', '1. ', '1) ', '12', '.', ')', '(', '|', '\\', '\\*', '`', '``', '```', '!', '"', '“인용”', '’', ',', ':', 'http://a.b', 'a@b.c',
  '[ ] ', '[x] ', '> ', '    ', '\u200b', '\u202e', 'é', 'ß', '$', '^', '{', '}',
] // prettier-ignore

const MARKS: readonly MarkName[] = [
  'strong',
  'em',
  'underline',
  'strike',
  'highlight',
  'superscript',
  'subscript',
  'code',
  'link',
]

const HREFS = [
  'https://a.example/',
  '/b c',
  'x(y)z',
  'a"b\'c',
  '<d>',
  'mailto:a@b.c',
  'e\\f',
  '#g',
  '',
  'https://h.example/?i=1&amp;j=*k*',
  '링크',
  'tel:1',
]

const CODES = [
  '',
  'x',
  ' x ',
  '\tx',
  '\n',
  'a\n\nb',
  '```',
  '~~~\n````\n',
  '    a',
  'a\n',
  '\n\na',
  '> q',
  '- i',
  '</pre>',
  '   ',
  'a\n   \nb\n',
]

const LANGUAGES = [null, 'js', 'c++', 'a b', '```', '~', 'a`b', '&amp;', 'x\\y', '자바', '{.py #id}']

/** A random document of up to about 14 blocks. */
export function randomDocument(random: Random): Node {
  const upTo = (limit: number): number => random.below(limit + 1)
  const chance = (probability: number): boolean => random.chance(probability)
  const pick = <T>(list: readonly T[]): T => random.pick(list)

  function marks(): readonly Mark[] {
    return MARKS.filter(() => chance(0.15)).reduce<readonly Mark[]>((set, name) => {
      const attrs = name === 'link' ? { href: pick(HREFS), title: chance(0.3) ? pick(WORDS) : null } : null
      return schema.marks[name].create(attrs).addToSet(set)
    }, [])
  }

  function line(): Fragment {
    let current: readonly Mark[] = []
    const nodes = Array.from({ length: upTo(8) }, () => {
      if (chance(0.6)) current = marks()
      if (chance(0.08)) return schema.nodes.hard_break.create(null, null, current)
      const text = Array.from({ length: 1 + upTo(3) }, () => pick(WORDS)).join(chance(0.5) ? '' : ' ')
      return schema.text(text, current)
    })
    return Fragment.fromArray(nodes)
  }

  let indent = 0
  let quote = 0
  function block(): Node {
    if (chance(0.4)) indent = Math.min(MAX_DEPTH, Math.max(0, indent - 1 + upTo(2)))
    if (chance(0.2)) quote = Math.min(MAX_DEPTH, Math.max(0, quote - 1 + upTo(2)))
    if (chance(0.02)) indent = upTo(MAX_DEPTH)
    const depth = { indent: indent || null, quote: quote || null }
    if (chance(0.06)) return schema.nodes.divider.create(depth)
    if (chance(0.1)) {
      const code = pick(CODES)
      return schema.nodes.code_block.create(
        { language: pick(LANGUAGES), ...depth },
        code === '' ? null : schema.text(code),
      )
    }
    const kind = pick(BLOCK_KINDS)
    const attrs = {
      kind,
      level: 1 + upTo(5),
      checked: chance(0.5),
      start: chance(0.2) ? upTo(12) : null,
      indent,
      quote,
    }
    return schema.nodes.block.create(blockAttrs(attrs), chance(0.15) ? null : line())
  }

  return schema.nodes.doc.create(null, Array.from({ length: 1 + upTo(13) }, block))
}
