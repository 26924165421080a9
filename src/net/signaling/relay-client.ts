/**
 * y-webrtc's own connection to a relay, made safe. y-webrtc decrypts and obeys whatever arrives, in promises nobody
 * catches; here only what is sound and meant for peers reaches it. The relay's `leave` messages are told as an event.
 */
import * as buffer from 'lib0/buffer'
import * as decoding from 'lib0/decoding'
import { decryptJson, encryptJson } from 'y-webrtc/crypto'
import { isRecord } from '#doc/untrusted'
import { parseServerMessage } from '#signaling/protocol'
import type { Announcement } from '../mesh/topology.ts'

/** What we use of y-webrtc's SignalingConn (lib0's WebsocketClient). */
export interface SignalingConnection {
  readonly connected: boolean
  readonly unsuccessfulReconnects: number
  readonly lastMessageReceived: number
  readonly ws: {
    onmessage: ((event: { data: unknown }) => void) | null
    onclose: (() => void) | null
    onerror: (() => void) | null
    close(): void
  } | null
  send(message: unknown): void
  emit(event: string, args: unknown[]): void
  on(event: 'connect' | 'disconnect', listener: () => void): void
  on(event: 'leave', listener: (topic: string) => void): void
  off(event: 'connect' | 'disconnect', listener: () => void): void
  off(event: 'leave', listener: (topic: string) => void): void
}

/** A topic somebody here listens to. */
export interface Listening {
  key: CryptoKey
  /** Whether anything is taken from a peer: there is a link with it, or room for one. */
  admits: (from: string) => boolean
  /** Whether to make a link with the peer that announced itself in a room of `listeners`; null: it said no more than its name. */
  answers: (from: string, announcement: Announcement | null, listeners: number) => boolean
  /** Something for this topic was dropped. */
  dropped: (reason: string) => void
}

/** Topics by name; rooms enter and remove their own. y-webrtc, too, knows one room per topic. */
export const listening = new Map<string, Listening>()

const guarded = new WeakSet<SignalingConnection>()

/** The TURN servers that a relay told of last, and until when their credentials are good. */
const offered = new WeakMap<SignalingConnection, { servers: RTCIceServer[]; until: number }>()

/** The TURN servers that a relay lets this browser use now. */
export function turnServersOf(connection: SignalingConnection): RTCIceServer[] {
  const { servers = [], until = 0 } = offered.get(connection) ?? {}
  return Date.now() < until ? servers : []
}

/** Puts the guard before y-webrtc's handlers, once. To be called before the socket can have opened. */
export function guard(connection: SignalingConnection): void {
  if (guarded.has(connection)) return
  guarded.add(connection)
  const emit = connection.emit.bind(connection)
  const send = connection.send.bind(connection)
  // y-webrtc encrypts first and sends later, by when the socket may be one that is still connecting, where sending throws.
  connection.send = (message) => {
    if (connection.connected) send(message)
  }
  connection.emit = (event, args) => {
    if (event === 'message')
      receive(
        connection,
        args[0],
        () => emit(event, args),
        (topic) => emit('leave', [topic]),
      )
    else emit(event, args)
  }
  connection.on('connect', () => {
    const socket = connection.ws
    const take = socket?.onmessage
    if (!socket || !take) return
    socket.onmessage = (event) => {
      if (isJson(event.data)) take(event)
    }
  })
}

function receive(
  connection: SignalingConnection,
  value: unknown,
  pass: () => void,
  leave: (topic: string) => void,
): void {
  const message = parseServerMessage(value)
  if (message?.type === 'leave') leave(message.topic)
  if (message?.type === 'ice') {
    offered.set(connection, { servers: message.iceServers, until: Date.now() + (message.lifetime ?? Infinity) })
  }
  if (message?.type !== 'publish') return
  const room = listening.get(message.topic)
  if (room === undefined) return
  open(message.data, room.key).then(
    (inner) => {
      if (!isForPeers(inner)) room.dropped('malformed-signaling')
      else if (!room.admits(inner.from)) room.dropped('refused: crowded')
      else if (inner.type === 'signal' || room.answers(inner.from, parseAnnouncement(inner), message.clients)) pass()
    },
    () => {
      room.dropped('undecipherable-signaling')
    },
  )
}

/** Decrypts as y-webrtc does. Rejects when it is not from a holder of the key. */
async function open(data: unknown, key: CryptoKey): Promise<unknown> {
  const sealed = buffer.fromBase64(String(data))
  // y-webrtc would reject such a one in a promise that nobody catches, which ends a keeper.
  if (decoding.readVarString(decoding.createDecoder(sealed)) !== 'AES-GCM') throw new Error('Not sealed by y-webrtc')
  return decryptJson(sealed, key)
}

/** Announces a peer as y-webrtc does, and says what it wants; whoever hears it and has no link with `from` may begin one. */
export async function announce(
  connection: SignalingConnection,
  topic: string,
  key: CryptoKey,
  from: string,
  announcement: Announcement,
): Promise<void> {
  const sealed = await encryptJson({ type: 'announce', from, ...announcement }, key)
  connection.send({ type: 'publish', topic, data: buffer.toBase64(sealed) })
}

function parseAnnouncement({ client, wants, writes }: Record<string, unknown>): Announcement | null {
  const isSound = typeof client === 'number' && typeof wants === 'number' && typeof writes === 'boolean'
  return isSound ? { client, wants, writes } : null
}

/** Whether it is an announcement or a signal of ours. Stock 'offer' and 'answer' signals never come from an Inkmesh. */
function isForPeers(inner: unknown): inner is Record<string, unknown> & { from: string } {
  if (!isRecord(inner) || typeof inner.from !== 'string') return false
  if (inner.type === 'announce') return true
  return (
    inner.type === 'signal' && typeof inner.to === 'string' && isRecord(inner.signal) && inner.signal.type === 'link'
  )
}

function isJson(data: unknown): boolean {
  try {
    JSON.parse(String(data))
    return true
  } catch {
    return false
  }
}
