/**
 * A link's connections: the one in use, and the attempt under way beside it. What breaks is first restarted, then
 * replaced, more and more patiently, for as long as the link lives.
 */
import { countDrop } from './counters.ts'
import type { Frame } from './frames.ts'
import type { Hello, Introduction } from './handshake.ts'
import { Line, type LineContext, type LineEvents } from './line.ts'
import { Sessions } from './sessions.ts'
import { sameSession, type Candidate, type SessionId, type Signal, type SignalPart } from './signal.ts'
import { between, type Timing } from './timing.ts'

export interface LinesEvents {
  /** To be told to the other side through the relay. */
  signal: (signal: Signal) => void
  /** The other side said hello; or, while it is `known`, somebody in its name. False when it is not let in. */
  judge: (hello: Hello, known: boolean) => boolean
  /** A connection is in use from now on; the one before, if any, is closed. */
  settled: (introduction: Introduction) => void
  /** A frame of the connection in use. */
  frame: (frame: Frame) => void
  /** The connection in use carries nothing now. */
  silenced: () => void
  offend: (reason: string) => void
}

export interface LinesOptions {
  /** This side's name for the link. */
  name: string
  context: LineContext
  RTCPeerConnection: typeof RTCPeerConnection
  events: LinesEvents
}

type Timer = ReturnType<typeof setTimeout>

/** Broken rules that an attempt in the name of somebody known may bring before it is given up. */
const MAX_STRIKES = 100

export class Lines {
  readonly #name: string
  readonly #context: LineContext
  readonly #timing: Timing
  readonly #RTCPeerConnection: typeof RTCPeerConnection
  readonly #events: LinesEvents
  readonly #sessions: Sessions
  /** The connection over which both agreed last; it may have fallen silent. */
  #live: Line | null = null
  /** The attempt under way. */
  #next: Line | null = null
  /** The other side has shown that it may write. */
  #hasProved = false
  /** Who has answered the attempt under way. */
  #answerer: string | null = null
  #strikes = 0
  #retries = 0
  /** When the attempt under way began, and the last restart; ms since the epoch. */
  #begunAt = 0
  #restartedAt = 0
  /** Until an attempt fails, or until the next one begins. */
  #timer: Timer | null = null

  constructor({ name, context, RTCPeerConnection, events }: LinesOptions) {
    this.#name = name
    this.#context = context
    this.#timing = context.mesh.timing
    this.#RTCPeerConnection = RTCPeerConnection
    this.#events = events
    this.#sessions = new Sessions(name)
  }

  /** The connection in use, or null. */
  get live(): Line | null {
    return this.#live
  }

  /** Offers a connection now. */
  attempt(): void {
    this.#connect(this.#sessions.next(), (line) => line.offer())
  }

  /** Leaves it to the other side to offer one, for a while. */
  expect(): void {
    this.#schedule(() => this.attempt(), this.#timing.attempt)
  }

  /** The other side calls in the room although we are at it: what we said may have been lost on the way. */
  calledAgain(): void {
    const isUnheard = this.#next === null || !this.#next.isAnswered
    if (this.#live === null && isUnheard && Date.now() - this.#begunAt > this.#timing.unheard) this.attempt()
  }

  /** Takes what the other side says through the relay. False when it comes from somebody who has been replaced. */
  receive(signal: Signal): boolean {
    if (this.#sessions.isFormer(signal.from)) {
      this.#countStale()
      return false
    }
    const { session } = signal
    if (signal.kind === 'restart') this.#receiveRestart(signal.from, session)
    else if (signal.kind === 'candidates') this.#receiveCandidates(session, signal.candidates)
    else if (signal.kind === 'offer') this.#receiveOffer(session, signal.sdp)
    else this.#receiveAnswer(signal.from, session, signal.sdp)
    return true
  }

  /** The connection in use is in order: nothing needs to be tried. */
  rest(): void {
    this.#retries = 0
    if (this.#next === null) this.#unschedule()
  }

  /** First another way through the network for the connection there is, then another connection beside it. */
  renew(): void {
    if (this.#next !== null) return
    if (this.#live === null) {
      this.#retry()
      return
    }
    if (this.#live.session.owner === this.#name) this.#restart(this.#live)
    else this.#say(this.#live.session, { kind: 'restart' })
    this.#schedule(() => this.attempt(), this.#timing.restart * between(1, 1.5))
  }

  /** The same, and without the patience of earlier failures: something says that the network is back. */
  hurry(): void {
    this.#retries = 0
    this.renew()
  }

  close(): void {
    this.#unschedule()
    this.#next?.close()
    this.#live?.close()
    this.#next = null
    this.#live = null
  }

  #receiveOffer(session: SessionId, sdp: string): void {
    if (this.#live !== null && sameSession(this.#live.session, session)) {
      this.#live.answer(sdp)
    } else if (this.#sessions.takes(session, this.#next?.session ?? null, this.#isKnown)) {
      this.#connect(session, (line) => line.answer(sdp))
    } else {
      this.#countStale()
    }
  }

  #receiveRestart(from: string, session: SessionId): void {
    const line = this.#live
    if (line !== null && session.owner === this.#name && sameSession(line.session, session)) this.#restart(line)
    else this.#forgotten(from)
  }

  #receiveAnswer(from: string, session: SessionId, sdp: string): void {
    const line = this.#lineOf(session)
    if (line === null || session.owner !== this.#name) {
      this.#forgotten(from)
      return
    }
    if (this.#isKnown) this.#answerer = from
    else this.#sessions.meet(from)
    // The other side has forgotten the connection that we have restarted, and made another one in its place.
    if (!line.accept(sdp)) this.attempt()
  }

  #receiveCandidates(session: SessionId, candidates: readonly Candidate[]): void {
    const line = this.#lineOf(session)
    if (line !== null) line.add(candidates)
    else this.#sessions.keep(session, candidates)
  }

  #lineOf(session: SessionId): Line | null {
    return [this.#next, this.#live].find((line) => line !== null && sameSession(line.session, session)) ?? null
  }

  #connect(session: SessionId, begin: (line: Line) => void): void {
    this.#next?.close()
    this.#answerer = null
    this.#strikes = 0
    this.#begunAt = Date.now()
    this.#next = this.#newLine(session)
    this.#schedule(() => this.#fail(), this.#timing.attempt)
    if (this.#next === null) return
    begin(this.#next)
    this.#next.add(this.#sessions.claim(session))
  }

  #newLine(session: SessionId): Line | null {
    const { frame, silenced } = this.#events
    const events: LineEvents = {
      signal: (part) => this.#say(session, part),
      judge: (hello) => this.#judge(session, hello),
      agreed: (line) => this.#settleOn(line),
      frame: (line, one) => {
        if (line === this.#live) frame(one)
      },
      stalled: (line) => {
        if (line === this.#live) silenced()
      },
      lost: (line, why) => this.#lose(line, why),
      offend: (reason) => this.#offend(session, reason),
    }
    try {
      return new Line({ session, context: this.#context, RTCPeerConnection: this.#RTCPeerConnection, events })
    } catch (error) {
      // The browser allows only so many at a time; the next attempt may have better luck.
      if (!(error instanceof Error)) throw error
      countDrop(this.#context.mesh.counts, 'no-connection')
      return null
    }
  }

  #settleOn(line: Line): void {
    const { introduction } = line
    if (line !== this.#next || introduction === null) return
    if (this.#hasProved && introduction.role === 'read') {
      // Whoever holds a link can send signals in another's name. The writer that was here can always show that it writes.
      countDrop(this.#context.mesh.counts, 'impostor')
      this.#fail()
      return
    }
    this.#hasProved = introduction.role === 'write'
    const { epoch, owner } = line.session
    const remote = owner === this.#name ? this.#answerer : owner
    if (remote !== null) this.#sessions.meet(remote, remote === owner ? epoch : 0)
    this.#live?.close()
    this.#live = line
    this.#next = null
    this.#events.settled(introduction)
  }

  #lose(line: Line, why: 'closed' | 'failed' | 'bad-description'): void {
    if (why === 'bad-description') countDrop(this.#context.mesh.counts, why)
    if (line === this.#live) {
      this.#live = null
      this.#events.silenced()
    } else if (line === this.#next) {
      this.#next = null
      this.#retry()
    }
  }

  /** Both sides may ask for a restart at the same time. */
  #restart(line: Line): void {
    const now = Date.now()
    if (now - this.#restartedAt < this.#timing.restartEvery) return
    this.#restartedAt = now
    line.restart()
  }

  #fail(): void {
    this.#next?.close()
    this.#next = null
    this.#retry()
  }

  #retry(): void {
    if (this.#next !== null) return
    const { retryFirst, retryMost } = this.#timing
    const wait = Math.min(retryMost, retryFirst * 2 ** this.#retries) * between(0.5, 1.5)
    this.#retries++
    this.#schedule(() => this.attempt(), wait)
  }

  #say(session: SessionId, part: SignalPart): void {
    this.#events.signal({ type: 'link', from: this.#name, session, ...part })
  }

  /** The link `from` speaks of what is no more. It waits in vain for that; and we, for a link that it has taken the place of. */
  #forgotten(from: string): void {
    this.#countStale()
    if (this.#isKnown) return
    this.#sessions.meet(from)
    const waitsInVain = this.#next === null || this.#sessions.isFormer(this.#next.session.owner)
    if (this.#live === null && waitsInVain) this.attempt()
  }

  /** Whether a connection stands over which the other side has shown that it may write: what signals say of it is hearsay. */
  get #isKnown(): boolean {
    return this.#hasProved && this.#live !== null
  }

  /** Whether a session is one that somebody may have begun in the name of the other side, who is known. */
  #isHearsay(session: SessionId): boolean {
    return this.#hasProved && (this.#live === null || !sameSession(this.#live.session, session))
  }

  #judge(session: SessionId, hello: Hello): boolean {
    const isHearsay = this.#isHearsay(session)
    const isLetIn = this.#events.judge(hello, isHearsay)
    if (!isLetIn && isHearsay) this.#drop(session)
    return isLetIn
  }

  /** A rule was broken. Only what comes over the connection that is in use is certainly the other side's. */
  #offend(session: SessionId, reason: string): void {
    if (!this.#isHearsay(session)) {
      this.#events.offend(reason)
      return
    }
    countDrop(this.#context.mesh.counts, reason)
    this.#strikes++
    if (this.#strikes >= MAX_STRIKES) this.#drop(session)
  }

  #drop(session: SessionId): void {
    countDrop(this.#context.mesh.counts, 'impostor')
    if (this.#next !== null && sameSession(this.#next.session, session)) this.#fail()
  }

  #countStale(): void {
    countDrop(this.#context.mesh.counts, 'stale-signal')
  }

  #schedule(action: () => void, delay: number): void {
    this.#unschedule()
    this.#timer = setTimeout(action, delay)
  }

  #unschedule(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}
