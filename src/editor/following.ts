/** Going to other people's cursors. Loaded when the editor stands. */
import type { EditorState } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import type { Person } from '#doc/person'
import { cursorKey } from './cursor-state.ts'

/** Where somebody is, as seen on the screen. */
export interface Whereabouts {
  client: number
  person: Person
  /** The position of their cursor in the document. */
  head: number
  /** Above or below what can be seen, or in it. */
  where: 'above' | 'below' | 'here'
}

/** Where everybody is who has a cursor. `top` and `bottom` bound what can be seen, in CSS pixels of the viewport. */
export function whereabouts(view: EditorView, top: number, bottom: number): Whereabouts[] {
  const cursors = cursorKey.getState(view.state)?.cursors ?? []
  return [...cursors].map(([client, { person, head }]) => {
    const place = view.coordsAtPos(head, -1)
    return { client, person, head, where: place.bottom < top ? 'above' : place.top > bottom ? 'below' : 'here' }
  })
}

/** The position of somebody's cursor; null when they have none here. */
export const cursorOf = (state: EditorState, client: number): number | null =>
  cursorKey.getState(state)?.cursors.get(client)?.head ?? null

/** Scrolls a position to a third of the screen, at once for whoever wants less motion. One's own caret stays. */
export function scrollToPosition(view: EditorView, position: number): void {
  const { top } = view.coordsAtPos(position, -1)
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches
  window.scrollBy({ top: top - innerHeight / 3, behavior: isStill ? 'instant' : 'smooth' })
}
