/** What joining a room begins with, begun when a link is opened, while what speaks in the room still loads. */
import type { Link } from '#doc/link'

/** A connection that nobody takes is ended after this at the latest, in milliseconds. */
const UNCLAIMED = 15_000

/** A connection to the relay that waits for whoever takes it, what has come over it, and the key of the link it was made for. */
let begun: { socket: WebSocket; heard: MessageEvent[]; topic: string; key: Promise<CryptoKey> } | null = null

/** Where the relay of this page is. */
export const relayUrl = (): string => `${location.origin.replace(/^http/u, 'ws')}/signal`

/** Connects to the relay, and derives the key of the link's topic. The build of the app takes both up (`scripts/lean-packages.ts`). */
export function callAhead({ topic, signalingKey }: Link): void {
  if (!import.meta.env.PROD || begun) return
  const socket = new WebSocket(relayUrl())
  const heard: MessageEvent[] = []
  begun = { socket, heard, topic, key: deriveKey(signalingKey, topic) }
  socket.onmessage = (event) => heard.push(event)
  setTimeout(() => begun?.socket.close(), UNCLAIMED)
}

/**
 * A connection to `url`: the one that is under way, or a new one. Whoever takes it sets its `on…` handlers at once, and is told
 * of all that has happened to it: the relay names TURN servers unasked.
 */
export function openSocket(url: string): WebSocket {
  const { socket, heard = [] } = begun ?? {}
  if (socket?.url !== url || socket.readyState > WebSocket.OPEN) return new WebSocket(url)
  begun = null
  if (socket.readyState === WebSocket.OPEN)
    queueMicrotask(() => {
      socket.onopen?.(new Event('open'))
      for (const event of heard) socket.onmessage?.(event)
    })
  return socket
}

/** The key of a topic: the one that is being derived, or another one. Who takes a connection, too, asks for it before. */
export const takeKey = (secret: string, topic: string): Promise<CryptoKey> =>
  begun?.topic === topic ? begun.key : deriveKey(secret, topic)

/** As y-webrtc does (its src/crypto.js). */
async function deriveKey(secret: string, topic: string): Promise<CryptoKey> {
  const { subtle } = crypto
  const encoder = new TextEncoder()
  const material = await subtle.importKey('raw', encoder.encode(secret), 'PBKDF2', false, ['deriveKey'])
  const how = { name: 'PBKDF2', salt: encoder.encode(topic), iterations: 100_000, hash: 'SHA-256' }
  return subtle.deriveKey(how, material, { name: 'AES-GCM', length: 256 }, true, ['encrypt', 'decrypt'])
}
