/** A document that is only read: it looks as in the editor, and is bound to nothing. */
import type { Node } from 'prosemirror-model'
import { EditorState } from 'prosemirror-state'
import { EditorView } from 'prosemirror-view'
import { blockViews } from './block-view.ts'
import { clipboard } from './clipboard.ts'
import { numbering } from './numbering.ts'
import type { EditorLabels } from './options.ts'

export interface Reading {
  /** Shows another document in its place. */
  show(doc: Node): void
  /** To be called when the labels have changed. */
  relabel(): void
  destroy(): void
}

export function createReading(mount: HTMLElement, doc: Node, labels: () => EditorLabels): Reading {
  const plugins = [clipboard(), numbering(), blockViews({ labels, onLanguageRequest: () => undefined })]
  const view: EditorView = new EditorView(mount, {
    state: EditorState.create({ doc, plugins }),
    editable: () => false,
    attributes: () => ({
      role: 'textbox',
      'aria-multiline': 'true',
      'aria-label': labels().document,
      'aria-readonly': 'true',
      tabindex: '0',
    }),
    dispatchTransaction(tr) {
      if (!tr.docChanged) view.updateState(view.state.apply(tr))
    },
  })
  return {
    show: (other) => view.updateState(EditorState.create({ doc: other, plugins })),
    relabel: () => view.setProps({}),
    destroy: () => view.destroy(),
  }
}
