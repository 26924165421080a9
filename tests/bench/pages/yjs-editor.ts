/** The bare editor of the pages that Inkmesh is compared with, over Yjs. */
import { baseKeymap } from 'prosemirror-commands'
import { keymap } from 'prosemirror-keymap'
import { EditorState } from 'prosemirror-state'
import { EditorView } from 'prosemirror-view'
import { yCursorPlugin, ySyncPlugin, yUndoPlugin } from 'y-prosemirror'
import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import { schema } from '#doc/schema'

export function openEditor(doc: Y.Doc, awareness: Awareness): void {
  awareness.setLocalStateField('user', { name: 'Bench', color: '#888888' })
  new EditorView(document.querySelector('#mount'), {
    state: EditorState.create({
      schema,
      plugins: [
        ySyncPlugin(doc.getXmlFragment('prosemirror')),
        yCursorPlugin(awareness),
        yUndoPlugin(),
        keymap(baseKeymap),
      ],
    }),
    attributes: { role: 'textbox', 'aria-multiline': 'true', 'aria-label': 'Document' },
  })
}
