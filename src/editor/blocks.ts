/** The blocks a selection touches, and how a block is changed: by its attributes, so that its text merges. */
import type { Node, ResolvedPos } from 'prosemirror-model'
import { NodeSelection, type EditorState, type Selection, type Transaction } from 'prosemirror-state'
import { blockAttrs, blockOf, schema, type Block, type BlockKind } from '#doc/schema'

/** A top-level node and where it stands: `pos` is just before it, `index` among its siblings. */
export interface Placed {
  node: Node
  pos: number
  index: number
}

const LIST_KINDS: ReadonlySet<BlockKind> = new Set(['bullet', 'ordered', 'task'])

/** Whether a kind is a list item's. */
export const isListKind = (kind: BlockKind): boolean => LIST_KINDS.has(kind)

/** Whether a node is a text block (not code, not a divider). */
export const isBlock = (node: Node): boolean => node.type === schema.nodes.block

/** The top-level node around or after a position. Null at the very end of the document. */
export function placedAt($pos: ResolvedPos): Placed | null {
  const index = $pos.index(0)
  const node = $pos.doc.maybeChild(index)
  return node === null ? null : { node, index, pos: $pos.depth > 0 ? $pos.before(1) : $pos.pos }
}

/** The top-level sibling before a placed node. */
export function placedBefore(doc: Node, { pos, index }: Placed): Placed | null {
  const node = doc.maybeChild(index - 1)
  return node === null ? null : { node, index: index - 1, pos: pos - node.nodeSize }
}

/** The top-level sibling after a placed node. */
export function placedAfter(doc: Node, { node, pos, index }: Placed): Placed | null {
  const next = doc.maybeChild(index + 1)
  return next === null ? null : { node: next, index: index + 1, pos: pos + node.nodeSize }
}

/**
 * The top-level nodes a selection touches, in order. One that is only touched at its very start by the end of a longer
 * selection (as a triple click leaves it) is not counted.
 */
export function selectedBlocks({ selection }: { selection: Selection }): readonly Placed[] {
  const known = selectedBefore.get(selection) ?? findSelectedBlocks(selection)
  selectedBefore.set(selection, known)
  return known
}

/** Everything in the toolbar asks. */
const selectedBefore = new WeakMap<Selection, readonly Placed[]>()

function findSelectedBlocks({ $from, $to }: Selection): Placed[] {
  const { doc } = $from
  const blocks: Placed[] = []
  for (let block = placedAt($from); block !== null; block = placedAfter(doc, block)) {
    if (block.pos >= $to.pos && blocks.length > 0) break
    blocks.push(block)
  }
  const last = blocks.at(-1)
  if (blocks.length > 1 && last !== undefined && $to.pos === last.pos + 1 && !last.node.isLeaf) blocks.pop()
  return blocks
}

/** The block that holds the caret, if there is a caret and nothing is selected. */
export function caretBlock({ selection }: EditorState): Placed | null {
  const { $from, empty } = selection
  return empty && $from.depth === 1 && $from.parent.isTextblock ? placedAt($from) : null
}

/**
 * Changes attributes of a top-level node, in place; steps are made only for what differs, and no position moves.
 * A node that is no text block takes depths only.
 */
export function setBlock(
  tr: Transaction,
  { node, pos }: { node: Node; pos: number },
  change: Partial<Block>,
): Transaction {
  const attrs = blockAttrs({ ...blockOf(node), ...change })
  for (const [name, value] of Object.entries(attrs)) {
    if (name in node.attrs && node.attrs[name] !== value) tr.setNodeAttribute(pos, name, value)
  }
  return tr
}

/** A new, empty text block. */
export const emptyBlock = (block: Partial<Block>): Node => schema.nodes.block.create(blockAttrs(block))

/** Whether a divider, or another node without text, is selected as a whole. */
export const selectedLeaf = ({ selection }: EditorState): Placed | null =>
  selection instanceof NodeSelection && selection.$from.depth === 0 ? placedAt(selection.$from) : null

/**
 * What stands under a list item or is one with it: the blocks after it, up to the next one that is as shallow. They move
 * along when it is indented.
 */
export function childrenOf(doc: Node, item: Placed): Placed[] {
  const { indent, quote, kind } = blockOf(item.node)
  if (!isListKind(kind)) return []
  const children: Placed[] = []
  for (let next = placedAfter(doc, item); next !== null; next = placedAfter(doc, next)) {
    const below = blockOf(next.node)
    if (below.indent <= indent || below.quote < quote) break
    children.push(next)
  }
  return children
}

/** The nearest list item before a block that stands at this depth and could have it as a sibling. */
export function siblingBefore(doc: Node, block: Placed, depth: { indent: number; quote: number }): Block | null {
  for (let before = placedBefore(doc, block); before !== null; before = placedBefore(doc, before)) {
    const other = blockOf(before.node)
    if (other.indent < depth.indent || other.quote < depth.quote) return null
    if (other.indent > depth.indent || other.quote > depth.quote) continue
    return isListKind(other.kind) ? other : null
  }
  return null
}

/** Whether the caret stands in an empty text block. */
export const inEmptyBlock = (state: EditorState): boolean => {
  const block = caretBlock(state)
  return block !== null && isBlock(block.node) && block.node.content.size === 0
}
