/**
 * The link to one other browser, as y-webrtc knows it: the class it takes for simple-peer's (see `peerLinkAlias` in
 * vite.config.ts). A link outlives its RTCPeerConnections: when one breaks it makes another, until the other side has
 * been silent for too long.
 */
import { ObservableV2 } from 'lib0/observable'
import { Bucket } from '../allowance.ts'
import { countDrop } from '../diagnostics/counters.ts'
import type { CallLink, CallPlace } from './call-link.ts'
import type { ConnectionContext } from './connection.ts'
import type { Frame } from './frames.ts'
import { judgeHello, type Hello, type Introduction, type Refusal } from './handshake.ts'
import { Heartbeat } from './heartbeat.ts'
import type { LinkHost, Loss, MeshLink } from './host.ts'
import { Reconnecting } from './reconnecting.ts'
import { parseSignal, parseVouch, randomName, type Signal } from './signal.ts'

/** What the links of one room share. */
export interface PeerContext extends ConnectionContext {
  /** Null where there is no WebRTC: then links stay shut. */
  RTCPeerConnection: typeof RTCPeerConnection | null
  /** The links there are, kept by the links themselves. */
  links: Set<Peer>
  call: CallPlace
  /** A link that stood is not heard any more. */
  silenced: () => void
}

/** What y-webrtc passes: its own `initiator` (whoever hears an announcement begins), the rest from `peerOpts`. */
export interface PeerOptions {
  initiator: boolean
  context: PeerContext
}

/** 'refused' links stand in y-webrtc's table only so that their peer is ignored for a while. */
export type PeerState = 'connecting' | 'open' | 'interrupted' | 'refused' | 'closed'

/** Most links of one room, and most with those that are refused: somebody could make up any number of peers. */
const MAX_LINKS = 100
const MAX_PEERS = 4 * MAX_LINKS

/** Broken rules after which a peer is refused; one is forgiven with every beat. */
const MAX_OFFENCES = 100

/** How often somebody may say something of a call: a tile that is shrunk and grown says so each time. */
const STATEMENTS = { burst: 200, rate: 20 }

type Timer = ReturnType<typeof setTimeout>

/** What y-webrtc listens to. It asks for 'connect', 'data' and 'error' too, which do not happen here. */
interface PeerEvents {
  signal: (signal: Signal) => void
  close: () => void
}

/** Whether one more link may be made. */
export function hasRoom(links: ReadonlySet<Peer>): boolean {
  if (links.size < MAX_LINKS) return true
  return links.size < MAX_PEERS && [...links].filter(({ state }) => state !== 'refused').length < MAX_LINKS
}

export default class Peer extends ObservableV2<PeerEvents> implements MeshLink, CallLink {
  readonly name = randomName()
  readonly #context: PeerContext
  readonly #host: LinkHost
  readonly #beats: Timer
  #state: PeerState = 'connecting'
  #refusal: Refusal | 'unsupported' | null = null
  /** Null where there is no WebRTC. */
  readonly #connections: Reconnecting | null
  #hello: Hello | null = null
  #introduction: Introduction | null = null
  /** We have said that we part. */
  #isParting = false
  /** Until a refused link is forgotten, or one that is parted from ends. */
  #end: Timer | null = null
  #probe: Timer | null = null
  readonly #heartbeat: Heartbeat
  #offences = 0
  readonly #statements = new Bucket(STATEMENTS)

  constructor({ initiator, context }: PeerOptions) {
    super()
    this.#context = context
    this.#host = context.host
    this.#heartbeat = new Heartbeat(this.#host.timing)
    this.#connections = this.#reconnecting()
    this.#beats = setInterval(this.#beat, this.#host.timing.beat)
    const isLetIn = hasRoom(context.links)
    context.links.add(this)
    if (this.#host.closed) queueMicrotask(() => this.destroy())
    else if (!isLetIn) this.#turnAway()
    else if (this.#connections === null) this.#shut('unsupported')
    else if (initiator) this.#connections.attempt()
    else this.#connections.expect()
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

  /** The browser's own of the connection in use, or null. */
  get pc(): RTCPeerConnection | null {
    return this.#connections?.live?.pc ?? null
  }

  get calls(): boolean {
    return this.#connections?.live?.calls ?? false
  }

  get queued(): number {
    return this.#connections?.live?.queued ?? 0
  }

  get receiving(): { received: number; total: number } | null {
    return this.#connections?.live?.receiving ?? null
  }

  /** The browser's statistics of the connection in use, or null. */
  async stats(): Promise<RTCStatsReport | null> {
    return (await this.#connections?.live?.stats()) ?? null
  }

  /** y-webrtc would tell everyone of all that happens. The mesh does, so this goes nowhere. */
  send(): void {}

  sendFrame(frame: Frame): boolean {
    return this.#connections?.live?.send(frame) ?? false
  }

  offend(reason: string): void {
    countDrop(this.#host.counts, reason)
    this.#offences++
    if (this.#offences >= MAX_OFFENCES) this.refuse('hostile')
  }

  /** Ignores this peer for a while: nothing of it comes through, and y-webrtc begins nothing new with it. */
  refuse(refusal: Refusal): void {
    if (!this.#isAlive) return
    countDrop(this.#host.counts, `refused: ${refusal}`)
    this.#shut(refusal)
    this.#endIn(this.#host.timing.refuse, 'silent')
  }

  part(): void {
    if (this.#state !== 'open' || this.#isParting) return
    this.#isParting = true
    this.sendFrame({ kind: 'part' })
    // The other side ends it, so that it has heard why.
    this.#endIn(this.#host.timing.parting, 'parted')
  }

  /** Takes what the other side says through the relay. Total on any value. */
  signal(value: unknown): void {
    if (!this.#isAlive) return
    const signal = parseSignal(value)
    // Whoever holds a link can say it: it is nobody's fault.
    if (signal === null) countDrop(this.#host.counts, 'malformed-signal')
    else this.#connections?.receive(signal, parseVouch(value))
  }

  /** The other side calls in the room, as if it knew nothing of this link. */
  calledAgain(): void {
    if (this.#isAlive) this.#connections?.calledAgain()
  }

  /** Asks for a sign of life. Without one the link is renewed, or, when its peer is said to have left, ended. */
  probe(hasLeft: boolean): void {
    if (!this.#isAlive) return
    if (this.#state === 'interrupted' && !hasLeft) this.#connections?.hurry()
    if (this.#probe !== null) return
    const asked = Date.now()
    const isAnswered = () => this.#heartbeat.isSince(asked, this.#state === 'open')
    this.sendFrame({ kind: 'ping', token: asked })
    this.#probe = setTimeout(() => {
      this.#probe = null
      if (isAnswered()) return
      this.#interrupt(hasLeft)
      if (!hasLeft) return
      // It may only be too busy to answer.
      this.#probe = setTimeout(() => {
        this.#probe = null
        if (!isAnswered()) this.#close('left')
      }, this.#host.timing.linger)
    }, this.#host.timing.probe)
  }

  /** Takes the link for interrupted until its peer is heard. It is renewed as soon as the relay, which that takes, is there again. */
  doubt(): void {
    if (this.#state === 'open') {
      this.#state = 'interrupted'
      this.#host.lost(this, 'silent')
    }
    this.sendFrame({ kind: 'ping', token: Date.now() })
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

  /** There is no room, which may be otherwise when it calls again: nothing is kept of it. */
  #turnAway(): void {
    countDrop(this.#host.counts, 'refused: crowded')
    // y-webrtc listens only when this is made.
    queueMicrotask(() => this.destroy())
  }

  get #isAlive(): boolean {
    return this.#state !== 'closed' && this.#state !== 'refused'
  }

  #reconnecting(): Reconnecting | null {
    const { RTCPeerConnection } = this.#context
    if (RTCPeerConnection === null) return null
    return new Reconnecting({
      name: this.name,
      context: this.#context,
      RTCPeerConnection,
      events: {
        signal: (signal) => {
          if (this.#isAlive) this.emit('signal', [signal])
        },
        heard: () => this.#heartbeat.heard(),
        doubted: () => this.probe(false),
        isHeard: () => this.#state === 'open',
        judge: (hello, known) => this.#judge(hello, known),
        settled: (introduction) => {
          if (this.#state === 'open') this.#host.lost(this, 'silent')
          const { client, schema } = introduction
          if (this.#hello !== null) this.#hello = { ...this.#hello, client, schema }
          this.#introduction = introduction
          this.#heartbeat.heardFrame()
          this.#open(introduction)
        },
        frame: (frame) => this.#receive(frame),
        capable: () => {
          if (this.calls) this.#context.call.listener?.ready(this)
        },
        admits: (transceiver) => this.#context.call.listener?.admits(this, transceiver) ?? false,
        silenced: () => {
          if (this.#isParting) this.#close('parted')
          else this.#interrupt()
        },
        offend: (reason) => this.offend(reason),
      },
    })
  }

  #receive(frame: Frame): void {
    const introduction = this.#introduction
    if (introduction === null || !this.#isAlive) return
    this.#heartbeat.heardFrame()
    if (this.#state === 'interrupted') {
      // It speaks again, and may have taken us for gone.
      this.#connections?.live?.greetAgain()
      this.#open(introduction)
    }
    this.#receiveLive(frame, introduction)
  }

  #receiveLive(frame: Frame, introduction: Introduction): void {
    switch (frame.kind) {
      case 'ping':
        this.sendFrame({ kind: 'pong', token: frame.token })
        break
      case 'pong':
        this.#heartbeat.heardPong(frame.token)
        break
      case 'bye':
        this.#close('left')
        break
      case 'part':
        this.#close('parted')
        break
      case 'hello':
        // The other side was interrupted and has forgotten what we told it; we may have noticed nothing. Too often is a flood.
        this.offend('hello-again')
        if (!this.#isAlive) break
        this.#host.lost(this, 'silent')
        this.#host.opened(this, introduction)
        break
      case 'call':
        if (this.#statements.take()) this.#context.call.listener?.said(this, frame.text)
        else this.offend('too-much: call')
        break
      case 'proof':
        // One that was asked for has been taken by the handshake.
        countDrop(this.#host.counts, 'bad-proof')
        break
      default:
        this.#host.received(this, frame)
    }
  }

  #judge(hello: Hello, known: boolean): boolean {
    const isTab = this.#host.isTab(hello.client)
    const refusal = judgeHello(hello, this.#host.client) ?? (isTab ? 'same-browser' : null)
    if (known) return refusal === null
    this.#hello = hello
    if (refusal !== null) this.refuse(refusal)
    return refusal === null
  }

  #open(introduction: Introduction): void {
    this.#state = 'open'
    this.#connections?.rest()
    this.#host.opened(this, introduction)
  }

  /** Nothing comes through: cursors may go, and the link is renewed. */
  #interrupt(hasLeft = false): void {
    if (this.#state !== 'open') return
    this.#state = 'interrupted'
    this.#host.lost(this, hasLeft ? 'left' : 'silent')
    this.#connections?.renew()
    this.#context.silenced()
  }

  readonly #beat = (): void => {
    this.#offences = Math.max(0, this.#offences - 1)
    const silence = this.#heartbeat.look(this.#state === 'open')
    if (!this.#isAlive || silence === 'fine') return
    this.sendFrame({ kind: 'ping', token: 0 })
    if (silence === 'dead') this.#interrupt()
    else if (silence === 'gone') this.#close('silent')
  }

  #shut(refusal: Refusal | 'unsupported'): void {
    this.#refusal = refusal
    this.#state = 'refused'
    this.#drop('left')
    this.#host.changed()
  }

  #close(loss: Loss): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    clearInterval(this.#beats)
    this.#drop(loss)
    this.#context.links.delete(this)
    this.#host.changed()
    this.emit('close', [])
  }

  #drop(loss: Loss): void {
    for (const timer of [this.#probe, this.#end]) if (timer !== null) clearTimeout(timer)
    this.#probe = this.#end = null
    // Who is not let in hears from our hello why.
    this.#connections?.close(this.#refusal === null ? 0 : this.#host.timing.parting)
    this.#context.call.listener?.closed(this)
    this.#host.lost(this, loss)
  }

  #endIn(delay: number, loss: Loss): void {
    this.#end = setTimeout(() => {
      this.#close(loss)
    }, delay)
  }
}
