/** Moving blocks: by slots, so that what others write in them goes along. How slots are read: `order.ts`. */
import type * as Y from 'yjs'
import { traverse } from './extents.ts'
import type { Flow } from './flow.ts'
import type { BlockPart } from './shape.ts'
import { slotToken, type Id, type Slot } from './grammar.ts'
import { insertEmbed } from './items.ts'
import { closeOf, partOf, unitAfter, unitBefore } from './places.ts'
import type { Writer } from './writer.ts'

/** Moves parts behind another one, or to the beginning. */
export function moveBehind(writer: Writer, parts: readonly BlockPart[], behind: BlockPart | null): void {
  const { flow } = writer
  const meant = meantOrder(writer, parts, behind)
  const moved = parts.map((part) => unitOf(writer, part))
  const t = ++flow.time
  let last = behind === null ? null : writer.complete(behind)
  for (const unit of moved) {
    const part = writer.complete(partOf(writer.flow, unit))
    releaseFollower(writer, part, t)
    putSlot(writer, part, slotPlaceBehind(writer, last, t), t, endOf(writer, part))
    writer.takeIn()
    last = partOf(writer.flow, unit)
  }
  putRight(writer, meant, t)
}

/** The order in which parts are to be shown when some of them come behind another one, each as a unit of it. */
function meantOrder(writer: Writer, parts: readonly BlockPart[], behind: BlockPart | null): Id[] {
  const order = writer.flow.shown.filter((part) => !parts.includes(part))
  order.splice(behind === null ? 0 : order.indexOf(behind) + 1, 0, ...parts)
  return order.map((part) => unitOf(writer, part))
}

/** A unit that tells a part from all others, also when it is given a beginning or an end. */
export function unitOf({ flow }: Writer, part: BlockPart): Id {
  const { head } = part.extent
  if (part.kind !== 'bare' && head !== null) return head.id
  const unit = unitAfter(flow, part, 0)
  const item = unit?.item ?? head
  if (item === null) throw new RangeError('A part without a unit')
  return { client: item.id.client, clock: item.id.clock + (unit?.index ?? 0) }
}

/**
 * The item behind which a block may stand that is to be shown behind a part, or first. What goes with a moved block gets
 * a slot of its own where it would come between. Never within a block: a block there would split it, and so it needs a
 * slot of its own, which `putRight` gives it.
 */
export function placeBehind(writer: Writer, behind: BlockPart | null): Y.Item | null {
  if (behind === null) return null
  const { flow } = writer
  const slotted = flow.ordering?.slotOf.get(behind)
  if (slotted === undefined) return lastOf(writer, behind)
  releaseFollower(writer, behind, flow.time + 1)
  const around = blockAround(flow, slotted.item)
  return around === null ? slotted.item : lastOf(writer, writer.complete(around))
}

/** The same for a slot. One that is within a block is shown behind the block, in the order of the slots there. */
function slotPlaceBehind(writer: Writer, behind: BlockPart | null, t: number): Y.Item | null {
  if (behind === null) return null
  const { flow } = writer
  const slotted = flow.ordering?.slotOf.get(behind)
  if (slotted === undefined) {
    const slot = firstSlotIn(flow, behind)
    return slot === null ? lastOf(writer, behind) : slot.left
  }
  releaseFollower(writer, behind, t)
  return slotted.item
}

/** The last item of a part: what ends it, if that is there. */
const lastOf = ({ flow }: Writer, part: BlockPart): Y.Item | null =>
  closeOf(flow, part) ?? unitBefore(flow, part, part.node.content.size)?.item ?? part.extent.head

function firstSlotIn(flow: Flow, { extent, index }: BlockPart): Y.Item | null {
  let found: Y.Item | null = null
  traverse(flow.text._start, extent.head, (item, role, part) => {
    if (role === 'slot' && part === index) found = item
    return found !== null || part > index
  })
  return found
}

/** The block that a slot is within. */
function blockAround(flow: Flow, slot: Y.Item): BlockPart | null {
  const { head, parts } = flow.extentOf(slot)
  let index = -1
  traverse(flow.text._start, head, (item, _role, part) => {
    if (item === slot) index = part
    return item === slot
  })
  for (const part of parts) if (part.kind !== 'slot' && part.index === index) return part
  return null
}

/** Gives a slot to every part that is not where it is meant to be; what is not there any more is passed over. */
export function putRight(writer: Writer, meant: readonly Id[], t = writer.flow.time + 1): void {
  const { flow } = writer
  let i = 0
  for (const unit of meant) {
    if (begins(unit, flow.shown[i])) {
      i++
      continue
    }
    if (flow.itemOf(unit)?.item.deleted !== false) continue
    if (flow.shown[i] !== partOf(writer.flow, unit)) {
      const part = writer.complete(partOf(writer.flow, unit))
      releaseFollower(writer, part, t)
      putSlot(writer, part, slotPlaceBehind(writer, flow.shown[i - 1] ?? null, t), t, endOf(writer, part))
      writer.takeIn()
    }
    i++
  }
}

/** Whether a part begins with a unit. Nearly all are where they are meant to be, and this is how that is seen at once. */
function begins({ client, clock }: Id, part: BlockPart | undefined): boolean {
  if (part === undefined || part.kind === 'bare') return false
  const id = part.extent.head?.id
  return id?.client === client && id.clock === clock
}

/** What goes with a moved part right behind it stays where it is: it gets a slot of its own, and what follows goes with that. */
function releaseFollower(writer: Writer, part: BlockPart, t: number): void {
  const { flow } = writer
  const slotted = flow.ordering?.slotOf.get(part)
  if (slotted === undefined) return
  const group = flow.ordering?.groups.get(slotted) ?? []
  const follower = group[group.indexOf(part) + 1]
  if (follower === undefined) return
  putSlot(writer, writer.complete(follower), slotted.item, t, slotted.slot.end)
  writer.takeIn()
}

/** Shows a part behind an item. Its older slots go. */
function putSlot(writer: Writer, part: BlockPart, left: Y.Item | null, t: number, end: Id | null): void {
  const { flow, transaction } = writer
  const { head } = part.extent
  if (head === null) throw new RangeError('A block without a beginning cannot be moved')
  const older = [...flow.slots].filter((each) => each.slot.id === part.id)
  const slot: Slot = {
    id: part.id,
    t,
    by: flow.doc.clientID,
    start: { client: head.id.client, clock: head.id.clock },
    end,
  }
  insertEmbed(transaction, flow.text, left, slotToken(slot))
  flow.time = Math.max(flow.time, t)
  for (const { item } of older) if (!item.deleted) item.delete(transaction)
}

/** What a part that is moved ends before: a line made by Enter at its end is to go with it. */
function endOf({ flow }: Writer, part: BlockPart): Id | null {
  const last = closeOf(flow, part) ?? part.extent.head
  let next = last?.right ?? null
  while (next?.deleted === true) next = next.right
  return next && { client: next.id.client, clock: next.id.clock }
}
