/** Undo and redo of one's own changes, never of other people's. */
import { Plugin, PluginKey, type Command, type EditorState } from 'prosemirror-state'
import * as Y from 'yjs'
import type { RelativeSelection } from './positions.ts'

/** Changes that follow each other faster are undone together, ms. */
const GROUP_TIME = 500

const key = new PluginKey<UndoState>('history')

interface UndoState {
  manager: Y.UndoManager
  isWritable: () => boolean
}

export interface HistoryOptions {
  body: Y.XmlFragment
  /** Origin of the transactions that can be undone. */
  origin: unknown
  /** Where the selection was before the change that is being recorded. */
  selectionBefore: () => RelativeSelection | null
  isWritable: () => boolean
}

export interface History {
  plugin: Plugin
  /** Where the selection has to go after a transaction of undo or redo; null for any other transaction. */
  selectionAfter(transaction: Y.Transaction): RelativeSelection | null
  destroy(): void
}

export function createHistory({ body, origin, selectionBefore, isWritable }: HistoryOptions): History {
  const selections = new WeakMap<object, RelativeSelection | null>()
  const manager = new Y.UndoManager(body, {
    captureTimeout: GROUP_TIME,
    trackedOrigins: new Set([origin]),
    // Undoing what made a block must not take the text that someone else has written into it since.
    deleteFilter: ({ content }) => !(content instanceof Y.ContentType) || content.type._length === 0,
  })
  manager.on('stack-item-added', ({ stackItem }) => selections.set(stackItem, selectionBefore()))
  return {
    plugin: new Plugin<UndoState>({
      key,
      state: {
        init: () => ({ manager, isWritable }),
        apply: (tr, state) => {
          // A click elsewhere begins a new step.
          if (tr.selectionSet && !tr.docChanged) manager.stopCapturing()
          return state
        },
      },
    }),
    selectionAfter: ({ origin: by }) =>
      by === manager && manager.currStackItem !== null ? (selections.get(manager.currStackItem) ?? null) : null,
    destroy: () => manager.destroy(),
  }
}

/** Undoes the last change made here. */
export const undo: Command = (state, dispatch) => {
  const manager = managerOf(state)
  if (manager?.canUndo() !== true) return false
  if (dispatch !== undefined) manager.undo()
  return true
}

/** Does again what was undone last. */
export const redo: Command = (state, dispatch) => {
  const manager = managerOf(state)
  if (manager?.canRedo() !== true) return false
  if (dispatch !== undefined) manager.redo()
  return true
}

/** Makes what follows an undo step of its own. */
export const closeUndoStep = (state: EditorState): void => key.getState(state)?.manager.stopCapturing()

function managerOf(state: EditorState): Y.UndoManager | null {
  const history = key.getState(state)
  return history?.isWritable() === true ? history.manager : null
}
