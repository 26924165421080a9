/**
 * Writing what was done: text goes in and out as characters, a split puts an end and a beginning between them, a join
 * takes them away. Never a difference that could be read in two ways. Positions are ProseMirror's, in the document that
 * the flow shows.
 */
import { Fragment, type Node, type ResolvedPos, type Slice } from 'prosemirror-model'
import type * as Y from 'yjs'
import { needVersion } from '../document.ts'
import { conform } from './conform.ts'
import { Flow } from './flow.ts'
import { placeBehind, putRight, unitOf } from './moves.ts'
import { partOf } from './places.ts'
import type { BlockPart } from './shape.ts'
import { partAt, Writer } from './writer.ts'

/** Fills an empty document. */
export function writeFlow(doc: Y.Doc, content: Node, origin: unknown = null): void {
  doc.transact((transaction) => {
    const writer = new Writer(new Flow(doc), transaction)
    writer.insertBlocks(null, content.children)
    writer.takeIn()
    conform(writer, [...writer.flow.shown.keys()], content.children)
    needVersion(doc, writer.needs)
  }, origin)
}

/** Replaces what is between two positions of the document that is shown. */
export function replace(writer: Writer, before: Node, from: number, to: number, slice: Slice): void {
  const start = before.resolve(from)
  const end = before.resolve(to)
  if (writer.screen.length === 0) begin(writer, before)
  if (losesItsStart(writer, start, end, slice)) {
    const units = writer.flow.shown.map((part) => unitOf(writer, part))
    writer.complete(partAt(writer.flow.shown, start.index(0)))
    if (writer.flow.ordering !== null) putRight(writer, units)
  }
  if (replaceWithin(writer, start, end, slice)) return
  if (writer.isFrozen) throw new RangeError('Blocks cannot change while others are held back')
  // Where blocks were moved, an end that one is given may change what goes with what, and a moved block take along what
  // is put behind it: what is meant is the order there was, with what is made in it.
  const isOrdered = writer.flow.ordering !== null
  const units = isOrdered ? writer.flow.shown.map((part) => unitOf(writer, part)) : []
  complete(writer, start, end)
  const { shown } = writer.flow
  const partNow = (index: number): BlockPart => {
    const unit = units[index]
    return unit === undefined ? partAt(shown, index) : partOf(writer.flow, unit)
  }
  const [startIndex, endIndex] = [start.index(0), end.index(0)]
  const first = start.depth > 0 ? partNow(startIndex) : null
  const last = end.depth === 0 ? null : endIndex === startIndex && first !== null ? first : partNow(endIndex)
  const behind = first ?? (startIndex === 0 ? null : partNow(startIndex - 1))
  const inner: BlockPart[] = []
  for (let index = startIndex + (first === null ? 0 : 1); index < endIndex; index++) inner.push(partNow(index))
  const made = writer.made.length
  replaceBetween(writer, { start, end, first, last, behind, inner }, slice)
  if (!isOrdered) return
  writer.takeIn()
  const cut = endIndex + (last !== null && last === first ? 1 : 0)
  putRight(writer, [...units.slice(0, cut), ...writer.made.slice(made), ...units.slice(cut)])
}

/** What is replaced: from within `first`, or behind `behind`, over `inner`, up to within `last`, or what comes next. */
interface Range {
  start: ResolvedPos
  end: ResolvedPos
  first: BlockPart | null
  last: BlockPart | null
  behind: BlockPart | null
  inner: readonly BlockPart[]
}

function replaceBetween(writer: Writer, { start, end, first, last, behind, inner }: Range, slice: Slice): void {
  let nodes = [...slice.content.content]
  const [node] = nodes
  if (first === null && last === null && node !== undefined && nodes.length === 1) {
    if (replaceBlocks(writer, inner, node)) return
  }
  const head = first !== null && slice.openStart > 0 ? (nodes.shift()?.content ?? Fragment.empty) : null
  const inline = first !== null && last !== null && (nodes.length === 0 || nodes[0]?.isInline === true)
  const tail = last !== null && slice.openEnd > 0 && !inline ? (nodes.pop()?.content ?? Fragment.empty) : null
  const headContent = head ?? (inline ? slice.content : Fragment.empty)
  if (inline) nodes = []

  if (first !== null && first === last) {
    if (slice.content.lastChild === null) throw new RangeError('Nothing to split with')
    writer.split(first, start.parentOffset, end.parentOffset, headContent, nodes, slice.content.lastChild)
    return
  }
  const rest = last === null ? null : end.parent.content.cut(end.parentOffset)
  if (last !== null) writer.deleteContent(last, 0, end.parentOffset)
  if (first !== null) {
    writer.deleteContent(first, start.parentOffset, start.parent.content.size)
    writer.insertContent(first, start.parentOffset, headContent)
  }
  for (const part of inner) writer.deleteBlock(part)
  if (tail !== null && last !== null) writer.insertContent(last, 0, tail)
  if (first !== null && last !== null && inline) {
    writer.join(first, last, start.parentOffset + headContent.size, rest ?? Fragment.empty)
    return
  }
  if (nodes.length === 0) return
  writer.takeIn()
  writer.insertBlocks(placeBehind(writer, behind), nodes)
}

/** Whoever writes into an empty document makes its first block. */
export function begin(writer: Writer, before: Node): void {
  const [first] = before.children
  if (first !== undefined) writer.insertBlocks(null, [first.copy(Fragment.empty)])
  writer.takeIn()
}

/** Blocks between which something is to be put, or a border taken away, must have their ends. */
function complete(writer: Writer, start: ResolvedPos, end: ResolvedPos): void {
  const indices = [start.index(0) - (start.depth > 0 ? 0 : 1), ...(end.depth > 0 ? [end.index(0)] : [])]
  for (const index of new Set(indices)) {
    const part = writer.flow.shown[index]
    if (part !== undefined && writer.held?.part !== part) writer.complete(part)
  }
}

/**
 * Whether the first text goes of a part that has no other beginning. When all of it went there would be no block; and a slot
 * within it would stand before it.
 */
function losesItsStart(writer: Writer, start: ResolvedPos, end: ResolvedPos, slice: Slice): boolean {
  if (writer.isFrozen || start.depth === 0 || start.parentOffset > 0 || start.pos === end.pos) return false
  if (!start.sameParent(end) || partAt(writer.flow.shown, start.index(0)).kind !== 'bare') return false
  return writer.flow.ordering !== null || (slice.size === 0 && end.parentOffset === end.parent.content.size)
}

/** Replaces within one block, when that is all. */
function replaceWithin(writer: Writer, start: ResolvedPos, end: ResolvedPos, slice: Slice): boolean {
  if (start.depth === 0 || end.depth === 0 || start.index(0) !== end.index(0)) return false
  const { firstChild, childCount } = slice.content
  const content =
    firstChild?.isInline === false
      ? childCount === 1 && slice.openStart > 0 && slice.openEnd > 0
        ? firstChild.content
        : null
      : slice.content
  if (content === null) return false
  const part = partAt(writer.screen, start.index(0))
  writer.deleteContent(part, start.parentOffset, end.parentOffset)
  writer.insertContent(part, start.parentOffset, content)
  return true
}

/**
 * Blocks that become one are joined: the first keeps its place and its id, and what others write in any of them is in
 * it. Not where one of them is no text.
 */
function replaceBlocks(writer: Writer, parts: readonly BlockPart[], node: Node): boolean {
  const [first] = parts
  const last = parts.at(-1)
  if (first === undefined || last === undefined || first.kind === 'atom' || last.kind === 'atom') return false
  if (!node.isTextblock) return false
  const now = first === last ? first.node.textBetween(0, first.node.content.size, null, '\n') : null
  if (now === node.textBetween(0, node.content.size, null, '\n')) return true
  writer.deleteContent(first, 0, first.node.content.size)
  if (first !== last) {
    const [whole, end] = [writer.complete(first), writer.complete(last)]
    writer.deleteContent(end, 0, end.node.content.size)
    for (const part of parts.slice(1, -1)) writer.deleteBlock(part)
    writer.join(whole, end, 0, Fragment.empty)
    writer.takeIn()
    writer.insertContent(whole, 0, node.content)
  } else writer.insertContent(first, 0, node.content)
  return true
}
