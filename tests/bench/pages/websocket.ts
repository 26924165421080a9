/** The same bare editor over Yjs and y-websocket, the usual way with a document server: `websocket.html?room=name`. */
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { openEditor } from './yjs-editor.ts'

const doc = new Y.Doc()
const room = new URLSearchParams(location.search).get('room') ?? 'bench'
const { awareness } = new WebsocketProvider(`ws://${location.host}/sync`, room, doc, { disableBc: true })
openEditor(doc, awareness)
