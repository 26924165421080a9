/**
 * The sequence in extents: each begins with the live item that begins a block, and reaches to the next such item. What
 * is shown of an extent depends on its own items and the spans over it alone, so it can be read by itself.
 *
 * Any sequence can be read. Text without a beginning is a block of its own with the attributes of its end; an end without
 * a beginning counts for nothing; what is unknown is not shown.
 */
import { Fragment, Mark, type Attrs, type Node, type NodeType } from 'prosemirror-model'
import type * as Y from 'yjs'
import { schema } from '#doc/schema'
import { atomOf, textBlockOf, type BlockRecord } from './grammar.ts'
import { textIn, tokenIn } from './items.ts'
import type { BlockPart, Extent, Part } from './shape.ts'
import type { Borders, Cover } from './spans.ts'

/** What an item is within its extent. */
type Role =
  /** Begins a block, or is one. */
  | 'open'
  | 'close'
  | 'text'
  | 'break'
  | 'slot'
  /** Shows nothing: deleted, unknown, or an end of nothing. */
  | 'none'

/**
 * Told of each item of an extent, in order: `part` is the index of the block part that it belongs to (−1: none), `offset`
 * where it stands in that part's content. Returning true ends the walk.
 */
export type Visit = (item: Y.Item, role: Role, part: number, offset: number) => boolean

/** Walks along an extent; `first` is where the sequence starts. */
export function traverse(first: Y.Item | null, head: Y.Item | null, visit: Visit): void {
  let part = -1
  let parts = 0
  let offset = 0
  let item = first
  if (head !== null) {
    const isBlock = tokenIn(head)?.kind === 'open'
    if (visit(head, 'open', 0, 0)) return
    parts = 1
    if (isBlock) part = 0
    item = head.right
  }
  for (; item !== null; item = item.right) {
    const text = textIn(item)
    const token = text === '' ? tokenIn(item) : null
    if (token?.kind === 'open' || token?.kind === 'atom') return
    const length = token?.kind === 'break' ? 1 : text.length
    if (length > 0) {
      if (part < 0) {
        part = parts++
        offset = 0
      }
      if (visit(item, token === null ? 'text' : 'break', part, offset)) return
      offset += length
    } else if (token?.kind === 'close' && part >= 0) {
      if (visit(item, 'close', part, offset)) return
      part = -1
    } else if (visit(item, token?.kind === 'slot' ? 'slot' : 'none', part, offset)) return
  }
}

/** What reading an extent needs to know of the document. */
export interface Reading {
  first: Y.Item | null
  recordOf: (id: string) => BlockRecord
  borders: Borders
}

/** Reads an extent. `cover` holds the spans that cover its beginning, and is moved along to its end. */
export function readExtent(extent: Extent, cover: Cover, { first, recordOf, borders }: Reading): readonly Part[] {
  const parts: Part[] = []
  /** Slots within a block are shown behind it. */
  let slots: Part[] = []
  let inline = new Inline()
  let kind: BlockPart['kind'] = 'block'
  let id = ''
  let shape: { type: NodeType; attrs: Attrs | null } | null = null
  let current = -1
  let blocks = 0

  const shapeOf = (block: string, read: typeof textBlockOf | typeof atomOf): typeof shape => {
    const { attributes, root } = recordOf(block)
    return read((name) => {
      const value = cover.attribute(name, root)
      return value === undefined ? attributes[name] : value
    })
  }
  const finish = (): void => {
    if (current >= 0 && shape !== null) parts.push(partOf(extent, blocks++, kind, id, shape, inline.nodes))
    parts.push(...slots)
    slots = []
    inline = new Inline()
    current = -1
  }

  traverse(first, extent.head, (item, role, part, offset) => {
    if (role === 'none' && borders.isEmpty) return false
    const met = borders.isEmpty ? [] : borders.within(item.id.client, item.id.clock, item.length)
    let next = 0
    const passTo = (clock: number): void => {
      for (let border = met[next]; border !== undefined && border.clock <= clock; border = met[++next]) {
        if (border.begins) cover.begin(border.span)
        else cover.end(border.span)
      }
    }
    passTo(item.id.clock)
    if (role === 'open') {
      const token = tokenIn(item)
      if (token?.kind === 'atom') {
        const atom = shapeOf(token.id, atomOf)
        // Blocks are counted as `traverse` does, shown or not.
        if (atom !== null) parts.push(partOf(extent, 0, 'atom', token.id, atom, []))
        blocks = 1
      } else if (token?.kind === 'open') {
        current = part
        ;[kind, id] = ['block', token.id]
        shape = shapeOf(id, textBlockOf)
      }
    } else if (role === 'text' || role === 'break') {
      if (part !== current) {
        finish()
        current = part
        ;[kind, id, shape] = ['bare', '', { type: schema.nodes.block, attrs: null }]
        blocks = part
      }
      if (role === 'break') inline.addBreak(shape?.type, cover.marks)
      else {
        const text = textIn(item)
        let from = 0
        while (next < met.length) {
          const at = (met[next]?.clock ?? 0) - item.id.clock
          if (at > from) inline.addText(text.slice(from, at), shape?.type, cover.marks)
          from = Math.max(from, at)
          passTo(item.id.clock + at)
        }
        inline.addText(from === 0 ? text : text.slice(from), shape?.type, cover.marks)
      }
    } else if (role === 'close') {
      const token = tokenIn(item)
      if (kind === 'bare' && token?.kind === 'close') {
        id = token.id
        const found = shapeOf(id, textBlockOf)
        if (found?.type !== shape?.type && found !== null) inline = retyped(inline.nodes, found.type)
        shape = found
      }
      passTo(item.id.clock + item.length)
      finish()
    } else if (role === 'slot') {
      const token = tokenIn(item)
      if (token?.kind === 'slot')
        (offset >= 0 && part >= 0 ? slots : parts).push({ kind: 'slot', extent, slot: token.slot, item })
    }
    passTo(item.id.clock + item.length)
    return false
  })
  finish()
  return parts
}

function partOf(
  extent: Extent,
  index: number,
  kind: BlockPart['kind'],
  id: string,
  { type, attrs }: { type: NodeType; attrs: Attrs | null },
  inline: readonly Node[],
): BlockPart {
  const content = inline.length === 0 ? Fragment.empty : Fragment.fromArray(inline)
  return { kind, extent, index, id, node: type.create(attrs, content), at: -1 }
}

/** Inline content as it is read. Neighbouring texts with the same marks are one node, made when all of it is known. */
class Inline {
  readonly #nodes: Node[] = []
  #text = ''
  #marks: readonly Mark[] = Mark.none

  get nodes(): readonly Node[] {
    this.#flush()
    return this.#nodes
  }

  /** A line break in what is no code is one, however it was written. */
  addText(text: string, type: NodeType | undefined, marks: readonly Mark[]): void {
    if (type === schema.nodes.code_block || !text.includes('\n')) {
      this.#add(text, marksIn(type, marks))
      return
    }
    for (const [i, line] of text.split('\n').entries()) {
      if (i > 0) this.addBreak(type, marks)
      this.#add(line, marksIn(type, marks))
    }
  }

  /** In code a line break is a character. Either way it takes one place. */
  addBreak(type: NodeType | undefined, marks: readonly Mark[]): void {
    if (type === schema.nodes.code_block) {
      this.#add('\n', marksIn(type, marks))
      return
    }
    this.#flush()
    this.#nodes.push(schema.nodes.hard_break.create(null, null, marksIn(type, marks)))
  }

  #add(text: string, marks: readonly Mark[]): void {
    if (text === '') return
    if (marks !== this.#marks) {
      if (!Mark.sameSet(marks, this.#marks)) this.#flush()
      this.#marks = marks
    }
    this.#text += text
  }

  #flush(): void {
    if (this.#text !== '') this.#nodes.push(schema.text(this.#text, this.#marks))
    this.#text = ''
  }
}

const marksIn = (type: NodeType | undefined, marks: readonly Mark[]): readonly Mark[] =>
  type?.spec.marks === '' ? Mark.none : marks

/** Content read for one type of block, as another one has it. */
function retyped(nodes: readonly Node[], type: NodeType): Inline {
  const inline = new Inline()
  for (const node of nodes) {
    if (node.isText) inline.addText(node.text ?? '', type, node.marks)
    else inline.addBreak(type, node.marks)
  }
  return inline
}
