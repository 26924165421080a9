/**
 * The cases of Peritext (Litt, Lim, Kleppmann, van Hardenberg 2022): how marks merge, and which of them grow. Each is done by
 * two people in their editors, in either order of client ids.
 */
import { describe, expect, test } from 'vitest'
import type { Node } from 'prosemirror-model'
import { schema, type MarkName } from '#doc/schema'
import { changeMarks } from '#editor/binding/in-place'
import { setLink } from '#editor/link-making'
import { toggle } from '#editor/mark-commands'
import { backspace, enter, settle, two } from '../../../support/company.ts'
import { documentOf } from '../../../support/documents.ts'
import type { HeadlessEditor } from '../../../support/headless-editor.ts'

/** `*bold*`, `_italic_`, `[link](a)`; signs stand for marks, and do not nest. `|` begins a block. */
const SIGNS: Partial<Record<MarkName, [string, (href: unknown) => string]>> = {
  link: ['[', (href) => `](${String(href).replace(/^https:\/\/|\/$/gu, '')})`],
  strong: ['*', () => '*'],
  em: ['_', () => '_'],
}

/** A document as text with such signs, a run at a time. */
function told(doc: Node): string {
  return doc.children
    .map((block) =>
      block.children
        .map(({ text = '', marks }) =>
          marks.reduceRight((inner, { type, attrs }) => {
            const [begin, end] = SIGNS[type.name as MarkName] ?? ['<', () => '>']
            return begin + inner + end(attrs.href)
          }, text),
        )
        .join(''),
    )
    .join('|')
}

/** A document from such text; no signs within signs. */
function written(text: string): Node[] {
  return text.split('|').map((line) =>
    schema.nodes.block.create(
      null,
      [...line.matchAll(/\*([^*]+)\*|_([^_]+)_|\[([^\]]+)\]\(([^)]+)\)|([^*_[]+)/gu)].map(
        ([, bold, italic, linked, href, plain]) =>
          bold !== undefined
            ? schema.text(bold, [schema.marks.strong.create()])
            : italic !== undefined
              ? schema.text(italic, [schema.marks.em.create()])
              : linked !== undefined
                ? schema.text(linked, [schema.marks.link.create({ href: `https://${href ?? ''}/` })])
                : schema.text(plain ?? ''),
      ),
    ),
  )
}

type Act = (editor: HeadlessEditor) => void

/** Where a text begins and ends. It is in one block. */
function find({ state: { doc } }: HeadlessEditor, text: string): [from: number, to: number] {
  for (let pos = 0; pos < doc.content.size; pos += doc.nodeAt(pos)?.nodeSize ?? 1) {
    const at = doc.nodeAt(pos)?.textContent.indexOf(text) ?? -1
    if (at >= 0) return [pos + 1 + at, pos + 1 + at + text.length]
  }
  throw new RangeError(`No ${text}`)
}

const press =
  (text: string, ...commands: readonly Parameters<HeadlessEditor['run']>[0][]): Act =>
  (editor) => {
    editor.select(...find(editor, text))
    for (const command of commands) if (!editor.run(command)) throw new Error('Nothing was done')
  }
const bold = (text: string): Act => press(text, toggle('strong'))
const unbold = bold
const italic = (text: string): Act => press(text, toggle('em'))
const link = (text: string, href: string): Act => press(text, setLink(`https://${href}/`))
const remove =
  (text: string): Act =>
  (editor) =>
    editor.dispatch(editor.state.tr.delete(...find(editor, text)))
const typeBehind =
  (text: string, more: string): Act =>
  (editor) => {
    editor.select(find(editor, text)[1])
    for (const letter of more) editor.type(letter)
  }
const typeBefore =
  (text: string, more: string): Act =>
  (editor) => {
    editor.select(find(editor, text)[0])
    for (const letter of more) editor.type(letter)
  }
const splitBefore =
  (text: string): Act =>
  (editor) => {
    editor.select(find(editor, text)[0])
    editor.run(enter)
  }
const joinBefore =
  (text: string): Act =>
  (editor) => {
    editor.select(find(editor, text)[0])
    editor.run(backspace)
  }
const nothing: Act = () => undefined
const both =
  (...acts: readonly Act[]): Act =>
  (editor) => {
    for (const act of acts) act(editor)
  }

/** What comes of it, whoever has which id and does which of the two: all that may come of it, with ` or ` between. */
function merged(base: string, one: Act, other: Act, then?: Act): string {
  const results = new Set<string>()
  for (const ids of [
    [1, 2],
    [2, 1],
  ] as const) {
    for (const acts of [
      [one, other],
      [other, one],
    ] as const) {
      const [a, b] = two(documentOf(...written(base)), ids)
      acts[0](a)
      acts[1](b)
      settle(a, b)
      then?.(a)
      settle(a, b)
      results.add(told(b.state.doc))
    }
  }
  return [...results].toSorted().join(' or ')
}

describe('two people format', () => {
  test.each<[what: string, base: string, one: Act, other: Act, result: string]>([
    [
      'bold ∥ an insertion in the middle of it',
      'The fox jumped',
      bold('The fox jumped'),
      typeBehind('The', ' quick'),
      '*The quick fox jumped*',
    ],
    [
      'overlapping bold ∥ bold: all of it is bold',
      'The fox jumped',
      bold('The fox'),
      bold('fox jumped'),
      '*The fox jumped*',
    ],
    [
      'overlapping bold ∥ italic: both are kept',
      'The fox jumped',
      bold('The fox'),
      italic('fox jumped'),
      '*The **_fox_*_ jumped_',
    ],
    [
      'different colours have one winner: here different addresses of one link',
      'The fox jumped',
      link('The fox', 'a'),
      link('fox jumped', 'b'),
      '[The ](a)[fox jumped](b) or [The fox](a)[ jumped](b)',
    ],
    [
      'unbold of a part of what is bold ∥ unbold of another part',
      '*The fox jumped*',
      unbold('The'),
      unbold('jumped'),
      'The* fox *jumped',
    ],
    [
      'unbold ∥ bold of more than is bold: only what was not bold before is made bold',
      'The *fox jumped* over',
      bold('The fox'),
      unbold('fox jumped'),
      '*The *fox jumped over',
    ],
    [
      'bold all ∥ unbold a part: one of them wins, for all of the part',
      'The *fox* jumped',
      bold('The fox jumped'),
      unbold('fox'),
      '*The *fox* jumped* or *The fox jumped*',
    ],
    ['italic ∥ bold of the same', 'The fox jumped', italic('fox'), bold('fox'), 'The *_fox_* jumped'],
    ['the same bold by both is bold, once', 'The fox jumped', bold('fox'), bold('fox'), 'The *fox* jumped'],
    ['the same unbold by both', 'The *fox* jumped', unbold('fox'), unbold('fox'), 'The fox jumped'],
    [
      'overlapping unbold ∥ unbold: all of it is plain',
      '*The fox jumped*',
      unbold('The fox'),
      unbold('fox jumped'),
      'The fox jumped',
    ],
    ['the same address by both', 'The fox jumped', link('fox', 'a'), link('fox', 'a'), 'The [fox](a) jumped'],
    ['links side by side stay two', 'The fox jumped', link('The ', 'a'), link('fox', 'b'), '[The ](a)[fox](b) jumped'],
    ['bold ∥ link', 'The fox jumped', bold('The fox'), link('fox', 'a'), '*The *[*fox*](a) jumped'],
    ['neighbouring bold ∥ bold', 'The fox jumped', bold('Th'), bold('e'), '*The* fox jumped'],
    [
      'bold of one ∥ a bold word of the other, apart',
      'The fox jumped',
      bold('The'),
      bold('jumped'),
      '*The* fox *jumped*',
    ],
  ])('%s', (_what, base, one, other, result) => {
    expect(merged(base, one, other)).toBe(result)
  })
})

describe('one formats while the other types', () => {
  test.each<[what: string, base: string, one: Act, other: Act, result: string]>([
    [
      'bold ∥ typing at its end: it grows',
      'The fox jumped',
      bold('fox'),
      typeBehind('fox', 'es'),
      'The *foxes* jumped',
    ],
    [
      'bold ∥ typing at its start: it does not grow',
      'The fox jumped',
      bold('fox'),
      typeBefore('fox', 'big'),
      'The big*fox* jumped',
    ],
    [
      'a link ∥ typing at its end: it does not grow',
      'The fox jumped',
      link('fox', 'a'),
      typeBehind('fox', 'es'),
      'The [fox](a)es jumped',
    ],
    [
      'a link ∥ typing at its start: it does not grow',
      'The fox jumped',
      link('fox', 'a'),
      typeBefore('fox', 'big'),
      'The big[fox](a) jumped',
    ],
    ['a link ∥ typing within it', 'The fox jumped', link('fox', 'a'), typeBehind('fo', 'o'), 'The [foox](a) jumped'],
    [
      'unbold of a part ∥ typing within that part',
      '*The fox jumped*',
      unbold('fox'),
      typeBehind('fo', 'o'),
      '*The *foox* jumped*',
    ],
    [
      'unbold of a part ∥ typing at its end',
      '*The fox jumped*',
      unbold('fox'),
      typeBehind('fox', 'es'),
      '*The *foxes* jumped*',
    ],
    ['bold to the end of a block ∥ typing there', 'The fox', bold('fox'), typeBehind('fox', 'es'), 'The *foxes*'],
    ['bold from the start of a block ∥ typing there', 'The fox', bold('The'), typeBefore('The', 'O'), 'O*The* fox'],
    [
      'bold ∥ a block made within it',
      'The fox jumped',
      bold('The fox jumped'),
      splitBefore('jumped'),
      '*The fox *|*jumped*',
    ],
    [
      'bold over two blocks ∥ typing at the end of the first',
      'The fox|jumped',
      (editor) => {
        editor.select(1, editor.state.doc.content.size - 1)
        editor.run(toggle('strong'))
      },
      typeBehind('fox', 'es'),
      '*The foxes*|*jumped*',
    ],
    [
      'bold over two blocks ∥ their join',
      'The fox|jumped',
      (editor) => {
        editor.select(1, editor.state.doc.content.size - 1)
        editor.run(toggle('strong'))
      },
      joinBefore('jumped'),
      '*The foxjumped*',
    ],
    ['bold ∥ deletion of its first character', 'The fox jumped', bold('fox'), remove('f'), 'The *ox* jumped'],
    [
      'bold ∥ deletion of its last character, and typing there',
      'The fox jumped',
      bold('fox'),
      both(remove('x'), typeBehind('fo', 'e')),
      'The *foe* jumped',
    ],
    [
      'bold ∥ deletion of its last character, and of more behind it',
      'The fox jumped',
      bold('fox'),
      remove('x j'),
      'The *fo*umped',
    ],
    [
      'bold ∥ deletion of all of it, and typing there',
      'The fox jumped',
      bold('fox'),
      both(remove('fox'), typeBehind('The ', 'cat')),
      'The *cat* jumped',
    ],
    [
      'a link ∥ deletion of its last character, and typing there',
      'The fox jumped',
      link('fox', 'a'),
      both(remove('x'), typeBehind('fo', 'e')),
      'The [fo](a)e jumped',
    ],
    ['unbold of the middle ∥ deletion of all of it', 'some *bold* more', unbold('ol'), remove('bold'), 'some  more'],
    ['unbold ∥ deletion of the first character', 'some *bold* more', unbold('bold'), remove('b'), 'some old more'],
    [
      'bold ∥ an insertion between characters that are deleted then',
      'The fox jumped',
      both(bold('fox'), remove('ox')),
      typeBehind('fo', 'o'),
      'The *fo* jumped',
    ],
    [
      'bold to the end ∥ everything replaced: what takes its place is at the end of it',
      'The fox',
      bold('fox'),
      (editor) => editor.dispatch(editor.state.tr.insertText('new', 1, 8)),
      '*new*',
    ],
  ])('%s', (_what, base, one, other, result) => {
    expect(merged(base, one, other)).toBe(result)
  })
})

describe('one alone', () => {
  const alone = (base: string, ...acts: readonly Act[]): string => merged(base, both(...acts), nothing)

  test.each<[what: string, base: string, acts: Act[], result: string]>([
    ['types at the end of bold: it grows', 'a *bold* word', [typeBehind('bold', 'er')], 'a *bolder* word'],
    ['types at the end of a link: it does not', 'a [link](a) word', [typeBehind('link', 's')], 'a [link](a)s word'],
    ['types before bold: it does not grow', 'a *bold* word', [typeBefore('bold', 'very')], 'a very*bold* word'],
    [
      'deletes the end of a bold word, and types',
      'a *bold* word',
      [remove('ld'), typeBehind('bo', 'ss')],
      'a *boss* word',
    ],
    [
      'deletes behind a bold word, and types',
      'a *bold* word',
      [remove(' wo'), typeBehind('bold', 'er')],
      'a *bolder*rd',
    ],
    ['deletes a bold word, and types', 'a *bold* word', [remove('bold'), typeBehind('a ', 'plain')], 'a plain word'],
    ['splits a bold line: both halves are', '*a bold line*', [splitBefore('line')], '*a bold *|*line*'],
    [
      'splits behind a bold word, and types',
      'a *bold* word',
      [splitBefore(' word'), typeBefore(' word', 'X')],
      'a *bold*|X word',
    ],
    ['splits and joins again: as it was', 'a *bold* word', [splitBefore('ld'), joinBefore('ld')], 'a *bold* word'],
    [
      'makes a line behind a bold one, and types: it goes on',
      '*a bold line*',
      [
        (editor) => {
          editor.select(find(editor, 'line')[1])
          editor.run(enter)
          editor.type('X')
        },
      ],
      '*a bold line*|*X*',
    ],
    ['unbolds the middle', 'a *bold* word', [unbold('ol')], 'a *b*ol*d* word'],
    ['unbolds the middle, and bolds it again', 'a *bold* word', [unbold('ol'), bold('ol')], 'a *bold* word'],
    [
      'unbolds the first half, and types between',
      'a *bold* word',
      [unbold('bo'), typeBehind('bo', 'X')],
      'a boX*ld* word',
    ],
    [
      'takes a link away',
      'a [link](a) word',
      [
        (editor) => {
          const [from, to] = find(editor, 'link')
          editor.dispatch(changeMarks(editor.state.tr, from, to, (marks) => schema.marks.link.removeFromSet(marks)))
        },
      ],
      'a link word',
    ],
    ['links a part of a link elsewhere', 'a [link](a) word', [link('in', 'b')], 'a [l](a)[in](b)[k](a) word'],
  ])('%s', (_what, base, acts, result) => {
    expect(alone(base, ...acts)).toBe(result)
  })
})
