/**
 * Spans: what a stretch of the sequence is marked with, as in Peritext (Litt, Lim, Kleppmann, van Hardenberg 2022). A
 * span names the first item that it covers and where it ends; of the spans that cover a character the newest wins.
 * The attributes of blocks that change are spans, too, over the block: so both halves of a block that somebody splits
 * meanwhile get them.
 */
import type { Mark } from 'prosemirror-model'
import { schema } from '#doc/schema'
import { grows, isAttribute, isCount, isMarkName, isTime, markOf, type Id } from './grammar.ts'
import type { Span } from './shape.ts'

/** What is needed to write a span. */
export type SpanDraft = Pick<Span, 'name' | 'value' | 'start' | 'end' | 't' | 'by' | 'root'>

/** A span as it is stored: a flat list, which takes 21 to 30 bytes. */
export function storedSpan({ name, value, start, end, t, by, root }: SpanDraft): unknown[] {
  const ends = end === null ? [null, null] : [end.client, end.clock]
  return [name, value, start.client, start.clock, ...ends, t, by, ...(root === null ? [] : [root])]
}

/** Reads a stored span. Null for what is none. */
export function spanOf(record: Id, stored: unknown): Span | null {
  if (!Array.isArray(stored)) return null
  const [name, value, startClient, startClock, endClient, endClock, t, by, root] = stored as unknown[]
  if (typeof name !== 'string' || !isCount(startClient) || !isCount(startClock) || !isTime(t) || !isCount(by))
    return null
  const isMark = isMarkName(name)
  if (!isMark && !(isAttribute(name) && typeof root === 'string')) return null
  const end = isCount(endClient) && isCount(endClock) ? { client: endClient, clock: endClock } : null
  if (end === null && endClient !== null) return null
  return {
    record,
    name,
    value: value ?? null,
    start: { client: startClient, clock: startClock },
    end,
    t,
    by,
    root: isMark ? null : (root as string),
    place: null,
  }
}

/** Whether a span is newer than another one of its name. */
export const isNewer = (a: Span, b: Span): boolean =>
  a.t !== b.t
    ? a.t > b.t
    : a.by !== b.by
      ? a.by > b.by
      : a.record.client !== b.record.client
        ? a.record.client > b.record.client
        : a.record.clock > b.record.clock

const keyOf = ({ name, root }: Pick<Span, 'name' | 'root'>): string => (root === null ? name : `${name}\n${root}`)

/** Marks in the order of the schema. */
const markNames = Object.keys(schema.marks).filter(isMarkName)

/** The spans that cover a place, and what they come to; moved along the sequence. */
export class Cover {
  /** By what they say something about: heaps, the newest on top. Those that have ended go when they come to the top. */
  readonly #heaps = new Map<string, Span[]>()
  readonly #open = new Set<Span>()
  readonly #ended = new Set<Span>()
  #marks: readonly Mark[] | null = []

  begin(span: Span): void {
    if (this.#ended.has(span) || this.#open.has(span)) return
    this.#open.add(span)
    if (span.root === null) this.#marks = null
    const key = keyOf(span)
    const heap = this.#heaps.get(key)
    if (heap === undefined) this.#heaps.set(key, [span])
    else push(heap, span)
  }

  end(span: Span): void {
    this.#ended.add(span)
    if (this.#open.delete(span) && span.root === null) this.#marks = null
  }

  /** The value of an attribute for blocks of a family; undefined when nothing says anything. */
  attribute(name: string, root: string): unknown {
    return this.#open.size === 0 ? undefined : this.#top(keyOf({ name, root }))?.value
  }

  get marks(): readonly Mark[] {
    this.#marks ??= markNames.flatMap((name) => {
      const span = this.#top(name)
      return (span === null ? null : markOf(name, span.value)) ?? []
    })
    return this.#marks
  }

  #top(key: string): Span | null {
    const heap = this.#heaps.get(key)
    if (heap === undefined) return null
    while (heap[0] !== undefined && !this.#open.has(heap[0])) pop(heap)
    return heap[0] ?? null
  }
}

function push(heap: Span[], span: Span): void {
  let at = heap.push(span) - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    const above = heap[parent]
    if (above === undefined || !isNewer(span, above)) break
    heap[at] = above
    at = parent
  }
  heap[at] = span
}

function pop(heap: Span[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    const [left, right] = [heap[child], heap[child + 1]]
    if (left === undefined) break
    if (right !== undefined && isNewer(right, left)) child++
    const below = heap[child]
    if (below === undefined || !isNewer(below, last)) break
    heap[at] = below
    at = child
  }
  heap[at] = last
}

/** A border of a span, within an item: it counts before the unit at `clock`. */
interface Border {
  clock: number
  span: Span
  begins: boolean
}

/** The borders of spans, to be met while walking along items. */
export class Borders {
  readonly #clients = new Map<number, Border[]>()
  #sorted = true

  add(span: Span): void {
    if (span.place === null) return
    const { start, end } = span.place
    this.#put(start.client, { clock: start.clock, span, begins: true })
    if (end !== null) this.#put(end.client, { clock: end.clock + (grows(span.name) ? 0 : 1), span, begins: false })
  }

  get isEmpty(): boolean {
    return this.#clients.size === 0
  }

  #put(client: number, border: Border): void {
    const borders = this.#clients.get(client)
    if (borders === undefined) this.#clients.set(client, [border])
    else borders.push(border)
    this.#sorted = false
  }

  /**
   * The borders met in an item of that client, clock and length, in order. One behind the last unit of an item is met
   * there, and one before its first unit that stands for the end of another item is not.
   */
  within(client: number, clock: number, length: number): readonly Border[] {
    if (!this.#sorted) {
      for (const borders of this.#clients.values()) {
        borders.sort((a, b) => a.clock - b.clock || Number(a.begins) - Number(b.begins))
      }
      this.#sorted = true
    }
    const borders = this.#clients.get(client)
    if (borders === undefined) return []
    let [low, high] = [0, borders.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((borders[middle]?.clock ?? 0) < clock) low = middle + 1
      else high = middle
    }
    const found: Border[] = []
    for (let border = borders[low]; border !== undefined && border.clock <= clock + length; border = borders[++low]) {
      const isBehind = !border.begins && !grows(border.span.name)
      if (border.clock === clock ? !isBehind : border.clock < clock + length || isBehind) found.push(border)
    }
    return found
  }
}
