/**
 * What writing is made of: content and blocks, put in and taken out as items of the sequence. A `Writer` lives for one
 * transaction.
 */
import { Fragment, type Node } from 'prosemirror-model'
import * as Y from 'yjs'
import { schema } from '#doc/schema'
import { traverse } from './extents.ts'
import type { Flow } from './flow.ts'
import {
  atomToken,
  attributesOf,
  breakToken,
  closeToken,
  openToken,
  storedRecord,
  type BlockRecord,
  type Id,
} from './grammar.ts'
import { behindDeleted, deleteWithin, insertEmbed, insertText, isHead, leftAt, textIn, tokenIn } from './items.ts'
import { closeOf, partOf, unitBefore } from './places.ts'
import type { Slotted } from './order.ts'
import type { BlockPart, Extent } from './shape.ts'

/** What a block shows while an input method composes in it, where the flow has gone on: the items of its content. */
export interface Held {
  readonly part: BlockPart
  /** The ids of its units, in order. */
  units: { client: number; clock: number }[]
}

export interface WriterOptions {
  held?: Held | null
  /** What is on the screen, where that is not what the flow shows. */
  screen?: readonly BlockPart[] | null
}

export class Writer {
  readonly flow: Flow
  readonly transaction: Y.Transaction
  readonly held: Held | null
  /** Text that had to be copied, since the blocks joined are not neighbours in the sequence: what of it became what, unit by unit. */
  readonly copies: [from: Id, to: Id][] = []
  /** The clock of the first item that is written. */
  readonly since: number
  /** Slots that showed nothing when this began. */
  readonly #idle: readonly Slotted[]
  /** The beginnings of the blocks that were made, in order. */
  readonly made: Id[] = []
  /** The version of the schema that shows what was written. */
  needs = 0
  /** The extents that have changed so far. */
  readonly extents = new Set<Extent>()

  readonly #frozen: readonly BlockPart[] | null

  constructor(flow: Flow, transaction: Y.Transaction, { held = null, screen = null }: WriterOptions = {}) {
    this.flow = flow
    this.transaction = transaction
    this.held = held
    this.#frozen = screen
    this.since = Y.getState(flow.doc.store, flow.doc.clientID)
    this.#idle = flow.ordering === null ? [] : idleSlots(flow)
  }

  /** The parts that positions count. */
  get screen(): readonly BlockPart[] {
    return this.#frozen ?? this.flow.shown
  }

  /** Whether blocks cannot change now: the screen is not what the flow shows. */
  get isFrozen(): boolean {
    return this.#frozen !== null
  }

  /** Brings the flow up to what has been written so far. */
  takeIn(): void {
    for (const extent of this.flow.update(this.transaction).extents) this.extents.add(extent)
  }

  /** Deletes the slots of blocks that were gone before, and show nothing now either: nobody is about to write in those any more. */
  dropIdleSlots(): void {
    if (this.#idle.length === 0) return
    const idle = new Set(idleSlots(this.flow))
    for (const slotted of this.#idle) if (idle.has(slotted)) slotted.item.delete(this.transaction)
  }

  /** Deletes content of a part, as shown. */
  deleteContent(part: BlockPart, from: number, to: number): void {
    if (from >= to) return
    if (this.held?.part === part) {
      for (const id of this.held.units.splice(from, to - from)) {
        const found = this.flow.itemOf(id)
        if (found !== null && !found.item.deleted) {
          deleteWithin(this.transaction, found.item, found.id.clock - found.item.id.clock, 1)
        }
      }
      return
    }
    const found: [Y.Item, number, number][] = []
    traverse(this.flow.text._start, part.extent.head, (item, role, index, offset) => {
      if (index > part.index || offset >= to) return index >= part.index
      if (index === part.index && (role === 'text' || role === 'break')) {
        const start = Math.max(0, from - offset)
        const length = Math.min(item.length, to - offset) - start
        if (length > 0) found.push([item, start, length])
      }
      return false
    })
    for (const [item, start, length] of found) deleteWithin(this.transaction, item, start, length)
  }

  /** Inserts inline content into a part, as shown. Its marks are not written. */
  insertContent(part: BlockPart, offset: number, content: Fragment): void {
    if (content.size === 0) return
    const left = this.#leftOf(part, offset)
    const units = this.held?.part === part ? this.held.units : null
    const client = this.flow.doc.clientID
    const clock = Y.getState(this.flow.doc.store, client)
    this.#insertInline(left, content)
    const made = Y.getState(this.flow.doc.store, client) - clock
    units?.splice(offset, 0, ...Array.from({ length: made }, (_, k) => ({ client, clock: clock + k })))
  }

  /** Deletes a block and all that is shown of it. The slots that show it elsewhere stay, for what others make of it. */
  deleteBlock(part: BlockPart): void {
    const close = closeOf(this.flow, part)
    const size = this.held?.part === part ? this.held.units.length : part.node.content.size
    if (part.kind !== 'atom') this.deleteContent(part, 0, size)
    close?.delete(this.transaction)
    if (part.kind === 'bare') return
    this.#keepApart(part)
    part.extent.head?.delete(this.transaction)
    this.#forget(part)
  }

  /** Inserts blocks behind an item, or first. */
  insertBlocks(left: Y.Item | null, nodes: readonly Node[]): void {
    let last = left
    for (const node of nodes) last = this.#insertBlock(last, node)
  }

  /** An id that no block has: the client and the clock of what is written next. */
  newId(): string {
    const { doc } = this.flow
    return `${doc.clientID.toString(36)}.${Y.getState(doc.store, doc.clientID).toString(36)}`
  }

  /** Gives a part that has no beginning one, and one that has no end an end. Returns the part as it is then. */
  complete(part: BlockPart): BlockPart {
    return this.#isComplete(part) ? part : partOf(this.flow, this.#writeBorders(part))
  }

  #isComplete(part: BlockPart): boolean {
    return part.kind === 'atom' || (part.kind === 'block' && closeOf(this.flow, part) !== null)
  }

  /**
   * Returns the unit that the part begins with now. What is shown may be less, and in another order: what was written before is
   * taken in with it, and what goes where some slot is may be more.
   */
  #writeBorders(part: BlockPart): Id {
    let { head } = part.extent
    if (closeOf(this.flow, part) === null) {
      const last = unitBefore(this.flow, part, part.node.content.size)?.item ?? part.extent.head
      if (last !== null) this.#insert(last, closeToken(part.id === '' ? this.newId() : part.id))
    }
    if (part.kind === 'bare') {
      const before = unitBefore(this.flow, part, 0)?.item ?? null
      const id = this.newId()
      const { root } = this.flow.recordOf(part.id === '' ? id : part.id)
      head = this.#insert(before, openToken(id))
      this.#remember(id, { attributes: attributesOf(part.node), root })
    }
    if (head === null) throw new RangeError('A block without a beginning')
    this.takeIn()
    return head.id
  }

  #insert(left: Y.Item | null, embed: object): Y.Item {
    return insertEmbed(this.transaction, this.flow.text, left, embed)
  }

  #remember(id: string, record: BlockRecord): void {
    const stored = storedRecord(id, record)
    if (stored !== null) this.flow.blocks.set(id, stored)
  }

  /** Text without a beginning that follows a block is not to become part of what comes before it when the block goes. */
  #keepApart({ extent }: BlockPart): void {
    if (!extent.parts.some(({ kind }) => kind === 'bare')) return
    for (const part of this.flow.extentBefore(extent)?.parts ?? []) {
      if (part.kind !== 'slot' && !this.#isComplete(part)) this.#writeBorders(part)
    }
  }

  /** A block that is gone needs no record, unless something else is shown by it. */
  #forget(part: BlockPart): void {
    const isUsed = this.flow.partsOf(part.id).some((other) => other !== part)
    if (!isUsed && this.flow.blocks.has(part.id)) this.flow.blocks.delete(part.id)
  }

  /**
   * Splits a block, whose content between two offsets goes: `head` ends the first half, `nodes` come between, and `last`
   * says what the second half is and begins with.
   */
  split(part: BlockPart, from: number, to: number, head: Fragment, nodes: readonly Node[], last: Node): void {
    this.deleteContent(part, from, to)
    let left = this.#leftOf(part, from)
    left = this.#insertInline(left, head)
    left = this.#insert(left, closeToken(part.id))
    for (const node of nodes) left = this.#insertBlock(left, node)
    const id = this.newId()
    left = this.#insertHead(left, openToken(id))
    this.#remember(id, { attributes: attributesOf(last), root: this.flow.recordOf(part.id).root })
    this.#insertInline(left, last.content)
  }

  /**
   * Takes the border between two blocks away. Where others stand between them in the sequence, `rest`, which is what is
   * left of the last one, is copied to an offset of the first.
   */
  join(first: BlockPart, last: BlockPart, offset: number, rest: Fragment): void {
    const close = closeOf(this.flow, first)
    const { head } = last.extent
    if (close !== null && last.kind === 'block' && head !== null && this.#isDirectlyBehind(close, head)) {
      for (let item: Y.Item | null = close; item !== null && item !== head; item = item.right) {
        // An end that counts for nothing between two blocks would end the one that they become.
        if (tokenIn(item)?.kind === 'close') item.delete(this.transaction)
      }
      head.delete(this.transaction)
      this.#forget(last)
      return
    }
    const units = this.#unitsOf(last)
    this.deleteBlock(last)
    this.takeIn()
    const { doc } = this.flow
    const clock = Y.getState(doc.store, doc.clientID)
    this.insertContent(first, offset, rest)
    for (const [i, from] of units.entries()) this.copies.push([from, { client: doc.clientID, clock: clock + i }])
  }

  /** The ids of what a part shows. */
  #unitsOf(part: BlockPart): Id[] {
    const units: Id[] = []
    traverse(this.flow.text._start, part.extent.head, (item, role, index) => {
      if (index === part.index && (role === 'text' || role === 'break')) {
        for (let unit = 0; unit < item.length; unit++)
          units.push({ client: item.id.client, clock: item.id.clock + unit })
      }
      return false
    })
    return units
  }

  /** Whether nothing that is shown stands between two items. */
  #isDirectlyBehind(left: Y.Item, right: Y.Item): boolean {
    for (let item = left.right; item !== null; item = item.right) {
      if (item === right) return true
      if (!item.deleted && tokenIn(item)?.kind !== 'slot' && (isHead(item) || tokenIn(item) === null)) return false
    }
    return false
  }

  #leftOf(part: BlockPart, offset: number): Y.Item | null {
    if (this.held?.part === part) {
      const unit = this.held.units[offset - 1]
      const found = unit === undefined ? null : this.flow.itemOf(unit)
      if (found === null) return behindDeleted(this.flow.text, part.extent.head)
      return leftAt(this.transaction, found.item, found.id.clock - found.item.id.clock + 1)
    }
    const unit = unitBefore(this.flow, part, offset)
    if (unit === null) return behindDeleted(this.flow.text, part.extent.head)
    const { item, index } = unit
    const left = leftAt(this.transaction, item, index + 1)
    // Whoever types on stays with what they typed before, whatever was deleted behind it.
    const isOwn = item.id.client === this.flow.doc.clientID && textIn(item) !== ''
    return isOwn ? left : behindDeleted(this.flow.text, left)
  }

  #insertBlock(left: Y.Item | null, node: Node): Y.Item {
    const id = this.newId()
    this.#remember(id, { attributes: attributesOf(node), root: id })
    if (node.isAtom) return this.#insertHead(left, atomToken(id))
    const open = this.#insertHead(left, openToken(id))
    const last = this.#insertInline(open, node.content) ?? open
    return this.#insert(last, closeToken(id))
  }

  #insertHead(left: Y.Item | null, embed: object): Y.Item {
    const head = this.#insert(left, embed)
    this.made.push(head.id)
    return head
  }

  /** Returns the last item that was inserted, or `left`. */
  #insertInline(left: Y.Item | null, content: Fragment): Y.Item | null {
    let last = left
    let text = ''
    const flush = (): void => {
      if (text !== '') last = insertText(this.transaction, this.flow.text, last, text)
      text = ''
    }
    for (const node of content.content) {
      if (node.isText) text += wellFormed(node.text ?? '')
      else {
        flush()
        if (node.type === schema.nodes.hard_break) last = this.#insert(last, breakToken())
      }
    }
    flush()
    return last
  }
}

/** Half a surrogate pair reaches others as something else: it is replaced before it does. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\uFFFD')

export function partAt(shown: readonly BlockPart[], index: number): BlockPart {
  const part = shown[index]
  if (part === undefined) throw new RangeError(`No block ${index} of ${shown.length}`)
  return part
}

/** The slots of blocks that are gone, with nothing left that goes with them. Each block is looked for once, however many slots it has. */
function idleSlots(flow: Flow): Slotted[] {
  const gone = new Map<string, boolean>()
  const isGone = (id: string): boolean => {
    const known = gone.get(id) ?? flow.partsOf(id).length === 0
    gone.set(id, known)
    return known
  }
  return [...flow.slots].filter((slotted) => isEmpty(flow, slotted) && isGone(slotted.slot.id))
}

const isEmpty = (flow: Flow, slotted: Slotted): boolean => flow.ordering?.groups.has(slotted) !== true
