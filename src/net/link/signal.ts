/**
 * What two links say to each other through the relay, inside y-webrtc's encrypted signaling messages.
 *
 * `type` is neither 'offer' nor 'answer', so y-webrtc only passes it on. A session is one RTCPeerConnection on either
 * side; of two sessions the later one counts: the higher epoch, and of equal epochs the greater owner. A second offer of the
 * session in use is an ICE restart.
 *
 * Whoever holds any link of the document can say anything here in anybody's name. `vouch` shows who it was, once the two ends
 * have a secret of their own.
 */
import { isRecord } from '#doc/untrusted'
import { inHex } from '#doc/hex'

/** One attempt at a connection, made by the link `owner`. */
export interface SessionId {
  epoch: number
  owner: string
}

export type Signal = {
  type: 'link'
  /** The link that says it. */
  from: string
  session: SessionId
} & SignalPart

/** What shows whose a signal is: an HMAC (RFC 2104) over it and its number (`link-key.ts`). Each number counts once. */
export interface Vouch {
  number: number
  code: string
}

/** What is said. Offers of one session are numbered: see `negotiation.ts`. */
export type SignalPart =
  | { kind: 'offer' | 'answer'; number: number; seen: number; sdp: string }
  | { kind: 'candidates'; candidates: readonly Candidate[] }
  /** Asks the session's owner for an ICE restart. */
  | { kind: 'restart' }

export interface Candidate {
  candidate: string
  sdpMid: string | null
  sdpMLineIndex: number | null
}

const MAX_COUNT = 1_000_000_000
const MAX_SDP = 32 * 1024
const MAX_CANDIDATE = 1024
const MAX_CANDIDATES = 64

/** Length of a link's random name, in bytes. */
const NAME_BYTES = 12

/** A new link's name. */
export function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(NAME_BYTES))
  return inHex(bytes)
}

export const sameSession = (a: SessionId, b: SessionId): boolean => a.epoch === b.epoch && a.owner === b.owner

export const isLater = (a: SessionId, b: SessionId): boolean =>
  a.epoch > b.epoch || (a.epoch === b.epoch && a.owner > b.owner)

/** Reads a signal. Null when it is none of ours. Total on any value. */
export function parseSignal(value: unknown): Signal | null {
  if (!isRecord(value)) return null
  const { type, from, kind, number, seen, sdp, candidates } = value
  const session = parseSession(value.session)
  if (type !== 'link' || !isName(from) || session === null) return null
  switch (kind) {
    case 'offer':
    case 'answer':
      if (kind === 'offer' && session.owner !== from) return null
      if (typeof sdp !== 'string' || sdp.length > MAX_SDP) return null
      return isCount(number) && isCount(seen) ? { type, from, session, kind, number, seen, sdp } : null
    case 'candidates':
      if (!Array.isArray(candidates) || candidates.length > MAX_CANDIDATES) return null
      return candidates.every(isCandidate) ? { type, from, session, kind, candidates } : null
    case 'restart':
      return { type, from, session, kind }
    default:
      return null
  }
}

function parseSession(value: unknown): SessionId | null {
  if (!isRecord(value)) return null
  const { epoch, owner } = value
  return isCount(epoch) && epoch > 0 && isName(owner) ? { epoch, owner } : null
}

/** Reads what vouches for a signal; null when nothing does. Total on any value. */
export function parseVouch(value: unknown): Vouch | null {
  if (!isRecord(value) || !isRecord(value.vouch)) return null
  const { number, code } = value.vouch
  return isCount(number) && typeof code === 'string' ? { number, code } : null
}

function isCandidate(value: unknown): value is Candidate {
  if (!isRecord(value)) return false
  const { candidate, sdpMid, sdpMLineIndex } = value
  return (
    typeof candidate === 'string' &&
    candidate.length <= MAX_CANDIDATE &&
    (sdpMid === null || typeof sdpMid === 'string') &&
    (sdpMLineIndex === null || typeof sdpMLineIndex === 'number')
  )
}

const isCount = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_COUNT

const isName = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{24}$/u.test(value)
