/**
 * Other people's cursors, read and shown, and one's own, told. Loaded when the editor stands: one can write without it.
 *
 * A cursor travels as the awareness field `cursor`: two places as JSON (`#doc/flow/places`). It stays with the character behind it,
 * so typing on does not change it and costs no message of its own. A person's cursor is shown while they are at the text:
 * it goes when their page is hidden, or when something else has had the focus for a while.
 */
import type { Node } from 'prosemirror-model'
import { NodeSelection, TextSelection, type EditorState, type PluginView, type Transaction } from 'prosemirror-state'
import { Decoration, DecorationSet, type EditorView } from 'prosemirror-view'
import { isRecord } from '#doc/untrusted'
import { parsePerson } from '#doc/person'
import { parsePlace, type Place } from '#doc/flow/places'
import { isRemote } from './binding/binding.ts'
import { createCaretLayer } from './carets.ts'
import { caretsOf, cursorKey, type Cursor, type CursorOptions, type Shown } from './cursor-state.ts'

/** Least time between two messages about one's own cursor, and between two changes of the shown ones, ms. */
const PACE = 16

/** How long one's cursor stays after the focus has gone elsewhere on the page, ms. */
const AWAY_AFTER = 30_000

/** More cursors than this are not shown. */
const MAX_CURSORS = 64

/** How long to wait before looking again whether a composition has ended, ms. */
const COMPOSITION_PACE = 100

/** What is shown after a transaction. */
export function showAfter(options: CursorOptions, tr: Transaction, shown: Shown, { doc }: EditorState): Shown {
  const refreshed = tr.getMeta(cursorKey) as ReadonlyMap<number, Cursor> | undefined
  if (refreshed !== undefined) return withDecorations(refreshed, doc)
  if (!tr.docChanged) return shown
  const mapped = mapCursors(shown.cursors, tr)
  // It may bring the place of a cursor that was told before.
  if (isRemote(tr)) return withDecorations(read(options, mapped, doc), doc)
  if (shown.cursors.size === 0) return shown
  return { cursors: mapped, decorations: shown.decorations.map(tr.mapping, doc) }
}

/** Begins to show and to tell. */
export function startCursors(
  view: EditorView,
  options: CursorOptions,
): Required<Pick<PluginView, 'update' | 'destroy'>> {
  const stopShowing = showOthers(view, options)
  const own = tellOthers(view, options)
  const layer = view.dom.parentElement === null ? null : createCaretLayer(view, () => caretsOf(view.state))
  return {
    update(updated, before) {
      layer?.update()
      if (updated.state.doc !== before.doc || !updated.state.selection.eq(before.selection)) own.moved()
    },
    destroy() {
      stopShowing()
      own.stop()
      layer?.destroy()
    },
  }
}

function mapCursors(cursors: ReadonlyMap<number, Cursor>, { mapping }: Transaction): Map<number, Cursor> {
  const map = (position: number): number => mapping.map(position, -1)
  return new Map(
    [...cursors].map(([id, cursor]) => [id, { ...cursor, anchor: map(cursor.anchor), head: map(cursor.head) }]),
  )
}

/** Everybody else's cursors. One whose place is not known here (yet) stays where it was. */
function read(
  { awareness, binding }: CursorOptions,
  before: ReadonlyMap<number, Cursor>,
  doc: Node,
): Map<number, Cursor> {
  const find = (place: Place): number | null => {
    const position = binding.positionOf(place)
    return position === null || position > doc.content.size ? null : position
  }
  const found = new Map<number, Cursor>()
  for (const [id, state] of awareness.getStates()) {
    if (found.size >= MAX_CURSORS) break
    const person = id === awareness.clientID ? null : parsePerson(state)
    const place = person === null ? null : parseCursor(state)
    if (person === null || place === null) continue
    const known = before.get(id)
    const anchor = find(place.anchor) ?? known?.anchor ?? null
    const head = find(place.head) ?? known?.head ?? null
    if (anchor === null || head === null) continue
    const moves = known === undefined ? 0 : known.moves + (known.head === head ? 0 : 1)
    found.set(id, { person, anchor, head, moves })
  }
  return found
}

/** The place an awareness state tells, or null. Total on any value. */
function parseCursor(state: unknown): { anchor: Place; head: Place } | null {
  const cursor = field(state, 'cursor')
  const anchor = parsePlace(field(cursor, 'anchor'))
  const head = parsePlace(field(cursor, 'head'))
  return anchor === null || head === null ? null : { anchor, head }
}

const field = (value: unknown, name: string): unknown => (isRecord(value) ? value[name] : undefined)

function withDecorations(cursors: ReadonlyMap<number, Cursor>, doc: Node): Shown {
  const decorations = [...cursors.values()].flatMap(({ person, anchor, head }) => {
    const attributes = { class: `remote-selection person-${person.color}` }
    const $head = doc.resolve(head)
    const node = $head.parent.inlineContent ? null : $head.nodeAfter
    if (node?.isLeaf === true) return [Decoration.node(head, head + node.nodeSize, attributes)]
    return anchor === head ? [] : [Decoration.inline(Math.min(anchor, head), Math.max(anchor, head), attributes)]
  })
  return {
    cursors,
    decorations: decorations.length === 0 ? DecorationSet.empty : DecorationSet.create(doc, decorations),
  }
}

/** Follows awareness; returns how to stop. */
function showOthers(view: EditorView, options: CursorOptions): () => void {
  const { awareness } = options
  let timer: ReturnType<typeof setTimeout> | null = null

  const refresh = (): void => {
    timer = null
    if (view.isDestroyed) return
    if (view.composing) {
      timer = setTimeout(refresh, COMPOSITION_PACE)
      return
    }
    const before = cursorKey.getState(view.state)?.cursors ?? new Map<number, Cursor>()
    const now = read(options, before, view.state.doc)
    if (!same(before, now)) view.dispatch(view.state.tr.setMeta(cursorKey, now).setMeta('addToHistory', false))
  }

  const changed = ({ added, updated, removed }: Record<'added' | 'updated' | 'removed', number[]>): void => {
    if ([...added, ...updated, ...removed].some((id) => id !== awareness.clientID)) timer ??= setTimeout(refresh, PACE)
  }

  awareness.on('change', changed)
  refresh()
  return () => {
    awareness.off('change', changed)
    if (timer !== null) clearTimeout(timer)
  }
}

function same(a: ReadonlyMap<number, Cursor>, b: ReadonlyMap<number, Cursor>): boolean {
  if (a.size !== b.size) return false
  return [...a].every(([id, { person, anchor, head }]) => {
    const other = b.get(id)
    return (
      other?.anchor === anchor &&
      other.head === head &&
      other.person.name === person.name &&
      other.person.color === person.color
    )
  })
}

/** Tells where one's own cursor is. */
function tellOthers(view: EditorView, { awareness, binding }: CursorOptions): { moved(): void; stop(): void } {
  let told = 'null'
  let isHere = view.hasFocus()
  let timer: ReturnType<typeof setTimeout> | null = null
  let leaving: ReturnType<typeof setTimeout> | null = null

  const tell = (): void => {
    timer = null
    const cursor = isHere && !view.isDestroyed ? ownCursor(view, binding) : null
    const text = JSON.stringify(cursor)
    if (text === told) return
    told = text
    awareness.setLocalStateField('cursor', cursor)
  }
  const moved = (): void => {
    if (isHere) timer ??= setTimeout(tell, PACE)
  }
  const setHere = (value: boolean): void => {
    if (leaving !== null) clearTimeout(leaving)
    leaving = null
    isHere = value
    timer ??= setTimeout(tell, PACE)
  }
  const focused = (): void => setHere(true)
  const blurred = (): void => {
    leaving ??= setTimeout(() => setHere(false), AWAY_AFTER)
  }
  const visibilityChanged = (): void => {
    if (document.visibilityState === 'visible') setHere(view.hasFocus())
    else {
      isHere = false
      tell()
    }
  }

  view.dom.addEventListener('focus', focused)
  view.dom.addEventListener('blur', blurred)
  document.addEventListener('visibilitychange', visibilityChanged)
  moved()
  return {
    moved,
    stop() {
      view.dom.removeEventListener('focus', focused)
      view.dom.removeEventListener('blur', blurred)
      document.removeEventListener('visibilitychange', visibilityChanged)
      if (timer !== null) clearTimeout(timer)
      if (leaving !== null) clearTimeout(leaving)
      isHere = false
      tell()
    },
  }
}

/** Null while the state and the flow differ for a moment, or for a selection that is no place in the text. */
function ownCursor({ state: { doc, selection } }: EditorView, binding: CursorOptions['binding']): object | null {
  if (doc !== binding.shown || !(selection instanceof TextSelection || selection instanceof NodeSelection)) return null
  const { anchor } = selection
  const head = selection instanceof NodeSelection ? anchor : selection.head
  const place = (position: number, end: number): Place | null =>
    binding.placeOf(position, position > end ? 'before' : 'after')
  return { anchor: place(anchor, head), head: place(head, anchor) }
}
