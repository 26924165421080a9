/** Where the ends of slots stand. Made for one ordering: each item is walked over once, however many slots there are. */
import type * as Y from 'yjs'
import { traverse } from './extents.ts'
import type { Standing } from './order.ts'
import type { Extent } from './shape.ts'

/** Where an item is in its extent: block parts that begin before it, and the index of the one that it is in (−1: none). */
interface Place {
  begun: number
  within: number
}

export class Standings {
  readonly #start: Y.Item | null
  readonly #first: Extent
  readonly #headedBy: (item: Y.Item) => Extent | undefined
  readonly #extents = new Map<Y.Item, Extent>()
  readonly #places = new Map<Extent, Map<Y.Item, Place>>()

  /** `start` is the first item of the sequence, `first` the first extent. */
  constructor(start: Y.Item | null, first: Extent, headedBy: (item: Y.Item) => Extent | undefined) {
    this.#start = start
    this.#first = first
    this.#headedBy = headedBy
  }

  /** Where an item stands; loose where more or fewer parts may come to stand before it without any coming or going. */
  of(item: Y.Item): Standing & { isLoose: boolean } {
    const extent = this.#extentOf(item)
    if (extent.head === item) return { extent, begun: 0, isLoose: false }
    const { begun, within } = this.#placesIn(extent).get(item) ?? { begun: 0, within: -1 }
    // Within the block that the extent begins with nothing can come before it.
    return { extent, begun, isLoose: extent.head === null || within !== 0 }
  }

  #extentOf(item: Y.Item): Extent {
    const passed: Y.Item[] = []
    let extent: Extent | undefined
    for (let each: Y.Item | null = item; each !== null && extent === undefined; each = each.left) {
      extent = this.#headedBy(each) ?? this.#extents.get(each)
      passed.push(each)
    }
    const found = extent ?? this.#first
    for (const each of passed) this.#extents.set(each, found)
    return found
  }

  #placesIn(extent: Extent): Map<Y.Item, Place> {
    const known = this.#places.get(extent)
    if (known !== undefined) return known
    const places = new Map<Y.Item, Place>()
    let begun = 0
    traverse(this.#start, extent.head, (item, _role, part) => {
      places.set(item, { begun, within: part })
      begun = Math.max(begun, part + 1)
      return false
    })
    this.#places.set(extent, places)
    return places
  }
}
