import { isPublishable, isRecord, parseJson } from './protocol.ts'

/** What one relay tells the others of a topic. `clients` counts the subscribers it has itself. */
export type BusMessage = { type: 'publish'; data: unknown; clients: number } | { type: 'leave'; clients: number }

/** `alone`: there are no others to share with. `lost`: there may be, but they are not heard now. */
export type BusState = 'alone' | 'connected' | 'lost'

/** Whom a bus tells. */
export interface BusListener {
  /** Another relay, under a name that is its own while it runs, says this of a topic that is listened to. */
  heard(relay: string, topic: string, message: BusMessage): void
  /** The state is another than before. After `lost`, what the others said meanwhile is never heard. */
  changed(state: BusState): void
  /** Something was dropped: it could not be told to the others, or nothing could be made of what was heard. */
  dropped(reason: BusDropReason): void
}

export type BusDropReason = 'untold' | 'unheard'

/**
 * How relays share rooms. What is told reaches, once, every other relay that listens to the topic; a relay tells its own
 * subscribers itself. Nothing waits for a bus and nothing is told twice: what cannot be told now is dropped.
 */
export interface Bus {
  readonly state: BusState
  /** Why the others were last lost, in a few words for whoever runs the relay; null when they never were. */
  readonly trouble: string | null
  /** To be called once, first. Resolves when the others are heard, or the first attempt at that has failed. */
  open(listener: BusListener): Promise<void>
  listen(topic: string): void
  unlisten(topic: string): void
  tell(topic: string, message: BusMessage): void
  close(): Promise<void>
}

/** What a relay wrote onto a bus, and which; null when no relay writes such a thing. */
export function parseBusMessage(text: string): { relay: string; message: BusMessage } | null {
  const value = parseJson(text)
  if (!isRecord(value)) return null
  const { relay, type, data, clients } = value
  if (typeof relay !== 'string' || !isCount(clients)) return null
  if (type === 'leave') return { relay, message: { type, clients } }
  if (type === 'publish' && isPublishable(data)) return { relay, message: { type, data, clients } }
  return null
}

/** What `parseBusMessage` reads. */
export const writeBusMessage = (relay: string, message: BusMessage): string => JSON.stringify({ relay, ...message })

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0
