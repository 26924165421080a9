/** What a flow is read into: extents, the parts that are shown of them, and the spans over them. */
import type { Node } from 'prosemirror-model'
import type * as Y from 'yjs'
import type { Id, Slot } from './grammar.ts'

export interface Extent {
  /** Its first item; null for what stands before all blocks. */
  readonly head: Y.Item | null
  /** The id of the block that begins it, shown or not; null where none does. */
  readonly id: string | null
  /** Rises along the sequence. */
  order: number
  /** What is shown of it, and slots. */
  parts: readonly Part[]
  /** Spans that begin and end in it; null for none, as most have. */
  spans: Set<Span> | null
}

/** Something on the screen that comes from one extent: a block, or text that is a block for want of another one. */
export interface BlockPart {
  readonly kind: 'block' | 'atom' | 'bare'
  readonly extent: Extent
  /** Index among the block parts of its extent. */
  readonly index: number
  /** The block's id; of a bare part that of its end, or ''. */
  readonly id: string
  node: Node
  /** Place among all that is shown, as of the last ordering. */
  at: number
}

interface SlotPart {
  readonly kind: 'slot'
  readonly extent: Extent
  readonly slot: Slot
  readonly item: Y.Item
}

export type Part = BlockPart | SlotPart

export interface Span {
  /** The id of the record that stores it. */
  readonly record: Id
  /** A mark, or an attribute of blocks. */
  readonly name: string
  /** Null takes away. */
  readonly value: unknown
  /** First item. */
  readonly start: Id
  /** A mark that grows ends before this item, anything else behind it. Null: the end of the sequence. */
  readonly end: Id | null
  /** Lamport clock; equal ones are decided by `by`, the client that wrote it. */
  readonly t: number
  readonly by: number
  /** Of an attribute: the family of blocks that it is for. Null for a mark. */
  readonly root: string | null
  /** Where the ends are now, aliases followed, and in which extents; null: nowhere. */
  place: SpanPlace | null
}

interface SpanPlace {
  start: Id
  end: Id | null
  from: Extent
  to: Extent | null
}
