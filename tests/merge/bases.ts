/** The documents that people start from. Each letter occurs once. */
import type { Mark, Node } from 'prosemirror-model'
import { blockAttrs, schema, type Block } from '#doc/schema'
import type { Letters } from './letters.ts'

const { strong, em, link } = schema.marks

type Run = readonly [text: string, ...marks: Mark[]]

const inline = (runs: readonly Run[]): Node[] => runs.map(([text, ...marks]) => schema.text(text, marks))

const line = (attributes: Partial<Block>, ...content: readonly (Run | Node)[]): Node =>
  schema.nodes.block.create(
    blockAttrs(attributes),
    content.flatMap((part) => ('type' in part ? [part] : inline([part]))),
  )

const document = (...blocks: readonly Node[]): Node => schema.topNodeType.createChecked(null, blocks)

/** Five paragraphs. */
export const plain = document(
  line({}, ['abcdefghijkl']),
  line({}, ['mnopqrstuvwx']),
  line({}, ['yzABCDEFGHIJ']),
  line({}, ['KLMNOPQRSTUV']),
  line({}, ['WXYZ01234567']),
)

/** A heading, a list item with bold, a task below it with a link, a divider, a quote with a line break, code. */
export const rich = document(
  line({ kind: 'heading', level: 1 }, ['abcdefghijkl']),
  line({ kind: 'bullet' }, ['mn'], ['opqrstu', strong.create()], ['vwx']),
  line(
    { kind: 'task', checked: true, indent: 1 },
    ['yzABCD'],
    ['EFGH', link.create({ href: 'https://example.com/' })],
    ['IJ'],
  ),
  schema.nodes.divider.create(),
  line({ quote: 1 }, ['KLMN', em.create()], ['OP'], schema.nodes.hard_break.create(), ['QRSTUV']),
  schema.nodes.code_block.create(null, schema.text('WXYZ01\n234567')),
)

/** Paragraphs of such words. */
export function wordsOf(letters: Letters, lines: number, words: number, size: number): Node {
  return document(...Array.from({ length: lines }, () => line({}, [letters.draw(words * size)])))
}
