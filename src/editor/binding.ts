/**
 * The binding of ProseMirror to the shared types of a replica. The stored form is nearly y-prosemirror's
 * (`stored.ts`); how changes travel is our own (ARCHITECTURE.md, "The binding").
 */
import { Fragment, Slice, type Node } from 'prosemirror-model'
import { Plugin, PluginKey, type EditorState, type Transaction } from 'prosemirror-state'
import { ReplaceStep } from 'prosemirror-transform'
import type { EditorView } from 'prosemirror-view'
import type * as Y from 'yjs'
import { bodyOf } from '#doc/document'
import { schema } from '#doc/schema'
import { changedRange, equal } from './difference.ts'
import { createHistory } from './history.ts'
import { inPlace } from './in-place.ts'
import { startOf, toRelativeSelection, toSelection, type Correspondence, type RelativeSelection } from './positions.ts'
import { renderChildren, renderElement, type Rendering, type Unshowable } from './renderer.ts'
import type { Replica } from './replica.ts'
import { writeChildren } from './writer.ts'

const key = new PluginKey('binding')

/** Origin of the replica's transactions that write what was done in the editor. */
const EDIT = Symbol('edit')
/** Origin of the replica's transactions that clear away what cannot be shown. */
const CLEARANCE = Symbol('clearance')

/** More changed places than this are shown by one replacement of all between the first and the last. */
const MAX_STEPS = 64

/** Whether a transaction shows what came from the document (a peer, another tab, undo) rather than what was done here. */
export const isRemote = (tr: Transaction): boolean => tr.getMeta(key) !== undefined

/** Puts content into a document that has none yet, as an import does: once, by the person who asked for it. */
export function writeBody(target: Y.Doc, content: Node): void {
  target.transact(() => writeChildren(bodyOf(target), [], [], content.children))
}

/** How an empty body shows: one empty paragraph. */
const blank = documentOf([])

/** Keeps an editor state equal to a replica. */
export interface Binding {
  /** The document to begin the state with. */
  readonly doc: Node
  /** To be the first of the state's plugins. */
  readonly plugins: readonly Plugin[]
  /** Which element shows as which node, as of the last transaction; for positions. */
  readonly correspondence: () => Correspondence
  destroy(): void
}

export interface BindingOptions {
  /** Whether changes made here are allowed now; others are refused. */
  isWritable: () => boolean
  /** Where other people's carets are. */
  others?: (state: EditorState) => Iterable<number>
}

export function bind(replica: Replica, { isWritable, others = () => [] }: BindingOptions): Binding {
  const body = bodyOf(replica.doc)
  let view: EditorView | null = null
  let elements: readonly Y.XmlElement[] = []
  /** What the shared types hold, as last rendered or written. */
  let shown = blank
  /** Shared types that changed since they were rendered. */
  const stale = new Set<unknown>()
  let selectionBefore: RelativeSelection | null = null

  const correspondence = (): Correspondence => ({ body, elements, doc: shown })

  const rememberSelection = (state: EditorState): void => {
    selectionBefore = state.doc === shown ? toRelativeSelection(correspondence(), state.selection) : null
  }

  const history = createHistory({ body, origin: EDIT, selectionBefore: () => selectionBefore, isWritable })

  const clear = (unshowable: readonly Unshowable[]): void => {
    if (unshowable.length === 0) return
    replica.privately(() =>
      replica.doc.transact(() => {
        for (const remove of unshowable) remove()
      }, CLEARANCE),
    )
  }

  const render = (): Rendering => {
    const unshowable: Unshowable[] = []
    const rendering = renderChildren(body, schema.topNodeType, unshowable, reuse(elements, shown, stale))
    clear(unshowable)
    return rendering.nodes.length > 0 ? rendering : { elements: [], nodes: [...blank.children] }
  }

  /** What has changed within blocks, when no block came or went; null when more has to be looked at. */
  const editsWithin = (): Edit[] | null => {
    if (stale.has(body) || elements.length === 0 || stale.size > 2 * MAX_STEPS) return null
    const unshowable: Unshowable[] = []
    const edits: Edit[] = []
    for (const type of stale) {
      const index = elements.indexOf(type as Y.XmlElement)
      const element = elements[index]
      if (element === undefined) continue
      const before = shown.child(index)
      const now = renderElement(element, unshowable)
      if (now?.type !== before.type) return null
      const from = startOf(shown, index)
      edits.push({ from, to: from + before.nodeSize, nodes: [now], changed: before })
    }
    clear(unshowable)
    return edits.length > MAX_STEPS ? null : edits.sort((a, b) => a.from - b.from)
  }

  /** Shared types → editor. */
  const show = (transaction: Y.Transaction): void => {
    if (transaction.origin === EDIT || transaction.origin === CLEARANCE) return
    if (!(transaction.changedParentTypes as ReadonlyMap<unknown, unknown>).has(body)) return
    // A change deep inside names all ancestors too; the body itself counts only when blocks came or went.
    for (const type of transaction.changedParentTypes.keys() as Iterable<unknown>) if (type !== body) stale.add(type)
    if ((transaction.changed as ReadonlyMap<unknown, unknown>).has(body)) stale.add(body)
    if (view === null || view.isDestroyed) return
    const { tr, selection: current } = view.state
    let edits = editsWithin()
    if (edits === null) {
      const rendering = render()
      edits = editsBetween({ elements, nodes: shown.children }, rendering)
      if (edits.length > MAX_STEPS) edits = [editOfAll(edits, shown.children, rendering.nodes)]
      elements = rendering.elements
    }
    applyEdits(tr, edits)
    const touched = edits.some(({ from, to }) => from <= current.to && current.from <= to)
    shown = tr.doc
    stale.clear()
    if (!tr.docChanged) return
    const undone = history.selectionAfter(transaction)
    const selection = undone ?? (touched ? selectionBefore : null)
    const restored = selection === null ? null : toSelection(correspondence(), selection)
    if (restored !== null && !restored.eq(tr.selection)) tr.setSelection(restored)
    if (undone !== null) tr.scrollIntoView()
    view.dispatch(tr.setMeta(key, true).setMeta('addToHistory', false))
  }

  /** Editor → shared types. */
  const write = (state: EditorState, previous: EditorState): void => {
    const after = state.doc
    if (elements.length === 0 && after.eq(shown)) {
      // The empty paragraph that stands for an empty body is nobody's, and is not written.
      shown = after
      return
    }
    const before = elements.length === 0 ? [] : shown.children
    const occupied = new Set([...nodesAt(previous.doc, others(previous)), ...nodesAt(after, others(state))])
    replica.doc.transact(() => {
      elements = writeChildren(body, elements, before, after.children, { caret: state.selection.$head, occupied })
      shown = after
    }, EDIT)
  }

  const rememberRemotely = (transaction: Y.Transaction): void => {
    if (transaction.origin !== EDIT && transaction.origin !== CLEARANCE && view !== null) rememberSelection(view.state)
  }

  const first = render()
  elements = first.elements
  if (elements.length > 0) shown = documentOf(first.nodes)
  // Not `observeDeep`, which sorts what changed by the paths to it, each of which takes a walk along the whole body.
  replica.doc.on('afterTransaction', show)
  replica.doc.on('beforeTransaction', rememberRemotely)

  const plugin = new Plugin({
    key,
    filterTransaction: (tr) => !tr.docChanged || isRemote(tr) || isWritable(),
    view: (created) => {
      view = created
      return {
        update: (updated, previous) => {
          if (updated.state.doc === shown) return
          rememberSelection(previous)
          write(updated.state, previous)
        },
        destroy: () => {
          view = null
        },
      }
    },
  })

  return {
    doc: shown,
    plugins: [plugin, history.plugin],
    correspondence,
    destroy() {
      replica.doc.off('afterTransaction', show)
      replica.doc.off('beforeTransaction', rememberRemotely)
      history.destroy()
    },
  }
}

function documentOf(nodes: readonly Node[]): Node {
  const doc = schema.topNodeType.createAndFill(null, nodes)
  if (doc === null) throw new RangeError('No document has this content')
  return doc
}

/** The nodes around positions. */
function* nodesAt(doc: Node, positions: Iterable<number>): Generator<Node> {
  for (const position of positions) {
    const $position = doc.resolve(position)
    for (let depth = 1; depth <= $position.depth; depth++) yield $position.node(depth)
  }
}

/** Knows the nodes of elements that have not changed. To be asked in document order. */
function reuse(
  elements: readonly Y.XmlElement[],
  shown: Node,
  stale: ReadonlySet<unknown>,
): (element: Y.XmlElement) => Node | undefined {
  let index: Map<Y.XmlElement, number> | null = null
  let next = 0
  return (element) => {
    if (elements[next] !== element) {
      index ??= new Map(elements.map((known, i) => [known, i]))
      const found = index.get(element)
      if (found === undefined) return undefined
      next = found
    }
    const node = shown.child(next)
    next += 1
    return stale.has(element) ? undefined : node
  }
}

/** A place where two renderings differ: positions before, and the nodes that are there now. */
interface Edit {
  from: number
  to: number
  nodes: Node[]
  /** The element is the same; only its node has changed. */
  changed: Node | null
  /** Stands for many such changes, none of which moves a position. */
  inPlace?: boolean
}

/** Elements never change their order, so one walk along both finds what came, went and changed. */
function editsBetween(before: { elements: readonly Y.XmlElement[]; nodes: readonly Node[] }, after: Rendering): Edit[] {
  let survivors: Set<Y.XmlElement> | null = null
  const edits: Edit[] = []
  let open: Edit | null = null
  const openAt = (position: number): Edit => {
    if (open === null) edits.push((open = { from: position, to: position, nodes: [], changed: null }))
    return open
  }
  let position = 0
  let i = 0
  let j = 0
  while (i < before.nodes.length || j < after.nodes.length) {
    const element = before.elements[i]
    const node = before.nodes[i]
    const now = after.nodes[j]
    if (node !== undefined && now !== undefined && element !== undefined && element === after.elements[j]) {
      open = null
      if (node !== now) edits.push({ from: position, to: position + node.nodeSize, nodes: [now], changed: node })
      position += node.nodeSize
      i++
      j++
    } else if (node !== undefined && node === now) {
      position += node.nodeSize // An empty body that has stayed empty.
      i++
      j++
    } else if (node !== undefined && (element === undefined || !(survivors ??= new Set(after.elements)).has(element))) {
      position += node.nodeSize
      openAt(position - node.nodeSize).to = position
      i++
    } else if (now !== undefined) {
      openAt(position).nodes.push(now)
      j++
    } else throw new RangeError('Elements out of order')
  }
  return edits
}

/** One replacement for all that differs, which leaves the nodes that are the same as they are. */
function editOfAll(edits: readonly Edit[], before: readonly Node[], after: readonly Node[]): Edit {
  let start = 0
  while (start < before.length && before[start] === after[start]) start++
  let end = 0
  while (
    end < Math.min(before.length, after.length) - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  ) {
    end++
  }
  const from = sizeOf(before.slice(0, start))
  return {
    from,
    to: from + sizeOf(before.slice(start, before.length - end)),
    nodes: after.slice(start, after.length - end),
    changed: null,
    inPlace: edits.every(({ changed, nodes: [now] }) => changed !== null && changed.nodeSize === now?.nodeSize),
  }
}

const sizeOf = (nodes: readonly Node[]): number => nodes.reduce((size, node) => size + node.nodeSize, 0)

/** From the last to the first, so that the positions of those to come stay true. */
function applyEdits(tr: Transaction, edits: readonly Edit[]): void {
  for (const { from, to, nodes, changed, inPlace: isInPlace = false } of [...edits].reverse()) {
    const [now] = nodes
    if (isInPlace) tr.step(inPlace(from, nodes))
    else if (
      changed !== null &&
      now !== undefined &&
      now.type === changed.type &&
      (now.inlineContent || now.content.eq(changed.content))
    ) {
      applyChange(tr, from, changed, now)
    } else tr.step(new ReplaceStep(from, to, new Slice(Fragment.from(nodes), 0, 0)))
  }
}

/** Changes a node in place: its attributes one by one, its inline content where it differs. */
function applyChange(tr: Transaction, position: number, before: Node, after: Node): void {
  const range = changedRange(before.content, after.content)
  if (range !== null) {
    const start = position + 1
    const content = new Slice(after.content.cut(range.from, range.newTo), 0, 0)
    tr.step(new ReplaceStep(start + range.from, start + range.oldTo, content))
  }
  for (const [name, value] of Object.entries(after.attrs)) {
    if (!equal(before.attrs[name], value)) tr.setNodeAttribute(position, name, value)
  }
}
