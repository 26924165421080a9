/**
 * The flow of a document, read and kept up: which blocks are shown, in what order, as which nodes. A change costs what it
 * changed, not the document's size. It never writes.
 */
import type { Node } from 'prosemirror-model'
import * as Y from 'yjs'
import { schema } from '#doc/schema'
import { aliasOf, Aliases, type Alias } from './aliases.ts'
import { ChangeReader, type Changed } from './changes.ts'
import { readExtent } from './extents.ts'
import { blockRecordOf, type BlockRecord, type Id } from './grammar.ts'
import { isEmbed, isHead, isIn, itemAt, tokenIn } from './items.ts'
import { ordered, type Ordering, type Slotted, type Standing } from './order.ts'
import type { BlockPart, Extent, Part, Span } from './shape.ts'
import { SpanTable } from './span-table.ts'
import { Cover, type Borders } from './spans.ts'
import { Standings } from './standings.ts'

/** More changed items than this are read as a whole document. */
const MANY = 2000

/** What an update has changed on the screen. */
export interface Shown {
  /** The same parts in the same order; only nodes have changed. */
  readonly sameOrder: boolean
  /** The parts whose nodes have changed, or that are new. */
  readonly changed: ReadonlySet<BlockPart>
  /** The extents that were read anew. */
  readonly extents: ReadonlySet<Extent>
  /** What has been made anew by undo. */
  readonly aliases: readonly Alias[]
}

export const textOf = (doc: Y.Doc): Y.Text => doc.getText('flow')
const blocksOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap('blocks')
const spansOf = (doc: Y.Doc): Y.Array<unknown> => doc.getArray('spans')
const aliasesOf = (doc: Y.Doc): Y.Array<unknown> => doc.getArray('aliases')

export class Flow {
  readonly doc: Y.Doc
  readonly text: Y.Text
  readonly blocks: Y.Map<unknown>
  readonly spanRecords: Y.Array<unknown>
  readonly aliasRecords: Y.Array<unknown>
  readonly aliases = new Aliases()
  readonly spans: SpanTable
  /** Greatest Lamport clock seen. */
  time = 0

  #extents: Extent[] = []
  readonly #byHead = new Map<Y.Item, Extent>()
  /** Where a block's id is met; nearly always in one extent. */
  readonly #byId = new Map<string, Extent | Set<Extent>>()
  #slots = new Map<Y.Item, Slotted>()
  /** By client, what slots name and is not here: what somebody else wrote may come later than the slot that names it. */
  readonly #awaited = new Map<number, Set<number>>()
  /** Extents in which a slot names an item that more or fewer parts may come to stand before. */
  readonly #loose = new Set<Extent>()
  #shown: BlockPart[] = []
  #ordering: Ordering | null = null
  readonly #reader = new ChangeReader()

  constructor(doc: Y.Doc) {
    this.doc = doc
    this.text = textOf(doc)
    this.blocks = blocksOf(doc)
    this.spanRecords = spansOf(doc)
    this.aliasRecords = aliasesOf(doc)
    this.spans = new SpanTable(this)
    // Items are written without them, so they would point to the wrong places.
    this.text._searchMarker = null
    this.#readAll()
  }

  /** What is shown, in order. */
  get shown(): readonly BlockPart[] {
    return this.#shown
  }

  /** Where slots show what; null while there is no slot. */
  get ordering(): Ordering | null {
    return this.#ordering
  }

  /** The slots there are, those that do not count included. */
  get slots(): Iterable<Slotted> {
    return this.#slots.values()
  }

  /** The first attributes and the family of a block. */
  readonly recordOf = (id: string): BlockRecord => blockRecordOf(id, this.blocks.get(id))

  /** Whether an id is in use for a block. */
  hasBlock(id: string): boolean {
    return this.#byId.has(id)
  }

  /** The parts whose attributes are those of a block: itself, copies of it, and text that ends where it ended. */
  partsOf(id: string): BlockPart[] {
    const known = this.#byId.get(id)
    const extents = known === undefined ? [] : known instanceof Set ? [...known] : [known]
    return extents.flatMap(({ parts }) => parts.filter((part) => part.kind !== 'slot' && part.id === id) as BlockPart[])
  }

  /** The extent that an item of the sequence is in. */
  extentOf(item: Y.Item): Extent {
    for (let each: Y.Item | null = item; each !== null; each = each.left) {
      const extent = this.#headedBy(each)
      if (extent !== undefined) return extent
    }
    return this.#first
  }

  /** The extent that an item begins. Most items are text, and need not be looked for. */
  #headedBy(item: Y.Item): Extent | undefined {
    return isEmbed(item) ? this.#byHead.get(item) : undefined
  }

  /** What an id is now. */
  readonly now = (id: Id): Id =>
    this.aliases.resolve(id, (other) => itemAt(this.doc, this.text, other)?.deleted === false)

  /** The item of the sequence that an id is now, be it made anew by undo. */
  itemOf(id: Id): { item: Y.Item; id: Id } | null {
    const now = this.now(id)
    const item = itemAt(this.doc, this.text, now)
    return item === null ? null : { item, id: now }
  }

  /** The extent before another one. */
  extentBefore(extent: Extent): Extent | null {
    return this.#extents[this.#indexOf(extent) - 1] ?? null
  }

  /** The extent behind another one. */
  extentAfter(extent: Extent): Extent | null {
    return this.#extents[this.#indexOf(extent) + 1] ?? null
  }

  /** The index of a part among those shown, −1 when it is not shown. */
  indexOf(part: BlockPart): number {
    if (this.#ordering !== null) return this.#shown[part.at] === part ? part.at : -1
    let [low, high] = [0, this.#shown.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const other = this.#shown[middle]
      if (other !== undefined && isBefore(other, part)) low = middle + 1
      else high = middle
    }
    return this.#shown[low] === part ? low : -1
  }

  /** Takes in what a transaction has changed since it was last given. */
  update(transaction: Y.Transaction): Shown {
    return this.#takeIn(this.#reader.read(transaction))
  }

  /** Reads everything anew; nodes that are the same stay the same. */
  reread(): void {
    this.#readAll()
  }

  get #first(): Extent {
    const [first] = this.#extents
    if (first === undefined) throw new RangeError('The flow has not been read')
    return first
  }

  #indexOf(extent: Extent): number {
    let [low, high] = [0, this.#extents.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#extents[middle]?.order ?? 0) < extent.order) low = middle + 1
      else high = middle
    }
    return this.#extents[low] === extent ? low : -1
  }

  #readAll(): void {
    const before = new Map(this.#byHead)
    const [first] = this.#extents
    this.#byHead.clear()
    this.#byId.clear()
    this.#slots = new Map()
    this.spans.clear()
    this.#extents = [first ?? extentFor(null, 0)]
    this.#first.spans = null
    this.aliases.clear()
    for (const { record, value } of recordsIn(this.aliasRecords)) {
      const alias = aliasOf(record, value)
      if (alias !== null) this.aliases.add(alias)
    }
    for (const { record, value } of recordsIn(this.spanRecords)) this.#addSpan(record, value)
    const ends = this.spans.ends(this.now)

    let order = 1
    for (let item = this.text._start; item !== null; item = item.right) {
      if (isHead(item)) {
        const extent = before.get(item) ?? extentFor(item, 0)
        extent.order = order++
        extent.spans = null
        this.#extents.push(extent)
        this.#addHead(extent)
      }
      const token = tokenIn(item)
      if (token?.kind === 'slot') this.#addSlot(item, token.slot)
      ends.meet(item, this.#extents.at(-1) ?? this.#first)
    }
    const borders = this.spans.fileAll(ends)
    const cover = new Cover()
    for (const extent of this.#extents) this.#setParts(extent, readExtent(extent, cover, this.#reading(borders)))
    this.#order()
  }

  #reading(borders: Borders): Parameters<typeof readExtent>[2] {
    return { first: this.text._start, recordOf: this.recordOf, borders }
  }

  #readOne(extent: Extent): readonly Part[] {
    const { cover, borders } = this.spans.over(extent)
    return readExtent(extent, cover, this.#reading(borders))
  }

  /** Gives an extent its parts. Those that are there still stay the same objects. Returns what has changed. */
  #setParts(extent: Extent, now: readonly Part[]): { sameOrder: boolean; changed: BlockPart[] } {
    const before = extent.parts
    const changed: BlockPart[] = []
    let sameOrder = before.length === now.length
    const parts = now.map((part, i) => {
      const old = before[i]
      if (part.kind === 'slot') {
        if (old?.kind === 'slot' && old.item === part.item) return old
        sameOrder = false
        return part
      }
      if (
        old === undefined ||
        old.kind === 'slot' ||
        old.kind !== part.kind ||
        old.id !== part.id ||
        old.index !== part.index
      ) {
        sameOrder = false
        changed.push(part)
        return part
      }
      if (!old.node.eq(part.node)) {
        old.node = part.node
        changed.push(old)
      }
      return old
    })
    for (const part of before) if (part.kind === 'bare' && part.id !== extent.id) this.#forgetId(part.id, extent)
    for (const part of parts) if (part.kind === 'bare') this.#noteId(part.id, extent)
    extent.parts = parts
    return { sameOrder, changed }
  }

  #addHead(extent: Extent): void {
    if (extent.head !== null) this.#byHead.set(extent.head, extent)
    if (extent.id !== null) this.#noteId(extent.id, extent)
  }

  #noteId(id: string, extent: Extent): void {
    const known = this.#byId.get(id)
    if (known === undefined || known === extent) this.#byId.set(id, extent)
    else if (known instanceof Set) known.add(extent)
    else this.#byId.set(id, new Set([known, extent]))
  }

  #forgetId(id: string, extent: Extent): void {
    const known = this.#byId.get(id)
    if (known instanceof Set ? known.delete(extent) && known.size === 0 : known === extent) this.#byId.delete(id)
  }

  #addSlot(item: Y.Item, slot: Slotted['slot']): void {
    this.#slots.set(item, { item, slot })
    this.time = Math.max(this.time, slot.t)
  }

  #addSpan(record: Id, value: unknown): Span | null {
    const span = this.spans.add(record, value)
    this.time = Math.max(this.time, span?.t ?? 0)
    return span
  }

  /** Adds the extents that a span covers. */
  #covered({ place }: Span, stale: Set<Extent>): void {
    if (place === null) return
    const last = place.end === null ? this.#extents.length - 1 : this.#indexNow(place.to, place.end)
    for (let i = this.#indexNow(place.from, place.start); i >= 0 && i <= last; i++) {
      const extent = this.#extents[i]
      if (extent !== undefined) stale.add(extent)
    }
  }

  /** The index of an extent, or of the one that has taken over an item of it. */
  #indexNow(extent: Extent | null, id: Id): number {
    const index = extent === null ? -1 : this.#indexOf(extent)
    if (index >= 0) return index
    const item = itemAt(this.doc, this.text, id)
    return item === null ? -1 : this.#indexOf(this.extentOf(item))
  }

  #takeIn({ added, deleted }: Changed): Shown {
    if (added.length + deleted.length > MANY) return this.#takeInAll()
    const stale = new Set<Extent>()
    const heads = new Set<Y.Item>()
    const touched: Y.Item[] = []
    const moved = new Set<Span>()
    const aliases: Alias[] = []
    /** Blocks or slots came or went. */
    let isMoved = false
    let renamed = false
    for (const item of added) {
      if (this.#isAwaited(item)) isMoved = true
      if (item.deleted) continue
      if (isIn(item, this.text)) {
        if (this.aliases.has(item.id, item.length)) renamed = true
        const token = tokenIn(item)
        if (token?.kind === 'slot') {
          this.#addSlot(item, token.slot)
          isMoved = true
        }
        if (isHead(item)) {
          heads.add(item)
          isMoved = true
        } else touched.push(item)
      } else if (isIn(item, this.spanRecords)) {
        for (const { record, value } of recordsOf(item)) {
          const span = this.#addSpan(record, value)
          if (span !== null) moved.add(span)
        }
      } else if (isIn(item, this.aliasRecords)) aliases.push(...this.#addAliases(item))
      else if (item.parent === this.blocks && item.parentSub !== null) this.#touchBlock(item.parentSub, stale)
    }
    for (const item of deleted) {
      if (isIn(item, this.text)) {
        if (this.#slots.delete(item)) isMoved = true
        const extent = this.#byHead.get(item)
        if (extent !== undefined) {
          this.#removeExtent(extent, stale, moved)
          isMoved = true
        }
        touched.push(item)
        if (this.aliases.has(item.id, item.length)) renamed = true
      } else if (isIn(item, this.spanRecords)) this.#removeSpans(item, stale, moved)
      else if (isIn(item, this.aliasRecords) && this.#removeAliases(item)) renamed = true
      else if (item.parent === this.blocks && item.parentSub !== null) this.#touchBlock(item.parentSub, stale)
    }
    if (renamed || aliases.length > 0) {
      this.#moveAliased(moved)
      if (this.#slots.size > 0) isMoved = true
    }
    if (heads.size > 0) this.#addExtents(heads, stale, moved)
    this.#touch(touched, stale)
    for (const item of added) for (const span of this.spans.awaiting(item)) moved.add(span)
    for (const span of moved) {
      this.#covered(span, stale)
      this.spans.locate(span)
      this.#covered(span, stale)
    }

    const changed = new Set<BlockPart>()
    let sameOrder = !isMoved
    for (const extent of stale) {
      if (this.#indexOf(extent) < 0) continue
      const result = this.#setParts(extent, this.#readOne(extent))
      if (!result.sameOrder || this.#loose.has(extent)) sameOrder = false
      for (const part of result.changed) changed.add(part)
    }
    if (!sameOrder) this.#order()
    return { sameOrder, changed, extents: stale, aliases }
  }

  #takeInAll(): Shown {
    const before = this.#shown
    const nodes = new Map(before.map((part) => [part, part.node]))
    this.#readAll()
    const changed = new Set(this.#shown.filter((part) => nodes.get(part) !== part.node))
    const sameOrder = before.length === this.#shown.length && before.every((part, i) => part === this.#shown[i])
    return { sameOrder, changed, extents: new Set(this.#extents), aliases: [...this.aliases.values()] }
  }

  #touchBlock(id: string, stale: Set<Extent>): void {
    const known = this.#byId.get(id)
    if (known instanceof Set) for (const extent of known) stale.add(extent)
    else if (known !== undefined) stale.add(known)
  }

  /** Marks the extents of items as stale. */
  #touch(items: readonly Y.Item[], stale: Set<Extent>): void {
    const seen = new Set<Y.Item>()
    for (const item of items) {
      let each: Y.Item | null = item
      for (; each !== null && !seen.has(each); each = each.left) {
        const extent = this.#headedBy(each)
        if (items.length > 1) seen.add(each)
        if (extent === undefined) continue
        stale.add(extent)
        break
      }
      if (each === null) stale.add(this.#first)
    }
  }

  #removeExtent(extent: Extent, stale: Set<Extent>, moved: Set<Span>): void {
    if (extent.head !== null) this.#byHead.delete(extent.head)
    const index = this.#indexOf(extent)
    this.#extents.splice(index, 1)
    if (extent.id !== null) this.#forgetId(extent.id, extent)
    for (const part of extent.parts) if (part.kind === 'bare') this.#forgetId(part.id, extent)
    stale.delete(extent)
    const left = this.#extents[index - 1]
    if (left !== undefined) stale.add(left)
    this.#moveSpansOf(extent, moved)
  }

  /** Spans that begin or end in an extent have to be found anew. */
  #moveSpansOf(extent: Extent, moved: Set<Span>): void {
    for (const span of this.spans.at(extent)) moved.add(span)
  }

  /** Makes extents for new heads. */
  #addExtents(heads: ReadonlySet<Y.Item>, stale: Set<Extent>, moved: Set<Span>): void {
    const anchors = new Set<Extent>()
    for (const head of heads) {
      let item = head.left
      while (item !== null && !heads.has(item) && !this.#byHead.has(item)) item = item.left
      if (item === null) anchors.add(this.#first)
      else if (!heads.has(item)) anchors.add(this.#byHead.get(item) ?? this.#first)
    }
    for (const anchor of anchors) {
      const index = this.#indexOf(anchor)
      const made: Extent[] = []
      const first = anchor.head === null ? this.text._start : anchor.head.right
      for (let item = first; item !== null && !this.#byHead.has(item); item = item.right) {
        if (isHead(item)) made.push(extentFor(item, 0))
      }
      this.#moveSpansOf(anchor, moved)
      stale.add(anchor)
      const next = this.#extents[index + 1]?.order ?? anchor.order + made.length + 1
      for (const [i, extent] of made.entries()) {
        extent.order = anchor.order + ((next - anchor.order) * (i + 1)) / (made.length + 1)
        this.#addHead(extent)
        stale.add(extent)
      }
      this.#extents.splice(index + 1, 0, ...made)
      const tight = made.length > 0 && (next - anchor.order) / (made.length + 1) < 1e-9
      if (tight) for (const [i, extent] of this.#extents.entries()) extent.order = i
    }
  }

  #removeSpans(item: Y.Item, stale: Set<Extent>, moved: Set<Span>): void {
    for (let k = 0; k < item.length; k++) {
      const span = this.spans.remove({ client: item.id.client, clock: item.id.clock + k })
      if (span === null) continue
      moved.delete(span)
      this.#covered(span, stale)
    }
  }

  #addAliases(item: Y.Item): Alias[] {
    const added = recordsOf(item).flatMap(({ record, value }) => aliasOf(record, value) ?? [])
    for (const alias of added) this.aliases.add(alias)
    return added
  }

  /** Whether there were any. */
  #removeAliases({ id: { client, clock }, length }: Y.Item): boolean {
    let removed = false
    for (let k = 0; k < length; k++) if (this.aliases.remove({ client, clock: clock + k }) !== null) removed = true
    return removed
  }

  /** Spans whose ends mean another item now. */
  #moveAliased(moved: Set<Span>): void {
    for (const span of this.spans.renamed(this.now)) moved.add(span)
  }

  #order(): void {
    this.#awaited.clear()
    this.#loose.clear()
    if (this.#slots.size === 0) {
      this.#ordering = null
      const shown: BlockPart[] = []
      for (const { parts } of this.#extents) for (const part of parts) if (part.kind !== 'slot') shown.push(part)
      this.#shown = shown
      return
    }
    const standings = new Standings(this.text._start, this.#first, (item) => this.#headedBy(item))
    const sequence = {
      extents: this.#extents,
      indexOf: (extent: Extent) => this.#indexOf(extent),
      standingOf: (id: Id) => this.#standingOf(id, standings),
      blockOf: (id: string) => this.#blockOf(id),
    }
    this.#ordering = ordered(sequence, this.#slots.values())
    this.#shown = this.#ordering.shown
    this.#shown.forEach((part, i) => (part.at = i))
  }

  /** The block of an id, the first one if there are several; null for none that is shown. */
  #blockOf(id: string): BlockPart | null {
    const known = this.#byId.get(id)
    const extents = known instanceof Set ? [...known].sort((a, b) => a.order - b.order) : known ? [known] : []
    for (const { parts } of extents) {
      for (const part of parts) if (part.kind !== 'slot' && part.kind !== 'bare' && part.id === id) return part
    }
    return null
  }

  /** Whether a slot names an item that was not here when the blocks were put in order. */
  #isAwaited({ id: { client, clock }, length }: Y.Item): boolean {
    const clocks = this.#awaited.get(client)
    if (clocks === undefined) return false
    for (let k = 0; k < length; k++) if (clocks.has(clock + k)) return true
    return false
  }

  #standingOf(id: Id, standings: Standings): Standing | null {
    const found = this.itemOf(id)
    if (found === null) {
      const { client, clock } = this.now(id)
      const clocks = this.#awaited.get(client)
      if (clocks === undefined) this.#awaited.set(client, new Set([clock]))
      else clocks.add(clock)
      return null
    }
    const standing = standings.of(found.item)
    if (standing.isLoose) this.#loose.add(standing.extent)
    return standing
  }
}

/** Whether a part stands before another one in the sequence. */
function isBefore(a: BlockPart, b: BlockPart): boolean {
  return a.extent === b.extent ? a.index < b.index : a.extent.order < b.extent.order
}

function extentFor(head: Y.Item | null, order: number): Extent {
  const token = head === null ? null : tokenIn(head)
  const id = token?.kind === 'open' || token?.kind === 'atom' ? token.id : null
  return { head, id, order, parts: [], spans: null }
}

interface Stored {
  record: Id
  value: unknown
}

/** The values of an array's item. */
function recordsOf({ id, content, deleted }: Y.Item): Stored[] {
  if (deleted || !(content instanceof Y.ContentAny)) return []
  return (content.arr as unknown[]).map((value, k) => ({ record: { client: id.client, clock: id.clock + k }, value }))
}

function* recordsIn(array: Y.Array<unknown>): Generator<Stored> {
  for (let item = array._start; item !== null; item = item.right) yield* recordsOf(item)
}

/** What an empty document shows. It stands for nothing that is stored. */
export const blankNode = (): Node => schema.nodes.block.create()
