/** What is known of other people's cursors: the plugin that holds it and the work that keeps it up both read it here. */
import { PluginKey, type EditorState } from 'prosemirror-state'
import type { DecorationSet } from 'prosemirror-view'
import type { Awareness } from 'y-protocols/awareness'
import type { Caret } from './carets.ts'
import type { Binding } from './binding/binding.ts'

export interface CursorOptions {
  awareness: Awareness
  /** Says what positions mean now. */
  binding: Pick<Binding, 'placeOf' | 'positionOf' | 'shown'>
}

/** One person's place in the text. */
export interface Cursor extends Caret {
  anchor: number
}

/** What the plugin holds. */
export interface Shown {
  cursors: ReadonlyMap<number, Cursor>
  decorations: DecorationSet
}

export const cursorKey = new PluginKey<Shown>('cursors')

/** The cursors that are carets in a line of text. */
export function caretsOf(state: EditorState): ReadonlyMap<number, Caret> {
  const cursors = cursorKey.getState(state)?.cursors ?? new Map<number, Cursor>()
  return new Map([...cursors].filter(([, { head }]) => state.doc.resolve(head).parent.inlineContent))
}
