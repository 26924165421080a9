/** One peer of a crowd: bundled into one file, so that every import of it is a page of its own to y-webrtc. */
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { openLink } from '#doc/link'
import { SCHEMA_VERSION } from '#doc/schema'
import { joinRoom } from '#net/room'
import { RTCPeerConnection } from '../../../src/keeper/peer-connection.ts'
import { provideWebSocket } from '../../../src/keeper/web-socket.ts'
import { FLOODS, type FloodName } from './floods.ts'

/** Bytes that may wait to be sent over one link. */
const WAITING = 1_000_000
/** Milliseconds after which a link that takes nothing is over. */
const STALLED = 1_000

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
  /** Sends all of a flood over its links, as far as they last. Resolves with the bytes that went out. */
  flood(name: FloodName): Promise<number>
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
  const channels: RTCDataChannel[] = []
  class TappedConnection extends RTCPeerConnection {
    override createDataChannel(label: string, options?: RTCDataChannelInit): RTCDataChannel {
      const channel = super.createDataChannel(label, options)
      channels.push(channel)
      return channel
    }
  }
  awareness.setLocalStateField('user', { name, color: 0 })
  const room = joinRoom({
    doc,
    awareness,
    topic: link.topic,
    signalingKey: link.signalingKey,
    signaling: [`${origin.replace(/^http/u, 'ws')}/signal`],
    iceServers: () => [],
    keyDigest: link.keyDigest,
    credential: link.credential,
    device: crypto.getRandomValues(new Uint8Array(16)),
    isStored: () => true,
    schemaVersion: SCHEMA_VERSION,
    RTCPeerConnection: TappedConnection,
  })
  return {
    write: (text) => {
      title.insert(title.length, text)
    },
    flood: async (name) => {
      let sent = 0
      const ended = new Set<RTCDataChannel>()
      const open = (): RTCDataChannel[] =>
        channels.filter((channel) => channel.readyState === 'open' && !ended.has(channel))
      for (const frame of FLOODS[name]()) {
        for (const channel of open()) {
          const since = performance.now()
          while (channel.readyState === 'open' && channel.bufferedAmount > WAITING && !ended.has(channel)) {
            // Nobody takes it any more, and that is told later.
            if (performance.now() - since > STALLED) ended.add(channel)
            await new Promise((resolve) => setTimeout(resolve, 2))
          }
        }
        for (const channel of open()) {
          try {
            channel.send(frame)
            sent += frame.length
          } catch (error) {
            // The other side has closed it, which is told later.
            if (!(error instanceof Error)) throw error
            ended.add(channel)
          }
        }
      }
      return sent
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
