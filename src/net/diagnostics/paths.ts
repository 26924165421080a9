/** What came of looking for paths to others: for whoever has to say why there is none. Kinds only, never an address. */

/** How we reach a TURN server. */
export type RelayLeg = 'udp' | 'tcp' | 'tls'

/** A STUN or TURN server's refusal, or silence. */
interface ServerFault {
  server: 'stun' | 'turn'
  leg: RelayLeg
  /** As STUN numbers them (RFC 8489, section 14.8); 701: no answer (W3C webrtc, icecandidateerror). */
  code: number
}

/** Candidates by kind: of this machine; as seen from outside; on a TURN server. */
interface Candidates {
  host: number
  srflx: number
  relay: number
}

/** Since the room was joined, over all connections. Plain JSON. */
export interface PathRecord {
  ours: Candidates
  theirs: Candidates
  /** How our own candidates of kind `relay` reach their servers, where the browser says. */
  legs: RelayLeg[]
  faults: ServerFault[]
  /** Attempts that led to a connection. */
  opened: number
  /** Attempts that did not although both sides had told each other where they are. */
  blocked: number
  /** Attempts that the other side never answered. */
  unanswered: number
  /** When the last one was blocked, ms since the epoch; null when one has led to a connection since. */
  blockedAt: number | null
}

/** Attempts that end sooner than this, ms, were overtaken by another one, or by a goodbye. */
const TRIED = 5_000

export class Paths {
  readonly record: PathRecord = {
    ours: { host: 0, srflx: 0, relay: 0 },
    theirs: { host: 0, srflx: 0, relay: 0 },
    legs: [],
    faults: [],
    opened: 0,
    blocked: 0,
    unanswered: 0,
    blockedAt: null,
  }

  readonly #blocked: () => void

  /** `blocked` is called when an attempt fails although both sides have told each other where they are. */
  constructor(blocked: () => void = () => undefined) {
    this.#blocked = blocked
  }

  /** Follows a connection from its beginning. To be told when it carries something, and when it is closed. */
  follow(pc: RTCPeerConnection): { opened: () => void; closed: () => void } {
    const { record } = this
    const begun = Date.now()
    let isDecided = false
    pc.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate === null) return
      count(record.ours, candidate.candidate)
      const { relayProtocol } = candidate as { relayProtocol?: unknown }
      if (isLeg(relayProtocol) && !record.legs.includes(relayProtocol)) record.legs.push(relayProtocol)
    })
    pc.addEventListener('icecandidateerror', (event) => {
      const { server, leg, code } = faultOf(event)
      const isKnown = record.faults.some((known) => known.server === server && known.leg === leg && known.code === code)
      if (!isKnown) record.faults.push({ server, leg, code })
    })
    return {
      opened: () => {
        isDecided = true
        record.opened++
        record.blockedAt = null
      },
      closed: () => {
        if (isDecided || Date.now() - begun < TRIED) return
        if (pc.remoteDescription === null) {
          record.unanswered++
        } else {
          record.blocked++
          record.blockedAt = Date.now()
          this.#blocked()
        }
      },
    }
  }

  /** The other side told of a candidate, in the words of RFC 8839, section 5.1. */
  heard(candidate: string): void {
    count(this.record.theirs, candidate)
  }
}

function count(candidates: Candidates, candidate: string): void {
  const kind = / typ (host|srflx|relay)/u.exec(candidate)?.[1] as keyof Candidates | undefined
  if (kind !== undefined) candidates[kind]++
}

const isLeg = (value: unknown): value is RelayLeg => value === 'udp' || value === 'tcp' || value === 'tls'

function faultOf({ url, errorCode }: RTCPeerConnectionIceErrorEvent): ServerFault {
  const [, kind, secure] = /^(turn|stun)(s?):/u.exec(url) ?? []
  const leg = secure === 's' ? 'tls' : /transport=tcp/u.test(url) ? 'tcp' : 'udp'
  return { server: kind === 'turn' ? 'turn' : 'stun', leg, code: errorCode }
}
