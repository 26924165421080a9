/** Each block of a long document as it is drawn: its description, and what is to be looked at again. */
import type { Node } from 'prosemirror-model'
import type { Decoration, DecorationSource, EditorView } from 'prosemirror-view'
import {
  CHILD_DIRTY,
  CLEAN,
  composedIn,
  CONTENT_DIRTY,
  localsOf,
  NODE_DIRTY,
  NodeDesc,
  saySame,
  type Desc,
  type Drawn,
  type Mutation,
} from './desc.ts'
import type { Group } from './group.ts'
import type { Places } from './places.ts'

export class Blocks {
  readonly #root: Desc
  readonly #view: EditorView
  readonly #places: Places
  /** Those that something was said of since they were last looked at; `isDirtyElsewhere`: and others. */
  #dirty = new Set<Desc>()
  isDirtyElsewhere = false
  /** Those with decorations. */
  #decorated = new Set<Desc>()

  constructor(root: Desc, view: EditorView, places: Places) {
    this.#root = root
    this.#view = view
    this.#places = places
  }

  /** The description that an input method composes in. */
  composed(): Desc | null {
    const dom = composedIn(this.#view)
    for (let node: Drawn | null = dom; node !== null; node = node.parentNode) {
      if (node.pmViewDesc?.parent === this.#root) return node.pmViewDesc
    }
    return null
  }

  /** Draws a block that comes into a group. */
  create(group: Group, node: Node, pos: number): Desc {
    const [outer, inner] = this.#decorationsOf(node, pos)
    const desc = NodeDesc.create(this.#root, node, outer, inner, this.#view, pos)
    this.#places.groupOf.set(desc, group)
    if (desc.contentDOM !== null) desc.updateChildren(this.#view, pos + 1)
    this.noteDecorations(desc)
    return desc
  }

  /** Draws a block as its node is now, in place if that can be. */
  redraw(group: Group, at: number, pos: number): void {
    const [node, desc] = [group.nodes[at], group.descs?.[at]]
    if (node === undefined || desc === undefined || group.descs === null) return
    const [outer, inner] = this.#decorationsOf(node, pos)
    const { dom } = desc
    // What is composed in it goes on.
    if (desc.dirty === NODE_DIRTY && dom === desc.contentDOM && desc === this.composed()) desc.dirty = CONTENT_DIRTY
    if (desc.update(node, outer, inner, this.#view)) {
      this.noteDecorations(desc)
      if (desc.dom !== dom) group.isStale = true
      return
    }
    const instead = this.#rewrapped(desc, node, pos, outer, inner) ?? this.create(group, node, pos)
    this.#places.groupOf.set(instead, group)
    group.descs[at] = instead
    group.isStale = true
    this.drop(desc)
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

  /** A block is drawn no more. */
  drop(desc: Desc): void {
    this.#dirty.delete(desc)
    this.#decorated.delete(desc)
    desc.destroy()
  }

  #decorationsOf(node: Node, pos: number): [readonly Decoration[], DecorationSource] {
    const decorations = this.#root.innerDeco
    const outer = localsOf(decorations, this.#root.node).filter(({ from, to }) => from <= pos && to > pos)
    return [outer, decorations.forChild(pos, node)]
  }

  /** Notes whether a block has decorations. */
  noteDecorations(desc: Desc): void {
    let isDecorated = desc.outerDeco.length > 0
    desc.innerDeco.forEachSet((set) => (isDecorated ||= set.find().length > 0))
    if (isDecorated) this.#decorated.add(desc)
    else this.#decorated.delete(desc)
  }

  /** Looks again at what was written to, and at what has decorations or had them. */
  refresh(): void {
    const decorations = this.#root.innerDeco
    const seen = new Set([...this.#dirty, ...this.#decorated])
    if (this.isDirtyElsewhere) {
      for (const { descs } of this.#places.groups)
        for (const desc of descs ?? []) if (desc.dirty !== CLEAN) seen.add(desc)
    }
    decorations.forEachSet((set) => {
      for (const { from, to } of set.find()) for (const desc of this.#places.between(from, to)) seen.add(desc)
    })
    this.#dirty = new Set()
    this.isDirtyElsewhere = false
    for (const desc of seen) {
      const group = this.#places.groupOf.get(desc)
      const at = group?.descs?.indexOf(desc) ?? -1
      if (group === undefined || at < 0) continue
      const pos = this.#places.posBefore(desc)
      const [outer, inner] = this.#decorationsOf(desc.node, pos)
      const isSame = outer.length === 0 && desc.outerDeco.length === 0 && saySame(inner, desc.innerDeco)
      if (desc.dirty !== CLEAN || !isSame) this.redraw(group, at, pos)
    }
  }

  /** Notes that the DOM between two positions was changed by somebody else. Returns whether groups may be out of place. */
  markDirty(from: number, to: number): boolean {
    const elsewhere = this.isDirtyElsewhere
    const marked = this.#marked(from, to)
    this.#root.dirty = marked
    this.isDirtyElsewhere = elsewhere
    return marked === CONTENT_DIRTY
  }

  #marked(from: number, to: number): number {
    let pos = 0
    for (const group of this.#places.groups) {
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
    return CONTENT_DIRTY
  }

  /** Whether a mutation is drawing of ours, and not somebody's writing. */
  isOwn({ type, target, addedNodes, removedNodes }: Mutation): boolean {
    if (type !== 'childList' || (target !== this.#view.dom && this.#places.groupAt(target) === null)) return false
    const isInPlace = (node: Drawn): boolean => {
      const group = node.pmViewDesc && this.#places.groupOf.get(node.pmViewDesc)
      if (group !== undefined) return node.parentNode === group.element
      return node.parentNode === this.#view.dom && this.#places.groupAt(node) !== null
    }
    return [...(addedNodes ?? []), ...(removedNodes ?? [])].every(isInPlace)
  }
}
