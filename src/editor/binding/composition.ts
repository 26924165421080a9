/**
 * While an input method composes in a block, the browser must find that block as it left it. What others change there goes
 * into the flow at once, and is shown when the composition has ended; what is composed is written by the items that the
 * block still shows, so that it gets to where it was typed.
 */
import type { Node } from 'prosemirror-model'
import { traverse } from '#doc/flow/extents'
import type { BlockPart } from '#doc/flow/shape'
import type { Flow, Shown } from '#doc/flow/flow'
import type { Place } from '#doc/flow/places'
import type { Held } from '#doc/flow/writer'

/** Longest that changes wait for a composition to end, ms. */
const HOLD_LIMIT = 10_000

export class Composition {
  readonly #flow: Flow
  readonly #present: () => void
  #watched: Held | null = null
  #held: Held | null = null
  #holdsAll = false
  #limit: ReturnType<typeof setTimeout> | null = null

  /** `present` shows what was held back. */
  constructor(flow: Flow, present: () => void) {
    this.#flow = flow
    this.#present = present
  }

  /** The block that is not shown as it is. */
  get held(): Held | null {
    return this.#held
  }

  /** Whether nothing is shown at all: a block was split from the one that is composed in, or joined to it. */
  get holdsAll(): boolean {
    return this.#holdsAll
  }

  /** Notes what a block shows, before something changes. Null: nobody composes. */
  watch(part: BlockPart | null): void {
    if (this.#held !== null) return
    this.#watched = part === null ? null : { part, units: this.#unitsOf(part) }
  }

  /** Decides what to hold back of a change. `shownNode` is what a part shows on the screen. */
  note({ sameOrder, changed }: Shown, shownNode: (part: BlockPart) => Node | null): void {
    const held = this.#held ?? this.#watched
    this.#watched = null
    if (held === null) return
    const isThere = this.#flow.indexOf(held.part) >= 0
    const isChanged = !isThere || shownNode(held.part) !== held.part.node
    if (this.#held === null && !isChanged) return
    this.#held = held
    if (!isThere || (!sameOrder && changed.has(held.part))) this.#holdsAll = true
    this.#limit ??= setTimeout(() => this.release(), HOLD_LIMIT)
  }

  /** Shows what was held back. */
  release(): void {
    if (this.#held === null) return
    this.drop()
    this.#present()
  }

  /** Holds nothing back any more. */
  drop(): void {
    if (this.#limit !== null) clearTimeout(this.#limit)
    this.#limit = null
    this.#held = null
    this.#watched = null
    this.#holdsAll = false
  }

  /** The place of an offset in the block that is held; null for any other block. */
  placeIn(part: BlockPart, offset: number, side: 'before' | 'after'): Place | null {
    if (this.#held?.part !== part) return null
    const { units } = this.#held
    const [before, after] = [units[offset - 1], units[offset]]
    if (after !== undefined && (side === 'after' || before === undefined)) return { ...after, side: 'before' }
    if (before !== undefined) return { ...before, side: 'after' }
    const id = part.extent.head?.id
    return id === undefined ? null : { client: id.client, clock: id.clock, side: 'after' }
  }

  #unitsOf(part: BlockPart): Held['units'] {
    const units: Held['units'] = []
    traverse(this.#flow.text._start, part.extent.head, (item, role, index) => {
      if (index === part.index && (role === 'text' || role === 'break')) {
        for (let k = 0; k < item.length; k++) units.push({ client: item.id.client, clock: item.id.clock + k })
      }
      return index > part.index
    })
    return units
  }
}
