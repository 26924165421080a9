/** Flow → ProseMirror: the steps that turn what is on the screen into what the flow shows. */
import { Fragment, Slice, type Node } from 'prosemirror-model'
import type { Transaction } from 'prosemirror-state'
import { ReplaceStep } from 'prosemirror-transform'
import type { BlockPart } from '#doc/flow/shape'
import { changedRange, equal, rowOf } from './diff.ts'
import { inPlace } from './in-place.ts'

/** More changed places than this are shown by one replacement of all between the first and the last. */
export const MAX_EDITS = 64

/** Blocks on the screen: the nodes, and the part that each shows, as far as one does. */
export interface Seen {
  readonly parts: readonly BlockPart[]
  readonly nodes: readonly Node[]
}

/** A change of what is on the screen, by positions before any of them. */
export interface Edit {
  from: number
  to: number
  nodes: readonly Node[]
  /** The block is the same; only its node has changed. */
  changed: Node | null
}

/**
 * What differs between the screen and what is to be on it. A part that is to be left alone stays, and all that moves past
 * it moves around it.
 */
export function editsBetween(before: Seen, after: Seen, leftAlone: BlockPart | null): Edit[] {
  const [i, j] = leftAlone === null ? [-1, -1] : [before.parts.indexOf(leftAlone), after.parts.indexOf(leftAlone)]
  if (i < 0 || j < 0) return editsFrom(0, before, after)
  return [
    ...editsFrom(0, cut(before, 0, i), cut(after, 0, j)),
    ...editsFrom(sizeOf(cut(before, 0, i)), cut(before, i), cut(after, j)),
  ]
}

const cut = ({ parts, nodes }: Seen, from: number, to = nodes.length): Seen => ({
  parts: parts.slice(from, to),
  nodes: nodes.slice(from, to),
})

const sizeOf = ({ nodes }: Seen): number => nodes.reduce((size, { nodeSize }) => size + nodeSize, 0)

function editsFrom(position: number, before: Seen, after: Seen): Edit[] {
  const [last, lastAfter] = [before.nodes.length - 1, after.nodes.length - 1]
  const isSame = (i: number, j: number): boolean =>
    before.nodes[i] === after.nodes[j] && before.parts[i] === after.parts[j]
  const most = Math.min(last, lastAfter) + 1
  let start = 0
  while (start < most && isSame(start, start)) start++
  let end = 0
  while (end < most - start && isSame(last - end, lastAfter - end)) end++
  const old = cut(before, start, last + 1 - end)
  const now = cut(after, start, lastAfter + 1 - end)
  const from = position + sizeOf(cut(before, 0, start))
  const edits = editsIn(old, now, from)
  if (edits.length <= MAX_EDITS) return edits
  return [{ from, to: from + sizeOf(old), nodes: now.nodes, changed: null }]
}

function editsIn(before: Seen, after: Seen, start: number): Edit[] {
  const stays = new Map(rowOf(before.parts, after.parts))
  const edits: Edit[] = []
  let position = start
  let j = 0
  let open: (Edit & { nodes: Node[] }) | null = null
  const openAt = (at: number): Edit & { nodes: Node[] } => {
    if (open === null) edits.push((open = { from: at, to: at, nodes: [], changed: null }))
    return open
  }
  const insertUpTo = (end: number): void => {
    for (; j < end; j++) {
      const node = after.nodes[j]
      if (node !== undefined) openAt(position).nodes.push(node)
    }
  }
  for (const [i, node] of before.nodes.entries()) {
    const pair = stays.get(i)
    if (pair === undefined) {
      position += node.nodeSize
      openAt(position - node.nodeSize).to = position
      continue
    }
    insertUpTo(pair)
    open = null
    const now = after.nodes[pair]
    if (now !== undefined && now !== node) {
      edits.push({ from: position, to: position + node.nodeSize, nodes: [now], changed: node })
    }
    position += node.nodeSize
    j = pair + 1
  }
  insertUpTo(after.nodes.length)
  return edits
}

/** From the last to the first, so that the positions of those to come stay true. */
export function applyEdits(tr: Transaction, edits: readonly Edit[]): void {
  for (const { from, to, nodes, changed } of [...edits].reverse()) {
    const [now] = nodes
    if (changed !== null && now !== undefined && now.type === changed.type && now.inlineContent) {
      changeBlock(tr, from, changed, now)
    } else tr.step(new ReplaceStep(from, to, new Slice(Fragment.from(nodes), 0, 0)))
  }
}

/** Changes a block in place: its attributes, and its content where it differs. */
function changeBlock(tr: Transaction, position: number, before: Node, after: Node): void {
  const range = changedRange(before.content, after.content)
  const attributes = Object.entries(after.attrs).filter(([name, value]) => !equal(before.attrs[name], value))
  if (range === null && attributes.length > 1 && before.nodeSize === after.nodeSize) {
    tr.step(inPlace(position, [after]))
    return
  }
  if (range !== null) {
    const start = position + 1
    const content = new Slice(after.content.cut(range.from, range.newTo), 0, 0)
    tr.step(new ReplaceStep(start + range.from, start + range.oldTo, content))
  }
  for (const [name, value] of attributes) tr.setNodeAttribute(position, name, value)
}
