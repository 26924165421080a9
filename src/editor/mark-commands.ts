/** Formatting of text within blocks. */
import { toggleMark } from 'prosemirror-commands'
import type { Command, EditorState } from 'prosemirror-state'
import { schema, type MarkName } from '#doc/schema'

/** Whether what is typed, or all that is selected, has this mark. */
export function isMarked(state: EditorState, name: MarkName): boolean {
  const mark = schema.marks[name]
  const { selection, doc, storedMarks } = state
  const { from, to, empty, $from } = selection
  if (empty) return mark.isInSet(storedMarks ?? $from.marks()) !== undefined
  let texts = 0
  let marked = true
  doc.nodesBetween(from, to, (node) => {
    if (node.isText) {
      texts++
      marked &&= mark.isInSet(node.marks) !== undefined
    }
    return marked && !node.type.spec.code
  })
  return texts > 0 && marked
}

/** Gives all that is selected this mark, or, when all of it has it, takes it away. */
export const toggle = (name: MarkName): Command => toggleMark(schema.marks[name], null, { removeWhenPresent: false })

/** Takes all formatting of the selected text away; links stay. */
export const clearMarks: Command = (state, dispatch) => {
  const { from, to, empty } = state.selection
  if (empty) return false
  if (dispatch === undefined) return true
  const { tr } = state
  for (const mark of Object.values(schema.marks)) if (mark !== schema.marks.link) tr.removeMark(from, to, mark)
  dispatch(tr.setStoredMarks([]))
  return true
}
