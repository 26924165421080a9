/** The spans of a flow, and where they are. */
import type * as Y from 'yjs'
import { keyOf } from './aliases.ts'
import type { Id } from './grammar.ts'
import type { Extent, Span } from './shape.ts'
import { Borders, Cover, spanOf } from './spans.ts'

/** What knows where items are. */
interface Sequence {
  now(id: Id): Id
  itemOf(id: Id): { item: Y.Item; id: Id } | null
  extentOf(item: Y.Item): Extent
}

export class SpanTable {
  readonly #sequence: Sequence
  readonly #all = new Map<string, Span>()
  /** Those that begin in one extent and end in another. */
  readonly #long = new Set<Span>()
  /** Those whose ends are not here, by what they wait for: what somebody else wrote may come later than they. */
  readonly #lost = new Map<Span, Id[]>()
  readonly #awaiting = new Map<number, Map<number, Set<Span>>>()

  constructor(sequence: Sequence) {
    this.#sequence = sequence
  }

  get size(): number {
    return this.#all.size
  }

  /** Those that begin in one extent and end in another. */
  get long(): Iterable<Span> {
    return this.#long
  }

  clear(): void {
    this.#all.clear()
    this.#long.clear()
    this.#lost.clear()
    this.#awaiting.clear()
  }

  /** Takes a record in, to be located; null for what is no span. */
  add(record: Id, value: unknown): Span | null {
    const span = spanOf(record, value)
    if (span !== null) this.#all.set(keyOf(record), span)
    return span
  }

  /** Takes out what a record said; null when that was nothing. */
  remove(record: Id): Span | null {
    const span = this.#all.get(keyOf(record))
    if (span === undefined) return null
    this.#all.delete(keyOf(record))
    this.#unfile(span)
    return span
  }

  /** Finds where a span is now. */
  locate(span: Span): void {
    this.#unfile(span)
    const start = this.#sequence.itemOf(span.start)
    const end = span.end === null ? null : this.#sequence.itemOf(span.end)
    span.place =
      start === null || (end === null && span.end !== null)
        ? null
        : {
            start: start.id,
            end: end?.id ?? null,
            from: this.#sequence.extentOf(start.item),
            to: end === null ? null : this.#sequence.extentOf(end.item),
          }
    this.#file(span)
  }

  /** To be shown every item of the sequence, and then given to `fileAll`. */
  ends(resolve: (id: Id) => Id): Ends {
    return new Ends([...this.#all.values()], resolve)
  }

  /** Notes where all spans are. Returns their borders. */
  fileAll(ends: Ends): Borders {
    const borders = new Borders()
    for (const span of this.#all.values()) {
      span.place = ends.placeOf(span)
      this.#file(span)
      borders.add(span)
    }
    return borders
  }

  /** What is to be known of spans to read one extent: those that cover its beginning, and the borders in it. */
  over(extent: Extent): { cover: Cover; borders: Borders } {
    const cover = new Cover()
    const borders = new Borders()
    for (const span of extent.spans ?? []) borders.add(span)
    for (const span of this.#long) {
      const { place } = span
      if (place === null || place.from.order > extent.order) continue
      if (place.to !== null && (place.to.order < extent.order || place.to.order < place.from.order)) continue
      if (place.from === extent || place.to === extent) borders.add(span)
      if (place.from !== extent) cover.begin(span)
    }
    return { cover, borders }
  }

  /** The spans that begin or end in an extent. */
  *at(extent: Extent): Generator<Span> {
    yield* extent.spans ?? []
    for (const span of this.#long) if (span.place?.from === extent || span.place?.to === extent) yield span
  }

  /** The spans whose ends mean other items than they did. */
  *renamed(resolve: (id: Id) => Id): Generator<Span> {
    for (const span of this.#all.values()) {
      const { place } = span
      const [start, end] = [resolve(span.start), span.end === null ? null : resolve(span.end)]
      if (place === null || !isSame(place.start, start) || !isSame(place.end, end)) yield span
    }
  }

  #file(span: Span): void {
    if (span.place === null) {
      this.#await(span)
      return
    }
    const { from, to } = span.place
    if (from === to) (from.spans ??= new Set()).add(span)
    else this.#long.add(span)
  }

  #unfile(span: Span): void {
    span.place?.from.spans?.delete(span)
    this.#long.delete(span)
    for (const { client, clock } of this.#lost.get(span) ?? []) {
      const clocks = this.#awaiting.get(client)
      const spans = clocks?.get(clock)
      if (spans?.delete(span) === true && spans.size === 0) clocks?.delete(clock)
    }
    this.#lost.delete(span)
  }

  #await(span: Span): void {
    const ends = span.end === null ? [span.start] : [span.start, span.end]
    const missing = ends.filter((id) => this.#sequence.itemOf(id) === null).map((id) => this.#sequence.now(id))
    this.#lost.set(span, missing)
    for (const { client, clock } of missing) {
      const clocks = this.#awaiting.get(client) ?? new Map<number, Set<Span>>()
      this.#awaiting.set(client, clocks.set(clock, (clocks.get(clock) ?? new Set()).add(span)))
    }
  }

  /** The spans that wait for an item that has come. */
  *awaiting({ id: { client, clock }, length }: Y.Item): Generator<Span> {
    const clocks = this.#awaiting.get(client)
    if (clocks === undefined || clocks.size === 0) return
    for (let k = 0; k < length; k++) yield* clocks.get(clock + k) ?? []
  }
}

const isSame = (a: Id | null, b: Id | null): boolean => a?.client === b?.client && a?.clock === b?.clock

/** Finds where many spans begin and end, in one walk along the sequence. */
export class Ends {
  readonly #clients = new Map<number, number[]>()
  readonly #extents = new Map<string, Extent>()
  readonly #resolve: (id: Id) => Id

  constructor(spans: readonly Span[], resolve: (id: Id) => Id) {
    this.#resolve = resolve
    const note = (id: Id): void => {
      const { client, clock } = resolve(id)
      const clocks = this.#clients.get(client)
      if (clocks === undefined) this.#clients.set(client, [clock])
      else clocks.push(clock)
    }
    for (const { start, end } of spans) {
      note(start)
      if (end !== null) note(end)
    }
    for (const clocks of this.#clients.values()) clocks.sort((a, b) => a - b)
  }

  meet({ id: { client, clock }, length }: Y.Item, extent: Extent): void {
    const clocks = this.#clients.get(client)
    if (clocks === undefined) return
    let [low, high] = [0, clocks.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((clocks[middle] ?? 0) < clock) low = middle + 1
      else high = middle
    }
    for (let at = clocks[low]; at !== undefined && at < clock + length; at = clocks[++low]) {
      this.#extents.set(keyOf({ client, clock: at }), extent)
    }
  }

  placeOf(span: Span): Span['place'] {
    const start = this.#resolve(span.start)
    const end = span.end === null ? null : this.#resolve(span.end)
    const from = this.#extents.get(keyOf(start))
    const to = end === null ? null : this.#extents.get(keyOf(end))
    if (from === undefined || to === undefined) return null
    // A span that ends before it begins covers nothing.
    if (to !== null && to.order < from.order) return null
    return { start, end, from, to }
  }
}
