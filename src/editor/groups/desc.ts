/**
 * What of prosemirror-view's descriptions of the DOM is used here (its src/viewdesc.ts). They are no part of its
 * interface: before a new version is taken in, that file is to be compared, and `tests/e2e/groups.spec.ts` says what broke.
 */
import type { Node } from 'prosemirror-model'
import { EditorState } from 'prosemirror-state'
import { EditorView, type Decoration, type DecorationSource } from 'prosemirror-view'
import { schema } from '#doc/schema'

/** How much of what a description draws is to be looked at again. */
export const CLEAN = 0
export const CHILD_DIRTY = 1
export const CONTENT_DIRTY = 2
export const NODE_DIRTY = 3

/** A node of the DOM, which may be one that a description draws. */
export type Drawn = globalThis.Node & { pmViewDesc?: Desc }

export interface DomPosition {
  node: globalThis.Node
  offset: number
}

/** Children `fromOffset` to `toOffset` of a node of the DOM are what stands from position `from` to `to`. */
export interface ParseRange {
  node: globalThis.Node
  from: number
  to: number
  fromOffset: number
  toOffset: number
}

/** A mutation of the DOM, or a selection in it. */
export interface Mutation {
  type: string
  target: globalThis.Node
  addedNodes?: NodeList
  removedNodes?: NodeList
}

/** How one node of the document is drawn. */
export interface Desc {
  parent: Desc | undefined
  readonly children: readonly Desc[]
  readonly dom: Drawn
  readonly contentDOM: HTMLElement | null
  dirty: number
  readonly node: Node
  readonly outerDeco: readonly Decoration[]
  readonly innerDeco: DecorationSource
  readonly size: number
  readonly border: number
  readonly contentLost: boolean
  readonly posAtStart: number
  readonly posAtEnd: number
  update(node: Node, outer: readonly Decoration[], inner: DecorationSource, view: EditorView): boolean
  updateChildren: (this: Desc, view: EditorView, pos: number) => void
  destroy: (this: Desc) => void
  posBeforeChild: (this: Desc, child: Desc) => number
  localPosFromDOM: (this: Desc, dom: globalThis.Node, offset: number, bias: number) => number
  domFromPos: (this: Desc, pos: number, side: number) => DomPosition
  descAt: (this: Desc, pos: number) => Desc | undefined
  parseRange: (this: Desc, from: number, to: number, base?: number) => ParseRange
  markDirty: (this: Desc, from: number, to: number) => void
  setSelection: (this: Desc, anchor: number, head: number, view: EditorView, force?: boolean) => void
  ignoreMutation: (this: Desc, mutation: Mutation) => boolean
}

interface DescClass {
  readonly prototype: Desc
  create(
    parent: Desc,
    node: Node,
    outer: readonly Decoration[],
    inner: DecorationSource,
    view: EditorView,
    pos: number,
  ): Desc
}

/** The description of a view's whole document. */
export const rootOf = (view: EditorView): Desc => (view as unknown as { docView: Desc }).docView

/** The class of descriptions of nodes, which is that of a view's whole document. */
export const NodeDesc: DescClass = (() => {
  const view = new EditorView(null, { state: EditorState.create({ schema }) })
  const { constructor } = Object.getPrototypeOf(rootOf(view)) as { constructor: DescClass }
  view.destroy()
  return constructor
})()

/** The decorations of the document's own, those of whole blocks. */
export const localsOf = (source: DecorationSource, doc: Node): readonly Decoration[] =>
  (source as unknown as { locals(node: Node): readonly Decoration[] }).locals(doc)

/** Whether two sources say the same of a node. */
export const saySame = (one: DecorationSource, other: DecorationSource): boolean =>
  (one as unknown as { eq(other: DecorationSource): boolean }).eq(other)

/** Where an input method composes. */
export const composedIn = (view: EditorView): globalThis.Node | null =>
  view.composing
    ? (view as unknown as { input: { compositionNode: globalThis.Node | null } }).input.compositionNode
    : null

/** ProseMirror sets the selection again when what it stands in was written to. */
export function noteWritten(view: EditorView, parent: globalThis.Node): void {
  const tracking = view as unknown as { trackWrites: globalThis.Node | null }
  if (tracking.trackWrites === parent) tracking.trackWrites = null
}

/** Changes the DOM without the view taking it for somebody's writing. Not while the view is being updated. */
export function unobserved(view: EditorView, work: () => void): void {
  const watching = view as unknown as { domObserver: { stop(): void; start(): void } }
  watching.domObserver.stop()
  try {
    work()
  } finally {
    watching.domObserver.start()
  }
}

/** The index of a node among its siblings. */
export function domIndex(node: globalThis.Node): number {
  let index = 0
  for (let { previousSibling } = node; previousSibling !== null; { previousSibling } = previousSibling) index++
  return index
}
