/** The same bare editor over Yjs and y-webrtc as it is, from browser to browser: `webrtc.html?room=name&relay=ws://…`. */
import { baseKeymap } from 'prosemirror-commands'
import { keymap } from 'prosemirror-keymap'
import { EditorState } from 'prosemirror-state'
import { EditorView } from 'prosemirror-view'
import { yCursorPlugin, ySyncPlugin, yUndoPlugin } from 'y-prosemirror'
import { WebrtcProvider } from 'y-webrtc'
import * as Y from 'yjs'
import { schema } from '#doc/schema'

const doc = new Y.Doc()
const asked = new URLSearchParams(location.search)
const relay = asked.get('relay')
if (relay === null) throw new Error('No relay')
const provider = new WebrtcProvider(asked.get('room') ?? 'bench', doc, { signaling: [relay], password: 'bench' })
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
