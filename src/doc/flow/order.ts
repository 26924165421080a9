/**
 * The order on the screen. A block that was moved stays where it is in the sequence, so that what others write in it is
 * in it; a slot shows it elsewhere. What begins between the two items that the slot names goes with the
 * block (its split-off half, a line made by Enter), unless it has a slot of its own or a nearer beginning. Slots
 * themselves are never carried along: so there is no cycle, and the order is one walk.
 */
import type * as Y from 'yjs'
import type { Slot } from './grammar.ts'
import type { BlockPart, Extent } from './shape.ts'

/** Where an item stands: extents and the block parts in them count alike on both sides of a comparison. */
export interface Standing {
  extent: Extent
  /** Block parts of the extent that begin before the item. */
  begun: number
}

export interface Slotted {
  slot: Slot
  item: Y.Item
}

/** What goes where a slot is. */
interface Stretch {
  slotted: Slotted
  from: number
  to: number
}

/** How far apart extents are, so that the parts of each have room between. */
const STRIDE = 1 << 20

/** Of the slots of each block the one that counts. */
function winners(slots: Iterable<Slotted>): Map<string, Slotted> {
  const found = new Map<string, Slotted>()
  for (const each of slots) {
    const other = found.get(each.slot.id)
    if (other === undefined || isNewer(each, other)) found.set(each.slot.id, each)
  }
  return found
}

function isNewer(a: Slotted, b: Slotted): boolean {
  if (a.slot.t !== b.slot.t) return a.slot.t > b.slot.t
  if (a.slot.by !== b.slot.by) return a.slot.by > b.slot.by
  const [x, y] = [a.item.id, b.item.id]
  return x.client !== y.client ? x.client > y.client : x.clock > y.clock
}

export interface Ordering {
  /** What is shown, in order. */
  shown: BlockPart[]
  /** The slot that shows a part; none for one that is shown where it stands. */
  slotOf: Map<BlockPart, Slotted>
  /** What each slot shows, in order. */
  groups: Map<Slotted, BlockPart[]>
}

/** What ordering has to ask of a sequence. */
interface Sequence {
  /** In order. */
  readonly extents: readonly Extent[]
  readonly indexOf: (extent: Extent) => number
  /** Where an end of a slot is; null when it is not here. */
  readonly standingOf: (id: Slot['start']) => Standing | null
  /** The block of an id: the first one, if there are several. Null for none that is shown. */
  readonly blockOf: (id: string) => BlockPart | null
}

/** Orders the parts of a sequence. */
export function ordered({ extents, indexOf, standingOf, blockOf }: Sequence, slots: Iterable<Slotted>): Ordering {
  const newest = winners(slots)
  const own = new Map<BlockPart, Slotted>()
  const stretches: Stretch[] = []
  const placeIn = (extent: Extent, part: number): number => indexOf(extent) * STRIDE + part
  for (const [id, slotted] of newest) {
    const { slot } = slotted
    const [start, block] = [standingOf(slot.start), blockOf(id)]
    const end = slot.end === null ? null : standingOf(slot.end)
    if (block !== null) own.set(block, slotted)
    const place = block === null ? null : placeIn(block.extent, block.index)
    const before = ({ extent, begun }: Standing): number => placeIn(extent, begun)
    const from = Math.min(start === null ? Infinity : before(start), place ?? Infinity)
    const last = slot.end === null ? Infinity : end === null ? -1 : before(end) - 1
    const to = Math.max(last, place ?? -1)
    if (from <= to) stretches.push({ slotted, from, to })
  }
  stretches.sort((a, b) => a.from - b.from || (a.slotted.slot.id < b.slotted.slot.id ? -1 : 1))

  const groups = new Map<Slotted, BlockPart[]>()
  const slotOf = new Map<BlockPart, Slotted>()
  const open: Stretch[] = []
  let next = 0
  for (const [i, { parts }] of extents.entries()) {
    for (const part of parts) {
      if (part.kind === 'slot') continue
      const place = i * STRIDE + part.index
      for (let stretch = stretches[next]; stretch !== undefined && stretch.from <= place; stretch = stretches[++next]) {
        open.push(stretch)
      }
      while (open.length > 0 && (open.at(-1)?.to ?? 0) < place) open.pop()
      const slotted = own.get(part) ?? open.at(-1)?.slotted
      if (slotted === undefined) continue
      slotOf.set(part, slotted)
      const group = groups.get(slotted)
      if (group === undefined) groups.set(slotted, [part])
      else group.push(part)
    }
  }

  const shown: BlockPart[] = []
  for (const { parts } of extents) {
    for (const part of parts) {
      if (part.kind !== 'slot') {
        if (!slotOf.has(part)) shown.push(part)
        continue
      }
      const slotted = newest.get(part.slot.id)
      if (slotted?.item === part.item) shown.push(...(groups.get(slotted) ?? []))
    }
  }
  return { shown, slotOf, groups }
}
