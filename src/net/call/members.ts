/** Who is in a call, as this side knows it: by what they say to everyone, and what comes over the legs. Pure. */
import type { Leg } from './leg.ts'
import { parsePresence, type CallPresence, type Source } from './statement.ts'

/** Somebody else in the call. */
export interface Member {
  client: number
  presence: CallPresence
  /** They may speak here: they write, or were let in. */
  maySpeak: boolean
  /** They have shown that they write. */
  writes: boolean
  isSpeaking: boolean
  /** Both sides have heard of each other over their link. */
  isConnected: boolean
  /** What comes from them. */
  tracks: ReadonlyMap<Source, MediaStreamTrack>
  /** Who passes it on, and how many steps from them; null: it comes from themselves. */
  passedBy: { client: number; depth: number } | null
}

export interface Sight {
  /** What each client says to everyone (`Awareness.getStates`). */
  states: ReadonlyMap<number, unknown>
  own: number
  legs: Iterable<Leg>
  /** Whether somebody who only reads was let in. */
  mayRead: (leg: Leg) => boolean
  isSpeaking: (client: number) => boolean
}

/** Everyone but this side, by when they came; and whoever presents to everyone, null: nobody. Who has shown that they only read presents nothing. */
export function membersIn({ states, own, legs, mayRead, isSpeaking }: Sight): {
  members: Member[]
  presenter: number | null
} {
  const byClient = new Map([...legs].map((leg) => [leg.client, leg]))
  const members: Member[] = []
  const presenters: { client: number; since: number }[] = []
  for (const [client, state] of states) {
    const presence = parsePresence(state)
    if (presence === null) continue
    const leg = byClient.get(client)
    if (presence.presents && (client === own || leg?.writes !== false)) {
      presenters.push({ client, since: presence.since })
    }
    if (client === own) continue
    const received = [...(leg?.received.values() ?? [])].filter(({ piece }) => piece.of === null)
    members.push({
      client,
      presence,
      maySpeak: leg !== undefined && (leg.writes || mayRead(leg)),
      writes: leg?.writes ?? false,
      isSpeaking: isSpeaking(client),
      isConnected: leg?.theirs.isIn ?? false,
      tracks: new Map(received.map(({ piece, receiver }) => [piece.source, receiver.track])),
      passedBy: null,
    })
  }
  members.sort((a, b) => a.presence.since - b.presence.since || a.client - b.client)
  const [first = null] = presenters.sort((a, b) => a.since - b.since || a.client - b.client)
  return { members, presenter: first?.client ?? null }
}
