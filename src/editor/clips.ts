/** What is on the clipboard: pieces of a document as text, as data, and put in their place. */
import { Fragment, Slice, type Node, type ResolvedPos } from 'prosemirror-model'
import type { EditorState, Transaction } from 'prosemirror-state'
import { linesOf, shifted } from '#convert/plain-text'
import { blockAttrs, blockOf, depthOf, MAX_DEPTH, schema } from '#doc/schema'
import { holdsBlocks, isBlock, isListKind, placedAt, selectedBlocks, setBlock } from './blocks.ts'
import { isItem, numbered, numberOf } from './numbering.ts'

/** A copied piece. `whole`: its blocks were selected from start to end, so what they are counts, too. */
export interface Clip {
  slice: Slice
  whole: boolean
}

/** The selection as data. */
export function writeClip(state: EditorState): string {
  const blocks = selectedBlocks(state)
  const [first, last] = [blocks[0], blocks.at(-1)]
  const { from, to } = state.selection
  const whole =
    first !== undefined && last !== undefined && from <= first.pos + 1 && to >= last.pos + last.node.nodeSize - 1
  return JSON.stringify({ slice: state.selection.content().toJSON() as unknown, whole })
}

/** Reads such data. Null when it is none, or does not fit our schema: another page may have put it there. */
export function readClip(data: string): Clip | null {
  if (data === '') return null
  try {
    const { slice: json, whole } = JSON.parse(data) as { slice: unknown; whole: unknown }
    const slice = Slice.fromJSON(schema, json)
    slice.content.forEach((node) => node.check())
    const most = Slice.maxOpen(slice.content)
    if (slice.size === 0 || slice.openStart > most.openStart || slice.openEnd > most.openEnd) return null
    if (slice.openStart < 0 || slice.openEnd < 0) return null
    return { slice, whole: whole === true }
  } catch {
    return null
  }
}

/**
 * A piece as text for other programs: a line for each line, with the signs that a reader needs to see what a block is, and with
 * the addresses of links. What came in as plain text goes out as it came.
 */
export function clipText({ content }: Slice): string {
  const blocks = blocksIn(content)
  const [first] = blocks
  if (first === undefined) return ''
  if (blocks.length === 1) return first.isText ? plainText(first) : shownText(first)
  const { places } = numbered(schema.nodes.doc.create(null, blocks))
  const lines = blocks.map((node, index) => {
    const block = blockOf(node)
    const isListed = isBlock(node) && isListKind(block.kind)
    const place = places[index]
    const margin = '> '.repeat(block.quote) + '    '.repeat(block.indent)
    const sign = {
      paragraph: '',
      heading: '',
      bullet: '- ',
      ordered: `${isItem(place) ? numberOf(place) : 1}. `,
      task: block.checked ? '[x] ' : '[ ] ',
    }[block.kind]
    const below = margin + ' '.repeat(isListed ? 4 : 0)
    return margin + sign + shownText(node).split('\n').join(`\n${below}`)
  })
  return lines.join('\n')
}

/** The blocks of a piece, in order, whatever holds them. */
const blocksIn = ({ content }: Fragment): Node[] =>
  content.flatMap((node) => (holdsBlocks(node) ? blocksIn(node.content) : [node]))

/** What a block shows; behind the words of a link its address, unless it is what they are. */
function shownText(node: Node): string {
  if (node.type === schema.nodes.divider) return '---'
  const pieces = node.children.map((child) => {
    const href: unknown = schema.marks.link.isInSet(child.marks)?.attrs.href
    return { text: plainText(child), href: typeof href === 'string' ? href : null }
  })
  return pieces
    .map(({ text, href }, i) => {
      if (href === null || pieces[i + 1]?.href === href) return text
      const start = pieces.slice(0, i).findLastIndex((piece) => piece.href !== href) + 1
      const words = pieces
        .slice(start, i + 1)
        .map((piece) => piece.text)
        .join('')
      return saysAddress(words, href) ? text : `${text} (${href})`
    })
    .join('')
}

/** What an inline node says without its marks. */
function plainText({ text = '\n', marks }: Node): string {
  if (schema.marks.superscript.isInSet(marks)) return shifted(text, 'superscript')
  return schema.marks.subscript.isInSet(marks) ? shifted(text, 'subscript') : text
}

const saysAddress = (words: string, href: string): boolean =>
  [words, `https://${words}`, `http://${words}`, `mailto:${words}`].some(
    (said) => said.replace(/\/$/u, '') === href.replace(/\/$/u, ''),
  )

/** Plain text as blocks like the one it is put into: one a line. */
export function textSlice(text: string, $context: ResolvedPos): Slice {
  const around = isBlock($context.parent) ? blockOf($context.parent) : blockOf(schema.nodes.block.create())
  const attrs = blockAttrs({
    ...around,
    kind: isListKind(around.kind) ? around.kind : 'paragraph',
    checked: false,
    start: null,
  })
  const marks = $context.marks().filter(({ type }) => type !== schema.marks.link)
  const blocks = linesOf(text).map((line) =>
    schema.nodes.block.create(attrs, line === '' ? null : schema.text(line, marks)),
  )
  return new Slice(Fragment.from(blocks), 1, 1)
}

/**
 * Puts a piece in place of the selection. In the middle of text it flows in; an empty paragraph becomes what the first
 * block of the piece was. What is put into a list item or a quote stands at least as deep.
 */
export function placeSlice(tr: Transaction, slice: Slice, whole: boolean): Transaction {
  if (slice.size === 0) return tr
  if (!tr.selection.empty) tr.deleteSelection()
  const target = placedAt(tr.selection.$from)
  const fitting = target === null ? slice : opened(deepened(slice, target.node))
  const first = fitting.content.firstChild
  const adopts =
    target !== null &&
    first !== null &&
    isBlock(target.node) &&
    isBlock(first) &&
    target.node.content.size === 0 &&
    blockOf(target.node).kind === 'paragraph' &&
    fitting.openStart === 1 &&
    (whole || fitting.content.childCount > 1)
  tr.replaceSelection(fitting)
  const placed = adopts ? tr.doc.nodeAt(target.pos) : null
  if (placed !== null && target !== null && first !== null)
    setBlock(tr, { node: placed, pos: target.pos }, blockOf(first))
  return tr
}

/** Code of several lines goes in as a block of its own, not into the text around it. */
function opened(slice: Slice): Slice {
  const { content, openStart, openEnd } = slice
  const isCode = (node: Node | null): boolean =>
    node?.type === schema.nodes.code_block && (content.childCount > 1 || node.textContent.includes('\n'))
  return new Slice(content, isCode(content.firstChild) ? 0 : openStart, isCode(content.lastChild) ? 0 : openEnd)
}

/** The piece moved in, so that its shallowest block stands as deep as `target`. */
function deepened(slice: Slice, target: Node): Slice {
  const { content, openStart, openEnd } = slice
  const nodes = [...content.content]
  if (!nodes.every((node) => node.isBlock)) return slice
  const least = (name: 'indent' | 'quote'): number => Math.min(...nodes.map((node) => depthOf(node)[name]))
  const by = {
    indent: Math.max(0, depthOf(target).indent - least('indent')),
    quote: Math.max(0, depthOf(target).quote - least('quote')),
  }
  if (by.indent === 0 && by.quote === 0) return slice
  const deeper = nodes.map((node) => {
    const { indent, quote } = depthOf(node)
    const depth = { indent: Math.min(MAX_DEPTH, indent + by.indent), quote: Math.min(MAX_DEPTH, quote + by.quote) }
    return node.type.create({ ...node.attrs, indent: depth.indent || null, quote: depth.quote || null }, node.content)
  })
  return new Slice(Fragment.from(deeper), openStart, openEnd)
}
