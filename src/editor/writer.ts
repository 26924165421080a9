/**
 * ProseMirror → Yjs: what was done here, as changes to the shared types.
 *
 * It writes the difference between two ProseMirror documents, not between ProseMirror and Yjs: what the editor does not
 * show or did not touch stays as it is. Text is never moved between neighbouring Y.XmlTexts, and an emptied one stays,
 * so what others type into it meanwhile is neither lost nor doubled.
 */
import type { Fragment, Mark, Node, ResolvedPos } from 'prosemirror-model'
import * as Y from 'yjs'
import { align, ATOM, changedRange, equal, plainText } from './difference.ts'
import { isElement, piecesOf, textAt } from './positions.ts'
import { renderElement } from './renderer.ts'
import { KIND_ATTRIBUTE, MARKS_ATTRIBUTE, storedKind, storedName } from './stored.ts'

/** Elements with any JSON as attributes; Yjs types them as strings. */
type StoredElement = Y.XmlElement<Record<string, object | string | number | boolean | null>>
/** What else is known about a change. */
export interface Hints {
  /** Where the caret is after it: it tells which of several like letters are the new ones. A ResolvedPos is one. */
  caret: Pick<ResolvedPos, 'parent' | 'parentOffset'> | null
  /** The nodes, before and after, that hold somebody else's caret: those are best left as they are. */
  occupied: ReadonlySet<Node>
}

const NO_HINTS: Hints = { caret: null, occupied: new Set() }

type Formats = Record<string, object | null>

/**
 * Brings `parent`, whose child elements show `before`, to show `after`. Returns the child elements, one for each node
 * of `after`. To be called within a transaction.
 */
export function writeChildren(
  parent: Y.XmlFragment,
  elements: readonly Y.XmlElement[],
  before: readonly Node[],
  after: readonly Node[],
  hints: Hints = NO_HINTS,
): readonly Y.XmlElement[] {
  if (elements.length !== before.length) {
    throw new RangeError(`${elements.length} elements cannot show ${before.length} nodes`)
  }
  let start = 0
  while (start < before.length && before[start] === after[start]) start++
  let end = 0
  while (
    end < Math.min(before.length, after.length) - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  ) {
    end++
  }
  const oldNodes = before.slice(start, before.length - end)
  const oldElements = elements.slice(start, elements.length - end)
  const newNodes = after.slice(start, after.length - end)
  const newElements: Y.XmlElement[] = []

  const writeUpTo = (from: number, to: number, nodes: readonly Node[]): void => {
    const index = start + newElements.length
    if (to > from) parent.delete(index, to - from)
    if (nodes.length === 0) return
    const created = nodes.map(createElement)
    parent.insert(index, created)
    newElements.push(...created)
  }
  let i = 0
  let j = 0
  for (const [oldIndex, newIndex] of align(oldNodes, newNodes, hints.occupied)) {
    const element = oldElements[oldIndex]
    const oldNode = oldNodes[oldIndex]
    const newNode = newNodes[newIndex]
    if (element === undefined || oldNode === undefined || newNode === undefined) throw new RangeError('Unpaired node')
    if (element.nodeName !== storedName(newNode.type)) continue
    writeUpTo(i, oldIndex, newNodes.slice(j, newIndex))
    writeElement(element, oldNode, newNode, hints)
    newElements.push(element)
    i = oldIndex + 1
    j = newIndex + 1
  }
  writeUpTo(i, oldNodes.length, newNodes.slice(j))
  const isSame =
    newElements.length === oldElements.length && newElements.every((element, k) => element === oldElements[k])
  if (isSame) return elements
  return [...elements.slice(0, start), ...newElements, ...elements.slice(elements.length - end)]
}

function writeElement(element: Y.XmlElement, before: Node, after: Node, hints: Hints): void {
  if (before === after) return
  if (before.type !== after.type) {
    writeAttribute(element, KIND_ATTRIBUTE, storedKind(after.type))
    // What the old type did not show, the new one may: that counts as before, too.
    const revealed = renderElement(element, [], after.type)
    if (revealed === null) throw new RangeError(`${element.nodeName} cannot show as ${after.type.name}`)
    writeElement(element, revealed, after, hints)
    return
  }
  for (const name of Object.keys(after.type.spec.attrs ?? {})) {
    const value: unknown = after.attrs[name]
    if (!equal(before.attrs[name], value)) writeAttribute(element, name, value)
  }
  if (after.isInline && !sameMarks(before.marks, after.marks)) {
    writeAttribute(element, MARKS_ATTRIBUTE, after.marks.length > 0 ? formatsOf(after.marks) : null)
  }
  if (after.inlineContent)
    writeInline(element, before.content, after.content, hints.caret?.parent === after ? hints.caret.parentOffset : null)
  else if (!after.isLeaf) {
    const elements = element.toArray().filter(isElement)
    writeChildren(element, elements, before.children, after.children, hints)
  }
}

function writeAttribute(element: Y.XmlElement, name: string, value: unknown): void {
  if (value === null || value === undefined) element.removeAttribute(name)
  else (element as unknown as StoredElement).setAttribute(name, value)
}

function writeInline(element: Y.XmlElement, before: Fragment, after: Fragment, caret: number | null): void {
  const range = changedRange(before, after, caret)
  if (range === null) return
  const { from, oldTo, newTo } = range
  const oldText = plainText(before, from, oldTo)
  const newText = plainText(after, from, newTo)
  if (oldText !== newText) {
    // A text that got or lost something at both ends (`**bold**` → `bold`) keeps its middle in place.
    const grown = oldText !== '' && newText.includes(oldText)
    const shrunk = newText !== '' && oldText.includes(newText)
    const [oldKeep, newKeep] = grown ? [0, newText.indexOf(oldText)] : [oldText.indexOf(newText), 0]
    const kept = grown ? oldText.length : shrunk ? newText.length : 0
    if (kept > 0 && !oldText.includes(ATOM) && !newText.includes(ATOM)) {
      replace(element, from + oldKeep + kept, oldTo, after.cut(from + newKeep + kept, newTo))
      replace(element, from, from + oldKeep, after.cut(from, from + newKeep))
      format(element, before, after, from + oldKeep, from + newKeep, kept)
    } else replace(element, from, oldTo, after.cut(from, newTo))
  } else format(element, before, after, from, from, newTo - from)
}

/** Replaces a range of an element's inline content. */
function replace(element: Y.XmlElement, from: number, to: number, content: Fragment): void {
  for (const piece of piecesOf(element).reverse()) {
    const start = Math.max(from, piece.from)
    const end = Math.min(to, piece.to)
    if (start >= end) continue
    if (piece.type instanceof Y.XmlText) piece.type.delete(start - piece.from, end - start)
    else element.delete(piece.index, 1)
  }
  let offset = from
  for (const node of content.content) {
    if (node.isText) insertText(element, offset, node.text ?? '', formatsOf(node.marks))
    else insertAtom(element, offset, createElement(node))
    offset += node.nodeSize
  }
}

function insertText(element: Y.XmlElement, offset: number, text: string, formats: Formats): void {
  const pieces = piecesOf(element)
  const target = textAt(pieces, offset)
  if (target !== null) {
    target.type.insert(offset - target.from, text, formats)
    return
  }
  const created = new Y.XmlText()
  created.insert(0, text, formats)
  element.insert(pieces.find((piece) => piece.from >= offset)?.index ?? element.length, [created])
}

/** Inserting into the middle of a text moves the shorter part of it to a text of its own. */
function insertAtom(element: Y.XmlElement, offset: number, atom: Y.XmlElement): void {
  const pieces = piecesOf(element)
  const target = textAt(pieces, offset)
  if (target === null || target.to === offset || target.from === offset) {
    const before = pieces.filter((piece) => piece.to <= offset && piece.from < piece.to).pop()
    element.insert(before === undefined ? 0 : before.index + 1, [atom])
    return
  }
  const at = offset - target.from
  const parts = splitDelta(target.type.toDelta() as Part[], at)
  const moved = new Y.XmlText()
  if (at < target.type.length / 2) {
    moved.applyDelta(parts.head)
    target.type.delete(0, at)
    element.insert(target.index, [moved, atom])
  } else {
    moved.applyDelta(parts.tail)
    target.type.delete(at, target.type.length - at)
    element.insert(target.index + 1, [atom, moved])
  }
}

interface Part {
  insert: string
  attributes?: Formats
}

function splitDelta(parts: readonly Part[], at: number): { head: Part[]; tail: Part[] } {
  const head: Part[] = []
  const tail: Part[] = []
  let offset = 0
  for (const part of parts) {
    const cut = Math.min(part.insert.length, Math.max(0, at - offset))
    if (cut > 0) head.push({ ...part, insert: part.insert.slice(0, cut) })
    if (cut < part.insert.length) tail.push({ ...part, insert: part.insert.slice(cut) })
    offset += part.insert.length
  }
  return { head, tail }
}

/** Gives `length` units from `newFrom` in `after`, which stood at `oldFrom` in `before`, their new marks. */
function format(
  element: Y.XmlElement,
  before: Fragment,
  after: Fragment,
  oldFrom: number,
  newFrom: number,
  length: number,
): void {
  const oldRuns = runsOf(before, oldFrom, oldFrom + length)
  const newRuns = runsOf(after, newFrom, newFrom + length)
  const bounds = [...new Set([...oldRuns, ...newRuns].flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b)
  for (const [i, from] of bounds.entries()) {
    const to = bounds[i + 1]
    if (to === undefined) break
    const covers = (run: Run): boolean => run.from <= from && to <= run.to
    const oldRun = oldRuns.find(covers)
    const newRun = newRuns.find(covers)
    if (oldRun === undefined || newRun === undefined) throw new RangeError(`No content at ${from} to format`)
    formatRange(element, newFrom + from, newFrom + to, oldRun.node, newRun.node)
  }
}

/** A node of inline content; offsets count from the start of the range it was asked for. */
interface Run {
  from: number
  to: number
  node: Node
}

function runsOf(content: Fragment, from: number, to: number): Run[] {
  const runs: Run[] = []
  content.nodesBetween(from, to, (node, position) => {
    runs.push({ from: Math.max(0, position - from), to: Math.min(to, position + node.nodeSize) - from, node })
    return false
  })
  return runs
}

function formatRange(element: Y.XmlElement, from: number, to: number, before: Node, after: Node): void {
  const changes = formatChanges(before.marks, after.marks)
  for (const piece of piecesOf(element)) {
    const start = Math.max(from, piece.from)
    const end = Math.min(to, piece.to)
    if (start >= end) continue
    if (piece.type instanceof Y.XmlElement) writeElement(piece.type, before, after, NO_HINTS)
    else if (Object.keys(changes).length > 0) piece.type.format(start - piece.from, end - start, changes)
  }
}

function formatChanges(before: readonly Mark[], after: readonly Mark[]): Formats {
  const removed = before.filter((mark) => !after.some((other) => other.type === mark.type))
  const added = after.filter((mark) => !mark.isInSet(before))
  return { ...Object.fromEntries(removed.map((mark) => [mark.type.name, null])), ...formatsOf(added) }
}

const formatsOf = (marks: readonly Mark[]): Formats =>
  Object.fromEntries(marks.map((mark) => [mark.type.name, mark.attrs]))

const sameMarks = (a: readonly Mark[], b: readonly Mark[]): boolean =>
  a.length === b.length && a.every((mark) => mark.isInSet(b))

/** A new element for a node. A text block gets its Y.XmlText at once, so that two who type into it type into the same. */
function createElement(node: Node): Y.XmlElement {
  const element = new Y.XmlElement(storedName(node.type))
  if (storedKind(node.type) !== null) writeAttribute(element, KIND_ATTRIBUTE, storedKind(node.type))
  for (const [name, value] of Object.entries(node.attrs)) {
    if (value !== null) writeAttribute(element, name, value)
  }
  if (node.isInline && node.marks.length > 0) writeAttribute(element, MARKS_ATTRIBUTE, formatsOf(node.marks))
  if (node.inlineContent) element.insert(0, createInline(node.content))
  else if (!node.isLeaf) element.insert(0, node.children.map(createElement))
  return element
}

function createInline(content: Fragment): (Y.XmlElement | Y.XmlText)[] {
  const types: (Y.XmlElement | Y.XmlText)[] = []
  let parts: Part[] = []
  const flush = (): void => {
    const text = new Y.XmlText()
    if (parts.length > 0) text.applyDelta(parts)
    types.push(text)
    parts = []
  }
  for (const node of content.content) {
    if (node.isText) parts.push({ insert: node.text ?? '', attributes: formatsOf(node.marks) })
    else {
      if (parts.length > 0) flush()
      types.push(createElement(node))
    }
  }
  if (parts.length > 0 || types.length === 0) flush()
  return types
}
