/**
 * Flat blocks ↔ a tree of quotes and lists.
 *
 * A document is flat: each block says how deep it stands in lists (`indent`) and in quotes (`quote`), but not in which
 * order those nest. The order follows from what stands before:
 *
 * - Keep a stack of the containers that are open: quotes, and list items. An item belongs to a list block of indent n
 *   and holds what is indented by at least n + 1.
 * - A block keeps the longest head of that stack which its indent and its quote depth allow, and closes the rest.
 * - Then it opens the quotes that are missing. A list block then joins the list that ends there, or begins one, and
 *   leaves its own item open for what follows.
 *
 * So `bullet 0/0, paragraph 1/1` (indent/quote) is an item that contains a quote, and `bullet 0/1, paragraph 1/1` is a
 * quote that contains an item with two paragraphs. Every tree that Markdown or HTML can express flattens into
 * blocks which nest back into it, except that adjacent quotes, and adjacent lists of bullets, become one.
 *
 * Indents without an item to stand in (a paragraph indented by hand) remain on the node as an excess: what the depth of
 * its place in the tree does not account for. `flatten(nest(nodes))` therefore gives the same nodes, but for a first
 * number that says nothing new.
 */
import { Fragment, type Node } from 'prosemirror-model'
import { blockAttrs, blockOf, depthOf, MAX_DEPTH, schema, type Block, type BlockKind } from '#doc/schema'

export type Branch = Leaf | Quote | List

/** A block that is no list item of this tree. Its depth attributes hold only its excess. */
interface Leaf {
  type: 'leaf'
  node: Node
}

interface Quote {
  type: 'quote'
  children: Branch[]
}

/** `start` is the number of the first item; 1 where there are no numbers. Tasks stand in unordered lists. */
export interface List {
  type: 'list'
  ordered: boolean
  start: number
  items: Item[]
}

/** An item's own line, a `block` of a list kind whose depth attributes hold only its excess, and what follows in it. */
export interface Item {
  head: Node
  children: Branch[]
}

const isItem = (kind: BlockKind): boolean => kind === 'bullet' || kind === 'ordered' || kind === 'task'

interface Open {
  /** The least indent that stands inside this item; 0 for a quote. */
  indent: number
  children: Branch[]
}

/** Builds the tree of a run of top-level nodes. */
export function nest(nodes: readonly Node[]): Branch[] {
  const root: Branch[] = []
  let open: Open[] = []
  for (const node of nodes) {
    const block = blockOf(node)
    open = open.slice(0, keptBy(open, block))
    let children = open.at(-1)?.children ?? root
    const items = open.filter(({ indent }) => indent > 0).length
    for (let quotes = open.length - items; quotes < block.quote; quotes++) {
      const quote: Quote = { type: 'quote', children: [] }
      children.push(quote)
      open.push({ indent: 0, children: quote.children })
      children = quote.children
    }
    const own = withDepth(node, block.indent - items, 0)
    if (isItem(block.kind)) {
      const item: Item = { head: own, children: [] }
      listFor(block, children).items.push(item)
      open.push({ indent: block.indent + 1, children: item.children })
    } else {
      children.push({ type: 'leaf', node: own })
    }
  }
  return root
}

/** How many of the open containers, from the outermost, a block may stay in. */
function keptBy(open: readonly Open[], { indent, quote }: Block): number {
  let quotes = 0
  const closed = open.findIndex((container) => {
    if (container.indent === 0) quotes++
    return quotes > quote || container.indent > indent
  })
  return closed === -1 ? open.length : closed
}

/** The list at the end of `siblings` that a block continues, or else a new one there. */
function listFor({ kind, start }: Block, siblings: Branch[]): List {
  const ordered = kind === 'ordered'
  const last = siblings.at(-1)
  if (last?.type === 'list' && last.ordered === ordered && start === null) return last
  const list: List = { type: 'list', ordered, start: start ?? 1, items: [] }
  siblings.push(list)
  return list
}

/** The flat nodes of a tree. What is deeper than a document may be is clamped. */
export function flatten(branches: readonly Branch[]): Node[] {
  const nodes: Node[] = []
  flattenInto(nodes, branches, 0, 0)
  return nodes
}

function flattenInto(nodes: Node[], branches: readonly Branch[], indent: number, quote: number): void {
  const place = (node: Node): Node => {
    const excess = depthOf(node)
    return withDepth(node, indent + excess.indent, quote + excess.quote)
  }
  // Whether a numbered item put here would continue the numbers before it.
  let continues = false
  for (const branch of branches) {
    if (branch.type === 'leaf') {
      nodes.push(place(branch.node))
      continues = false
    } else if (branch.type === 'quote') {
      flattenInto(nodes, branch.children, indent, quote + 1)
      continues = false
    } else {
      for (const [index, { head, children }] of branch.items.entries()) {
        const ordered = blockOf(head).kind === 'ordered'
        const number = branch.start + index
        const begins = index === 0 ? continues || number !== 1 : !continues
        nodes.push(place(ordered ? withStart(head, begins ? number : null) : head))
        flattenInto(nodes, children, indent + 1, quote)
        continues = ordered
      }
    }
  }
}

function withDepth(node: Node, indent: number, quote: number): Node {
  const depth = { indent: Math.min(indent, MAX_DEPTH), quote: Math.min(quote, MAX_DEPTH) }
  const attrs = { ...node.attrs, indent: depth.indent || null, quote: depth.quote || null }
  return node.type.create(attrs, node.content, node.marks)
}

const withStart = (head: Node, start: number | null): Node =>
  head.type.create({ ...head.attrs, start }, head.content, head.marks)

/**
 * Makes a list item from what it contains: a paragraph it begins with is its own line. If it begins with anything else
 * (a heading, code, a quote, another list) its own line is empty.
 */
export function itemOf(kind: 'bullet' | 'ordered' | 'task', checked: boolean, contents: readonly Branch[]): Item {
  const [first, ...rest] = contents
  const begins = first?.type === 'leaf' && isParagraph(first.node)
  const head = schema.nodes.block.create(blockAttrs({ kind, checked }), begins ? first.node.content : Fragment.empty)
  return { head, children: begins ? rest : [...contents] }
}

/** Whether a node is a plain line of text. */
export const isParagraph = (node: Node): boolean =>
  node.type === schema.nodes.block && blockOf(node).kind === 'paragraph'
