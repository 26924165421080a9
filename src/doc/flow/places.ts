/** Places in what is shown, and the items that they stand at. */
import type * as Y from 'yjs'
import { isRecord } from '../untrusted.ts'
import { traverse } from './extents.ts'
import type { BlockPart } from './shape.ts'
import type { Flow } from './flow.ts'
import { isCount, type Id } from './grammar.ts'

/** A unit of an item. */
export interface Unit {
  item: Y.Item
  /** Counts the units of the item from 0. */
  index: number
}

/** An item by its id, and on which side of it. It stays with the item, wherever that goes. */
export interface Place extends Id {
  side: 'before' | 'after'
}

/** A place from JSON, as peers tell it. Total on any value. */
export function parsePlace(value: unknown): Place | null {
  if (!isRecord(value)) return null
  const { client, clock, side } = value
  if (!isCount(client) || !isCount(clock)) return null
  return { client, clock, side: side === 'before' ? 'before' : 'after' }
}

/** The unit before an offset of a part: the beginning of a block for 0; null where a part has none. */
export function unitBefore(flow: Flow, { extent, index, kind }: BlockPart, offset: number): Unit | null {
  if (kind === 'atom' || (offset === 0 && kind === 'block')) return extent.head && { item: extent.head, index: 0 }
  let found: Unit | null = null
  traverse(flow.text._start, extent.head, (item, role, part, at) => {
    if (part !== index || (role !== 'text' && role !== 'break')) return part > index
    if (offset === 0) {
      found = item.left && { item: item.left, index: item.left.length - 1 }
      return true
    }
    if (at + item.length < offset) return false
    found = { item, index: offset - at - 1 }
    return true
  })
  return found
}

/** The unit behind an offset of a part: what ends it, for its end; null where nothing does. */
export function unitAfter(flow: Flow, { extent, index, kind }: BlockPart, offset: number): Unit | null {
  if (kind === 'atom') return null
  let found: Unit | null = null
  traverse(flow.text._start, extent.head, (item, role, part, at) => {
    if (part !== index) return part > index
    if (role === 'close') found = { item, index: 0 }
    else if ((role === 'text' || role === 'break') && at + item.length > offset) found = { item, index: offset - at }
    return found !== null
  })
  return found
}

/** The item that ends a part, if one does. */
export function closeOf(flow: Flow, { extent, index, kind }: BlockPart): Y.Item | null {
  if (kind === 'atom') return null
  let found: Y.Item | null = null
  traverse(flow.text._start, extent.head, (item, role, part) => {
    if (part === index && role === 'close') found = item
    return found !== null || part > index
  })
  return found
}

/** The place at an offset of a part, which stays with what is before it or after it. */
export function placeAt(flow: Flow, part: BlockPart, offset: number, side: 'before' | 'after'): Place | null {
  // What stands before text without a beginning is not of it.
  const before = part.kind === 'bare' && offset === 0 ? null : unitBefore(flow, part, offset)
  const after = side === 'after' || before === null ? unitAfter(flow, part, offset) : null
  const unit = after ?? before
  if (unit === null) return null
  const { item, index } = unit
  return { client: item.id.client, clock: item.id.clock + index, side: unit === after ? 'before' : 'after' }
}

/** Where a place is now; null when it is nowhere here. Something deleted keeps its place. */
export function findPlace(flow: Flow, place: Place): { part: BlockPart; offset: number } | null {
  const found = flow.itemOf(place)
  if (found === null) return null
  const extent = flow.extentOf(found.item)
  const parts = extent.parts.filter((part) => part.kind !== 'slot')
  const unit = found.id.clock - found.item.id.clock + (place.side === 'after' ? 1 : 0)
  const results: { part: BlockPart; offset: number }[] = []
  let last: { index: number; offset: number } | null = null
  traverse(flow.text._start, extent.head, (item, role, index, offset) => {
    const size = role === 'text' || role === 'break' ? item.length : 0
    if (item === found.item) {
      const held = index >= 0 ? { index, offset } : last
      const part = parts.find((each) => each.index === held?.index)
      if (part !== undefined && held !== null) {
        results.push({ part, offset: part.kind === 'atom' ? 0 : held.offset + (size > 0 && index >= 0 ? unit : 0) })
      }
      return true
    }
    if (index >= 0) last = { index, offset: offset + size }
    return false
  })
  const [result] = results
  if (result !== undefined) return result
  // Where nothing of its extent is shown before it, what is shown next is nearest.
  const [first] = parts
  if (first !== undefined) return { part: first, offset: 0 }
  for (let next = flow.extentAfter(extent); next !== null; next = flow.extentAfter(next)) {
    const part = next.parts.find((each) => each.kind !== 'slot')
    if (part !== undefined) return { part, offset: 0 }
  }
  const shown = flow.shown.at(-1)
  return shown === undefined ? null : { part: shown, offset: shown.kind === 'atom' ? 0 : shown.node.content.size }
}

/** The part that a unit is in: one that is shown. */
export function partOf(flow: Flow, unit: Id): BlockPart {
  const found = findPlace(flow, { ...unit, side: 'before' })
  if (found === null) throw new RangeError('A part that is not there any more')
  return found.part
}
