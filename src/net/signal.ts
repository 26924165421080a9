/**
 * What two links say to each other through the relay, inside y-webrtc's encrypted signaling messages.
 *
 * `type` is neither 'offer' nor 'answer', so y-webrtc only passes it on. A session is one RTCPeerConnection on either
 * side; of two sessions the later one counts: the higher epoch, and of equal epochs the greater owner. A second offer of the
 * session in use is an ICE restart.
 */
import { inHex } from './hex.ts'

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

/** What is said. */
export type SignalPart =
  | { kind: 'offer' | 'answer'; sdp: string }
  | { kind: 'candidates'; candidates: readonly Candidate[] }
  /** Asks the session's owner for an ICE restart. */
  | { kind: 'restart' }

export interface Candidate {
  candidate: string
  sdpMid: string | null
  sdpMLineIndex: number | null
}

const MAX_EPOCH = 1_000_000_000
const MAX_SDP = 16 * 1024
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
  const { type, from, kind, sdp, candidates } = value
  const session = parseSession(value.session)
  if (type !== 'link' || !isName(from) || session === null) return null
  switch (kind) {
    case 'offer':
    case 'answer':
      if (kind === 'offer' && session.owner !== from) return null
      return typeof sdp === 'string' && sdp.length <= MAX_SDP ? { type, from, session, kind, sdp } : null
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
  if (typeof epoch !== 'number' || !Number.isInteger(epoch) || epoch < 1 || epoch > MAX_EPOCH) return null
  return isName(owner) ? { epoch, owner } : null
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

const isName = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{24}$/u.test(value)

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
