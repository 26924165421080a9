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
import type { EditorView } from 'prosemirror-view'
import type { Drawing } from '../drawing.ts'
import { Ahead } from './ahead.ts'
import { Blocks } from './blocks.ts'
import { CLEAN, NodeDesc, noteWritten, unobserved, type Desc } from './desc.ts'
import { DomPlaces } from './dom-places.ts'
import { editsBetween } from './edits.ts'
import { chunks, Group, groupSize, renderInto } from './group.ts'
import { leadToEnd, searches } from './keys.ts'
import { after, Places, sizeOf } from './places.ts'
import './groups.css'

/** How many blocks a key may lead to from where the caret is: a screenful. */
const REACH = 50

export class GroupedDoc implements Drawing {
  readonly #root: Desc
  readonly #view: EditorView
  readonly #places = new Places()
  readonly #domPlaces: DomPlaces
  readonly #blocks: Blocks
  readonly #ahead: Ahead
  /** The blocks that are drawn, or would be. */
  #nodes: readonly Node[] = []
  /** Those that the selection begins and ends in. */
  #held: readonly Group[] = []
  /** Groups came or went. */
  #isStale = true
  /** Something was thrown while it was being drawn: what is there and what was noted may differ. */
  #isBroken = false
  readonly #gone = new AbortController()

  /** Takes over from the description of a view's document. */
  constructor(root: Desc, view: EditorView) {
    this.#root = root
    this.#view = view
    this.#domPlaces = new DomPlaces(root, view, this.#places, (group) => this.#draw(group))
    this.#blocks = new Blocks(root, view, this.#places)
    this.#ahead = new Ahead({ come: (element) => this.#come(element), work: (end) => this.#work(end) })
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
    const composed = this.#blocks.composed()
    for (const { index, removed, nodes } of editsBetween(this.#nodes, after)) {
      this.#change(index, removed, nodes, composed)
    }
    this.#nodes = after
    this.#blocks.refresh()
    this.#balance()
    this.#render()
    this.#isBroken = false
    this.#ahead.workLater()
  }

  /** The elements of blocks `from` to `to` that are drawn, each with its index. */
  *drawn(from: number, to: number): Generator<[number, Element]> {
    let index = 0
    for (const { nodes, descs } of this.#places.groups) {
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
    const dom = this.#places.find(pos).group.descs?.[0]?.dom
    if (!(dom instanceof Element)) return true
    // Where a browser cannot say, it leaves nothing out.
    return 'checkVisibility' in dom && !dom.checkVisibility({ contentVisibilityAuto: true })
  }

  /** Draws all of it. */
  drawAll(): void {
    for (const group of this.#places.groups) this.#draw(group)
  }

  /** Leads what the view asks of the root to here. */
  #lead(): void {
    const root = this.#root
    root.updateChildren = () => this.update()
    root.posBeforeChild = (child) => this.#places.posBefore(child)
    root.localPosFromDOM = (dom, offset, bias) => this.#domPlaces.localPos(dom, offset, bias)
    root.domFromPos = (pos, side) => this.#domPlaces.domFromPos(pos, side)
    root.descAt = (pos) => this.#domPlaces.descAt(pos)
    root.parseRange = (from, to) => this.#domPlaces.parseRange(from, to)
    root.markDirty = (from, to) => {
      if (this.#blocks.markDirty(from, to)) this.#isStale = true
    }
    root.ignoreMutation = (mutation) => this.#blocks.isOwn(mutation)
    // A selection over several blocks; without children it finds none that holds all of it.
    const over = Object.create(root, { children: { value: [] } }) as Desc
    root.setSelection = (anchor, head, view, force) => {
      this.#hold([...this.#around(anchor), ...this.#around(head)])
      const { group, at, pos } = this.#places.find(Math.min(anchor, head))
      const node = group.nodes[at]
      if (node === undefined || Math.min(anchor, head) <= pos || Math.max(anchor, head) >= pos + node.nodeSize) {
        NodeDesc.prototype.setSelection.call(over, anchor, head, view, force)
      } else {
        const desc = this.#domPlaces.descOf(group, at)
        const start = pos + desc.border
        desc.setSelection(anchor - start, head - start, view, force)
      }
    }
    root.destroy = () => {
      this.#ahead.stop()
      this.#gone.abort()
      NodeDesc.prototype.destroy.call(root)
    }
    Object.defineProperty(root, 'children', { get: () => this.#places.groups.flatMap(({ descs }) => descs ?? []) })
    let { dirty } = root
    Object.defineProperty(root, 'dirty', {
      get: () => dirty,
      set: (value: number) => {
        dirty = value
        if (value !== CLEAN) this.#blocks.isDirtyElsewhere = true
      },
    })
  }

  /** Groups what was drawn flat. */
  #adopt(descs: readonly Desc[]): void {
    if (descs.length === 0) return
    this.#nodes = descs.map(({ node }) => node)
    this.#places.groups = chunks(this.#nodes, this.#size).map((nodes) => new Group(nodes))
    let start = 0
    for (const group of this.#places.groups) {
      group.isStale = true
      group.descs = descs.slice(start, (start += group.nodes.length))
      for (const desc of group.descs) {
        this.#places.groupOf.set(desc, group)
        this.#blocks.noteDecorations(desc)
      }
      group.estimate(this.#perLine)
    }
  }

  // Where things stand.

  // Changes.

  /** Draws other blocks instead of so many. What is composed stays where it is, if the caret is in one of the new ones. */
  #change(index: number, removed: number, nodes: readonly Node[], composed: Desc | null): void {
    const old = composed === null ? -1 : this.#places.indexOf(composed) - index
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

  #replace(index: number, nodes: readonly Node[]): void {
    let { group, at, pos } = this.#places.at(index)
    for (const node of nodes) {
      if (at === group.nodes.length) {
        group = this.#places.groups[this.#places.groups.indexOf(group) + 1] ?? group
        at = 0
      }
      group.size += node.nodeSize - (group.nodes[at]?.nodeSize ?? 0)
      group.nodes[at] = node
      if (group.descs !== null) this.#blocks.redraw(group, at, pos)
      pos += node.nodeSize
      at++
    }
  }

  #remove(index: number, count: number): void {
    let { group, at } = this.#places.at(index)
    for (let left = count; left > 0;) {
      const next = this.#places.groups[this.#places.groups.indexOf(group) + 1]
      const gone = group.nodes.splice(at, left)
      group.size -= gone.reduce((size, { nodeSize }) => size + nodeSize, 0)
      for (const desc of group.descs?.splice(at, left) ?? []) this.#blocks.drop(desc)
      group.isStale = true
      left -= gone.length
      if (group.nodes.length === 0 && this.#places.groups.length > 1) {
        this.#places.groups.splice(this.#places.groups.indexOf(group), 1)
        this.#ahead.forget(group.element)
        this.#isStale = true
      }
      if (next === undefined) return
      ;[group, at] = [next, 0]
    }
  }

  #insert(index: number, nodes: readonly Node[]): void {
    // Beside the block before.
    const { group, at, pos } = index === 0 ? this.#places.at(0) : after(this.#places.at(index - 1))
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
      group.descs.splice(at + i, 0, this.#blocks.create(group, node, start))
      start += node.nodeSize
    }
    group.isStale = true
  }

  /** Many blocks come in groups of their own, to be drawn when they are needed. */
  #insertGroups(group: Group, at: number, nodes: readonly Node[]): void {
    const rest = at < group.nodes.length ? this.#cutOff(group, at) : null
    const i = this.#places.groups.indexOf(group)
    const fresh = chunks(nodes, this.#size).map((chunk) => new Group(chunk))
    for (const one of fresh) this.#await(one)
    this.#places.groups.splice(i, group.nodes.length === 0 ? 1 : 0)
    const to = group.nodes.length === 0 ? i : i + 1
    this.#places.groups.splice(to, 0, ...fresh, ...(rest === null ? [] : [rest]))
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
    for (const desc of descs) this.#places.groupOf.set(desc, group)
    group.isStale = true
    group.estimate(this.#perLine)
  }

  // Drawing.

  #beginAnew(): void {
    this.#ahead.forgetAll()
    this.#dropBegun()
    for (const { descs } of this.#places.groups) for (const desc of descs ?? []) this.#blocks.drop(desc)
    this.#places.groups = [new Group([])]
    this.#nodes = []
    this.#held = []
    this.#isStale = true
  }

  /** What was begun of a group begins anew: it may have changed. */
  #dropBegun(): void {
    for (const group of this.#places.groups) for (const desc of group.begun.splice(0)) this.#blocks.drop(desc)
  }

  /** Divides groups that have become long. What an input method composes in, and where the caret is, keeps its element. */
  #balance(): void {
    for (const group of this.#places.groups.filter(({ nodes }) => nodes.length > 2 * this.#size)) {
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
      this.#places.groups.splice(this.#places.groups.indexOf(group), 1, ...before, group, ...parts)
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
    const elements = this.#places.groups.map(({ element }) => element)
    if (this.#isStale && renderInto(dom, elements)) noteWritten(this.#view, dom)
    this.#isStale = false
    for (const group of this.#places.groups) {
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
    let pos = this.#places.startOf(group) + sizeOf(group, begun.length)
    for (const node of nodes.slice(begun.length)) {
      if (performance.now() > end) return false
      begun.push(this.#blocks.create(group, node, pos))
      pos += node.nodeSize
    }
    this.#ahead.forget(group.element)
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
    this.#ahead.await(group.element)
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
    for (const group of this.#places.groups) {
      if (drawn > lines) return
      this.#draw(group)
      drawn += group.nodes.length
    }
  }

  #come(element: Element): void {
    const group = this.#places.groupAt(element)
    if (group !== null) this.#draw(group)
  }

  /** The group at a position, and its neighbours as far as keys may lead there. */
  #around(position: number): Group[] {
    const { group, at } = this.#places.find(position)
    const i = this.#places.groups.indexOf(group)
    const before = at < REACH ? this.#places.groups[i - 1] : undefined
    const next = at >= group.nodes.length - REACH ? this.#places.groups[i + 1] : undefined
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

  /** Draws ahead, and joins what has become short. Returns whether there is more to do. */
  #work(end: number): boolean {
    for (const group of this.#places.groups) {
      if (group.descs !== null) continue
      if (!this.#drawUntil(group, end)) return true
    }
    if (this.#view.composing) return false
    return this.#join()
  }

  /** Joins one short group with its neighbour; the caret's own stays as it is. */
  #join(): boolean {
    const focus = this.#view.dom.ownerDocument.getSelection()?.focusNode ?? null
    const i = this.#places.groups.findIndex(({ nodes, element }, at) => {
      const next = this.#places.groups[at + 1]
      if (next === undefined || next.element.contains(focus)) return false
      return (
        Math.min(nodes.length, next.nodes.length) < this.#size / 4 &&
        nodes.length + next.nodes.length <= 1.5 * this.#size &&
        element.isConnected
      )
    })
    const [group, next] = [this.#places.groups[i], this.#places.groups[i + 1]]
    if (group === undefined || next === undefined) return false
    this.#draw(group)
    const descs = this.#draw(next)
    group.nodes.push(...next.nodes)
    group.size += next.size
    this.#give(group, descs)
    this.#places.groups.splice(i + 1, 1)
    this.#isStale = true
    unobserved(this.#view, () => this.#render())
    return true
  }
}
