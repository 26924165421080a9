/**
 * Signaling messages: one JSON object in a text frame, as y-webrtc 10.3.0 speaks them, and two of ours (`leave`, `ice`).
 * A topic is an opaque name; what is published there is opaque to the relay too.
 */

import { parseIceAnswer, type IceAnswer } from './ice-answer.ts'

/** What a browser says to the relay. */
export type ClientMessage =
  | { type: 'subscribe' | 'unsubscribe'; topics: string[] }
  | { type: 'publish'; topic: string; data: unknown }
  | { type: 'ping' }

/** What the relay says to a browser. */
export type ServerMessage =
  /** Something published, to every subscriber, its sender included. `clients` counts the subscribers. */
  | { type: 'publish'; topic: string; data: unknown; clients: number }
  | { type: 'pong' }
  /** Somebody stopped listening to the topic, or is gone. Stock y-webrtc clients ignore it. */
  | { type: 'leave'; topic: string }
  /** TURN servers, with credentials that are meant for the receiver. Stock clients ignore it too. */
  | ({ type: 'ice' } & IceAnswer)

/** How deep published data may nest; y-webrtc's own nests 3 deep. Deeper JSON could overflow the stack of whoever writes it. */
const MAX_DEPTH = 16

/** What the text frame of a browser says, or null when it says nothing the relay knows. */
export function parseClientMessage(text: string): ClientMessage | null {
  const value = parseJson(text)
  if (!isRecord(value)) return null
  const { type, topic, topics, data } = value
  switch (type) {
    case 'subscribe':
    case 'unsubscribe':
      return Array.isArray(topics) && topics.every(isTopic) ? { type, topics } : null
    case 'publish':
      return isTopic(topic) && isPublishable(data) ? { type, topic, data } : null
    case 'ping':
      return { type }
    default:
      return null
  }
}

/** What a JSON value from the relay says, or null when it says nothing a browser knows. */
export function parseServerMessage(value: unknown): ServerMessage | null {
  if (!isRecord(value)) return null
  const { type, topic, data, clients } = value
  switch (type) {
    case 'publish':
      return isTopic(topic) && typeof clients === 'number' ? { type, topic, data, clients } : null
    case 'leave':
      return isTopic(topic) ? { type, topic } : null
    case 'pong':
      return { type }
    case 'ice': {
      const answer = parseIceAnswer(value)
      return answer && { type, ...answer }
    }
    default:
      return null
  }
}

/** The value of a JSON text; null when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Whether there is data, and it can be written as JSON without harm. */
export const isPublishable = (data: unknown): boolean => data !== undefined && isShallow(data, MAX_DEPTH)

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isTopic = (value: unknown): value is string => typeof value === 'string' && value !== ''

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return depth > 0 && Object.values(value).every((child) => isShallow(child, depth - 1))
}
