/**
 * A link's connections: the one in use, and the attempt under way beside it. What breaks is first restarted, then
 * replaced, more and more patiently, for as long as the link lives.
 */
import { Bucket } from '../allowance.ts'
import { countDrop } from '../diagnostics/counters.ts'
import { Connection, type ConnectionContext, type ConnectionEvents } from './connection.ts'
import type { Frame } from './frames.ts'
import type { Hello, Introduction } from './handshake.ts'
import { LinkKey } from './link-key.ts'
import type { Description } from './negotiation.ts'
import { OfferOrder } from './offer-order.ts'
import { sameSession, type Candidate, type SessionId, type Signal, type SignalPart, type Vouch } from './signal.ts'
import { between, type Timing } from './timing.ts'

export interface ReconnectingEvents {
  /** To be told to the other side through the relay. */
  signal: (signal: Signal & { vouch?: Vouch }) => void
  /** The other side was heard through the relay. */
  heard: () => void
  /** Somebody says in the name of the other side what it would say if it did not hear us. */
  doubted: () => void
  /** Whether the connection in use carries frames. */
  isHeard: () => boolean
  /** The other side said hello; or, while it is `known`, somebody in its name. False when it is not let in. */
  judge: (hello: Hello, known: boolean) => boolean
  /** A connection is in use from now on; the one before, if any, is closed. */
  settled: (introduction: Introduction) => void
  /** A frame of the connection in use. */
  frame: (frame: Frame) => void
  /** The other side of the connection in use has said what it can do. */
  capable: () => void
  /** It begins to send something beside the data channel. */
  admits: (transceiver: RTCRtpTransceiver) => boolean
  /** The connection in use carries nothing now. */
  silenced: () => void
  offend: (reason: string) => void
}

export interface ReconnectingOptions {
  /** This side's name for the link. */
  name: string
  context: ConnectionContext
  RTCPeerConnection: typeof RTCPeerConnection
  events: ReconnectingEvents
}

type Timer = ReturnType<typeof setTimeout>

/** Broken rules that an attempt in the name of somebody known may bring before it is given up. */
const MAX_STRIKES = 100

/** How much is taken through the relay that nobody vouches for. An attempt takes about ten, and the next one comes a second later. */
const UNVOUCHED = { burst: 200, rate: 20 }

/** The other side's candidates may be on their way unvouched for so long after both agreed, in milliseconds. */
const TRICKLING = 5_000

/** How many connections may pass until what was vouched for by the key of one counts no more. */
const MAX_KEYS = 2

/** Most signals kept that nobody vouched for while the other side was heard. */
const MAX_HELD = 32

export class Reconnecting {
  readonly #name: string
  readonly #context: ConnectionContext
  readonly #timing: Timing
  readonly #RTCPeerConnection: typeof RTCPeerConnection
  readonly #events: ReconnectingEvents
  readonly #order: OfferOrder
  /** The connection over which both agreed last; it may have fallen silent. */
  #live: Connection | null = null
  /** The attempt under way. */
  #next: Connection | null = null
  /** The other side has shown that it may write. */
  #hasProved = false
  /** Who has answered the attempt under way. */
  #answerer: string | null = null
  #strikes = 0
  #retries = 0
  /** Of the last connections that both agreed over, the newest first. */
  #keys: readonly LinkKey[] = []
  readonly #unvouched = new Bucket(UNVOUCHED)
  /** What nobody vouched for while the other side was heard, with when that was; ms since the epoch. */
  readonly #held: [at: number, signal: Signal][] = []
  /** What is to be taken, and to be said, in order. */
  #inbox = Promise.resolve()
  #outbox = Promise.resolve()
  #settledAt = 0
  #closed = false
  /** When the attempt under way began, the last restart, and the last replacement of what still carried frames; ms since the epoch. */
  #begunAt = 0
  #restartedAt = 0
  #replacedAt = 0
  #replacements = 0
  /** Until an attempt fails, or until the next one begins. */
  #timer: Timer | null = null

  constructor({ name, context, RTCPeerConnection, events }: ReconnectingOptions) {
    this.#name = name
    this.#context = context
    this.#timing = context.host.timing
    this.#RTCPeerConnection = RTCPeerConnection
    this.#events = events
    this.#order = new OfferOrder(name)
  }

  /** The connection in use, or null. */
  get live(): Connection | null {
    return this.#live
  }

  /** Offers a connection now. */
  attempt(): void {
    this.#connect(this.#order.next(), (connection) => connection.offer())
  }

  /** Leaves it to the other side to offer one, for a while. */
  expect(): void {
    this.#schedule(() => this.attempt(), this.#timing.attempt)
  }

  /** The other side calls in the room although we are at it: what we said may have been lost on the way. */
  calledAgain(): void {
    if (this.#next === null ? this.#live === null && this.#isOverdue : this.#isUnheard) this.attempt()
  }

  /**
   * Takes what somebody says through the relay as the other side. While its frames are heard only that counts which it has
   * vouched for: it would say anything else over the connection.
   */
  receive(signal: Signal, vouch: Vouch | null): void {
    if (vouch === null || this.#keys.length === 0) this.#receiveUnvouched(signal)
    else this.#inbox = this.#inbox.then(() => this.#verify(signal, vouch)).catch(this.#note)
  }

  /** The connection in use is in order: nothing needs to be tried. */
  rest(): void {
    this.#retries = 0
    if (this.#next === null) this.#unschedule()
  }

  /**
   * First another way through the network for the connection there is, then another connection beside it. What was not believed
   * a moment ago may be true: who seemed to be heard may have begun anew.
   */
  renew(): void {
    for (const [at, signal] of this.#held.splice(0)) {
      if (Date.now() - at < this.#timing.attempt) this.#receiveUnvouched(signal)
    }
    if (this.#next !== null) return
    if (this.#live === null) {
      this.#retry()
      return
    }
    if (this.#live.session.owner === this.#name) this.#restart(this.#live)
    else this.#say(this.#live.session, { kind: 'restart' })
    this.#schedule(() => this.attempt(), this.#timing.restart * between(1, 1.5))
  }

  /**
   * The same, and without the patience of earlier failures: something says that the network is back. What was offered before
   * went out over one that may have been dead. And where that was away for seconds, what was sent meanwhile is sent again ever
   * more rarely (RFC 9260, section 6.3.3): another connection does not wait for it.
   */
  hurry(): void {
    this.#retries = this.#restartedAt = 0
    if (this.#next === null ? this.#live?.isUnheard : this.#isUnheard) this.attempt()
    else this.renew()
  }

  /** Ends them all. What was said last may not arrive, unless they may `linger` for some ms. */
  close(linger = 0): void {
    this.#closed = true
    this.#unschedule()
    this.#next?.close(linger)
    this.#live?.close(linger)
    this.#next = null
    this.#live = null
  }

  /** Whether the attempt under way waits so long for an answer that its offer may have been lost; while the other side is heard there is no hurry. */
  get #isUnheard(): boolean {
    return this.#next?.isAnswered === false && this.#isOverdue && !this.#events.isHeard()
  }

  /** Whether an offer would have been answered by now. */
  get #isOverdue(): boolean {
    return Date.now() - this.#begunAt > this.#timing.unheard
  }

  async #verify(signal: Signal, vouch: Vouch): Promise<void> {
    for (const key of this.#keys) {
      if (await key.isFromOtherEnd(signal, vouch)) {
        this.#take(signal)
        return
      }
    }
    this.#receiveUnvouched(signal)
  }

  #receiveUnvouched(signal: Signal): void {
    if (this.#events.isHeard()) {
      const isTrickling = signal.kind === 'candidates' && Date.now() - this.#settledAt < TRICKLING
      if (!isTrickling) {
        this.#count('unvouched-signal')
        this.#held.push([Date.now(), signal])
        if (this.#held.length > MAX_HELD) this.#held.shift()
        this.#events.doubted()
        return
      }
    }
    if (this.#unvouched.take()) this.#take(signal)
    else this.#count('too-much: signal')
  }

  #take(signal: Signal): void {
    // It may have been closed while it was looked at whose this is.
    if (this.#closed) return
    const { from, session } = signal
    // What we have said ourselves comes back from whoever wants it to.
    if (from === this.#name || this.#order.isFormer(from)) {
      this.#count('stale-signal')
      return
    }
    if (signal.kind === 'restart') this.#receiveRestart(from, session)
    else if (signal.kind === 'candidates') this.#receiveCandidates(session, signal.candidates)
    else if (signal.kind === 'offer') this.#receiveOffer(session, { is: 'offer', ...signal })
    else this.#receiveAnswer(from, session, { is: 'answer', ...signal })
    this.#events.heard()
  }

  #receiveOffer(session: SessionId, offer: Description): void {
    if (this.#live !== null && sameSession(this.#live.session, session)) {
      this.#live.take(offer)
    } else if (this.#order.takes(session, this.#next?.session ?? null, this.#isKnown)) {
      this.#connect(session, (connection) => connection.take(offer))
    } else {
      this.#count('stale-signal')
    }
  }

  #receiveRestart(from: string, session: SessionId): void {
    const connection = this.#live
    if (connection !== null && session.owner === this.#name && sameSession(connection.session, session))
      this.#restart(connection)
    else this.#forgotten(from)
  }

  #receiveAnswer(from: string, session: SessionId, answer: Description): void {
    const connection = this.#connectionOf(session)
    if (connection === null || session.owner !== this.#name) {
      this.#forgotten(from)
      return
    }
    if (this.#isKnown) this.#answerer = from
    else this.#order.meet(from)
    // The other side has forgotten the connection that we have restarted, and made another one in its place.
    if (!connection.take(answer)) this.attempt()
  }

  #receiveCandidates(session: SessionId, candidates: readonly Candidate[]): void {
    const connection = this.#connectionOf(session)
    if (connection !== null) connection.add(candidates)
    else this.#order.keep(session, candidates)
  }

  #connectionOf(session: SessionId): Connection | null {
    return (
      [this.#next, this.#live].find((connection) => connection !== null && sameSession(connection.session, session)) ??
      null
    )
  }

  #connect(session: SessionId, begin: (connection: Connection) => void): void {
    this.#next?.close()
    this.#answerer = null
    this.#strikes = 0
    this.#begunAt = Date.now()
    this.#next = this.#make(session)
    this.#schedule(() => this.#fail(), this.#timing.attempt)
    if (this.#next === null) return
    begin(this.#next)
    this.#next.add(this.#order.claim(session))
  }

  #make(session: SessionId): Connection | null {
    const { frame, silenced, capable, admits } = this.#events
    const events: ConnectionEvents = {
      signal: (part) => this.#say(session, part),
      judge: (hello) => this.#judge(session, hello),
      agreed: (connection) => this.#settleOn(connection),
      frame: (connection, one) => {
        if (connection === this.#live) frame(one)
      },
      capable: (connection) => {
        if (connection === this.#live) capable()
      },
      admits: (connection, transceiver) => connection === this.#live && admits(transceiver),
      stuck: (connection) => {
        if (connection === this.#live) this.#replace()
      },
      stalled: (connection) => {
        if (connection === this.#live) silenced()
      },
      lost: (connection, why) => this.#lose(connection, why),
      offend: (reason) => this.#offend(session, reason),
    }
    try {
      return new Connection({
        session,
        isOwn: session.owner === this.#name,
        context: this.#context,
        RTCPeerConnection: this.#RTCPeerConnection,
        events,
      })
    } catch (error) {
      // The browser allows only so many at a time; the next attempt may have better luck.
      if (!(error instanceof Error)) throw error
      this.#count('no-connection')
      return null
    }
  }

  #settleOn(connection: Connection): void {
    const { introduction } = connection
    if (connection !== this.#next || introduction === null) return
    if (this.#hasProved && introduction.role === 'read') {
      // Whoever holds a link can send signals in another's name. The writer that was here can always show that it writes.
      this.#count('impostor')
      this.#fail()
      return
    }
    this.#hasProved = introduction.role === 'write'
    const { epoch, owner } = connection.session
    const remote = owner === this.#name ? this.#answerer : owner
    if (remote !== null) this.#order.meet(remote, remote === owner ? epoch : 0)
    this.#live?.close()
    this.#live = connection
    this.#next = null
    this.#settledAt = Date.now()
    if (connection.secret !== null) this.#keys = [new LinkKey(connection.secret), ...this.#keys].slice(0, MAX_KEYS)
    this.#events.settled(introduction)
  }

  #lose(connection: Connection, why: 'closed' | 'failed' | 'bad-description'): void {
    if (why === 'bad-description') this.#count(why)
    if (connection === this.#live) {
      this.#live = null
      this.#events.silenced()
    } else if (connection === this.#next) {
      this.#next = null
      this.#retry()
    }
  }

  /** Both sides may ask for a restart at the same time. */
  #restart(connection: Connection): void {
    const now = Date.now()
    if (now - this.#restartedAt < this.#timing.restartEvery) return
    this.#restartedAt = now
    connection.restart()
  }

  /** Another connection in the place of the one in use, which is heard but will carry nothing more; more and more rarely: it may help no more than before. */
  #replace(): void {
    const now = Date.now()
    const { replaceFirst, replaceMost } = this.#timing
    const pause = Math.min(replaceMost, replaceFirst * 2 ** this.#replacements)
    if (this.#next !== null || now - this.#replacedAt < pause) return
    this.#replacedAt = now
    this.#replacements++
    this.attempt()
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
    const signal: Signal = { type: 'link', from: this.#name, session, ...part }
    const [key] = this.#keys
    if (key === undefined) {
      this.#events.signal(signal)
      return
    }
    const send = async (): Promise<void> => this.#events.signal({ ...signal, vouch: await key.sign(signal) })
    this.#outbox = this.#outbox.then(send).catch(this.#note)
  }

  /** The link `from` speaks of what is no more. It waits in vain for that; and we, for a link that it has taken the place of. */
  #forgotten(from: string): void {
    this.#count('stale-signal')
    if (this.#isKnown) return
    this.#order.meet(from)
    const waitsInVain = this.#next === null || this.#order.isFormer(this.#next.session.owner)
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
    this.#count(reason)
    this.#strikes++
    if (this.#strikes >= MAX_STRIKES) this.#drop(session)
  }

  #drop(session: SessionId): void {
    this.#count('impostor')
    if (this.#next !== null && sameSession(this.#next.session, session)) this.#fail()
  }

  /** A mistake of ours: what else is said goes on, and diagnostics show it by name. */
  readonly #note = (error: unknown): void => {
    this.#count(`failed: ${error instanceof Error ? error.name : 'unknown'}`)
  }

  #count(reason: string): void {
    countDrop(this.#context.host.counts, reason)
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
