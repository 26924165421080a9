/**
 * Positions in very long lists of nodes. ProseMirror walks along a list from its beginning to find what stands at a position,
 * some thirty times a key; here it walks from the nearest of a number of milestones.
 */
import { Fragment } from 'prosemirror-model'

/** Shorter lists are walked along. */
const LONG = 1000
/** So many nodes lie between two milestones. */
const STRETCH = 128

/** Where each stretch of a list begins. */
const milestones = new WeakMap<Fragment, readonly number[]>()

function milestonesOf(nodes: Fragment): readonly number[] {
  const known = milestones.get(nodes)
  if (known !== undefined) return known
  const starts: number[] = []
  let start = 0
  for (const [i, { nodeSize }] of nodes.content.entries()) {
    if (i % STRETCH === 0) starts.push(start)
    start += nodeSize
  }
  milestones.set(nodes, starts)
  return starts
}

interface Found {
  index: number
  offset: number
}

/** The last milestone that is not behind a position: an index, and where that node begins. */
function before(nodes: Fragment, position: number): Found {
  const starts = milestonesOf(nodes)
  let [low, high] = [0, starts.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= position) low = middle
    else high = middle - 1
  }
  return { index: low * STRETCH, offset: starts[low] ?? 0 }
}

/** What is changed of the class; the first is none of its interface. */
interface Walks {
  findIndex: (this: Fragment, position: number) => Found
  nodesBetween: (this: Fragment, ...walk: Parameters<Fragment['nodesBetween']>) => void
  replaceChild: (this: Fragment, ...change: Parameters<Fragment['replaceChild']>) => Fragment
}

const list = Fragment.prototype as unknown as Walks
const findIndex = list.findIndex
const nodesBetween = list.nodesBetween
const replaceChild = list.replaceChild

/** The child that a position stands in or before, and where that one begins. */
list.findIndex = function (position) {
  if (this.childCount < LONG || position <= 0 || position >= this.size) return findIndex.call(this, position)
  let { index, offset } = before(this, position)
  for (let node; (node = this.content[index]) !== undefined; index++) {
    if (offset + node.nodeSize > position) break
    offset += node.nodeSize
  }
  return { index, offset }
}

list.nodesBetween = function (from, to, visit, start = 0, parent) {
  if (this.childCount < LONG) {
    nodesBetween.call(this, from, to, visit, start, parent)
    return
  }
  let { index, offset } = before(this, from)
  for (let node; offset < to && (node = this.content[index]) !== undefined; index++) {
    const end = offset + node.nodeSize
    const inner = offset + 1
    if (end > from && visit(node, start + offset, parent ?? null, index) !== false && node.content.size > 0) {
      const { size } = node.content
      node.nodesBetween(Math.max(0, from - inner), Math.min(size, to - inner), visit, start + inner)
    }
    offset = end
  }
}

list.replaceChild = function (index, node) {
  const made = replaceChild.call(this, index, node)
  const starts = milestones.get(this)
  const longer = made.size - this.size
  if (starts === undefined || made === this) return made
  const first = Math.floor(index / STRETCH) + 1
  milestones.set(made, longer === 0 ? starts : starts.map((at, i) => (i < first ? at : at + longer)))
  return made
}
