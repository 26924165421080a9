/** What is on the screen: a document, and the parts of the flow that its blocks show. */
import type { Node } from 'prosemirror-model'
import type { Flow } from '#doc/flow/flow'
import { findPlace, placeAt, type Place } from '#doc/flow/places'
import type { BlockPart } from '#doc/flow/shape'
import type { Composition } from './composition.ts'
import type { Places } from './selection.ts'
import type { Seen } from './showing.ts'
import { startOf } from './writing.ts'

export class Screen implements Places {
  readonly doc: Node
  /** One for each block; none for the empty paragraph of an empty document. */
  readonly parts: readonly BlockPart[]
  readonly #flow: Flow
  readonly #composition: Composition

  constructor(flow: Flow, composition: Composition, doc: Node, parts: readonly BlockPart[] = flow.shown) {
    this.#flow = flow
    this.#composition = composition
    this.doc = doc
    this.parts = parts
  }

  /** The same document where the flow has it now. */
  with(doc: Node, parts: readonly BlockPart[] = this.#flow.shown): Screen {
    return new Screen(this.#flow, this.#composition, doc, parts)
  }

  /** Whether these are the parts that the flow shows. */
  get isCurrent(): boolean {
    return this.parts === this.#flow.shown
  }

  /** −1 for a part that is not on the screen. */
  indexOf(part: BlockPart): number {
    return this.isCurrent ? this.#flow.indexOf(part) : this.parts.indexOf(part)
  }

  /** The node that shows a part; null when it is not on the screen. */
  nodeOf(part: BlockPart): Node | null {
    const index = this.parts.indexOf(part)
    return index < 0 ? null : this.doc.maybeChild(index)
  }

  get seen(): Seen {
    return { parts: this.parts, nodes: this.doc.children }
  }

  /** Gives parts the very nodes that show them, where they are equal: what differs is found by which node it is. */
  adopt(parts: Iterable<BlockPart>): void {
    for (const part of parts) {
      const index = this.indexOf(part)
      const node = index < 0 ? null : this.doc.maybeChild(index)
      if (node?.eq(part.node) === true) part.node = node
    }
  }

  placeOf(position: number, side: 'before' | 'after'): Place | null {
    const $position = this.doc.resolve(Math.min(position, this.doc.content.size))
    const part = this.parts[$position.index(0)] ?? this.parts.at(-1)
    if (part === undefined) return null
    const offset = $position.depth > 0 ? $position.parentOffset : 0
    return this.#composition.placeIn(part, offset, side) ?? placeAt(this.#flow, part, offset, side)
  }

  positionOf(place: Place): number | null {
    const found = findPlace(this.#flow, place)
    const index = found === null ? -1 : this.indexOf(found.part)
    const node = index < 0 ? null : this.doc.maybeChild(index)
    if (found === null || node === null) return null
    const inner = found.part.kind === 'atom' ? 0 : 1 + Math.min(found.offset, node.content.size)
    return startOf(this.doc, index) + inner
  }
}
