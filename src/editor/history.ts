/** Undo and redo of one's own changes, never of other people's. */
import type { Command } from 'prosemirror-state'
import { yUndoPluginKey } from 'y-prosemirror'

/** Undoes the last change made here. */
export const undo: Command = (state, dispatch) => {
  const manager = yUndoPluginKey.getState(state)?.undoManager
  if (manager === undefined || !manager.canUndo()) return false
  if (dispatch !== undefined) manager.undo()
  return true
}

/** Does again what was undone last. */
export const redo: Command = (state, dispatch) => {
  const manager = yUndoPluginKey.getState(state)?.undoManager
  if (manager === undefined || !manager.canRedo()) return false
  if (dispatch !== undefined) manager.redo()
  return true
}
