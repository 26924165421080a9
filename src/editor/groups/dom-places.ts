/** Between the DOM of a document in groups and its positions, as prosemirror-view's ViewDesc does it, over two floors. */
import type { EditorView } from 'prosemirror-view'
import { domIndex, type Desc, type DomPosition, type Drawn, type ParseRange } from './desc.ts'
import type { Group } from './group.ts'
import { sizeOf, type Places } from './places.ts'

export class DomPlaces {
  readonly #root: Desc
  readonly #view: EditorView
  readonly #places: Places
  readonly #draw: (group: Group) => Desc[]

  /** What is asked for in a group that is not drawn yet is drawn by `draw`, which gives its blocks. */
  constructor(root: Desc, view: EditorView, places: Places, draw: (group: Group) => Desc[]) {
    this.#root = root
    this.#view = view
    this.#places = places
    this.#draw = draw
  }

  /** What draws the `at`-th block of a group. */
  descOf(group: Group, at: number): Desc {
    const desc = this.#draw(group)[at]
    if (desc === undefined) throw new Error(`A group of ${group.nodes.length} blocks has none at ${at}`)
    return desc
  }

  /** The position at a place in the DOM that is in no block: before the next block, or after the one before. */
  localPos(dom: Drawn, offset: number, bias: number): number {
    const { childNodes } = dom
    let container: Drawn | null = dom
    let at: Drawn | null | undefined
    if (dom === this.#view.dom || this.#places.groupAt(dom) !== null) at = childNodes[bias < 0 ? offset - 1 : offset]
    else {
      let child = dom
      while (
        child.parentNode !== null &&
        child.parentNode !== this.#view.dom &&
        this.#places.groupAt(child.parentNode) === null
      ) {
        child = child.parentNode
      }
      at = bias < 0 ? child.previousSibling : child.nextSibling
      container = child.parentNode
    }
    for (; at; at = bias < 0 ? at.previousSibling : at.nextSibling) {
      const desc = at.pmViewDesc
      if (desc?.parent === this.#root) return this.#places.posBefore(desc) + (bias < 0 ? desc.size : 0)
      const group = this.#places.groupAt(at)
      if (group !== null) return this.#places.startOf(group) + (bias < 0 ? group.size : 0)
    }
    const group = this.#places.groupAt(container)
    if (group !== null) return this.#places.startOf(group) + (bias < 0 ? 0 : group.size)
    return bias < 0 ? this.#root.posAtStart : this.#root.posAtEnd
  }

  domFromPos(position: number, side: number): DomPosition {
    const { group, at, pos } = this.#places.find(position)
    if (pos < position) {
      const desc = this.descOf(group, at)
      return desc.domFromPos(position - pos - desc.border, side)
    }
    const hasNext = at < group.nodes.length
    if (hasNext && (side >= 0 || (at === 0 && group === this.#places.groups[0])))
      return beside(this.#draw(group), at, group)
    const before = at > 0 ? group : (this.#places.groups[this.#places.groups.indexOf(group) - 1] ?? group)
    return beside(this.#draw(before), before === group ? at : before.nodes.length, before)
  }

  descAt(position: number): Desc | undefined {
    const { group, at, pos } = this.#places.find(position)
    if (at >= group.nodes.length) return undefined
    const desc = this.descOf(group, at)
    return pos === position ? desc : desc.descAt(position - pos - desc.border)
  }

  parseRange(from: number, to: number): ParseRange {
    const first = this.#places.find(Math.max(0, from - 1))
    const last = this.#places.find(to)
    const desc = this.descOf(first.group, Math.min(first.at, first.group.nodes.length - 1))
    const start = first.pos + desc.border
    if (from >= start && to <= first.pos + desc.size - desc.border && desc.contentDOM !== null) {
      if (this.#view.dom.contains(desc.contentDOM)) return desc.parseRange(from, to, start)
    }
    return first.group === last.group && this.#isUndisturbed(first.group)
      ? this.#rangeInGroup(first.group, first.at, last.at)
      : this.#rangeOfGroups(this.#places.groups.indexOf(first.group), this.#places.groups.indexOf(last.group))
  }

  /** The blocks from one to another, and those beside them that are not where they were drawn. */
  #rangeInGroup(group: Group, first: number, last: number): ParseRange {
    const { element } = group
    const descs = this.#draw(group)
    const isThere = (at: number): boolean => descs[at]?.dom.parentNode === element
    let [begin, end] = [first, Math.min(last + 1, descs.length)]
    while (begin > 0 && !isThere(begin - 1)) begin--
    while (end < descs.length && !isThere(end)) end++
    const start = this.#places.startOf(group)
    return {
      node: element,
      from: start + sizeOf(group, begin),
      to: start + sizeOf(group, end),
      fromOffset: begin === 0 ? 0 : domIndex(nodeOf(descs[begin - 1])) + 1,
      toOffset: end === descs.length ? element.childNodes.length : domIndex(nodeOf(descs[end])),
    }
  }

  /** The same for whole groups. */
  #rangeOfGroups(first: number, last: number): ParseRange {
    const { dom } = this.#view
    const elementAt = (at: number): HTMLElement | null => this.#places.groups[at]?.element ?? null
    let [begin, end] = [first, last + 1]
    while (begin > 0 && elementAt(begin - 1)?.parentNode !== dom) begin--
    while (end < this.#places.groups.length && elementAt(end)?.parentNode !== dom) end++
    const within = this.#places.groups.slice(begin, end)
    for (const group of within) this.#draw(group)
    const from = this.#places.groups.slice(0, begin).reduce((sum, { size }) => sum + size, 0)
    const [before, after] = [begin === 0 ? null : elementAt(begin - 1), elementAt(end)]
    return {
      node: dom,
      from,
      to: from + within.reduce((sum, { size }) => sum + size, 0),
      fromOffset: before === null ? 0 : domIndex(before) + 1,
      toOffset: after === null ? dom.childNodes.length : domIndex(after),
    }
  }

  /** Whether nothing stands beside a group but its neighbours. */
  #isUndisturbed({ element }: Group): boolean {
    const isGroup = (node: globalThis.Node | null): boolean => node === null || this.#places.groupAt(node) !== null
    return element.parentNode === this.#view.dom && isGroup(element.previousSibling) && isGroup(element.nextSibling)
  }
}

const nodeOf = (desc: Desc | undefined): globalThis.Node => {
  if (desc === undefined) throw new Error('No block is drawn there')
  return desc.dom
}

/** The place in the DOM before the `at`-th block of a group, or after the last one. */
function beside(descs: readonly Desc[], at: number, { element }: Group): DomPosition {
  const next = descs[at]?.dom
  if (next?.parentNode === element) return { node: element, offset: domIndex(next) }
  let before = at - 1
  while (before >= 0 && descs[before]?.dom.parentNode !== element) before--
  return { node: element, offset: before < 0 ? 0 : domIndex(nodeOf(descs[before])) + 1 }
}
