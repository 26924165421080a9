/** The '/' menu: when it is asked for, and doing what was chosen in it. Loaded when the editor stands. */
import type { Command, EditorState } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import { closeUndoStep } from './binding/undo.ts'

/** A '/' and what was written behind it, up to the caret. */
export interface SlashQuery {
  from: number
  to: number
  query: string
}

/** Longest query, in characters: behind more of them the '/' was one of the text. */
const LONGEST = 24

/** What stands before the caret, where that can be asking for the menu: a '/' at the beginning of a line or of a word. */
export function slashAt({ selection }: EditorState): SlashQuery | null {
  const { $from, empty } = selection
  const { parent, parentOffset } = $from
  if (!empty || !parent.isTextblock || parent.type.spec.code === true) return null
  const before = parent.textBetween(Math.max(0, parentOffset - LONGEST - 2), parentOffset, '\n', '\n')
  const query = /(?:^|\s)\/([^/\n]*)$/u.exec(before)?.[1]
  if (query === undefined || query.length > LONGEST || query.startsWith(' ')) return null
  return { from: $from.pos - query.length - 1, to: $from.pos, query }
}

/** Takes the '/' and its query away, and runs the command where they stood. One undo takes back both. */
export function chooseAt(view: EditorView, { from }: SlashQuery, command: Command): void {
  const { state } = view
  closeUndoStep(state)
  const { to } = slashAt(state) ?? { to: state.selection.from }
  if (from < to) view.dispatch(state.tr.delete(from, to).scrollIntoView())
  command(view.state, view.dispatch, view)
  view.focus()
}
