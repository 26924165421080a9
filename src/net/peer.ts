/**
 * The link to one other browser, as y-webrtc knows it: the class it takes for simple-peer's (see `peerLinkAlias` in
 * vite.config.ts). A link outlives its RTCPeerConnections: when one breaks it makes another, until the other side has
 * been silent for too long.
 */
import { ObservableV2 } from 'lib0/observable'
import { countDrop } from './counters.ts'
import type { Frame } from './frames.ts'
import { judgeHello, type Hello, type Introduction, type Refusal } from './handshake.ts'
import { Line, type LineContext, type LineEvents } from './line.ts'
import type { Loss, Mesh, MeshLink } from './mesh.ts'
import { Pulse } from './pulse.ts'
import { Sessions } from './sessions.ts'
import {
  parseSignal,
  randomName,
  sameSession,
  type Candidate,
  type SessionId,
  type Signal,
  type SignalPart,
} from './signal.ts'
import { between } from './timing.ts'

/** What the links of one room share. */
export interface PeerContext extends LineContext {
  /** Null where there is no WebRTC: then links stay shut. */
  RTCPeerConnection: typeof RTCPeerConnection | null
  /** The links there are, kept by the links themselves. */
  links: Set<Peer>
}

/** What y-webrtc passes: its own `initiator` (whoever hears an announcement begins), the rest from `peerOpts`. */
export interface PeerOptions {
  initiator: boolean
  context: PeerContext
}

/** 'refused' links stand in y-webrtc's table only so that their peer is ignored for a while. */
export type PeerState = 'connecting' | 'open' | 'interrupted' | 'refused' | 'closed'

/** Most links of one room: somebody could make up any number of peers. */
const MAX_LINKS = 100

/** Broken rules after which a peer is refused; one is forgiven with every beat. */
const MAX_OFFENCES = 100

type Timer = ReturnType<typeof setTimeout>

/** What y-webrtc listens to. It asks for 'error' too, which does not happen here. */
interface PeerEvents {
  signal: (signal: Signal) => void
  connect: () => void
  data: (message: Uint8Array) => void
  close: () => void
  error: (error: Error) => void
}

export default class Peer extends ObservableV2<PeerEvents> implements MeshLink {
  readonly name = randomName()
  readonly #context: PeerContext
  readonly #mesh: Mesh
  readonly #heartbeat: Timer
  #state: PeerState = 'connecting'
  #refusal: Refusal | 'unsupported' | null = null
  /** The connection over which both said hello last; it may have fallen silent. */
  #live: Line | null = null
  /** The attempt under way. */
  #next: Line | null = null
  #hello: Hello | null = null
  #introduction: Introduction | null = null
  #hasConnected = false
  /** We have said that we part. */
  #isParting = false
  readonly #sessions = new Sessions(this.name)
  #retries = 0
  #timer: Timer | null = null
  #probe: Timer | null = null
  readonly #pulse: Pulse
  #restartedAt = 0
  #offences = 0

  constructor({ initiator, context }: PeerOptions) {
    super()
    this.#context = context
    this.#mesh = context.mesh
    this.#pulse = new Pulse(this.#mesh.timing)
    context.links.add(this)
    this.#heartbeat = setInterval(this.#beat, this.#mesh.timing.beat)
    if (this.#mesh.closed) queueMicrotask(() => this.destroy())
    else if (context.RTCPeerConnection === null) this.#shut('unsupported')
    else if ([...context.links].filter(({ state }) => state !== 'refused').length > MAX_LINKS) this.refuse('crowded')
    else if (initiator) this.#attempt()
    else this.#schedule(this.#attempt, this.#mesh.timing.attempt)
  }

  get state(): PeerState {
    return this.#state
  }

  /** Why this peer is ignored, when it is. */
  get refusal(): string | null {
    return this.#refusal
  }

  /** What the other side said of itself, once it has. */
  get hello(): Hello | null {
    return this.#hello
  }

  /** Who the other side has shown to be, once both agreed. */
  get introduction(): Introduction | null {
    return this.#introduction
  }

  get queued(): number {
    return this.#live?.queued ?? 0
  }

  get receiving(): { received: number; total: number } | null {
    return this.#live?.receiving ?? null
  }

  /** The browser's statistics of the connection in use, or null. */
  async stats(): Promise<RTCStatsReport | null> {
    return this.#live === null ? null : this.#live.stats()
  }

  /** Takes what y-webrtc sends; the mesh decides what of it goes out. */
  send(message: Uint8Array<ArrayBuffer>): void {
    this.#mesh.answer(this, message)
  }

  sendFrame(frame: Frame): boolean {
    return this.#live?.send(frame) ?? false
  }

  deliver(message: Uint8Array): void {
    this.emit('data', [message])
  }

  offend(reason: string): void {
    countDrop(this.#mesh.counts, reason)
    this.#offences++
    if (this.#offences >= MAX_OFFENCES) this.refuse('hostile')
  }

  /** Ignores this peer for a while: nothing of it comes through, and y-webrtc begins nothing new with it. */
  refuse(refusal: Refusal): void {
    if (!this.#isAlive) return
    countDrop(this.#mesh.counts, `refused: ${refusal}`)
    this.#shut(refusal)
    this.#schedule(() => {
      this.#close('silent')
    }, this.#mesh.timing.refuse)
  }

  part(): void {
    if (this.#state !== 'open' || this.#isParting) return
    this.#isParting = true
    this.sendFrame({ kind: 'part' })
    // The other side ends it, so that it has heard why.
    this.#schedule(() => {
      this.#close('parted')
    }, this.#mesh.timing.parting)
  }

  /** Takes what the other side says through the relay. Total on any value. */
  signal(value: unknown): void {
    if (!this.#isAlive) return
    const signal = parseSignal(value)
    if (signal === null) {
      this.offend('malformed-signal')
    } else if (this.#sessions.isFormer(signal.from)) {
      countDrop(this.#mesh.counts, 'stale-signal')
    } else {
      this.#pulse.heard()
      if (signal.kind === 'restart') this.#receiveRestart(signal.session)
      else if (signal.kind === 'candidates') this.#receiveCandidates(signal.session, signal.candidates)
      else if (signal.kind === 'offer') this.#receiveOffer(signal.session, signal.sdp)
      else this.#receiveAnswer(signal.from, signal.session, signal.sdp)
    }
  }

  /** Asks for a sign of life. Without one the link is renewed, or, when its peer is said to have left, ended. */
  probe(hasLeft: boolean): void {
    if (!this.#isAlive) return
    if (this.#state === 'interrupted' && !hasLeft) this.#hurry()
    if (this.#probe !== null) return
    const asked = Date.now()
    const isAnswered = () => this.#pulse.isSince(asked, this.#state === 'open')
    this.sendFrame({ kind: 'ping', token: 0 })
    this.#probe = setTimeout(() => {
      this.#probe = null
      if (isAnswered()) return
      this.#interrupt(hasLeft)
      if (!hasLeft) return
      // It may only be too busy to answer.
      this.#probe = setTimeout(() => {
        this.#probe = null
        if (!isAnswered()) this.#close('left')
      }, this.#mesh.timing.linger)
    }, this.#mesh.timing.probe)
  }

  /** Says goodbye and ends the link. */
  leave(): void {
    this.sendFrame({ kind: 'bye' })
    this.destroy()
  }

  /** Ends the link; y-webrtc hears 'close'. */
  override destroy(): void {
    this.#close('silent')
  }

  get #isAlive(): boolean {
    return this.#state !== 'closed' && this.#state !== 'refused'
  }

  #receiveOffer(session: SessionId, sdp: string): void {
    if (this.#live !== null && sameSession(this.#live.session, session)) {
      this.#live.answer(sdp)
    } else if (this.#sessions.takes(session, this.#next?.session ?? null)) {
      this.#connect(session, (line) => line.answer(sdp))
    } else {
      countDrop(this.#mesh.counts, 'stale-signal')
    }
  }

  #receiveRestart(session: SessionId): void {
    const line = this.#live
    if (line !== null && session.owner === this.name && sameSession(line.session, session)) this.#restart(line)
    else countDrop(this.#mesh.counts, 'stale-signal')
  }

  #receiveAnswer(from: string, session: SessionId, sdp: string): void {
    const line = this.#lineOf(session)
    if (line === null || session.owner !== this.name) {
      countDrop(this.#mesh.counts, 'stale-signal')
      return
    }
    this.#sessions.meet(from)
    line.accept(sdp)
  }

  #receiveCandidates(session: SessionId, candidates: readonly Candidate[]): void {
    const line = this.#lineOf(session)
    if (line !== null) line.add(candidates)
    else this.#sessions.keep(session, candidates)
  }

  #lineOf(session: SessionId): Line | null {
    return [this.#next, this.#live].find((line) => line !== null && sameSession(line.session, session)) ?? null
  }

  readonly #attempt = (): void => {
    this.#connect(this.#sessions.next(), (line) => line.offer())
  }

  #connect(session: SessionId, begin: (line: Line) => void): void {
    this.#next?.close()
    this.#next = this.#newLine(session)
    this.#schedule(this.#fail, this.#mesh.timing.attempt)
    if (this.#next === null) return
    begin(this.#next)
    this.#next.add(this.#sessions.claim(session))
  }

  #newLine(session: SessionId): Line | null {
    const { RTCPeerConnection } = this.#context
    if (RTCPeerConnection === null) return null
    const events: LineEvents = {
      signal: (part) => this.#say(session, part),
      judge: (hello) => this.#judge(hello),
      agreed: (line) => this.#settleOn(line),
      frame: (line, frame) => this.#receive(line, frame),
      stalled: (line) => {
        if (line === this.#live) this.#interrupt()
      },
      lost: (line, why) => this.#lose(line, why),
      offend: (reason) => this.offend(reason),
    }
    try {
      return new Line({ session, context: this.#context, RTCPeerConnection, events })
    } catch (error) {
      // The browser allows only so many at a time; the next attempt may have better luck.
      if (!(error instanceof Error)) throw error
      countDrop(this.#mesh.counts, 'no-connection')
      return null
    }
  }

  #say(session: SessionId, part: SignalPart): void {
    const signal: Signal = { type: 'link', from: this.name, session, ...part }
    this.emit('signal', [signal])
  }

  #receive(line: Line, frame: Frame): void {
    if (line !== this.#live || line.introduction === null) return
    this.#pulse.heardFrame()
    if (this.#state === 'interrupted') {
      // It speaks again, and may have taken us for gone.
      line.greetAgain()
      this.#open(line.introduction)
    }
    this.#receiveLive(frame, line.introduction)
  }

  #receiveLive(frame: Frame, introduction: Introduction): void {
    switch (frame.kind) {
      case 'ping':
        this.sendFrame({ kind: 'pong', token: frame.token })
        break
      case 'pong':
        break
      case 'bye':
        this.#close('left')
        break
      case 'part':
        this.#close('parted')
        break
      case 'hello':
        // The other side was interrupted and has forgotten what we told it; we may have noticed nothing.
        this.#mesh.lost(this, 'silent')
        this.#mesh.opened(this, introduction)
        break
      case 'proof':
        // One that was asked for has been taken by the handshake.
        countDrop(this.#mesh.counts, 'bad-proof')
        break
      default:
        this.#mesh.received(this, frame)
    }
  }

  #judge(hello: Hello): boolean {
    const isTab = this.#mesh.isTab(hello.client)
    const refusal = judgeHello(hello, this.#mesh.doc.clientID) ?? (isTab ? 'same-browser' : null)
    this.#hello = hello
    if (refusal !== null) this.refuse(refusal)
    return refusal === null
  }

  #settleOn(line: Line): void {
    if (line !== this.#next || line.introduction === null) return
    if (this.#introduction?.role === 'write' && line.introduction.role === 'read') {
      // Whoever holds a link can send signals in another's name. The writer that was here can always show that it writes.
      countDrop(this.#mesh.counts, 'impostor')
      this.#fail()
      return
    }
    if (this.#state === 'open') this.#mesh.lost(this, 'silent')
    this.#live?.close()
    this.#live = line
    this.#next = null
    this.#pulse.heardFrame()
    this.#introduction = line.introduction
    this.#open(line.introduction)
  }

  #open(introduction: Introduction): void {
    this.#state = 'open'
    this.#retries = 0
    if (this.#next === null) this.#unschedule()
    this.#mesh.opened(this, introduction)
    if (this.#hasConnected) return
    this.#hasConnected = true
    this.emit('connect', [])
  }

  #lose(line: Line, why: 'closed' | 'failed' | 'bad-description'): void {
    if (why === 'bad-description') this.offend(why)
    if (line === this.#live) {
      this.#live = null
      if (this.#isParting) this.#close('parted')
      else this.#interrupt()
    } else if (line === this.#next) {
      this.#next = null
      this.#retry()
    }
  }

  /** Nothing comes through: cursors may go, and the link is renewed. */
  #interrupt(hasLeft = false): void {
    if (this.#state !== 'open') return
    this.#state = 'interrupted'
    this.#mesh.lost(this, hasLeft ? 'left' : 'silent')
    this.#renew()
  }

  /** First another way through the network for the connection there is, then another connection beside it. */
  #renew(): void {
    if (!this.#isAlive || this.#next !== null) return
    if (this.#live === null) {
      this.#retry()
      return
    }
    if (this.#live.session.owner === this.name) this.#restart(this.#live)
    else this.#say(this.#live.session, { kind: 'restart' })
    this.#schedule(this.#attempt, this.#mesh.timing.restart * between(1, 1.5))
  }

  /** Both sides may ask for a restart at the same time. */
  #restart(line: Line): void {
    const now = Date.now()
    if (now - this.#restartedAt < this.#mesh.timing.restartEvery) return
    this.#restartedAt = now
    line.restart()
  }

  readonly #fail = (): void => {
    this.#next?.close()
    this.#next = null
    this.#retry()
  }

  #retry(): void {
    if (!this.#isAlive || this.#next !== null) return
    const { retryFirst, retryMost } = this.#mesh.timing
    const wait = Math.min(retryMost, retryFirst * 2 ** this.#retries) * between(0.5, 1.5)
    this.#retries++
    this.#schedule(this.#attempt, wait)
  }

  /** Tries at once: something says that the network is back. */
  #hurry(): void {
    this.#retries = 0
    this.#renew()
  }

  readonly #beat = (): void => {
    this.#offences = Math.max(0, this.#offences - 1)
    const silence = this.#pulse.look(this.#state === 'open')
    if (!this.#isAlive || silence === 'fine') return
    this.sendFrame({ kind: 'ping', token: 0 })
    if (silence === 'dead') this.#interrupt()
    else if (silence === 'gone') this.#close('silent')
  }

  #shut(refusal: Refusal | 'unsupported'): void {
    this.#refusal = refusal
    this.#state = 'refused'
    this.#drop('left')
  }

  #close(loss: Loss): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    clearInterval(this.#heartbeat)
    this.#drop(loss)
    this.#context.links.delete(this)
    this.#mesh.changed()
    this.emit('close', [])
  }

  #drop(loss: Loss): void {
    this.#unschedule()
    if (this.#probe !== null) clearTimeout(this.#probe)
    this.#probe = null
    this.#next?.close()
    this.#live?.close()
    this.#next = null
    this.#live = null
    this.#mesh.lost(this, loss)
  }

  /** The link's one timer: until an attempt fails, or until the next one begins. */
  #schedule(action: () => void, delay: number): void {
    this.#unschedule()
    this.#timer = setTimeout(action, delay)
  }

  #unschedule(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}
