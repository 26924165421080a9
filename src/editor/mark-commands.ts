/** Formatting of text within blocks. */
import type { Command, EditorState } from 'prosemirror-state'
import { schema, type MarkName } from '#doc/schema'
import { changeMarks } from './binding/in-place.ts'

/** Whether what is typed, or all that is selected, has this mark. */
export function isMarked(state: EditorState, name: MarkName): boolean {
  const mark = schema.marks[name]
  const { selection, doc, storedMarks } = state
  const { from, to, empty, $from } = selection
  if (empty) return mark.isInSet(storedMarks ?? $from.marks()) !== undefined
  let texts = 0
  let marked = true
  doc.nodesBetween(from, to, (node, pos) => {
    // White space at the edges of a selection is left unmarked, so it does not count.
    if (node.isText && /\S/u.test((node.text ?? '').slice(Math.max(0, from - pos), to - pos))) {
      texts++
      marked &&= mark.isInSet(node.marks) !== undefined
    }
    return marked && !node.type.spec.code
  })
  return texts > 0 && marked
}

/** Whether what is typed, or some of what is selected, may have this mark: text may, code may not. */
export function canMark({ selection: { from, to }, doc }: EditorState, name: MarkName): boolean {
  let can = false
  doc.nodesBetween(from, to, ({ inlineContent, type }) => {
    can ||= inlineContent && type.allowsMarkType(schema.marks[name])
    return !can
  })
  return can
}

/** Gives all that is selected this mark, or, when all of it has it, takes it away. */
export function toggle(name: MarkName): Command {
  const type = schema.marks[name]
  return (state, dispatch) => {
    if (!canMark(state, name)) return false
    if (dispatch === undefined) return true
    const { tr } = state
    const { from, to, empty } = state.selection
    const isOn = isMarked(state, name)
    if (empty) dispatch(isOn ? tr.removeStoredMark(type) : tr.addStoredMark(type.create()))
    else if (isOn) dispatch(changeMarks(tr, from, to, (marks) => type.removeFromSet(marks)).scrollIntoView())
    else dispatch(changeMarks(tr, ...trimmed(state), (marks) => type.create().addToSet(marks)).scrollIntoView())
    return true
  }
}

/** The selection without white space at its edges; all of it when there is nothing else. */
function trimmed({ selection: { $from, $to } }: EditorState): [number, number] {
  const before = /^\s*/u.exec($from.nodeAfter?.text ?? '')?.[0].length ?? 0
  const after = /\s*$/u.exec($to.nodeBefore?.text ?? '')?.[0].length ?? 0
  const [from, to] = [$from.pos + before, $to.pos - after]
  return from < to ? [from, to] : [$from.pos, $to.pos]
}

/** Takes all formatting of the selected text away; links stay. */
export const clearMarks: Command = (state, dispatch) => {
  const { from, to, empty } = state.selection
  if (empty) return false
  if (dispatch === undefined) return true
  const tr = changeMarks(state.tr, from, to, (marks) => marks.filter(({ type }) => type === schema.marks.link))
  dispatch(tr.setStoredMarks([]))
  return true
}
