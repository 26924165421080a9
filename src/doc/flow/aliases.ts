/**
 * What undo made anew. Undo of a deletion makes new items with the old content; only the one who undoes knows which is
 * which, so that is written down: `[client, clock, new client, new clock, length]`. Whatever names an item (spans, slots,
 * carets, and comments to come) follows it.
 */
import { isCount, type Id } from './grammar.ts'

export interface Alias {
  readonly record: Id
  readonly from: Id
  readonly to: Id
  readonly length: number
}

export const storedAlias = (from: Id, to: Id, length: number): number[] => [
  from.client,
  from.clock,
  to.client,
  to.clock,
  length,
]

/** Reads a stored alias. Null for what is none. */
export function aliasOf(record: Id, stored: unknown): Alias | null {
  if (!Array.isArray(stored)) return null
  const [client, clock, newClient, newClock, length] = stored as unknown[]
  if (!isCount(client) || !isCount(clock) || !isCount(newClient) || !isCount(newClock)) return null
  if (!isCount(length) || length === 0) return null
  return { record, from: { client, clock }, to: { client: newClient, clock: newClock }, length }
}

/** More steps than this no honest chain takes between two undos that are both kept. */
const MAX_STEPS = 1000

export class Aliases {
  /** By client, sorted by clock. Of several for one id, the one with the greatest target counts: the same everywhere. */
  readonly #clients = new Map<number, Alias[]>()
  readonly #all = new Map<string, Alias>()

  get size(): number {
    return this.#all.size
  }

  values(): IterableIterator<Alias> {
    return this.#all.values()
  }

  add(alias: Alias): void {
    this.#all.set(keyOf(alias.record), alias)
    const list = this.#clients.get(alias.from.client)
    if (list === undefined) this.#clients.set(alias.from.client, [alias])
    else
      list.splice(
        firstBehind(list, (other) => compare(other, alias) < 0),
        0,
        alias,
      )
  }

  clear(): void {
    this.#clients.clear()
    this.#all.clear()
  }

  /** Whether any of some units has been made anew. */
  has({ client, clock }: Id, length: number): boolean {
    for (const alias of this.#before(client, clock + length)) if (alias.from.clock + alias.length > clock) return true
    return false
  }

  /** Forgets a record; null when there is none of that id. */
  remove(record: Id): Alias | null {
    const alias = this.#all.get(keyOf(record))
    if (alias === undefined) return null
    this.#all.delete(keyOf(record))
    const list = this.#clients.get(alias.from.client) ?? []
    list.splice(
      firstBehind(list, (other) => compare(other, alias) < 0),
      1,
    )
    if (list.length === 0) this.#clients.delete(alias.from.client)
    return alias
  }

  /** Where an id is now. What is alive is itself, whatever a record says. */
  resolve(id: Id, isAlive: (id: Id) => boolean): Id {
    if (this.#all.size === 0) return id
    let now = id
    /** An id on the way, to be met again where records go round in a circle (Brent's algorithm). */
    let mark = id
    for (let step = 1; step <= MAX_STEPS; step++) {
      const alias = this.#aliasOf(now)
      if (alias === null || isAlive(now)) return now
      now = targetIn(alias, now)
      if (now.client === mark.client && now.clock === mark.clock) return id
      // At the powers of two.
      if ((step & (step - 1)) === 0) mark = now
    }
    return now
  }

  /** What several people have made of an id by undoing, the one that counts first. */
  targetsOf(id: Id): Id[] {
    return this.#aliasesOf(id).map((alias) => targetIn(alias, id))
  }

  /** The records for an id, the one that counts first. */
  #aliasesOf({ client, clock }: Id): Alias[] {
    const found: Alias[] = []
    for (const alias of this.#before(client, clock + 1)) if (alias.from.clock + alias.length > clock) found.push(alias)
    return found.length < 2 ? found : found.sort((a, b) => compareIds(b.to, a.to))
  }

  /** The record for an id that counts: of those that it is in the one with the greatest target. */
  #aliasOf({ client, clock }: Id): Alias | null {
    const list = this.#clients.get(client)
    if (list === undefined) return null
    let [low, high] = [0, list.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((list[middle]?.from.clock ?? 0) <= clock) low = middle + 1
      else high = middle
    }
    let best: Alias | null = null
    for (let i = low - 1; i >= 0 && i >= low - MOST_OVERLAPPING; i--) {
      const alias = list[i]
      if (alias === undefined || alias.from.clock + alias.length <= clock) continue
      if (best === null || compareIds(alias.to, best.to) > 0) best = alias
    }
    return best
  }

  /** The last records of a client that begin before a clock, from the last to the first. */
  *#before(client: number, end: number): Generator<Alias> {
    const list = this.#clients.get(client)
    if (list === undefined) return
    const last = firstBehind(list, ({ from }) => from.clock < end) - 1
    for (let i = last; i >= 0 && i > last - MOST_OVERLAPPING; i--) {
      const alias = list[i]
      if (alias !== undefined) yield alias
    }
  }
}

/** So many records before an id are looked at: only undos of several people at once overlap. */
const MOST_OVERLAPPING = 32

const targetIn = ({ from, to }: Alias, { clock }: Id): Id => ({
  client: to.client,
  clock: to.clock + clock - from.clock,
})

const compareIds = (a: Id, b: Id): number => (a.client !== b.client ? a.client - b.client : a.clock - b.clock)

/** By where they begin; never 0 for two records, so that their order is the same everywhere. */
const compare = (a: Alias, b: Alias): number =>
  a.from.clock - b.from.clock || compareIds(a.to, b.to) || compareIds(a.record, b.record)

export const keyOf = ({ client, clock }: Id): string => `${client}:${clock}`

/** Index of the first alias in a sorted list that is not before some place. */
function firstBehind(list: readonly Alias[], isBefore: (alias: Alias) => boolean): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const alias = list[middle]
    if (alias !== undefined && isBefore(alias)) low = middle + 1
    else high = middle
  }
  return low
}
