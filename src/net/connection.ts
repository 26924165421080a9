/**
 * One RTCPeerConnection and its one data channel: one offer, one answer; renegotiated only to find another way through the
 * network (ICE restart). When that does not help, the link makes another connection.
 */
import { Channel, type ChannelEvents } from './channel.ts'
import type { Counts } from './counters.ts'
import type { Fingerprints } from './handshake.ts'
import type { Paths } from './paths.ts'
import type { Candidate, SessionId } from './signal.ts'

export interface ConnectionEvents extends ChannelEvents {
  describe(kind: 'offer' | 'answer', sdp: string): void
  candidates(candidates: Candidate[]): void
  /** The browser could not use a candidate: no harm while another one does. */
  badCandidate(): void
  /** The browser could not begin or answer an ICE restart. */
  cannotRestart(): void
  /** A description names another certificate than the one this connection was made with; it was ignored. */
  impostor(): void
  /** The data channel is open. */
  open(): void
  /** It was open, and the network carries nothing any more; `restart` may mend that. */
  stalled(): void
  /** It can carry nothing any more: closed by the other side, never opened, or never understood (`bad-description`). Once. */
  lost(why: 'closed' | 'failed' | 'bad-description'): void
}

export interface ConnectionOptions {
  session: SessionId
  iceServers: RTCIceServer[]
  RTCPeerConnection: typeof RTCPeerConnection
  counts: Counts
  paths: Paths
  events: ConnectionEvents
}

/** Candidates found within this time travel in one signal, in milliseconds. */
const CANDIDATE_WINDOW = 20

/** Both sides create the channel themselves, under this number, so that it needs no announcement. */
const CHANNEL_ID = 0

/** Most candidates that wait for the description they belong to. */
const MAX_EARLY = 64

export class Connection {
  readonly session: SessionId
  readonly channel: Channel
  readonly #events: ConnectionEvents
  readonly #pc: RTCPeerConnection
  readonly #pipe: RTCDataChannel
  readonly #paths: Paths
  readonly #path: ReturnType<Paths['follow']>
  readonly #early: Candidate[] = []
  #found: Candidate[] = []
  #window: ReturnType<typeof setTimeout> | null = null
  #isOpen = false
  #closed = false

  constructor({ session, iceServers, RTCPeerConnection, counts, paths, events }: ConnectionOptions) {
    this.session = session
    this.#events = events
    this.#pc = new RTCPeerConnection({ iceServers })
    this.#paths = paths
    this.#path = paths.follow(this.#pc)
    this.#pipe = this.#pc.createDataChannel('inkmesh', { negotiated: true, id: CHANNEL_ID })
    this.#pipe.binaryType = 'arraybuffer'
    this.channel = new Channel(this.#pipe, counts, events)
    this.#pc.onicecandidate = ({ candidate }) => {
      if (candidate !== null && candidate.candidate !== '') this.#find(candidate)
    }
    this.#pc.onconnectionstatechange = () => {
      if (this.#pc.connectionState !== 'failed') return
      if (this.#isOpen) events.stalled()
      else this.#lose('failed')
    }
    this.#pipe.onopen = () => {
      this.#isOpen = true
      this.#path.opened()
      events.open()
    }
    this.#pipe.onmessage = ({ data }: MessageEvent<unknown>) => {
      this.channel.receive(data)
    }
    this.#pipe.onclose = () => {
      this.#lose('closed')
    }
  }

  /** Begins: `describe('offer')` follows. */
  offer(): void {
    this.#attempt(async () => {
      await this.#pc.setLocalDescription(await this.#pc.createOffer())
      this.#describe('offer')
    })
  }

  /**
   * Offers again, to find another way through the network (RFC 8445, section 9): `describe('offer')` follows. Where that
   * fails nothing happens.
   */
  restart(iceServers: RTCIceServer[]): void {
    const begin = async () => {
      this.#pc.setConfiguration({ iceServers })
      await this.#pc.setLocalDescription(await this.#pc.createOffer({ iceRestart: true }))
      this.#describe('offer')
    }
    begin().catch(() => {
      this.#events.cannotRestart()
    })
  }

  /** Answers the other side's offer: `describe('answer')` follows. */
  answer(sdp: string): void {
    if (this.#isImpostor(sdp)) return
    const answer = async () => {
      await this.#pc.setRemoteDescription({ type: 'offer', sdp })
      await this.#pc.setLocalDescription(await this.#pc.createAnswer())
      this.#describe('answer')
      await this.#addEarly()
    }
    if (this.#isOpen) answer().catch(() => this.#events.cannotRestart())
    else this.#attempt(answer)
  }

  /** Takes the other side's answer; a second one is ignored. False when it is from another connection than this one. */
  accept(sdp: string): boolean {
    if (this.#closed || this.#pc.signalingState !== 'have-local-offer') return true
    if (this.#isImpostor(sdp)) return false
    this.#attempt(async () => {
      await this.#pc.setRemoteDescription({ type: 'answer', sdp })
      await this.#addEarly()
    })
    return true
  }

  /** Takes the other side's candidates; they may come before its description. */
  add(candidates: readonly Candidate[]): void {
    for (const { candidate } of candidates) this.#paths.heard(candidate)
    this.#early.push(...candidates.slice(0, MAX_EARLY - this.#early.length))
    if (!this.#closed && this.#pc.remoteDescription !== null) this.#attempt(() => this.#addEarly())
  }

  /** Who the two ends are, as DTLS has checked. */
  get ends(): Fingerprints {
    return {
      local: fingerprintsIn(this.#pc.localDescription?.sdp ?? ''),
      remote: fingerprintsIn(this.#pc.remoteDescription?.sdp ?? ''),
    }
  }

  /** The browser's statistics of this connection. */
  async stats(): Promise<RTCStatsReport> {
    return this.#pc.getStats()
  }

  /** Ends it without an event. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#path.closed()
    if (this.#window !== null) clearTimeout(this.#window)
    this.channel.close()
    this.#pc.close()
  }

  /** Whoever holds a link can send signals; the end of a connection that stands is still whom it was made with. */
  #isImpostor(sdp: string): boolean {
    const { remote } = this.ends
    const isImpostor = remote !== '' && remote !== fingerprintsIn(sdp)
    if (isImpostor) this.#events.impostor()
    return isImpostor
  }

  #attempt(step: () => Promise<void>): void {
    step().catch(() => {
      this.#lose('bad-description')
    })
  }

  #describe(kind: 'offer' | 'answer'): void {
    const sdp = this.#pc.localDescription?.sdp
    if (!this.#closed && sdp !== undefined) this.#events.describe(kind, sdp)
  }

  async #addEarly(): Promise<void> {
    for (const candidate of this.#early.splice(0)) {
      await this.#pc.addIceCandidate(candidate).catch(() => {
        this.#events.badCandidate()
      })
    }
  }

  #find({ candidate, sdpMid, sdpMLineIndex }: RTCIceCandidate): void {
    this.#found.push({ candidate, sdpMid, sdpMLineIndex })
    this.#window ??= setTimeout(() => {
      this.#window = null
      this.#events.candidates(this.#found)
      this.#found = []
    }, CANDIDATE_WINDOW)
  }

  #lose(why: 'closed' | 'failed' | 'bad-description'): void {
    if (this.#closed) return
    this.close()
    this.#events.lost(why)
  }
}

/** All certificate fingerprints that a description names, in one writing (RFC 8122, section 5). */
function fingerprintsIn(sdp: string): string {
  const lines = Array.from(sdp.matchAll(/^a=fingerprint:(\S+ \S+)/gmu), ([, print = '']) => print.toLowerCase())
  return [...new Set(lines)].sort().join(' ')
}
