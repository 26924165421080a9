/**
 * Awareness between peers (y-protocols/awareness): who is here and where their cursor is. Every entry a peer sends is
 * untrusted; what is left after `admit` may be applied.
 */
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { type Awareness } from 'y-protocols/awareness'

type Bytes = Uint8Array<ArrayBuffer>

/** Largest state of one client, in UTF-16 units of its JSON, and the most clients whose states are kept. */
const MAX_STATE = 16 * 1024
const MAX_CLIENTS = 500

/** Everyone gives a sign of life every 15 s (y-protocols); whose last one is older than this, in milliseconds, has missed one. */
export const FRESH = 20_000

/** Clocks count a client's own updates; a larger one is a lie. */
const MAX_CLOCK = 2 ** 32

/** One client's state in an awareness update. */
export interface Entry {
  client: number
  clock: number
  /** JSON of an object, or 'null' when the client is gone. */
  state: string
}

/** Reads an awareness update. Null when malformed. Total on any bytes. */
export function parseEntries(update: Bytes): Entry[] | null {
  try {
    const decoder = decoding.createDecoder(update)
    const count = decoding.readVarUint(decoder)
    if (count > MAX_CLIENTS) return null
    const entries: Entry[] = []
    for (let i = 0; i < count; i++) {
      const client = decoding.readVarUint(decoder)
      const clock = decoding.readVarUint(decoder)
      const state = decoding.readVarString(decoder)
      if (clock > MAX_CLOCK || state.length > MAX_STATE || !isState(JSON.parse(state))) return null
      entries.push({ client, clock, state })
    }
    return decoding.hasContent(decoder) ? null : entries
  } catch (error) {
    // lib0 and JSON.parse throw Errors on what is no awareness update.
    if (error instanceof Error) return null
    throw error
  }
}

const isState = (value: unknown): boolean => typeof value === 'object' && !Array.isArray(value)

export function encodeEntries(entries: readonly Entry[]): Bytes {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, entries.length)
  for (const { client, clock, state } of entries) {
    encoding.writeVarUint(encoder, client)
    encoding.writeVarUint(encoder, clock)
    encoding.writeVarString(encoder, state)
  }
  return encoding.toUint8Array(encoder)
}

/**
 * Whom to tell a newcomer of. Somebody silent for longer is most likely gone, and would time out there only half a minute
 * later than here.
 */
export const freshIn = (awareness: Awareness): number[] =>
  [...awareness.states.keys()].filter((client) => {
    const heardAt = awareness.meta.get(client)?.lastUpdated ?? 0
    return client === awareness.clientID || Date.now() - heardAt < FRESH
  })

/** Whether applying an entry would change anything: most of what a peer of a crowded room hears, it has heard before. */
export const isNews = (awareness: Awareness, { client, clock, state }: Entry): boolean => {
  const known = awareness.meta.get(client)
  if (known === undefined || !awareness.states.has(client)) return true
  return clock > known.clock || (state === 'null' && clock === known.clock)
}

/**
 * The entries that may be applied. Left out: states that speak for ourselves; whatever is said of somebody whom we can
 * hear ourselves (`isLinked`); the end of somebody unknown; newcomers when there are too many clients already.
 */
export function admit(awareness: Awareness, entries: readonly Entry[], isLinked: (client: number) => boolean): Entry[] {
  let room = MAX_CLIENTS - awareness.states.size
  return entries.filter(({ client, state }) => {
    const isEnd = state === 'null'
    if (client === awareness.clientID) return isEnd
    if (isLinked(client)) return false
    if (isEnd) return awareness.states.has(client)
    return awareness.states.has(client) || room-- > 0
  })
}

/** What tells others that these clients are gone. */
export const endsOf = (awareness: Awareness, clients: readonly number[]): Entry[] =>
  clients
    .filter((client) => client !== awareness.clientID && awareness.states.has(client))
    .map((client) => ({ client, clock: awareness.meta.get(client)?.clock ?? 0, state: 'null' }))

/** Forgets clients here, without a trace, so that they may come back with the same clock. `origin` marks the event. */
export function forget(awareness: Awareness, clients: readonly number[], origin: unknown): void {
  const removed = clients.filter((client) => client !== awareness.clientID && awareness.states.delete(client))
  if (removed.length === 0) return
  const change = { added: [], updated: [], removed }
  awareness.emit('change', [change, origin])
  awareness.emit('update', [change, origin])
  for (const client of removed) awareness.meta.delete(client)
}

/**
 * Makes way for clients that were forgotten and are heard again. y-protocols takes a state only with a higher clock than
 * it remembers, and y-webrtc's echo of its own messages to tabs makes it remember whom we forgot.
 */
export function welcomeBack(awareness: Awareness, entries: readonly Entry[]): void {
  for (const { client, state } of entries) {
    if (state !== 'null' && !awareness.states.has(client)) awareness.meta.delete(client)
  }
}

/** Drops what is remembered about clients that have no state, when that has become much. */
export function prune(awareness: Awareness): void {
  if (awareness.meta.size <= 4 * MAX_CLIENTS) return
  for (const client of awareness.meta.keys()) {
    if (!awareness.states.has(client) && client !== awareness.clientID) awareness.meta.delete(client)
  }
}
