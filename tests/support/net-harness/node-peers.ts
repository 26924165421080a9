/**
 * Peers in one Node process. y-webrtc knows one room per topic and process, so every peer gets its own copy of the net
 * floor. They are no tabs of one browser: BroadcastChannel is closed to them, and only relay and WebRTC are left.
 */
import { RTCPeerConnection } from '../../../src/keeper/peer-connection.ts'
import { vi } from 'vitest'
import { WebSocket } from 'ws'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import type { Identity } from '#net/link/handshake'
import type { Relay } from '#signaling/relay'
import type { Room, RoomOptions } from '#net/room'
import { newIdentity } from '../identity.ts'

export interface NodePeer {
  doc: Y.Doc
  awareness: Awareness
  text: Y.Text
  room: Room
  leave(): Promise<void>
  /** How its page joins rooms. */
  joinRoom: (options: RoomOptions) => Room
}

export interface NodePeerOptions {
  relay: Relay
  topic: string
  name: string
  samePageAs?: NodePeer
  identity?: Identity
}

export async function joinAs({
  relay,
  topic,
  name,
  samePageAs,
  identity = newIdentity(),
}: NodePeerOptions): Promise<NodePeer> {
  const joinRoom = samePageAs?.joinRoom ?? (await newPage())
  const doc = new Y.Doc()
  const awareness = new Awareness(doc)
  awareness.setLocalStateField('user', { name, color: 0 })
  const room = joinRoom({
    doc,
    awareness,
    topic,
    signalingKey: 'a key',
    signaling: [`${relay.address.url.replace(/^http/u, 'ws')}/signal`],
    iceServers: () => [],
    ...identity,
    isStored: () => true,
    schemaVersion: 1,
    RTCPeerConnection,
  })
  return {
    doc,
    awareness,
    text: doc.getText('text'),
    room,
    joinRoom,
    leave: async () => {
      await room.leave()
      awareness.destroy()
      doc.destroy()
    },
  }
}

async function newPage(): Promise<NodePeer['joinRoom']> {
  vi.stubGlobal('WebSocket', WebSocket)
  vi.stubGlobal('BroadcastChannel', undefined)
  vi.doMock('lib0/broadcastchannel', () => ({
    subscribe: () => undefined,
    unsubscribe: () => undefined,
    publish: () => undefined,
  }))
  vi.doMock('yjs', () => Y)
  vi.resetModules()
  const { joinRoom } = await import('#net/room')
  return joinRoom
}
