/**
 * Changes of neighbouring blocks, each of which keeps its size: however many they are it is one step, and no
 * position moves. (A step for each block would copy the document's list of children as many times.)
 */
import { Fragment, Slice, type Mark, type Node } from 'prosemirror-model'
import type { Transaction } from 'prosemirror-state'
import { ReplaceStep, StepMap, type Step } from 'prosemirror-transform'
import { blockAttrs, blockOf, type Block } from '#doc/schema'
import { following, placedAt, type Placed } from '../blocks.ts'

/** Replaces nodes by as many others of the same sizes. */
class InPlaceStep extends ReplaceStep {
  override getMap(): StepMap {
    return StepMap.empty
  }

  override invert(doc: Node): InPlaceStep {
    return new InPlaceStep(this.from, this.to, doc.slice(this.from, this.to))
  }
}

/** Whether a step changes nodes in place. */
export const isInPlace = (step: Step): boolean => step instanceof InPlaceStep

/** A step for the nodes from `pos` on. */
export const inPlace = (pos: number, nodes: readonly Node[]): InPlaceStep => {
  const slice = new Slice(Fragment.from(nodes), 0, 0)
  return new InPlaceStep(pos, pos + slice.size, slice)
}

/** Changes blocks, in order, a step for those that stand side by side. `change` gives back the node itself where nothing is to be changed. */
export function changeNodes(
  tr: Transaction,
  nodes: readonly Placed[],
  change: (node: Node, pos: number) => Node,
): Transaction {
  let [first, changed, differs]: [number, Node[], boolean] = [0, [], false]
  const flush = (): void => {
    if (differs) tr.step(inPlace(first, changed))
    ;[changed, differs] = [[], false]
  }
  let end = -1
  for (const { node, pos } of nodes) {
    if (pos !== end) {
      flush()
      first = pos
    }
    const now = change(node, pos)
    changed.push(now)
    differs ||= now !== node
    end = pos + node.nodeSize
  }
  flush()
  return tr
}

/** A node with other block attributes. One that is no text block takes depths only. */
export function withBlock(node: Node, change: Partial<Block>): Node {
  const attrs: Record<string, unknown> = { ...node.attrs }
  for (const [name, value] of Object.entries(blockAttrs({ ...blockOf(node), ...change }))) {
    if (name in attrs) attrs[name] = value
  }
  const isSame = Object.entries(attrs).every(([name, value]) => node.attrs[name] === value)
  return isSame ? node : node.type.create(attrs, node.content, node.marks)
}

/** Gives everything inline between two positions, but for code blocks, the marks that `change` makes of those it has. */
export function changeMarks(
  tr: Transaction,
  from: number,
  to: number,
  change: (marks: readonly Mark[]) => readonly Mark[],
): Transaction {
  const blocks: Placed[] = []
  let block = placedAt(tr.doc.resolve(from))
  for (; block !== null && block.pos < to; block = following(tr.doc, block)) blocks.push(block)
  return changeNodes(tr, blocks, (node, pos) =>
    node.inlineContent && node.type.spec.marks !== '' ? remarked(node, from - pos - 1, to - pos - 1, change) : node,
  )
}

function remarked(block: Node, from: number, to: number, change: (marks: readonly Mark[]) => readonly Mark[]): Node {
  const { content } = block
  const [start, end] = [Math.max(0, from), Math.min(content.size, to)]
  if (start >= end) return block
  const changed = content.cut(start, end).content.map((node) => node.mark(change(node.marks)))
  const whole = Fragment.fromArray([...content.cut(0, start).content, ...changed, ...content.cut(end).content])
  return whole.eq(content) ? block : block.copy(whole)
}
