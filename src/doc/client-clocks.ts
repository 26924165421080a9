/**
 * The clocks of all clients of a Y.Doc, kept so that a transaction costs what it touches. Yjs copies the whole state vector
 * when a transaction begins and when it ends, and walks the copies several times: with 10,000 clients a key takes
 * milliseconds. `scripts/yjs-touched-clients.ts` builds this into Yjs instead.
 *
 * Clients are numbered as they come, and their clocks lie in pages. Looking at the state copies nothing: a page that has been
 * looked at is copied before it changes. So two states differ only where they do not share a page.
 */

/** 64 clocks a page. Of 10,000 clients a transaction compares 157 pages, and copies one page and the list of pages. */
const PAGE_BITS = 6
const SLOT = (1 << PAGE_BITS) - 1

type Pages = readonly (readonly number[])[]

/** For each client the clock of its next struct: what Yjs reads off `StructStore.clients`, held beside it. */
export class ClientClocks {
  readonly #indexes = new Map<number, number>()
  readonly #clients: number[] = []
  #pages: number[][] = []
  /** The pages as somebody saw them last. They never change again. */
  #seen: Pages = []

  /** To be called for every struct that is added. */
  set(client: number, clock: number): void {
    let index = this.#indexes.get(client)
    if (index === undefined) {
      index = this.#clients.push(client) - 1
      this.#indexes.set(client, index)
    }
    const at = index >> PAGE_BITS
    if (this.#pages === this.#seen) this.#pages = this.#pages.slice()
    let page = this.#pages[at]
    if (page === undefined || page === this.#seen[at]) {
      page = page?.slice() ?? []
      this.#pages[at] = page
    }
    page[index & SLOT] = clock
  }

  /** The clocks as they are now. It stays like that, and was no work. */
  view(): Map<number, number> {
    this.#seen = this.#pages
    return new StateVector(this, this.#seen)
  }

  /** A client's clock in pages that were seen at some time. */
  at(pages: Pages, client: number): number | undefined {
    const index = this.#indexes.get(client)
    return index === undefined ? undefined : pages[index >> PAGE_BITS]?.[index & SLOT]
  }

  /** The later clocks (without `after`, those of now) of the clients whose clock differs, in the order in which they came. */
  difference(before: Pages, after: Pages = this.#pages): Map<number, number> {
    const found = new Map<number, number>()
    after.forEach((page, at) => {
      const earlier = before[at]
      if (page === earlier) return
      page.forEach((clock, slot) => {
        const client = this.#clients[(at << PAGE_BITS) | slot]
        if (client !== undefined && clock !== earlier?.[slot]) found.set(client, clock)
      })
    })
    return found
  }
}

/**
 * All clocks at one moment. Looks up what it is asked for; when it is asked for all of them, or written to, it first becomes
 * the plain Map that Yjs would have made.
 */
class StateVector extends Map<number, number> {
  readonly #clocks: ClientClocks
  readonly #pages: Pages
  #isFilled = false
  #isWritten = false

  constructor(clocks: ClientClocks, pages: Pages) {
    super()
    this.#clocks = clocks
    this.#pages = pages
  }

  /** See `changedSince`. */
  static difference(
    before: Map<number, number>,
    after: Map<number, number> | ClientClocks,
  ): Map<number, number> | null {
    if (!(before instanceof StateVector) || before.#isWritten) return null
    const clocks = before.#clocks
    if (after === clocks) return clocks.difference(before.#pages)
    if (!(after instanceof StateVector) || after.#isWritten || after.#clocks !== clocks) return null
    return clocks.difference(before.#pages, after.#pages)
  }

  override get(client: number): number | undefined {
    return this.#isFilled ? super.get(client) : this.#clocks.at(this.#pages, client)
  }

  override has(client: number): boolean {
    return this.#isFilled ? super.has(client) : this.#clocks.at(this.#pages, client) !== undefined
  }

  override get size(): number {
    this.#fill()
    return super.size
  }

  override forEach(each: (clock: number, client: number, all: Map<number, number>) => void, self?: unknown): void {
    this.#fill()
    super.forEach(each, self)
  }

  override entries(): MapIterator<[number, number]> {
    this.#fill()
    return super.entries()
  }

  override keys(): MapIterator<number> {
    this.#fill()
    return super.keys()
  }

  override values(): MapIterator<number> {
    this.#fill()
    return super.values()
  }

  override [Symbol.iterator](): MapIterator<[number, number]> {
    return this.entries()
  }

  override set(client: number, clock: number): this {
    this.#write()
    return super.set(client, clock)
  }

  override delete(client: number): boolean {
    this.#write()
    return super.delete(client)
  }

  override clear(): void {
    this.#write()
    super.clear()
  }

  #fill(): void {
    if (this.#isFilled) return
    this.#isFilled = true
    for (const [client, clock] of this.#clocks.difference([], this.#pages)) super.set(client, clock)
  }

  #write(): void {
    this.#fill()
    this.#isWritten = true
  }
}

/**
 * The clients whose clock has changed since a view was taken, with the clock in another view or as it is now. Null when these
 * are not two states of one document as they were seen: then only a walk can tell.
 */
export const changedSince = (
  before: Map<number, number>,
  after: Map<number, number> | ClientClocks,
): Map<number, number> | null => StateVector.difference(before, after)

/** What a transaction's `afterState` holds that `beforeState` does not; all of it when only a walk can tell. */
export const changedClocks = ({ beforeState, afterState }: TransactionStates): Map<number, number> =>
  changedSince(beforeState, afterState) ?? afterState

/** Whether a transaction has added anything. Costs a walk along all clients only where Yjs is as it is published. */
export function hasAdded({ beforeState, afterState }: TransactionStates): boolean {
  const changed = changedSince(beforeState, afterState)
  if (changed !== null) return changed.size > 0
  for (const [client, clock] of afterState) if (beforeState.get(client) !== clock) return true
  return false
}

type TransactionStates = Readonly<Record<'beforeState' | 'afterState', Map<number, number>>>
