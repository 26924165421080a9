/** Where in a text somebody points: by the block and the part of its box, so that it is the same place on a screen of any width. */
import type { Editor } from '#editor/editor'
import type { Pointer } from '#net/call/statement'
import type { Place } from '#doc/flow/places'

/** The block at a position: where it is on the screen, and its place. Null where there is none. */
function blockAt({ view, binding }: Editor, position: number): { box: DOMRect; at: Place } | null {
  const $position = view.state.doc.resolve(position)
  if ($position.depth === 0) return null
  const element = view.nodeDOM($position.before($position.depth))
  const at = binding.placeOf($position.start($position.depth), 'before')
  return element instanceof HTMLElement && at !== null ? { box: element.getBoundingClientRect(), at } : null
}

/** What lies under a point of the screen, CSS pixels; null: nothing of the text. */
export function pointerAt(editor: Editor, x: number, y: number): Pointer | null {
  const found = editor.view.posAtCoords({ left: x, top: y })
  const block = found === null ? null : blockAt(editor, found.pos)
  if (block === null) return null
  const { box, at } = block
  const part = (value: number): number => Math.round(1000 * Math.min(1, Math.max(0, value))) / 1000
  return { at, x: part((x - box.left) / box.width), y: part((y - box.top) / box.height) }
}

/** The place of the block that the caret is in; null: in none. */
export const caretBlock = (editor: Editor): Place | null =>
  blockAt(editor, editor.view.state.selection.head)?.at ?? null

/** Where a block is on the screen now; null: it is gone. */
export function boxOf(editor: Editor, place: Place): DOMRect | null {
  const position = editor.binding.positionOf(place)
  if (position === null || position > editor.view.state.doc.content.size) return null
  return blockAt(editor, position)?.box ?? null
}

/** Brings a block to a third of the screen. */
export function scrollToBlock(editor: Editor, place: Place): void {
  const box = boxOf(editor, place)
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches
  if (box !== null) window.scrollBy({ top: box.top - innerHeight / 3, behavior: isStill ? 'instant' : 'smooth' })
}
