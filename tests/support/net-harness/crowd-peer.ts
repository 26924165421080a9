/** One peer of a crowd: bundled into one file, so that every import of it is a page of its own to y-webrtc. */
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { openLink } from '#doc/link'
import { SCHEMA_VERSION } from '#doc/schema'
import { joinRoom } from '#net/room'
import { RTCPeerConnection } from '../../../src/keeper/peer-connection.ts'
import { provideWebSocket } from '../../../src/keeper/web-socket.ts'

/** What a peer says of itself. */
export interface CrowdReport {
  title: string
  links: number
  /** Document messages sent and passed on so far. */
  messages: number
  present: number
}

export interface CrowdPeer {
  write(text: string): void
  /** Tells the others of an update as if it were its own; its own copy does not take it. */
  say(update: Uint8Array): void
  report(): CrowdReport
  leave(): Promise<void>
}

export async function arrive(address: string, name: string): Promise<CrowdPeer> {
  const { origin, hash } = new URL(address)
  const link = await openLink(hash)
  if (link === null) throw new Error('A damaged link')
  provideWebSocket()
  const doc = new Y.Doc()
  const title = doc.getText('title')
  const awareness = new Awareness(doc)
  awareness.setLocalStateField('user', { name, color: 0 })
  const room = joinRoom({
    doc,
    awareness,
    topic: link.topic,
    signalingKey: link.signalingKey,
    signaling: [`${origin.replace(/^http/u, 'ws')}/signal`],
    iceServers: () => [],
    publicKey: link.publicKey,
    signingKey: link.signingKey,
    device: crypto.getRandomValues(new Uint8Array(16)),
    isStored: () => true,
    schemaVersion: SCHEMA_VERSION,
    RTCPeerConnection,
  })
  return {
    write: (text) => {
      title.insert(title.length, text)
    },
    say: (update) => {
      doc.transact((transaction) => {
        doc.emit('update', [update, null, doc, transaction])
      })
    },
    report: () => {
      const { sent, forwarded } = room.diagnostics().document
      const links = room.status.links.filter(({ state }) => state === 'open').length
      return { title: title.toJSON(), links, messages: sent + forwarded, present: awareness.getStates().size }
    },
    leave: () => room.leave(),
  }
}
