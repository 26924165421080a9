/** A page with nothing but a room: what the net floor does in a browser, before any interface. */
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { joinRoom } from '#net/room'

const topic = new URLSearchParams(location.search).get('topic') ?? 'harness'
const doc = new Y.Doc()
const awareness = new Awareness(doc)
awareness.setLocalStateField('user', { name: 'Someone', color: 0 })
const room = joinRoom({
  doc,
  awareness,
  topic,
  signalingKey: 'key',
  signaling: [`ws://${new URLSearchParams(location.search).get('relay') ?? location.host}/signal`],
  iceServers: [],
  schemaVersion: 1,
})
Object.assign(window, { Y, doc, awareness, room })
