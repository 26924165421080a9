/** What is wrong with a connection, if anything, from what is known of it. */
import type { OtherBuild } from '../link/handshake.ts'
import type { PathRecord, RelayLeg } from './paths.ts'

export interface ConnectionFacts {
  /** Whether this browser has WebRTC. */
  supported: boolean
  /** `navigator.onLine`. */
  online: boolean
  relay: 'connecting' | 'connected' | 'lost'
  /** Whether STUN and TURN servers are set up. */
  stun: boolean
  turn: boolean
  /** Links to others, and over what kind of TURN server's address they go. */
  links: readonly { state: 'connecting' | 'open' | 'interrupted'; relayedOver: RelayLeg | null }[]
  /** Somebody is here whose build is so much newer or older that the two cannot connect. */
  otherBuild: OtherBuild | null
  paths: PathRecord
  /** Ms since the epoch. */
  now: number
}

export type Diagnosis =
  /** All is well: directly, over a TURN server, or over one by TCP because UDP does not get through. */
  | 'direct'
  | 'relayed'
  | 'udp-blocked'
  /** Nobody is here but somebody whose build does not understand ours. */
  | 'newer-build'
  | 'older-build'
  /** Nobody else is here. */
  | 'alone'
  | 'connecting'
  /** This browser has no WebRTC. */
  | 'no-webrtc'
  | 'offline'
  /** The relay, through which browsers find each other, cannot be reached. */
  | 'relay-unreachable'
  /** Somebody was here, and does not answer. */
  | 'unanswered'
  /** There is no direct way, and no TURN server for another one. */
  | 'no-turn'
  /** The TURN server does not take our credentials: they have expired, or are wrong. */
  | 'turn-refused'
  /** No TURN server answers. */
  | 'turn-unreachable'
  /** We can be reached; the other side cannot. */
  | 'peer-blocked'

/** STUN's codes for credentials that are not taken (RFC 8489, section 14.8; RFC 8656, section 19). */
const REFUSALS = [401, 403, 437, 438, 441]

/** For how long, ms, a way that was found blocked says something although nobody is there any more. */
const RECENT = 60_000

export function diagnoseConnection(facts: ConnectionFacts): Diagnosis {
  const { supported, online, relay, links, otherBuild, paths, now } = facts
  const open = links.filter(({ state }) => state === 'open')
  const isSeeking = open.length < links.length
  if (!supported) return 'no-webrtc'
  if (open.length === 0 && !online) return 'offline'
  if (open.length === 0 && relay === 'lost') return 'relay-unreachable'
  const { blockedAt } = paths
  const isBlocked = blockedAt !== null && (isSeeking || (open.length === 0 && now - blockedAt < RECENT))
  if (isBlocked) return obstacle(facts)
  if (open.length > 0) return wayOf(facts)
  if (otherBuild !== null) return otherBuild === 'newer' ? 'newer-build' : 'older-build'
  if (relay === 'connecting') return 'connecting'
  if (links.length === 0) return 'alone'
  return paths.unanswered > 0 ? 'unanswered' : 'connecting'
}

function wayOf({ links, paths }: ConnectionFacts): Diagnosis {
  const legs = links.flatMap(({ relayedOver }) => relayedOver ?? [])
  if (legs.length === 0) return 'direct'
  return paths.ours.srflx === 0 && !legs.includes('udp') ? 'udp-blocked' : 'relayed'
}

function obstacle({ stun, turn, paths: { ours, theirs, faults } }: ConnectionFacts): Diagnosis {
  const isTheirs = theirs.host > 0 && theirs.srflx === 0 && theirs.relay === 0
  if (!turn) return stun && ours.srflx > 0 && isTheirs ? 'peer-blocked' : 'no-turn'
  if (ours.relay > 0) return 'peer-blocked'
  return faults.some(({ server, code }) => server === 'turn' && REFUSALS.includes(code))
    ? 'turn-refused'
    : 'turn-unreachable'
}
