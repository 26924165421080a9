/**
 * Peers in one Node process. y-webrtc knows one room per topic and process, so every peer gets its own copy of the net
 * floor. They are no tabs of one browser: BroadcastChannel is closed to them, and only relay and WebRTC are left.
 */
import wrtc from '@roamhq/wrtc'
import { vi } from 'vitest'
import { WebSocket } from 'ws'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import type { Relay } from '#signaling/relay'
import type { Room, RoomOptions } from '#net/room'
import type { Timing } from '#net/timing'

export interface NodePeer {
  doc: Y.Doc
  awareness: Awareness
  text: Y.Text
  room: Room
  leave(): Promise<void>
}

export interface NodePeerOptions {
  relay: Relay
  topic: string
  name?: string
  doc?: Y.Doc
  timing?: Partial<Timing>
  RTCPeerConnection?: typeof RTCPeerConnection
}

export async function joinAs(options: NodePeerOptions): Promise<NodePeer> {
  vi.stubGlobal('WebSocket', WebSocket)
  vi.stubGlobal('BroadcastChannel', undefined)
  vi.doMock('lib0/broadcastchannel', () => ({ subscribe: () => {}, unsubscribe: () => {}, publish: () => {} }))
  vi.resetModules()
  const { joinRoom } = await import('#net/room')
  const { TIMING } = await import('#net/timing')
  const doc = options.doc ?? new Y.Doc()
  const awareness = new Awareness(doc)
  awareness.setLocalStateField('user', { name: options.name ?? 'Someone', color: 0 })
  const roomOptions: RoomOptions = {
    doc,
    awareness,
    topic: options.topic,
    signalingKey: 'a key',
    signaling: [`${options.relay.address.url.replace(/^http/u, 'ws')}/signal`],
    iceServers: [],
    schemaVersion: 1,
    RTCPeerConnection: options.RTCPeerConnection ?? wrtc.RTCPeerConnection,
    timing: { ...TIMING, ...options.timing },
  }
  const room = joinRoom(roomOptions)
  return {
    doc,
    awareness,
    text: doc.getText('text'),
    room,
    leave: async () => {
      await room.leave()
      awareness.destroy()
      doc.destroy()
    },
  }
}
