/** The same bare editor over Yjs and y-webrtc as it is, from browser to browser: `webrtc.html?room=name&relay=ws://…`. */
import { WebrtcProvider } from 'y-webrtc'
import * as Y from 'yjs'
import { openEditor } from './yjs-editor.ts'

const doc = new Y.Doc()
const asked = new URLSearchParams(location.search)
const relay = asked.get('relay')
if (relay === null) throw new Error('No relay')
const { awareness } = new WebrtcProvider(asked.get('room') ?? 'bench', doc, { signaling: [relay], password: 'bench' })
openEditor(doc, awareness)
