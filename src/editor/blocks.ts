/**
 * The blocks a selection touches, and how a block is changed: by its attributes, so that its text merges. A block is a line
 * of text, code or a divider, wherever it stands: in the document itself or in a node that holds blocks.
 */
import type { Node, ResolvedPos } from 'prosemirror-model'
import { NodeSelection, type EditorState, type Selection, type Transaction } from 'prosemirror-state'
import { blockAttrs, blockOf, schema, type Block, type BlockKind } from '#doc/schema'

/** A block and where it stands: `pos` is just before it, `index` among its siblings. */
export interface Placed {
  node: Node
  pos: number
  index: number
  /** The indices of the nodes that hold it, from the outermost on; none for a block of the document itself. */
  path: readonly number[]
}

const LIST_KINDS: ReadonlySet<BlockKind> = new Set(['bullet', 'ordered', 'task'])

/** Whether a kind is a list item's. */
export const isListKind = (kind: BlockKind): boolean => LIST_KINDS.has(kind)

/** Whether a node is a text block (not code, not a divider). */
export const isBlock = (node: Node): boolean => node.type === schema.nodes.block

/** Whether a node holds blocks, and is none itself. */
export const holdsBlocks = (node: Node): boolean => node.isBlock && !node.inlineContent && !node.isLeaf

/** Of every block of a document that has no other nodes: shared, since most commands ask. */
const TOP: readonly number[] = []

const pathOf = ($pos: ResolvedPos, depth: number): readonly number[] =>
  depth === 0 ? TOP : Array.from({ length: depth }, (_, at) => $pos.index(at))

/** The block around or after a position. Null where none follows. */
export function placedAt($pos: ResolvedPos): Placed | null {
  const { parent, depth } = $pos
  if (!holdsBlocks(parent)) {
    return { node: parent, pos: $pos.before(), index: $pos.index(depth - 1), path: pathOf($pos, depth - 1) }
  }
  const index = $pos.index()
  const node = parent.maybeChild(index)
  if (node !== null) return firstIn({ node, pos: $pos.pos, index, path: pathOf($pos, depth) })
  if (depth === 0) return null
  const around = { node: parent, pos: $pos.before(), index: $pos.index(depth - 1), path: pathOf($pos, depth - 1) }
  return following($pos.doc, around)
}

/** The node that holds a block. */
export const holderOf = (doc: Node, { path }: Placed): Node => path.reduce((node, index) => node.child(index), doc)

/** The sibling before a block, in the node that holds both. */
export function placedBefore(doc: Node, block: Placed): Placed | null {
  const { pos, index, path } = block
  const node = index === 0 ? null : holderOf(doc, block).maybeChild(index - 1)
  return node === null ? null : { node, index: index - 1, pos: pos - node.nodeSize, path }
}

/** The sibling after a block, in the node that holds both. */
export function placedAfter(doc: Node, block: Placed): Placed | null {
  const { node, pos, index, path } = block
  const next = holderOf(doc, block).maybeChild(index + 1)
  return next === null ? null : { node: next, index: index + 1, pos: pos + node.nodeSize, path }
}

/** The block that comes next in the document, be it held by another node. */
export function following(doc: Node, block: Placed): Placed | null {
  const next = placedAfter(doc, block)
  if (next !== null) return firstIn(next)
  const { path } = block
  if (path.length === 0) return null
  const outer = { path: path.slice(0, -1), index: path.at(-1) ?? 0 }
  const node = holderOf(doc, { ...block, ...outer }).child(outer.index)
  return following(doc, { ...outer, node, pos: block.pos + block.node.nodeSize + 1 - node.nodeSize })
}

/** A block itself, or the first one that a node holds. */
function firstIn({ node, pos, index, path }: Placed): Placed {
  const first = holdsBlocks(node) ? node.firstChild : null
  return first === null
    ? { node, pos, index, path }
    : firstIn({ node: first, pos: pos + 1, index: 0, path: [...path, index] })
}

/** Whether the document begins with this block. */
export const isFirst = ({ index, path }: Placed): boolean => index === 0 && path.every((outer) => outer === 0)

/** Whether the document ends with this block. */
export const isLast = (doc: Node, block: Placed): boolean => following(doc, block) === null

/** Whether blocks are held by one and the same node. */
export const areSiblings = ([first, ...others]: readonly Placed[]): boolean =>
  others.every(({ path }) => path.length === first?.path.length && path.every((index, at) => index === first.path[at]))

/**
 * The blocks a selection touches, in order. One that is only touched at its very start by the end of a longer
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
  for (let block = placedAt($from); block !== null; block = following(doc, block)) {
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
  return empty && $from.parent.isTextblock ? placedAt($from) : null
}

/**
 * Changes attributes of a block, in place; steps are made only for what differs, and no position moves.
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
  selection instanceof NodeSelection && selection.node.isBlock && !holdsBlocks(selection.node)
    ? placedAt(selection.$from)
    : null

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

/** How far back from the caret a typed pattern sees. */
const REACH = 2048

/** The text before a position in its block. */
export function textBefore({ parent, parentOffset }: ResolvedPos): string {
  const text = parent.textBetween(Math.max(0, parentOffset - REACH), parentOffset, undefined, '\ufffc')
  // Patterns for the start of a block must not take the edge of what is seen for one.
  return parentOffset > REACH ? `\ufffc${text}` : text
}
