/** Keys that a browser alone would take to the wrong place where it leaves blocks out. */
import { Selection, TextSelection } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'

const isMac = /Mac|iP(?:hone|[oa]d)/u.test(navigator.platform)

/** The end of the document that a key leads to: −1, 1, or 0 for any other key. */
function endOf({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): -1 | 0 | 1 {
  if (altKey || ctrlKey === metaKey || metaKey !== isMac) return 0
  if (key === (isMac ? 'ArrowUp' : 'Home')) return -1
  return key === (isMac ? 'ArrowDown' : 'End') ? 1 : 0
}

/** Moves the caret to an end of the document, or with Shift the head of the selection. True for a key that asks for it. */
export function leadToEnd(view: EditorView, event: KeyboardEvent): boolean {
  const end = endOf(event)
  if (end === 0 || event.isComposing) return false
  const { doc, tr, selection } = view.state
  const there = end < 0 ? Selection.atStart(doc) : Selection.atEnd(doc)
  const reached = event.shiftKey ? TextSelection.between(selection.$anchor, there.$head) : there
  view.dispatch(tr.setSelection(reached).scrollIntoView())
  return true
}

/** Whether a key opens the browser's search in the page, which finds what is drawn. */
export const searches = ({ key, ctrlKey, metaKey }: KeyboardEvent): boolean =>
  key.toLowerCase() === 'f' && (isMac ? metaKey : ctrlKey)
