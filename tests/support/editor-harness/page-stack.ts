/** The editor in a page, behind the interface of the merge table: after everything that is done the DOM is held against the document. */
import { TextSelection, type Command, type Transaction } from 'prosemirror-state'
import { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import { closeUndoStep, redo, undo } from '#editor/binding/undo'
import { writeFlow } from '#doc/flow/write'
import { createEditor } from '#editor/editor'
import type { MergeEditor, MergeStack } from '../../merge/editors.ts'
import { readAnew } from '../documents.ts'
import { faultsOf } from './drawn.ts'

/** See above. What was found wrong is among the failures. */
export const pageStack: MergeStack = {
  name: 'Inkmesh, in a page',
  open(doc: Y.Doc, clientId: number): MergeEditor {
    doc.clientID = clientId
    const mount = document.body.appendChild(document.createElement('main'))
    const thrown: unknown[] = []
    const editor = createEditor({
      mount,
      doc,
      awareness: new Awareness(doc),
      editable: true,
      labels: { document: 'Document', placeholder: '', task: 'Done', language: 'Language' },
    })
    const { view } = editor
    const held = <T>(work: () => T): T => {
      const result = work()
      thrown.push(...faultsOf(view))
      return result
    }
    doc.on('afterTransaction', () => queueMicrotask(() => view.isDestroyed || thrown.push(...faultsOf(view))))
    const run = (command: Command): boolean => held(() => command(view.state, view.dispatch, view))
    const dispatch = (tr: Transaction): void => held(() => view.dispatch(tr))
    return {
      doc,
      failures: thrown,
      get state() {
        return view.state
      },
      dispatch,
      run,
      select: (anchor, head = anchor) => {
        const { doc: shown } = view.state
        dispatch(view.state.tr.setSelection(TextSelection.between(shown.resolve(anchor), shown.resolve(head))))
      },
      type: (text) => dispatch(view.state.tr.insertText(text)),
      undo: () => run(undo),
      redo: () => run(redo),
      pause: () => closeUndoStep(view.state),
      close: () => {
        thrown.push(...faultsOf(view, { all: true }))
        const groups = view.dom.querySelectorAll(':scope > .block-group').length
        if (groups < view.state.doc.childCount / 6) thrown.push(`There are ${groups} groups`)
        editor.destroy()
        mount.remove()
      },
    }
  },
  fill: writeFlow,
  readAnew,
}
