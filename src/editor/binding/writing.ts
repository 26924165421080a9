/** ProseMirror → flow: the steps of transactions, written as what they did. */
import { Slice, type Node } from 'prosemirror-model'
import type { Transaction } from 'prosemirror-state'
import { AddMarkStep, AttrStep, RemoveMarkStep, ReplaceAroundStep, ReplaceStep, type Step } from 'prosemirror-transform'
import * as Y from 'yjs'
import { conform, dropAliases, dropUseless } from '#doc/flow/conform'
import { blankNode } from '#doc/flow/flow'
import { moveBehind } from '#doc/flow/moves'
import { begin, replace } from '#doc/flow/write'
import type { Writer } from '#doc/flow/writer'
import { splitsCharacter } from './diff.ts'
import { isInPlace } from './in-place.ts'
import { MoveStep } from './move-step.ts'

/** Writes transactions that follow each other, and begin with the document that the writer's flow shows. */
export function writeTransactions(writer: Writer, transactions: readonly Transaction[], heldIndex: number): void {
  const touched = new Touched()
  for (const { steps, docs, doc } of transactions) {
    for (const [i, step] of steps.entries()) {
      const before = docs[i]
      if (before === undefined) throw new RangeError(`Step ${i} of a transaction without a document`)
      const after = docs[i + 1] ?? doc
      touched.note(step, before, after)
      writeStep(writer, step, before, after)
    }
  }
  const last = transactions.at(-1)
  if (last !== undefined) finish(writer, last.doc, touched, heldIndex)
}

/** Writes the difference between two documents: for when nobody can say what was done. */
export function writeDifference(writer: Writer, before: Node, after: Node): void {
  replaceDifference(writer, before, after)
  const touched = new Touched()
  touched.noteAll()
  finish(writer, after, touched, -1)
}

/** Which blocks steps have touched: all but so many at the start and at the end of the document. */
class Touched {
  #before = Infinity
  #after = Infinity

  note(step: Step, before: Node, after: Node): void {
    if (step instanceof AttrStep) {
      const index = before.resolve(step.pos).index(0)
      this.#add(index, before.childCount - index - 1)
    } else if (step instanceof AddMarkStep || step instanceof RemoveMarkStep || step instanceof ReplaceStep) {
      const [from, to] = [before.resolve(step.from), before.resolve(step.to)]
      this.#add(from.index(0), before.childCount - to.indexAfter(0))
    } else if (before !== after) this.noteAll()
  }

  noteAll(): void {
    this.#add(0, 0)
  }

  #add(before: number, after: number): void {
    this.#before = Math.min(this.#before, before)
    this.#after = Math.min(this.#after, after)
  }

  /** Their indices in a document. */
  in({ childCount }: Node): number[] {
    const count = Math.max(0, childCount - this.#before - this.#after)
    return Array.from({ length: count }, (_, k) => this.#before + k)
  }
}

function writeStep(writer: Writer, step: Step, before: Node, after: Node): void {
  if (step instanceof MoveStep) {
    const index = (position: number): number => before.resolve(position).index(0)
    const [first, last, target] = [index(step.first), index(step.last), index(step.target)]
    moveBehind(writer, writer.flow.shown.slice(first, last), writer.flow.shown[target - 1] ?? null)
  } else if (isInPlace(step) || step instanceof AttrStep) return
  else if (step instanceof AddMarkStep || step instanceof RemoveMarkStep) return
  else if (step instanceof ReplaceStep) replaceWhole(writer, step, before, after)
  else if (!(step instanceof ReplaceAroundStep && keepsText(before, after))) replaceDifference(writer, before, after)
  writer.takeIn()
}

/** Whether a step replaces text within the block of that index, and does nothing else. */
export function isWithin(step: Step, doc: Node | undefined, index: number): boolean {
  if (!(step instanceof ReplaceStep) || doc === undefined || isInPlace(step) || step instanceof MoveStep) return false
  const [from, to] = [doc.resolve(step.from), doc.resolve(step.to)]
  const isThere = from.depth > 0 && from.sameParent(to) && from.index(0) === index
  return isThere && step.slice.openStart === 0 && step.slice.content.content.every((node) => node.isInline)
}

/** A replacement that cuts no character in two. */
function replaceWhole(writer: Writer, step: ReplaceStep, before: Node, after: Node): void {
  const { from, to, slice } = step
  const [start, end] = [before.resolve(from), before.resolve(to)]
  const splitStart = start.parent.inlineContent && splitsCharacter(start.parent.content, start.parentOffset)
  const splitEnd = end.parent.inlineContent && splitsCharacter(end.parent.content, end.parentOffset)
  if (!splitStart && !splitEnd) {
    replace(writer, before, from, to, slice)
    return
  }
  const [wideFrom, wideTo] = [splitStart ? from - 1 : from, splitEnd ? to + 1 : to]
  replace(writer, before, wideFrom, wideTo, after.slice(wideFrom, wideTo + after.content.size - before.content.size))
}

/** Whether a step that wraps or unwraps has left blocks and their sizes as they were. */
const keepsText = (before: Node, after: Node): boolean =>
  before.childCount === after.childCount && before.content.size === after.content.size

function replaceDifference(writer: Writer, before: Node, after: Node): void {
  const from = before.content.findDiffStart(after.content)
  const end = from === null ? null : before.content.findDiffEnd(after.content)
  if (from === null || end === null) return
  const first = Math.min(before.resolve(from).index(0), before.childCount, after.childCount)
  const most = Math.min(before.childCount, after.childCount) - first
  let tail = 0
  while (tail < most && before.child(before.childCount - 1 - tail) === after.child(after.childCount - 1 - tail)) tail++
  const at = startOf(before, first)
  const oldEnd = startOf(before, before.childCount - tail)
  const newEnd = startOf(after, after.childCount - tail)
  replace(writer, before, at, oldEnd, new Slice(after.slice(at, newEnd).content, 0, 0))
  writer.takeIn()
}

/** Where the block of that index begins. */
export function startOf(doc: Node, index: number): number {
  let position = 0
  for (let i = 0; i < index; i++) position += doc.child(i).nodeSize
  return position
}

/** Marks and attributes as they are meant, and no record left that says nothing. */
function finish(writer: Writer, meant: Node, touched: Touched, heldIndex: number): void {
  const { flow, transaction } = writer
  // The empty paragraph of an empty document becomes somebody's when they make something else of it.
  if (writer.screen.length === 0 && meant.childCount === 1 && !meant.child(0).eq(blankNode())) begin(writer, meant)
  if (writer.screen === flow.shown && flow.shown.length === meant.childCount) {
    const indices = touched
      .in(meant)
      .filter((index) => index !== heldIndex && flow.shown[index]?.node !== meant.child(index))
    conform(
      writer,
      indices,
      indices.map((index) => meant.child(index)),
    )
    for (const index of indices) {
      const [part, node] = [flow.shown[index], meant.child(index)]
      if (part?.node.eq(node) === true) part.node = node
    }
  }
  if (transaction.deleteSet.clients.size === 0) return
  dropUseless(writer)
  writer.dropIdleSlots()
  dropAliases(writer, (id, length) => isGone(transaction, id, length))
  writer.takeIn()
}

/** Whether a run of items has been deleted, the last of it just now. */
function isGone(
  { doc, deleteSet }: Y.Transaction,
  { client, clock }: { client: number; clock: number },
  length: number,
): boolean {
  const deletions = deleteSet.clients.get(client) ?? []
  if (!deletions.some((each) => each.clock < clock + length && clock < each.clock + each.len)) return false
  const structs = doc.store.clients.get(client) ?? []
  for (let i = Y.findIndexSS(structs, clock); i < structs.length; i++) {
    const struct = structs[i]
    if (struct === undefined || struct.id.clock >= clock + length) break
    if (!struct.deleted) return false
  }
  return true
}
