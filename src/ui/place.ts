/** Where one was in a document, on this device: by what stands there, so that it is found again whatever was written meanwhile. */
import { TextSelection } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import { parsePlace, type Place } from '#doc/flow/places'
import type { Editor } from '#editor/editor'
import { keepNote, readNote } from '#storage/notes'

/** A note is kept when nothing has moved for this long, ms. */
const SETTLES = 400

interface Whereabouts {
  anchor: Place | null
  head: Place | null
  /** The first block that can be seen, and how far below the header it begins, in CSS pixels. Null at the very top. */
  top: Place | null
  offset: number
}

/** What a note says. Total on any value. */
function parse(value: unknown): Whereabouts {
  const { anchor, head, top, offset } = Object(value) as Partial<Record<string, unknown>>
  const found = { anchor: parsePlace(anchor), head: parsePlace(head), top: parsePlace(top) }
  return { ...found, offset: typeof offset === 'number' && Number.isFinite(offset) ? offset : 0 }
}

/** The lower edge of what lies over the text, in CSS pixels of the viewport. */
function headerEnd(): number {
  const header = document.querySelector('header')
  return header === null ? 0 : Math.max(0, header.getBoundingClientRect().bottom)
}

/** Goes where one was, unless one is somewhere already. Where there is a mouse, and so most likely a keyboard, one can write on at once. */
export function restorePlace({ view, binding }: Editor, database: string): void {
  if (view.hasFocus() || window.scrollY > 0 || document.activeElement instanceof HTMLTextAreaElement) return
  const { anchor, head, top, offset } = parse(readNote(database, 'place'))
  const position = (place: Place | null): number | null => {
    const at = place === null ? null : binding.positionOf(place)
    return at === null || at > view.state.doc.content.size ? null : at
  }
  const [from, to, block] = [position(anchor), position(head), position(top)]
  if (from !== null && to !== null) {
    const { doc } = view.state
    view.dispatch(view.state.tr.setSelection(TextSelection.between(doc.resolve(from), doc.resolve(to))))
    if (view.editable && matchMedia('(pointer: fine)').matches) view.focus()
  }
  if (block !== null) window.scrollTo({ top: blockTop(view, block) + window.scrollY - headerEnd() - offset })
}

/** Keeps where one is, from now on; returns how to stop. */
export function followPlace({ view, binding }: Editor, database: string): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null
  const keep = (): void => {
    timer = null
    if (view.isDestroyed) return
    const { anchor, head } = view.state.selection
    const top = window.scrollY > 0 ? firstSeen(view) : null
    const whereabouts: Whereabouts = {
      anchor: binding.placeOf(anchor, 'before'),
      head: binding.placeOf(head, 'before'),
      top: top === null ? null : binding.placeOf(top, 'before'),
      offset: top === null ? 0 : Math.round(blockTop(view, top) - headerEnd()),
    }
    keepNote(database, 'place', whereabouts)
  }
  const moved = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(keep, SETTLES)
  }
  window.addEventListener('scroll', moved)
  document.addEventListener('selectionchange', moved)
  window.addEventListener('pagehide', keep)
  return () => {
    if (timer !== null) clearTimeout(timer)
    window.removeEventListener('scroll', moved)
    document.removeEventListener('selectionchange', moved)
    window.removeEventListener('pagehide', keep)
  }
}

/** The beginning of the first block that can be seen. */
function firstSeen(view: EditorView): number | null {
  const { left, right } = view.dom.getBoundingClientRect()
  const found = view.posAtCoords({ left: (left + right) / 2, top: headerEnd() + 4 })
  if (found === null) return null
  const $position = view.state.doc.resolve(found.pos)
  return $position.depth === 0 ? null : $position.start(1)
}

const blockTop = (view: EditorView, position: number): number => view.coordsAtPos(position, 1).top
