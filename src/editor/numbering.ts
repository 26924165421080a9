/**
 * Where each list item stands in its list: computed from the flat blocks, never stored. The containers are those of
 * `#convert/outline`, so that numbers here and in exports agree.
 */
import type { Node, ResolvedPos } from 'prosemirror-model'
import { Plugin, PluginKey } from 'prosemirror-state'
import { blockOf } from '#doc/schema'
import { holdsBlocks, isListKind } from './blocks.ts'

/** A list, shared by its items. `first` is the number of its first item. */
interface List {
  ordered: boolean
  first: number
  size: number
}

/** A list item's place: `position` from 1, `level` from 1. */
export interface ListPlace {
  list: Readonly<List>
  level: number
  position: number
}

/** The places of what a node holds, node by node; null for what is no list item. Lists end where a node holds blocks. */
export type Places = readonly (ListPlace | Held | null)[]

/** The places within a node that holds blocks. */
interface Held {
  held: Places
}

interface Numbering {
  doc: Node
  places: Places
}

interface Container {
  /** The least indent that stands inside this item; 0 for a quote, and for the document. */
  indent: number
  /** The list that a next item would continue. */
  last: List | null
}

/** A node that holds blocks is the same one until something in it changes. */
const heldBefore = new WeakMap<Node, Held>()

function heldIn(holder: Node): Held {
  const known = heldBefore.get(holder) ?? { held: placesIn(holder, 0, holder.childCount) }
  heldBefore.set(holder, known)
  return known
}

/** The places of a node's children from `from` on, up to `to`. The one before `from` has to close everything. */
function placesIn(parent: Node, from: number, to: number): Places {
  const places: (ListPlace | Held | null)[] = []
  const root: Container = { indent: 0, last: null }
  const open: Container[] = []
  for (let index = from; index < to; index++) {
    const node = parent.child(index)
    const block = blockOf(node)
    close(open, block)
    const items = open.filter(({ indent }) => indent > 0).length
    let container = open.at(-1) ?? root
    for (let quotes = open.length - items; quotes < block.quote; quotes++) {
      container.last = null
      container = { indent: 0, last: null }
      open.push(container)
    }
    if (!isListKind(block.kind)) {
      container.last = null
      places.push(holdsBlocks(node) ? heldIn(node) : null)
      continue
    }
    const ordered = block.kind === 'ordered'
    if (container.last === null || container.last.ordered !== ordered || block.start !== null) {
      container.last = { ordered, first: block.start ?? 1, size: 0 }
    }
    container.last.size++
    places.push({ list: container.last, level: items + 1, position: container.last.size })
    open.push({ indent: block.indent + 1, last: null })
  }
  return places
}

/** Closes the containers, from the innermost, that a block of this depth does not stand in. */
function close(open: Container[], { indent, quote }: { indent: number; quote: number }): void {
  let quotes = 0
  const closed = open.findIndex((container) => {
    if (container.indent === 0) quotes++
    return quotes > quote || container.indent > indent
  })
  if (closed >= 0) open.length = closed
}

/** Whether no list goes on past this node: a plain block at no depth. */
function closesAll(node: Node): boolean {
  const { kind, indent, quote } = blockOf(node)
  return indent === 0 && quote === 0 && !isListKind(kind)
}

/** Where the list run that `index` may belong to begins: just after the last node before it that closes everything. */
function runStart(doc: Node, index: number): number {
  let start = index
  while (start > 0 && !closesAll(doc.child(start - 1))) start--
  return start
}

/** The number of a list item, as shown before an ordered one. */
export const numberOf = ({ list, position }: ListPlace): number => list.first + position - 1

/** The number of the list item at this index of the node that holds it; 1 when it is none. */
export function numberAt(holder: Node, index: number): number {
  const place = placesIn(holder, runStart(holder, index), index + 1).at(-1)
  return isItem(place) ? numberOf(place) : 1
}

/** Whether a place is a list item's. */
export const isItem = (place: Places[number] | undefined): place is ListPlace =>
  place !== null && place !== undefined && 'list' in place

/** The place of the block around or after a position; null when it is no list item. */
export function placeAt(places: Places, $pos: ResolvedPos): ListPlace | null {
  let place: Places[number] | undefined = null
  let held: Places | null = places
  for (let depth = 0; depth <= $pos.depth && held !== null; depth++) {
    place = held[$pos.index(depth)]
    held = place && 'held' in place ? place.held : null
  }
  return isItem(place) ? place : null
}

/** The numbering of a document, from scratch. */
export const numbered = (doc: Node): Numbering => ({ doc, places: placesIn(doc, 0, doc.childCount) })

const sameDepths = (one: Node, other: Node): boolean => {
  if (holdsBlocks(other)) return false
  if (one.attrs === other.attrs) return true
  const [a, b] = [blockOf(one), blockOf(other)]
  return a.kind === b.kind && a.indent === b.indent && a.quote === b.quote && a.start === b.start
}

/** The numbering of a changed document: only the runs of lists that changed are counted again. */
export function renumbered(before: Numbering, doc: Node): Numbering {
  const [old, { places }] = [before.doc, before]
  if (old === doc) return before
  const most = Math.min(old.childCount, doc.childCount)
  let head = 0
  while (head < most && old.child(head) === doc.child(head)) head++
  let tail = 0
  while (tail < most - head && old.child(old.childCount - 1 - tail) === doc.child(doc.childCount - 1 - tail)) tail++
  if (old.childCount === doc.childCount) {
    let index = head
    while (index < doc.childCount - tail && sameDepths(old.child(index), doc.child(index))) index++
    if (index === doc.childCount - tail) return { doc, places }
  }
  const from = runStart(doc, head)
  let to = doc.childCount - tail
  // Past the change the nodes are the same ones; from the first that closes everything their places are, too.
  while (to < doc.childCount && !closesAll(doc.child(to))) to++
  const oldTo = old.childCount - (doc.childCount - to)
  return { doc, places: [...places.slice(0, from), ...placesIn(doc, from, to), ...places.slice(oldTo)] }
}

/** The numbering of an editor's document, kept as plugin state. */
export const numberingKey = new PluginKey<Numbering>('numbering')

export const numbering = (): Plugin<Numbering> =>
  new Plugin<Numbering>({
    key: numberingKey,
    state: {
      init: (_config, { doc }) => numbered(doc),
      apply: (tr, before) => (tr.docChanged ? renumbered(before, tr.doc) : before),
    },
  })

/** How an ordered item's number is written: 1, a, i by turns as lists nest. */
export function numberLabel(number: number, level: number): string {
  const style = (level - 1) % 3
  if (number < 1 || style === 0) return String(number)
  return style === 1 ? letters(number) : roman(number)
}

function letters(number: number): string {
  let label = ''
  for (let rest = number; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    label = String.fromCharCode(97 + ((rest - 1) % 26)) + label
  }
  return label
}

const ROMAN: readonly [number, string][] = [
  [1000, 'm'],
  [900, 'cm'],
  [500, 'd'],
  [400, 'cd'],
  [100, 'c'],
  [90, 'xc'],
  [50, 'l'],
  [40, 'xl'],
  [10, 'x'],
  [9, 'ix'],
  [5, 'v'],
  [4, 'iv'],
  [1, 'i'],
]

function roman(number: number): string {
  if (number > 3999) return String(number)
  let label = ''
  let rest = number
  for (const [value, sign] of ROMAN) {
    while (rest >= value) {
      label += sign
      rest -= value
    }
  }
  return label
}
