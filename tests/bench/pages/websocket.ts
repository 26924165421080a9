/** The same bare editor over Yjs and y-websocket, the usual way with a document server: `websocket.html?room=name`. */
import { baseKeymap } from 'prosemirror-commands'
import { keymap } from 'prosemirror-keymap'
import { EditorState } from 'prosemirror-state'
import { EditorView } from 'prosemirror-view'
import { yCursorPlugin, ySyncPlugin, yUndoPlugin } from 'y-prosemirror'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { schema } from '#doc/schema'

const doc = new Y.Doc()
const room = new URLSearchParams(location.search).get('room') ?? 'bench'
const provider = new WebsocketProvider(`ws://${location.host}/sync`, room, doc, { disableBc: true })
provider.awareness.setLocalStateField('user', { name: 'Bench', color: '#888888' })

new EditorView(document.querySelector('#mount'), {
  state: EditorState.create({
    schema,
    plugins: [
      ySyncPlugin(doc.getXmlFragment('prosemirror')),
      yCursorPlugin(provider.awareness),
      yUndoPlugin(),
      keymap(baseKeymap),
    ],
  }),
  attributes: { role: 'textbox', 'aria-multiline': 'true', 'aria-label': 'Document' },
})
