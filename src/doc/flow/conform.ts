/**
 * Spans, written: after text has gone in or out, what the flow shows is compared with what is meant, and spans make up for
 * what differs in marks and attributes. A span takes the place of older ones that it covers wholly.
 */
import type { Mark, Node } from 'prosemirror-model'
import type * as Y from 'yjs'
import { versionOf } from '#doc/schema'
import type { BlockPart, Extent } from './shape.ts'
import { attributesOf, grows, isAttribute, isMarkName, markValue, type Id } from './grammar.ts'
import { append, deleteWithin, itemAt, textIn, tokenIn } from './items.ts'
import { closeOf, unitAfter, unitBefore } from './places.ts'
import type { Span } from './shape.ts'
import { isNewer, storedSpan, type SpanDraft } from './spans.ts'
import type { Writer } from './writer.ts'

/** A change of an attribute may show other attributes: what is meant is there after so many looks. */
const MOST_LOOKS = 4

/**
 * Makes the parts of these indices show as these nodes, as far as marks and attributes go. What then still differs is
 * their text.
 */
export function conform(writer: Writer, indices: readonly number[], nodes: readonly Node[]): void {
  for (let look = 0; look < MOST_LOOKS; look++) {
    const attributes = attributeDrafts(writer, indices, nodes)
    // A part that was given a beginning or an end is another one.
    const parts = indices.flatMap((index) => writer.flow.shown[index] ?? [])
    const drafts = [...attributes, ...markDrafts(writer, parts, nodes)]
    if (drafts.length === 0) break
    write(writer, drafts)
    writer.takeIn()
  }
}

function write(writer: Writer, drafts: readonly SpanDraft[]): void {
  const { flow, transaction } = writer
  for (const { name } of drafts) writer.needs ||= versionOf(name)
  deleteRecords(
    writer,
    flow.spanRecords,
    drafts.flatMap((draft) => coveredBy(writer, draft)),
  )
  append(transaction, flow.spanRecords, drafts.map(storedSpan))
}

function attributeDrafts(writer: Writer, indices: readonly number[], nodes: readonly Node[]): SpanDraft[] {
  const { flow } = writer
  const drafts: SpanDraft[] = []
  for (const [i, index] of indices.entries()) {
    const [part, node] = [flow.shown[index], nodes[i]]
    if (part === undefined || node === undefined || part.node.hasMarkup(node.type, node.attrs)) continue
    const now = attributesOf(part.node)
    const whole = writer.complete(part)
    const { head } = whole.extent
    const last = closeOf(flow, whole) ?? head
    if (head === null || last === null) continue
    const { root } = flow.recordOf(whole.id)
    for (const [name, value] of Object.entries(attributesOf(node))) {
      if ((now[name] ?? null) === (value ?? null) || !isAttribute(name)) continue
      drafts.push({ name, value: value ?? null, start: idOf(head), end: idOf(last), ...stamp(writer), root })
    }
  }
  return drafts
}

/** The time and the writer of what is written now. */
const stamp = ({ flow }: Writer): Pick<SpanDraft, 't' | 'by'> => ({ t: flow.time + 1, by: flow.doc.clientID })

const idOf = ({ id }: Y.Item, index = 0): Id => ({ client: id.client, clock: id.clock + index })

/** A stretch of a part that is to get a mark or lose it. */
interface Run {
  from: number
  to: number
  name: string
  value: unknown
}

function markDrafts(writer: Writer, parts: readonly BlockPart[], nodes: readonly Node[]): SpanDraft[] {
  const drafts: SpanDraft[] = []
  /** Runs that reach to the end of the part before, and may go on in the next one. */
  let open = new Map<string, { draft: Draft; part: BlockPart }>()
  for (const [i, part] of parts.entries()) {
    const node = nodes[i]
    if (
      node === undefined ||
      part.kind === 'atom' ||
      !part.node.inlineContent ||
      part.node.content.size !== node.content.size
    ) {
      open = new Map()
      continue
    }
    const { size } = node.content
    const reaching: typeof open = new Map()
    for (const run of runsBetween(part.node, node)) {
      const key = `${run.name}\n${JSON.stringify(run.value)}`
      const before = run.from === 0 ? open.get(key) : undefined
      const goesOn = before !== undefined && follows(writer, before.part, part)
      const draft = goesOn ? before.draft : draftOf(writer, part, run)
      if (draft === null) continue
      if (goesOn) draft.end = endOfRun(writer, part, run)
      else drafts.push(draft)
      if (run.to === size) reaching.set(key, { draft, part })
    }
    open = reaching
  }
  return drafts
}

/** Whether a part stands directly behind another one, in the sequence, too. */
const follows = ({ flow }: Writer, before: BlockPart, part: BlockPart): boolean =>
  flow.ordering === null && flow.extentAfter(before.extent) === part.extent && part.index === 0

type Draft = { -readonly [K in keyof SpanDraft]: SpanDraft[K] }

function draftOf(writer: Writer, part: BlockPart, run: Run): Draft | null {
  const first = unitAfter(writer.flow, part, run.from)
  if (first === null) return null
  const { name, value } = run
  return {
    name,
    value,
    start: idOf(first.item, first.index),
    end: endOfRun(writer, part, run),
    ...stamp(writer),
    root: null,
  }
}

/** A mark that grows ends before what stands behind it, any other one with its last character. */
function endOfRun({ flow }: Writer, part: BlockPart, { to, name }: Run): Id | null {
  const last = unitBefore(flow, part, to)
  if (last === null) throw new RangeError('A run without an end')
  if (!grows(name)) return idOf(last.item, last.index)
  if (last.index + 1 < last.item.length) return idOf(last.item, last.index + 1)
  let next = last.item.right
  while (next?.deleted === true) next = next.right
  return next === null ? null : idOf(next)
}

/** Where the marks of content differ from those that are meant. A run goes on over what has them already. */
function runsBetween(now: Node, meant: Node): Run[] {
  if (now.content.eq(meant.content)) return []
  const runs: Run[] = []
  for (const name of namesIn(now, meant)) {
    let last: Run | null = null
    for (const { from, to, before, after } of pieces(now, meant)) {
      const [old, value] = [valueIn(before, name), valueIn(after, name)]
      const isSame = JSON.stringify(old) === JSON.stringify(value)
      if (last !== null && JSON.stringify(last.value) !== JSON.stringify(value)) last = null
      if (isSame) continue
      if (last === null) runs.push((last = { from, to, name, value }))
      else last.to = to
    }
  }
  return runs
}

function namesIn(...nodes: Node[]): Set<string> {
  const names = new Set<string>()
  for (const node of nodes) node.forEach(({ marks }) => marks.forEach(({ type }) => names.add(type.name)))
  return names
}

const valueIn = (marks: readonly Mark[], name: string): unknown => {
  const mark = marks.find(({ type }) => type.name === name)
  return mark === undefined ? null : markValue(mark)
}

interface Piece {
  from: number
  to: number
  before: readonly Mark[]
  after: readonly Mark[]
}

/** Contents of equal size, cut where either has a border. */
function* pieces(now: Node, meant: Node): Generator<Piece> {
  let [i, j, from, endNow, endMeant] = [0, 0, 0, 0, 0]
  while (from < now.content.size) {
    while (from >= endNow) endNow += now.child(i++).nodeSize
    while (from >= endMeant) endMeant += meant.child(j++).nodeSize
    const to = Math.min(endNow, endMeant)
    yield { from, to, before: now.child(i - 1).marks, after: meant.child(j - 1).marks }
    from = to
  }
}

/** Where something stands: the order of its extent, and the units before it there. */
type Position = readonly [order: number, unit: number]

const compare = (a: Position, b: Position): number => (a[0] === b[0] ? a[1] - b[1] : a[0] - b[0])

function positionOf({ flow }: Writer, id: Id, behind: boolean): Position | null {
  const found = flow.itemOf(id)
  if (found === null) return null
  const { head, order } = flow.extentOf(found.item)
  let unit = 0
  for (let item = head ?? flow.text._start; item !== null && item !== found.item; item = item.right) unit += item.length
  return [order, unit + found.id.clock - found.item.id.clock + (behind ? 1 : 0)]
}

const END: Position = [Infinity, 0]

function boundsOf(writer: Writer, { start, end, name }: SpanDraft): [Position, Position] | null {
  const from = positionOf(writer, start, false)
  const to = end === null ? END : positionOf(writer, end, !grows(name))
  return from === null || to === null ? null : [from, to]
}

/** The records of the spans that a new one covers wholly: nothing of them will be seen again. */
function coveredBy(writer: Writer, draft: SpanDraft): Id[] {
  const { flow } = writer
  const [start, end] = [flow.itemOf(draft.start), draft.end === null ? null : flow.itemOf(draft.end)]
  if (start === null) return []
  const candidates: Span[] = []
  const consider = (span: Span): void => {
    if (span.name === draft.name && span.root === draft.root) candidates.push(span)
  }
  const last = end === null ? null : flow.extentOf(end.item)
  for (let extent: Extent | null = flow.extentOf(start.item); extent !== null; extent = flow.extentAfter(extent)) {
    extent.spans?.forEach(consider)
    if (extent === last) break
  }
  for (const span of flow.spans.long) consider(span)
  if (candidates.length === 0) return []
  const bounds = boundsOf(writer, draft)
  if (bounds === null) return []
  return candidates.flatMap((span) => {
    const covered = boundsOf(writer, span)
    const isCovered = covered !== null && compare(bounds[0], covered[0]) <= 0 && compare(covered[1], bounds[1]) <= 0
    return isCovered ? span.record : []
  })
}

/** Deletes records, those that lie side by side at once: each cut through an item copies what is behind it. */
function deleteRecords({ flow, transaction }: Writer, records: Y.Array<unknown>, ids: readonly Id[]): void {
  const runs: { client: number; from: number; to: number }[] = []
  for (const { client, clock } of ids.toSorted((a, b) => a.client - b.client || a.clock - b.clock)) {
    const last = runs.at(-1)
    if (last?.client === client && clock <= last.to) last.to = Math.max(last.to, clock + 1)
    else runs.push({ client, from: clock, to: clock + 1 })
  }
  for (const { client, from, to } of runs) {
    for (let clock = from; clock < to;) {
      const item = itemAt(flow.doc, records, { client, clock })
      const offset = item === null ? 0 : clock - item.id.clock
      const length = item === null ? 1 : Math.min(to - clock, item.length - offset)
      if (item !== null) deleteWithin(transaction, item, offset, length)
      clock += length
    }
  }
}

/** Deletes the spans over what the writer has changed that cover nothing alive any more. */
export function dropUseless(writer: Writer): void {
  const { flow } = writer
  const spans = new Set<Span>()
  for (const extent of writer.extents) {
    for (const span of flow.spans.at(extent)) spans.add(span)
  }
  const useless = [...spans].filter((span) => !coversLife(writer, span) || takesNothing(writer, span))
  deleteRecords(
    writer,
    flow.spanRecords,
    useless.map(({ record }) => record),
  )
}

/** Past so many spans of one name it is not looked whether one of them takes anything. */
const MANY = 200

/** Whether a span takes a mark where there is none to take any more. One that has just been written may meet others yet. */
function takesNothing(writer: Writer, span: Span): boolean {
  const { flow } = writer
  if (span.value !== null || span.root !== null || span.place === null) return false
  if (span.record.client === flow.doc.clientID && span.record.clock >= writer.since) return false
  const { from, to } = span.place
  const older: Span[] = []
  for (let extent: Extent | null = from; extent !== null; extent = flow.extentAfter(extent)) {
    for (const other of extent.spans ?? []) if (other.name === span.name && isNewer(span, other)) older.push(other)
    if (extent === to || older.length > MANY) break
  }
  for (const other of flow.spans.long) if (other.name === span.name && isNewer(span, other)) older.push(other)
  if (older.length > MANY) return false
  const bounds = older.length === 0 ? null : boundsOf(writer, span)
  return older.every((other) => {
    const [its, own] = [boundsOf(writer, other), bounds]
    return its === null || own === null || compare(its[1], own[0]) <= 0 || compare(own[1], its[0]) <= 0
  })
}

/** Whether there is anything that a span says something about. */
function coversLife(writer: Writer, span: Span): boolean {
  const { flow } = writer
  const { place } = span
  if (place === null) return true
  const first = itemAt(flow.doc, flow.text, place.start)
  const last = place.end === null ? null : itemAt(flow.doc, flow.text, place.end)
  const isMark = isMarkName(span.name)
  for (let item = first; item !== null; item = item.right) {
    const isLast = item === last
    if (isMark && isLast && grows(span.name)) {
      const from = item === first ? place.start.clock - item.id.clock : 0
      return isContent(item) && (place.end?.clock ?? 0) - item.id.clock > from
    }
    if (isMark ? isContent(item) : isKin(writer, item, span) || endsBare(writer, item)) return true
    if (isLast) return false
  }
  return false
}

/** Whether an item begins a block of the family that an attribute is for. */
function isKin({ flow }: Writer, item: Y.Item, { root }: Span): boolean {
  const token = tokenIn(item)
  return (token?.kind === 'open' || token?.kind === 'atom') && flow.recordOf(token.id).root === root
}

/** Whether an item ends text that has no beginning, which is shown by what the end says. */
const endsBare = ({ flow }: Writer, item: Y.Item): boolean =>
  tokenIn(item)?.kind === 'close' && flow.extentOf(item).parts.some(({ kind }) => kind === 'bare')

/** Whether an item is shown within a block: text, or a line break. */
const isContent = (item: Y.Item): boolean => textIn(item) !== '' || tokenIn(item)?.kind === 'break'

/** Deletes the aliases that lead to nothing alive. */
export function dropAliases(writer: Writer, deleted: (id: Id, length: number) => boolean): void {
  const { flow } = writer
  const gone = [...flow.aliases.values()].filter(({ to, length }) => deleted(to, length))
  deleteRecords(
    writer,
    flow.aliasRecords,
    gone.map(({ record }) => record),
  )
}
