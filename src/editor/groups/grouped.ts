/**
 * A long document, drawn in groups of about a hundred blocks. To ProseMirror it is as flat as any other: positions, commands,
 * the clipboard and whoever reads the document know nothing of groups. It draws the document by descriptions of its nodes,
 * and those of the document itself are led here: where in the DOM a block stands, and which blocks have changed.
 *
 * A browser walks along all siblings of what a key changes, and lays out all of them. In groups it walks along one, and with
 * `content-visibility` (groups.css) it leaves out those off the screen. What stands in a group is drawn when it is needed,
 * by position or because it comes near the screen, and otherwise when there is nothing else to do.
 */
import type { Node } from 'prosemirror-model'
import type { Decoration, DecorationSource, EditorView } from 'prosemirror-view'
import { rowOf } from '../binding/diff.ts'
import type { Drawing } from '../drawing.ts'
import {
  CHILD_DIRTY,
  CLEAN,
  composedIn,
  CONTENT_DIRTY,
  domIndex,
  localsOf,
  NODE_DIRTY,
  NodeDesc,
  noteWritten,
  saySame,
  unobserved,
  type Desc,
  type DomPosition,
  type Drawn,
  type Mutation,
  type ParseRange,
} from './desc.ts'
import { chunks, Group, groupSize, renderInto } from './group.ts'
import { leadToEnd, searches } from './keys.ts'
import './groups.css'

/** Where a block stands: the `at`-th of its group, with this many positions and blocks before it. */
interface Place {
  group: Group
  at: number
  pos: number
}

/** How many blocks a key may lead to from where the caret is: a screenful. */
const REACH = 50
/** How long a slice of drawing ahead may take, ms. */
const SLICE = 6

export class GroupedDoc implements Drawing {
  readonly #root: Desc
  readonly #view: EditorView
  #groups: Group[] = [new Group([])]
  /** Where each block that is drawn stands. */
  readonly #groupOf = new WeakMap<Desc, Group>()
  /** The blocks that are drawn, or would be. */
  #nodes: readonly Node[] = []
  /** Descriptions that something was said of since they were last looked at. */
  #dirty = new Set<Desc>()
  #isDirtyElsewhere = false
  /** Those with decorations. */
  #decorated = new Set<Desc>()
  /** Those that the selection begins and ends in. */
  #held: readonly Group[] = []
  /** Groups came or went. */
  #isStale = true
  /** Something was thrown while it was being drawn: what is there and what was noted may differ. */
  #isBroken = false
  #idle: number | null = null
  readonly #near: IntersectionObserver
  readonly #gone = new AbortController()

  /** Takes over from the description of a view's document. */
  constructor(root: Desc, view: EditorView) {
    this.#root = root
    this.#view = view
    this.#near = new IntersectionObserver((entries) => this.#come(entries), { rootMargin: '100% 0px' })
    this.#adopt(root.children)
    this.#lead()
    const { signal } = this.#gone
    view.dom.addEventListener('keydown', this.#pressed, { capture: true, signal })
    window.addEventListener('keydown', (event) => searches(event) && this.drawAll(), { signal })
    window.addEventListener('beforeprint', () => this.drawAll(), { signal })
    this.update()
    this.#fill()
  }

  /** Draws what has changed of the document that the root has now. Where that throws, the next time draws all of it. */
  update(): void {
    if (this.#isBroken) this.#beginAnew()
    this.#isBroken = true
    this.#dropBegun()
    const after = this.#root.node.children
    const composed = this.#composed()
    for (const { index, removed, nodes } of editsBetween(this.#nodes, after)) {
      this.#change(index, removed, nodes, composed)
    }
    this.#nodes = after
    this.#refresh()
    this.#balance()
    this.#render()
    this.#isBroken = false
    this.#workLater()
  }

  /** The elements of blocks `from` to `to` that are drawn, each with its index. */
  *drawn(from: number, to: number): Generator<[number, Element]> {
    let index = 0
    for (const { nodes, descs } of this.#groups) {
      const end = index + nodes.length
      for (let i = Math.max(from, index); descs !== null && i < Math.min(to, end); i++) {
        const dom = descs[i - index]?.dom
        if (dom instanceof Element) yield [i, dom]
      }
      index = end
      if (index >= to) return
    }
  }

  /** Whether what stands at a position is left out on the screen. */
  isLeftOut(pos: number): boolean {
    const dom = this.#find(pos).group.descs?.[0]?.dom
    if (!(dom instanceof Element)) return true
    // Where a browser cannot say, it leaves nothing out.
    return 'checkVisibility' in dom && !dom.checkVisibility({ contentVisibilityAuto: true })
  }

  /** Draws all of it. */
  drawAll(): void {
    for (const group of this.#groups) this.#draw(group)
  }

  /** Leads what the view asks of the root to here. */
  #lead(): void {
    const root = this.#root
    root.updateChildren = () => this.update()
    root.posBeforeChild = (child) => this.#posBefore(child)
    root.localPosFromDOM = (dom, offset, bias) => this.#localPos(dom, offset, bias)
    root.domFromPos = (pos, side) => this.#domFromPos(pos, side)
    root.descAt = (pos) => this.#descAt(pos)
    root.parseRange = (from, to) => this.#parseRange(from, to)
    root.markDirty = (from, to) => this.#markDirty(from, to)
    root.ignoreMutation = (mutation) => this.#isOwn(mutation)
    // A selection over several blocks; without children it finds none that holds all of it.
    const over = Object.create(root, { children: { value: [] } }) as Desc
    root.setSelection = (anchor, head, view, force) => {
      this.#hold([...this.#around(anchor), ...this.#around(head)])
      const { group, at, pos } = this.#find(Math.min(anchor, head))
      const node = group.nodes[at]
      if (node === undefined || Math.min(anchor, head) <= pos || Math.max(anchor, head) >= pos + node.nodeSize) {
        NodeDesc.prototype.setSelection.call(over, anchor, head, view, force)
      } else {
        const desc = this.#descOf(group, at)
        const start = pos + desc.border
        desc.setSelection(anchor - start, head - start, view, force)
      }
    }
    root.destroy = () => {
      this.#near.disconnect()
      if (this.#idle !== null) cancelIdle(this.#idle)
      this.#idle = null
      this.#gone.abort()
      NodeDesc.prototype.destroy.call(root)
    }
    Object.defineProperty(root, 'children', { get: () => this.#groups.flatMap(({ descs }) => descs ?? []) })
    let { dirty } = root
    Object.defineProperty(root, 'dirty', {
      get: () => dirty,
      set: (value: number) => {
        dirty = value
        if (value !== CLEAN) this.#isDirtyElsewhere = true
      },
    })
  }

  /** Groups what was drawn flat. */
  #adopt(descs: readonly Desc[]): void {
    if (descs.length === 0) return
    this.#nodes = descs.map(({ node }) => node)
    this.#groups = chunks(this.#nodes, this.#size).map((nodes) => new Group(nodes))
    let start = 0
    for (const group of this.#groups) {
      group.isStale = true
      group.descs = descs.slice(start, (start += group.nodes.length))
      for (const desc of group.descs) {
        this.#groupOf.set(desc, group)
        this.#noteDecorations(desc)
      }
      group.estimate(this.#perLine)
    }
  }

  // Where things stand.

  /** The block at an index: the one after the last is one past the end of the last group. */
  #place(index: number): Place {
    let [before, pos] = [0, 0]
    for (const group of this.#groups) {
      if (index < before + group.nodes.length)
        return { group, at: index - before, pos: pos + sizeOf(group, index - before) }
      before += group.nodes.length
      pos += group.size
    }
    const group = this.#last
    return { group, at: group.nodes.length, pos }
  }

  /** The block that a position stands before or in; `pos` is where it begins. Past all of them: as `#place` says. */
  #find(position: number): Place {
    let pos = 0
    for (const group of this.#groups) {
      if (position < pos + group.size) {
        let at = 0
        for (let node; (node = group.nodes[at]) !== undefined && pos + node.nodeSize <= position; at++)
          pos += node.nodeSize
        return { group, at, pos }
      }
      pos += group.size
    }
    return { group: this.#last, at: this.#last.nodes.length, pos }
  }

  get #last(): Group {
    const group = this.#groups.at(-1)
    if (group === undefined) throw new Error('A document in groups has no group')
    return group
  }

  #startOf(group: Group): number {
    let pos = 0
    for (const one of this.#groups) {
      if (one === group) return pos
      pos += one.size
    }
    throw new Error('This group is none of the document')
  }

  #posBefore(child: Desc): number {
    const group = this.#groupOf.get(child)
    const at = group === undefined ? -1 : (group.descs ?? group.begun).indexOf(child)
    if (group === undefined || at < 0) throw new Error('This block is none of the document')
    return this.#startOf(group) + sizeOf(group, at)
  }

  #descOf(group: Group, at: number): Desc {
    const desc = this.#draw(group)[at]
    if (desc === undefined) throw new Error(`A group of ${group.nodes.length} blocks has none at ${at}`)
    return desc
  }

  // Between the DOM and positions, as prosemirror-view's ViewDesc does it, over two floors.

  /** The position at a place in the DOM that is in no block: before the next block, or after the one before. */
  #localPos(dom: Drawn, offset: number, bias: number): number {
    const { childNodes } = dom
    let container: Drawn | null = dom
    let at: Drawn | null | undefined
    if (dom === this.#view.dom || this.#groupAt(dom) !== null) at = childNodes[bias < 0 ? offset - 1 : offset]
    else {
      let child = dom
      while (
        child.parentNode !== null &&
        child.parentNode !== this.#view.dom &&
        this.#groupAt(child.parentNode) === null
      ) {
        child = child.parentNode
      }
      at = bias < 0 ? child.previousSibling : child.nextSibling
      container = child.parentNode
    }
    for (; at; at = bias < 0 ? at.previousSibling : at.nextSibling) {
      const desc = at.pmViewDesc
      if (desc?.parent === this.#root) return this.#posBefore(desc) + (bias < 0 ? desc.size : 0)
      const group = this.#groupAt(at)
      if (group !== null) return this.#startOf(group) + (bias < 0 ? group.size : 0)
    }
    const group = this.#groupAt(container)
    if (group !== null) return this.#startOf(group) + (bias < 0 ? 0 : group.size)
    return bias < 0 ? this.#root.posAtStart : this.#root.posAtEnd
  }

  #groupAt(dom: globalThis.Node | null | undefined): Group | null {
    return this.#groups.find(({ element }) => element === dom) ?? null
  }

  #domFromPos(position: number, side: number): DomPosition {
    const { group, at, pos } = this.#find(position)
    if (pos < position) {
      const desc = this.#descOf(group, at)
      return desc.domFromPos(position - pos - desc.border, side)
    }
    const hasNext = at < group.nodes.length
    if (hasNext && (side >= 0 || (at === 0 && group === this.#groups[0]))) return beside(this.#draw(group), at, group)
    const before = at > 0 ? group : (this.#groups[this.#groups.indexOf(group) - 1] ?? group)
    return beside(this.#draw(before), before === group ? at : before.nodes.length, before)
  }

  #descAt(position: number): Desc | undefined {
    const { group, at, pos } = this.#find(position)
    if (at >= group.nodes.length) return undefined
    const desc = this.#descOf(group, at)
    return pos === position ? desc : desc.descAt(position - pos - desc.border)
  }

  #parseRange(from: number, to: number): ParseRange {
    const first = this.#find(Math.max(0, from - 1))
    const last = this.#find(to)
    const desc = this.#descOf(first.group, Math.min(first.at, first.group.nodes.length - 1))
    const start = first.pos + desc.border
    if (from >= start && to <= first.pos + desc.size - desc.border && desc.contentDOM !== null) {
      if (this.#view.dom.contains(desc.contentDOM)) return desc.parseRange(from, to, start)
    }
    return first.group === last.group && this.#isUndisturbed(first.group)
      ? this.#rangeInGroup(first.group, first.at, last.at)
      : this.#rangeOfGroups(this.#groups.indexOf(first.group), this.#groups.indexOf(last.group))
  }

  /** The blocks from one to another, and those beside them that are not where they were drawn. */
  #rangeInGroup(group: Group, first: number, last: number): ParseRange {
    const { element } = group
    const descs = this.#draw(group)
    const isThere = (at: number): boolean => descs[at]?.dom.parentNode === element
    let [begin, end] = [first, Math.min(last + 1, descs.length)]
    while (begin > 0 && !isThere(begin - 1)) begin--
    while (end < descs.length && !isThere(end)) end++
    const start = this.#startOf(group)
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
    const elementAt = (at: number): HTMLElement | null => this.#groups[at]?.element ?? null
    let [begin, end] = [first, last + 1]
    while (begin > 0 && elementAt(begin - 1)?.parentNode !== dom) begin--
    while (end < this.#groups.length && elementAt(end)?.parentNode !== dom) end++
    const within = this.#groups.slice(begin, end)
    for (const group of within) this.#draw(group)
    const from = this.#groups.slice(0, begin).reduce((sum, { size }) => sum + size, 0)
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
    const isGroup = (node: globalThis.Node | null): boolean => node === null || this.#groupAt(node) !== null
    return element.parentNode === this.#view.dom && isGroup(element.previousSibling) && isGroup(element.nextSibling)
  }

  /** Notes that the DOM between two positions was changed by somebody else. */
  #markDirty(from: number, to: number): void {
    const elsewhere = this.#isDirtyElsewhere
    this.#root.dirty = this.#marked(from, to)
    this.#isDirtyElsewhere = elsewhere
  }

  #marked(from: number, to: number): number {
    let pos = 0
    for (const group of this.#groups) {
      const end = pos + group.size
      if (from <= end && to >= pos) {
        let next = pos
        for (const desc of group.descs ?? []) {
          const start = next
          next += desc.size
          if (start >= to || next <= from) continue
          const isThere = desc.dom.parentNode === group.element
          this.#dirty.add(desc)
          group.isStale ||= !isThere
          const [inside, insideEnd] = [start + desc.border, start + desc.size - desc.border]
          if (from >= inside && to <= insideEnd) {
            if (from === inside && to === insideEnd && (desc.contentLost || !isThere)) desc.dirty = NODE_DIRTY
            else desc.markDirty(from - inside, to - inside)
            if (from > start && to < next) return CHILD_DIRTY
          } else {
            const isEmpty = desc.dom === desc.contentDOM && isThere && desc.children.length === 0
            desc.dirty = isEmpty ? CONTENT_DIRTY : NODE_DIRTY
          }
        }
        group.isStale = true
      }
      pos = end
    }
    this.#isStale = true
    return CONTENT_DIRTY
  }

  /** Whether a mutation is drawing of ours, and not somebody's writing. */
  #isOwn({ type, target, addedNodes, removedNodes }: Mutation): boolean {
    if (type !== 'childList' || (target !== this.#view.dom && this.#groupAt(target) === null)) return false
    const isInPlace = (node: Drawn): boolean => {
      const group = node.pmViewDesc && this.#groupOf.get(node.pmViewDesc)
      if (group !== undefined) return node.parentNode === group.element
      return node.parentNode === this.#view.dom && this.#groupAt(node) !== null
    }
    return [...(addedNodes ?? []), ...(removedNodes ?? [])].every(isInPlace)
  }

  // Changes.

  /** The description that an input method composes in. */
  #composed(): Desc | null {
    const dom = composedIn(this.#view)
    for (let node: Drawn | null = dom; node !== null; node = node.parentNode) {
      if (node.pmViewDesc?.parent === this.#root) return node.pmViewDesc
    }
    return null
  }

  /** Draws other blocks instead of so many. What is composed stays where it is, if the caret is in one of the new ones. */
  #change(index: number, removed: number, nodes: readonly Node[], composed: Desc | null): void {
    const old = composed === null ? -1 : this.#indexOf(composed) - index
    const now = this.#view.state.selection.$head.index(0) - index
    if (old >= 0 && old < removed && now >= 0 && now < nodes.length && old !== now) {
      this.#change(index, old, nodes.slice(0, now), null)
      this.#change(index + now, 1, nodes.slice(now, now + 1), null)
      this.#change(index + now + 1, removed - old - 1, nodes.slice(now + 1), null)
      return
    }
    const kept = Math.min(removed, nodes.length)
    this.#replace(index, nodes.slice(0, kept))
    if (removed > kept) this.#remove(index + kept, removed - kept)
    else if (nodes.length > kept) this.#insert(index + kept, nodes.slice(kept))
  }

  #indexOf(desc: Desc): number {
    let index = 0
    for (const group of this.#groups) {
      const at = group.descs?.indexOf(desc) ?? -1
      if (at >= 0) return index + at
      index += group.nodes.length
    }
    return -1
  }

  #replace(index: number, nodes: readonly Node[]): void {
    let { group, at, pos } = this.#place(index)
    for (const node of nodes) {
      if (at === group.nodes.length) {
        group = this.#groups[this.#groups.indexOf(group) + 1] ?? group
        at = 0
      }
      group.size += node.nodeSize - (group.nodes[at]?.nodeSize ?? 0)
      group.nodes[at] = node
      if (group.descs !== null) this.#redraw(group, at, pos)
      pos += node.nodeSize
      at++
    }
  }

  #remove(index: number, count: number): void {
    let { group, at } = this.#place(index)
    for (let left = count; left > 0;) {
      const next = this.#groups[this.#groups.indexOf(group) + 1]
      const gone = group.nodes.splice(at, left)
      group.size -= gone.reduce((size, { nodeSize }) => size + nodeSize, 0)
      for (const desc of group.descs?.splice(at, left) ?? []) this.#drop(desc)
      group.isStale = true
      left -= gone.length
      if (group.nodes.length === 0 && this.#groups.length > 1) {
        this.#groups.splice(this.#groups.indexOf(group), 1)
        this.#near.unobserve(group.element)
        this.#isStale = true
      }
      if (next === undefined) return
      ;[group, at] = [next, 0]
    }
  }

  #insert(index: number, nodes: readonly Node[]): void {
    // Beside the block before.
    const { group, at, pos } = index === 0 ? this.#place(0) : after(this.#place(index - 1))
    if (nodes.length > 2 * this.#size) {
      this.#insertGroups(group, at, nodes)
      return
    }
    group.nodes.splice(at, 0, ...nodes)
    group.size += nodes.reduce((size, { nodeSize }) => size + nodeSize, 0)
    if (group.descs === null) {
      if (group.nodes.length === nodes.length) this.#draw(group)
      return
    }
    let start = pos
    for (const [i, node] of nodes.entries()) {
      group.descs.splice(at + i, 0, this.#create(group, node, start))
      start += node.nodeSize
    }
    group.isStale = true
  }

  /** Many blocks come in groups of their own, to be drawn when they are needed. */
  #insertGroups(group: Group, at: number, nodes: readonly Node[]): void {
    const rest = at < group.nodes.length ? this.#cutOff(group, at) : null
    const i = this.#groups.indexOf(group)
    const fresh = chunks(nodes, this.#size).map((chunk) => new Group(chunk))
    for (const one of fresh) this.#await(one)
    this.#groups.splice(i, group.nodes.length === 0 ? 1 : 0)
    const to = group.nodes.length === 0 ? i : i + 1
    this.#groups.splice(to, 0, ...fresh, ...(rest === null ? [] : [rest]))
    this.#isStale = true
  }

  /** The blocks of a group from one on, as another group, which is in no list yet. */
  #cutOff(group: Group, at: number): Group {
    const rest = new Group(group.nodes.splice(at))
    group.size -= rest.size
    group.isStale = true
    group.estimate(this.#perLine)
    if (group.descs === null) this.#await(rest)
    else this.#give(rest, group.descs.splice(at))
    return rest
  }

  /** Descriptions come into a group. */
  #give(group: Group, descs: readonly Desc[]): void {
    group.descs = [...(group.descs ?? []), ...descs]
    for (const desc of descs) this.#groupOf.set(desc, group)
    group.isStale = true
    group.estimate(this.#perLine)
  }

  // Drawing.

  #create(group: Group, node: Node, pos: number): Desc {
    const [outer, inner] = this.#decorationsOf(node, pos)
    const desc = NodeDesc.create(this.#root, node, outer, inner, this.#view, pos)
    this.#groupOf.set(desc, group)
    if (desc.contentDOM !== null) desc.updateChildren(this.#view, pos + 1)
    this.#noteDecorations(desc)
    return desc
  }

  /** Draws a block as its node is now, in place if that can be. */
  #redraw(group: Group, at: number, pos: number): void {
    const [node, desc] = [group.nodes[at], group.descs?.[at]]
    if (node === undefined || desc === undefined || group.descs === null) return
    const [outer, inner] = this.#decorationsOf(node, pos)
    const { dom } = desc
    // What is composed in it goes on.
    if (desc.dirty === NODE_DIRTY && dom === desc.contentDOM && desc === this.#composed()) desc.dirty = CONTENT_DIRTY
    if (desc.update(node, outer, inner, this.#view)) {
      this.#noteDecorations(desc)
      if (desc.dom !== dom) group.isStale = true
      return
    }
    const instead = this.#rewrapped(desc, node, pos, outer, inner) ?? this.#create(group, node, pos)
    this.#groupOf.set(instead, group)
    group.descs[at] = instead
    group.isStale = true
    this.#drop(desc)
  }

  /** A block that became another element keeps what stands in it, and whatever is composed there. */
  #rewrapped(desc: Desc, node: Node, pos: number, outer: readonly Decoration[], inner: DecorationSource): Desc | null {
    const isSame = desc.dirty === CLEAN && desc.children.length > 0 && desc.node.content.eq(node.content)
    const isPlain = outer.length === 0 && desc.outerDeco.length === 0 && saySame(inner, desc.innerDeco)
    if (!isSame || !isPlain || node.isAtom) return null
    const wrapper = NodeDesc.create(this.#root, node, outer, inner, this.#view, pos)
    if (wrapper.contentDOM === null) return wrapper
    const moved = desc as { children: readonly Desc[] }
    ;(wrapper as { children: readonly Desc[] }).children = moved.children
    moved.children = []
    for (const child of wrapper.children) child.parent = wrapper
    wrapper.dirty = CONTENT_DIRTY
    wrapper.updateChildren(this.#view, pos + 1)
    wrapper.dirty = CLEAN
    return wrapper
  }

  #beginAnew(): void {
    this.#near.disconnect()
    this.#dropBegun()
    for (const { descs } of this.#groups) for (const desc of descs ?? []) this.#drop(desc)
    this.#groups = [new Group([])]
    this.#nodes = []
    this.#held = []
    this.#isStale = true
  }

  /** What was begun of a group begins anew: it may have changed. */
  #dropBegun(): void {
    for (const group of this.#groups) for (const desc of group.begun.splice(0)) this.#drop(desc)
  }

  #drop(desc: Desc): void {
    this.#dirty.delete(desc)
    this.#decorated.delete(desc)
    desc.destroy()
  }

  #decorationsOf(node: Node, pos: number): [readonly Decoration[], DecorationSource] {
    const decorations = this.#root.innerDeco
    const outer = localsOf(decorations, this.#root.node).filter(({ from, to }) => from <= pos && to > pos)
    return [outer, decorations.forChild(pos, node)]
  }

  #noteDecorations(desc: Desc): void {
    let isDecorated = desc.outerDeco.length > 0
    desc.innerDeco.forEachSet((set) => (isDecorated ||= set.find().length > 0))
    if (isDecorated) this.#decorated.add(desc)
    else this.#decorated.delete(desc)
  }

  /** Looks again at what was written to, and at what has decorations or had them. */
  #refresh(): void {
    const decorations = this.#root.innerDeco
    const seen = new Set([...this.#dirty, ...this.#decorated])
    if (this.#isDirtyElsewhere) {
      for (const { descs } of this.#groups) for (const desc of descs ?? []) if (desc.dirty !== CLEAN) seen.add(desc)
    }
    decorations.forEachSet((set) => {
      for (const { from, to } of set.find()) for (const desc of this.#between(from, to)) seen.add(desc)
    })
    this.#dirty = new Set()
    this.#isDirtyElsewhere = false
    for (const desc of seen) {
      const group = this.#groupOf.get(desc)
      const at = group?.descs?.indexOf(desc) ?? -1
      if (group === undefined || at < 0) continue
      const pos = this.#posBefore(desc)
      const [outer, inner] = this.#decorationsOf(desc.node, pos)
      const isSame = outer.length === 0 && desc.outerDeco.length === 0 && saySame(inner, desc.innerDeco)
      if (desc.dirty !== CLEAN || !isSame) this.#redraw(group, at, pos)
    }
  }

  /** The blocks between two positions, as far as they are drawn. */
  *#between(from: number, to: number): Generator<Desc> {
    let pos = 0
    for (const { size, descs } of this.#groups) {
      if (pos > to) return
      let start = pos
      pos += size
      if (pos < from || descs === null) continue
      for (const desc of descs) {
        if (start <= to && start + desc.size >= from) yield desc
        start += desc.size
      }
    }
  }

  /** Divides groups that have become long. What an input method composes in, and where the caret is, keeps its element. */
  #balance(): void {
    for (const group of this.#groups.filter(({ nodes }) => nodes.length > 2 * this.#size)) {
      const { descs } = group
      const focus = this.#view.dom.ownerDocument.getSelection()?.focusNode ?? null
      const caret = descs?.findIndex(({ dom }) => dom.contains(focus)) ?? -1
      const sizes = chunks(group.nodes, this.#size).map(({ length }) => length)
      let end = 0
      const home = Math.max(
        0,
        sizes.findIndex((size) => caret < (end += size)),
      )
      const parts: Group[] = []
      // From the last on, each part is cut off at its beginning; then what stands before the caret's own is moved.
      for (let i = sizes.length - 1; i > home; i--)
        parts.unshift(this.#cutOff(group, group.nodes.length - (sizes[i] ?? 0)))
      const before: Group[] = []
      for (const size of sizes.slice(0, home)) before.push(this.#cutOffStart(group, size))
      this.#groups.splice(this.#groups.indexOf(group), 1, ...before, group, ...parts)
      this.#isStale = true
    }
  }

  #cutOffStart(group: Group, count: number): Group {
    const start = new Group(group.nodes.splice(0, count))
    group.size -= start.size
    group.isStale = true
    group.estimate(this.#perLine)
    if (group.descs === null) this.#await(start)
    else this.#give(start, group.descs.splice(0, count))
    return start
  }

  #render(): void {
    const { dom } = this.#view
    const elements = this.#groups.map(({ element }) => element)
    if (this.#isStale && renderInto(dom, elements)) noteWritten(this.#view, dom)
    this.#isStale = false
    for (const group of this.#groups) {
      if (group.isStale && group.render()) noteWritten(this.#view, group.element)
    }
  }

  /** Draws the blocks of a group, unless they are. */
  #draw(group: Group): Desc[] {
    if (group.descs === null) this.#drawUntil(group, Infinity)
    return group.descs ?? []
  }

  /** Draws blocks of a group until a moment; true when it has all of them. */
  #drawUntil(group: Group, end: number): boolean {
    const { nodes, begun } = group
    let pos = this.#startOf(group) + sizeOf(group, begun.length)
    for (const node of nodes.slice(begun.length)) {
      if (performance.now() > end) return false
      begun.push(this.#create(group, node, pos))
      pos += node.nodeSize
    }
    this.#near.unobserve(group.element)
    group.descs = begun
    group.begun = []
    group.estimate(this.#perLine)
    group.render()
    return true
  }

  // What is drawn when.

  /** A group is drawn when it comes near the screen. */
  #await(group: Group): void {
    group.estimate(this.#perLine)
    this.#near.observe(group.element)
  }

  /** How many blocks a new group has. */
  get #size(): number {
    return groupSize(this.#root.node.childCount)
  }

  /** How many characters a line has, more or less. */
  get #perLine(): number {
    return Math.max(20, Math.round(this.#view.dom.clientWidth / 8.5))
  }

  /** Draws the first screenful. */
  #fill(): void {
    const lines = innerHeight / 24
    let drawn = 0
    for (const group of this.#groups) {
      if (drawn > lines) return
      this.#draw(group)
      drawn += group.nodes.length
    }
  }

  #come(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const group = this.#groupAt(target)
      if (isIntersecting && group !== null) this.#draw(group)
    }
  }

  /** The group at a position, and its neighbours as far as keys may lead there. */
  #around(position: number): Group[] {
    const { group, at } = this.#find(position)
    const i = this.#groups.indexOf(group)
    const before = at < REACH ? this.#groups[i - 1] : undefined
    const next = at >= group.nodes.length - REACH ? this.#groups[i + 1] : undefined
    const around = [before, group, next].filter((one) => one !== undefined)
    for (const one of around) this.#draw(one)
    return around
  }

  /**
   * Where the selection is, nothing is ever left out. A browser learns only with the next frame that what has just come is on
   * the screen; a key that is pressed before would write its letter somewhere else.
   */
  #hold(groups: readonly Group[]): void {
    for (const group of this.#held) if (!groups.includes(group)) group.hold(false)
    for (const group of groups) group.hold(true)
    this.#held = groups
  }

  readonly #pressed = (event: KeyboardEvent): void => {
    if (leadToEnd(this.#view, event)) event.preventDefault()
  }

  #workLater(): void {
    this.#idle ??= whenIdle(() => {
      this.#idle = null
      if (this.#work()) this.#workLater()
    })
  }

  /** Draws ahead, and joins what has become short. Returns whether there is more to do. */
  #work(): boolean {
    const end = performance.now() + SLICE
    for (const group of this.#groups) {
      if (group.descs !== null) continue
      if (!this.#drawUntil(group, end)) return true
    }
    if (this.#view.composing) return false
    return this.#join()
  }

  /** Joins one short group with its neighbour; the caret's own stays as it is. */
  #join(): boolean {
    const focus = this.#view.dom.ownerDocument.getSelection()?.focusNode ?? null
    const i = this.#groups.findIndex(({ nodes, element }, at) => {
      const next = this.#groups[at + 1]
      if (next === undefined || next.element.contains(focus)) return false
      return (
        Math.min(nodes.length, next.nodes.length) < this.#size / 4 &&
        nodes.length + next.nodes.length <= 1.5 * this.#size &&
        element.isConnected
      )
    })
    const [group, next] = [this.#groups[i], this.#groups[i + 1]]
    if (group === undefined || next === undefined) return false
    this.#draw(group)
    const descs = this.#draw(next)
    group.nodes.push(...next.nodes)
    group.size += next.size
    this.#give(group, descs)
    this.#groups.splice(i + 1, 1)
    this.#isStale = true
    unobserved(this.#view, () => this.#render())
    return true
  }
}

const sizeOf = ({ nodes }: Group, count: number): number => {
  let size = 0
  for (let i = 0; i < count; i++) size += nodes[i]?.nodeSize ?? 0
  return size
}

const after = ({ group, at, pos }: Place): Place => ({ group, at: at + 1, pos: pos + (group.nodes[at]?.nodeSize ?? 0) })

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

interface Edit {
  index: number
  removed: number
  nodes: readonly Node[]
}

/** What makes the one list of nodes the other, from the first to the last, by indices at that time. */
function editsBetween(before: readonly Node[], now: readonly Node[]): Edit[] {
  const most = Math.min(before.length, now.length)
  let head = 0
  while (head < most && before[head] === now[head]) head++
  let tail = 0
  while (tail < most - head && before[before.length - 1 - tail] === now[now.length - 1 - tail]) tail++
  const old = before.slice(head, before.length - tail)
  const fresh = now.slice(head, now.length - tail)
  if (old.length === 0 && fresh.length === 0) return []
  if (old.length < 2 || fresh.length < 2) return [{ index: head, removed: old.length, nodes: fresh }]
  const edits: Edit[] = []
  let [i, j] = [0, 0]
  for (const [oldAt, freshAt] of [...rowOf(old, fresh), [old.length, fresh.length] as const]) {
    if (oldAt > i || freshAt > j) edits.push({ index: head + j, removed: oldAt - i, nodes: fresh.slice(j, freshAt) })
    ;[i, j] = [oldAt + 1, freshAt + 1]
  }
  return edits
}

const whenIdle: (work: () => void) => number =
  'requestIdleCallback' in globalThis ? (work) => requestIdleCallback(work) : (work) => Number(setTimeout(work, 50))
const cancelIdle: (handle: number) => void = 'cancelIdleCallback' in globalThis ? cancelIdleCallback : clearTimeout
