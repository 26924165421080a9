/**
 * One connection of a link: the RTCPeerConnection, its one data channel, and the handshake that comes first on it. It is
 * renegotiated to find another way through the network (ICE restart, through the relay), and for whatever else it is to carry
 * (over the data channel). When that does not help, the link makes another connection.
 */
import { Bucket } from '../allowance.ts'
import { countDrop } from '../diagnostics/counters.ts'
import type { Paths } from '../diagnostics/paths.ts'
import { Channel } from './channel.ts'
import { CALLS, NEGOTIATION, type Frame } from './frames.ts'
import { Handshake, sayHello, type Fingerprints, type Hello, type Identity, type Introduction } from './handshake.ts'
import type { LinkHost } from './host.ts'
import { Negotiation, type Description, type Way } from './negotiation.ts'
import type { Candidate, SessionId, SignalPart } from './signal.ts'

/** What the connections of one room share. */
export interface ConnectionContext {
  host: LinkHost
  identity: Identity
  /** Asked for each connection: TURN credentials are renewed. */
  iceServers: () => RTCIceServer[]
  /** Resolves when this side may be asked and told: until then it says no hello. */
  ready: Promise<unknown>
  /** Notes what comes of looking for ways through the network. */
  paths: Paths
}

/** Why a connection can carry nothing any more: closed by the other side, never opened, or never understood. */
type Loss = 'closed' | 'failed' | 'bad-description'

export interface ConnectionEvents {
  /** To be told to the other side through the relay. */
  signal(part: SignalPart): void
  /** The other side said hello. False when it is not let in. */
  judge(hello: Hello): boolean
  /** Both sides know each other: frames follow. */
  agreed(connection: Connection): void
  frame(connection: Connection, frame: Frame): void
  /** The other side has said what it can do beyond the protocol. */
  capable(connection: Connection): void
  /** The other side begins to send something beside the data channel. False: it is answered that nothing is taken. */
  admits(connection: Connection, transceiver: RTCRtpTransceiver): boolean
  /** What it is to carry could not be negotiated: the browser refused what one of the sides said. Another one has to take its place. */
  stuck(connection: Connection): void
  /** The browser hears nothing of the other side, for some seconds or any more (RFC 7675); an ICE restart may mend that. */
  stalled(connection: Connection): void
  /** Once. */
  lost(connection: Connection, why: Loss): void
  /** The other side broke a rule. */
  offend(reason: string): void
}

export interface ConnectionOptions {
  session: SessionId
  /** Whether this side has offered it. */
  isOwn: boolean
  context: ConnectionContext
  RTCPeerConnection: typeof RTCPeerConnection
  events: ConnectionEvents
}

/** Candidates found within this time travel in one signal, in milliseconds. */
const CANDIDATE_WINDOW = 20

/** Both sides create the channel themselves, under this number, so that it needs no announcement. */
const CHANNEL_ID = 0

/** Most candidates that wait for the description they belong to. */
const MAX_EARLY = 64

/** How often the other side may change what the connection carries. */
const NEGOTIATIONS = { burst: 500, rate: 20 }

export class Connection {
  readonly session: SessionId
  readonly #context: ConnectionContext
  readonly #events: ConnectionEvents
  readonly #pc: RTCPeerConnection
  readonly #channel: Channel
  readonly #path: ReturnType<Paths['follow']>
  readonly #negotiation: Negotiation
  readonly #negotiations = new Bucket(NEGOTIATIONS)
  readonly #mine: Hello
  readonly #isOwn: boolean
  readonly #early: Candidate[] = []
  #found: Candidate[] = []
  #window: ReturnType<typeof setTimeout> | null = null
  #introduction: Introduction | null = null
  #theirs: Hello | null = null
  /** Whether the other side can negotiate over the data channel, and whether there is something to negotiate. */
  #negotiates = false
  #calls = false
  #isNeeded = false
  #isOpen = false
  #closed = false

  /** Throws what the browser throws when it allows no more connections. */
  constructor({ session, isOwn, context, RTCPeerConnection, events }: ConnectionOptions) {
    const { paths, host, identity } = context
    this.session = session
    this.#isOwn = isOwn
    this.#context = context
    this.#events = events
    this.#mine = this.#hello()
    this.#pc = new RTCPeerConnection({ iceServers: context.iceServers() })
    host.counts.connections++
    this.#path = paths.follow(this.#pc)
    const pipe = this.#pc.createDataChannel('inkmesh', { negotiated: true, id: CHANNEL_ID })
    pipe.binaryType = 'arraybuffer'
    const handshake = new Handshake({
      mine: this.#mine,
      identity,
      ends: () => this.ends,
      send: (frame) => this.send(frame),
      judge: (hello) => {
        this.#theirs = hello
        return events.judge(hello)
      },
      dropped: (reason) => {
        if (reason === 'bad-proof') this.#count(reason)
        else events.offend(reason)
      },
      agreed: (introduction, early) => this.#agree(introduction, early),
    })
    this.#channel = new Channel(pipe, host.counts, {
      frame: (frame) => {
        if (this.#introduction === null) handshake.take(frame)
        else this.#take(frame)
      },
      fault: (fault) => events.offend(fault),
      progress: () => host.changed(),
    })
    this.#negotiation = new Negotiation({
      connection: this.#pc,
      isPolite: !isOwn,
      say: this.#tell,
      sayTurn: () => this.send({ kind: 'turn' }),
    })
    this.#pc.onicecandidate = ({ candidate }) => {
      if (candidate !== null && candidate.candidate !== '') this.#find(candidate)
    }
    this.#pc.onnegotiationneeded = () => {
      // Said of the data channel, too, which the first offer is for.
      this.#isNeeded = this.#pc.remoteDescription !== null
      this.#negotiate()
    }
    this.#pc.ontrack = ({ transceiver }) => {
      if (!events.admits(this, transceiver)) transceiver.direction = 'inactive'
    }
    this.#pc.onconnectionstatechange = () => {
      const hasFailed = this.#pc.connectionState === 'failed'
      if (this.#isOpen && (hasFailed || this.isUnheard)) events.stalled(this)
      else if (hasFailed) this.#lose('failed')
    }
    pipe.onopen = () => {
      this.#isOpen = true
      this.#path.opened()
      void context.ready.then(() => handshake.begin())
    }
    pipe.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (!this.#closed) this.#channel.receive(data)
    }
    pipe.onclose = () => {
      this.#lose('closed')
    }
  }

  /**
   * The browser's own. What is added to it or changed is negotiated, once the other side has said that it can. No transceiver is
   * to be stopped, only made inactive: where two offers have crossed, Chromium does not agree with itself on a place that is used again.
   */
  get pc(): RTCPeerConnection {
    return this.#pc
  }

  /** Who the other side has shown to be, once both agreed. */
  get introduction(): Introduction | null {
    return this.#introduction
  }

  /** What only the two ends know, once both agreed: the nonce of the side that has offered, and the other one. */
  get secret(): Uint8Array<ArrayBuffer> | null {
    if (this.#theirs === null) return null
    const [first, second] = this.#isOwn ? [this.#mine, this.#theirs] : [this.#theirs, this.#mine]
    return Uint8Array.from([...first.nonce, ...second.nonce])
  }

  /** Whether the other side has said that it can take part in calls. */
  get calls(): boolean {
    return this.#calls
  }

  /** Whether the other side has said anything to it. */
  get isAnswered(): boolean {
    return this.ends.remote !== ''
  }

  /** Whether the browser has heard nothing of the other side for some seconds. */
  get isUnheard(): boolean {
    return this.#pc.connectionState === 'disconnected'
  }

  /** Bytes that wait to be sent. */
  get queued(): number {
    return this.#channel.queued
  }

  /** The large transfer under way to us, or null. */
  get receiving(): { received: number; total: number } | null {
    return this.#channel.receiving
  }

  /** Who the two ends are, as the browser holds it and DTLS has checked. */
  get ends(): Fingerprints {
    return {
      local: fingerprintIn(this.#pc.localDescription?.sdp ?? '') ?? '',
      remote: fingerprintIn(this.#pc.remoteDescription?.sdp ?? '') ?? '',
    }
  }

  /** False when the frame was dropped: the peer is too slow, or the frame too large. */
  send(frame: Frame): boolean {
    return this.#channel.send(frame)
  }

  /** Says hello again: the other side may have taken us for gone. */
  greetAgain(): void {
    this.send(this.#hello())
  }

  /** Begins: an offer follows. */
  offer(): void {
    this.#attempt(() => this.#negotiation.offer())
  }

  /** Looks for another way through the network, and keeps all else (RFC 8445, section 9): an offer follows. Where that fails nothing happens. */
  restart(): void {
    const begin = async () => {
      this.#pc.setConfiguration({ iceServers: this.#context.iceServers() })
      this.#pc.restartIce()
      await this.#negotiation.offer()
    }
    begin().catch(() => this.#count('no-restart'))
  }

  /**
   * Takes an offer or an answer of the other side; one that is out of date is ignored. False when it comes from another
   * connection than the one this was made with: whoever holds a link can send signals.
   */
  take(description: Description, way: Way = 'relay'): boolean {
    const end = fingerprintIn(description.sdp)
    const { remote } = this.ends
    if (remote !== '' && remote !== end) {
      this.#count('impostor')
      return false
    }
    const take = async () => {
      // A browser may read more into a spelling that is not the usual one than we would.
      if (end === null) throw new Error('No fingerprint, or several')
      if (await this.#negotiation.take(description, way)) await this.#addEarly()
    }
    if (way === 'channel') take().catch(this.#giveUp)
    else if (this.#isOpen) take().catch(() => this.#count('no-restart'))
    else this.#attempt(take)
    return true
  }

  /** Takes the other side's candidates; they may come before its description. */
  add(candidates: readonly Candidate[]): void {
    for (const { candidate } of candidates) this.#context.paths.heard(candidate)
    this.#early.push(...candidates.slice(0, MAX_EARLY - this.#early.length))
    if (!this.#closed && this.#pc.remoteDescription !== null) this.#attempt(() => this.#addEarly())
  }

  /** The browser's statistics of this connection. */
  async stats(): Promise<RTCStatsReport> {
    return this.#pc.getStats()
  }

  /** Ends it without an event. What was said last may not arrive, unless it may `linger` for some ms. */
  close(linger = 0): void {
    if (this.#closed) return
    this.#closed = true
    this.#path.closed()
    if (this.#window !== null) clearTimeout(this.#window)
    this.#channel.close()
    if (linger > 0) setTimeout(() => this.#pc.close(), linger)
    else this.#pc.close()
  }

  #agree(introduction: Introduction, early: readonly Frame[]): void {
    const { role } = introduction
    this.#introduction = introduction
    this.#channel.bound(role)
    // Where WebRTC is not a browser's, a connection is negotiated once.
    if ('addTransceiver' in this.#pc) {
      const can = [NEGOTIATION, CALLS].map((capability) => [capability, 1] as const)
      this.send({ kind: 'capabilities', can })
    }
    this.#events.agreed(this)
    for (const frame of early) this.#take(frame)
  }

  #take(frame: Frame): void {
    if (frame.kind === 'capabilities') {
      const theirs = frame.can.map(([capability]) => capability)
      this.#negotiates = theirs.includes(NEGOTIATION)
      this.#calls = this.#negotiates && theirs.includes(CALLS)
      this.#events.capable(this)
      this.#negotiate()
    } else if (frame.kind !== 'negotiate' && frame.kind !== 'turn') {
      this.#events.frame(this, frame)
    } else if (this.#negotiations.take()) {
      if (frame.kind === 'turn') this.#negotiation.takeTurn().catch(this.#giveUp)
      else this.take(frame, 'channel')
    } else {
      this.#events.offend('too-much: negotiate')
    }
  }

  #negotiate(): void {
    if (!this.#negotiates || !this.#isNeeded || this.#closed) return
    this.#isNeeded = false
    this.#negotiation.need().catch(this.#giveUp)
  }

  readonly #tell = (description: Description, way: Way): void => {
    if (this.#closed) return
    const { is: kind, ...rest } = description
    // Silence need not be sent to us (RFC 7587, section 6.1), and voices in half as many packets as usual (RFC 8866, section 6.4).
    const sdp = description.sdp.replaceAll('useinbandfec=1', '$&;usedtx=1\r\na=ptime:40')
    if (way === 'channel') this.send({ kind: 'negotiate', ...description, sdp })
    else this.#events.signal({ kind, ...rest, sdp })
  }

  readonly #giveUp = (): void => {
    if (this.#closed) return
    this.#count('no-negotiation')
    this.#events.stuck(this)
  }

  #attempt(step: () => Promise<void>): void {
    step().catch(() => this.#lose('bad-description'))
  }

  async #addEarly(): Promise<void> {
    for (const candidate of this.#early.splice(0)) {
      // No harm while another one can be used.
      await this.#pc.addIceCandidate(candidate).catch(() => this.#count('bad-candidate'))
    }
  }

  #find({ candidate, sdpMid, sdpMLineIndex }: RTCIceCandidate): void {
    this.#found.push({ candidate, sdpMid, sdpMLineIndex })
    this.#window ??= setTimeout(() => {
      this.#window = null
      this.#events.signal({ kind: 'candidates', candidates: this.#found })
      this.#found = []
    }, CANDIDATE_WINDOW)
  }

  #lose(why: Loss): void {
    if (this.#closed) return
    this.close()
    this.#events.lost(this, why)
  }

  #count(reason: string): void {
    countDrop(this.#context.host.counts, reason)
  }

  #hello(): Hello {
    const { host, identity } = this.#context
    return sayHello(host.schemaVersion, host.client, identity)
  }
}

/**
 * The one certificate fingerprint that a description names (RFC 8122, section 5), in capitals; null when it names none, several,
 * or one in a spelling of its own, which a browser may read otherwise than we do.
 */
function fingerprintIn(sdp: string): string | null {
  const prints = sdp.match(/^a=fingerprint:sha-256 (?:[\dA-Fa-f]{2}:){31}[\dA-Fa-f]{2}\r?$/gmu) ?? []
  const [print = null, ...others] = new Set(prints.map((line) => line.trim().toUpperCase()))
  const isUsual = prints.length === (sdp.match(/fingerprint/giu)?.length ?? 0)
  return isUsual && others.length === 0 ? print : null
}
