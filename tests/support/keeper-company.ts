/** A person in this process, for keepers to meet: the net floor over the keeper's own WebRTC. One at a time in a document. */
import { randomBytes } from 'node:crypto'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { createLink, openLink, type Link } from '#doc/link'
import { SCHEMA_VERSION } from '#doc/schema'
import { joinRoom, type Room } from '#net/room'
import type { Relay } from '#signaling/relay'
import { RTCPeerConnection } from '../../src/keeper/peer-connection.ts'
import { provideWebSocket } from '../../src/keeper/web-socket.ts'

export interface Company {
  doc: Y.Doc
  text: Y.Text
  room: Room
  leave(): Promise<void>
}

/** A new document's link, and its address with that relay. */
export async function newAddress(relay: Relay): Promise<{ link: Link; address: string }> {
  const link = await createLink()
  return { link, address: `${relay.address.url}/${link.editFragment ?? ''}` }
}

/** Opens a document by its address. */
export async function arrive(relay: Relay, address: string): Promise<Company> {
  const link = await openLink(new URL(address).hash)
  if (link === null) throw new Error('A damaged link')
  provideWebSocket()
  const doc = new Y.Doc()
  const awareness = new Awareness(doc)
  awareness.setLocalStateField('user', { name: 'Ada', color: 0 })
  const room = joinRoom({
    doc,
    awareness,
    topic: link.topic,
    signalingKey: link.signalingKey,
    signaling: [`${relay.address.url.replace(/^http/u, 'ws')}/signal`],
    iceServers: () => [],
    keyDigest: link.keyDigest,
    credential: link.credential,
    device: Uint8Array.from(randomBytes(16)),
    isStored: () => true,
    schemaVersion: SCHEMA_VERSION,
    RTCPeerConnection,
  })
  return {
    doc,
    text: doc.getText('text'),
    room,
    leave: async () => {
      await room.leave()
      awareness.destroy()
      doc.destroy()
    },
  }
}
