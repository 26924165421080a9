/** One connection of a link, from its offer to its end: the RTCPeerConnection, and the handshake that comes first on it. */
import { Connection } from './connection.ts'
import { countDrop } from './counters.ts'
import type { Frame } from './frames.ts'
import { Handshake, sayHello, type Hello, type Identity, type Introduction } from './handshake.ts'
import type { Mesh } from './mesh.ts'
import type { Paths } from './paths.ts'
import type { Candidate, SessionId, SignalPart } from './signal.ts'

/** What the lines of one room share. */
export interface LineContext {
  mesh: Mesh
  identity: Identity
  /** Asked for each connection: TURN credentials are renewed. */
  iceServers: () => RTCIceServer[]
  /** Notes what comes of looking for ways through the network. */
  paths: Paths
}

export interface LineEvents {
  /** To be told to the other side through the relay. */
  signal(part: SignalPart): void
  /** The other side said hello. False when it is not let in. */
  judge(hello: Hello): boolean
  /** Both sides know each other: frames follow. */
  agreed(line: Line): void
  frame(line: Line, frame: Frame): void
  /** The network carries nothing; an ICE restart may mend that. */
  stalled(line: Line): void
  /** It can carry nothing any more. Once. */
  lost(line: Line, why: 'closed' | 'failed' | 'bad-description'): void
  /** The other side broke a rule. */
  offend(reason: string): void
}

export interface LineOptions {
  session: SessionId
  context: LineContext
  RTCPeerConnection: typeof RTCPeerConnection
  events: LineEvents
}

export class Line {
  readonly session: SessionId
  readonly #context: LineContext
  readonly #connection: Connection
  #introduction: Introduction | null = null

  /** Throws what the browser throws when it allows no more connections. */
  constructor({ session, context, RTCPeerConnection, events }: LineOptions) {
    const { mesh, identity } = context
    this.session = session
    this.#context = context
    const handshake = new Handshake({
      mine: this.#hello(),
      identity,
      ends: () => this.#connection.ends,
      send: (frame) => this.#connection.channel.send(frame),
      judge: (hello) => events.judge(hello),
      dropped: (reason) => {
        if (reason === 'bad-proof') countDrop(mesh.counts, reason)
        else events.offend(reason)
      },
      agreed: (introduction, early) => {
        this.#introduction = introduction
        this.#connection.channel.bound(introduction.role)
        events.agreed(this)
        for (const frame of early) events.frame(this, frame)
      },
    })
    this.#connection = new Connection({
      session,
      iceServers: context.iceServers(),
      RTCPeerConnection,
      counts: mesh.counts,
      paths: context.paths,
      events: {
        describe: (kind, sdp) => events.signal({ kind, sdp }),
        candidates: (candidates) => events.signal({ kind: 'candidates', candidates }),
        open: () => handshake.begin(),
        frame: (frame) => {
          if (this.#introduction === null) handshake.take(frame)
          else events.frame(this, frame)
        },
        fault: (fault) => events.offend(fault),
        badCandidate: () => countDrop(mesh.counts, 'bad-candidate'),
        cannotRestart: () => countDrop(mesh.counts, 'no-restart'),
        impostor: () => countDrop(mesh.counts, 'impostor'),
        progress: mesh.changed,
        stalled: () => events.stalled(this),
        lost: (why) => events.lost(this, why),
      },
    })
    mesh.counts.connections++
  }

  /** Who the other side has shown to be, once both agreed. */
  get introduction(): Introduction | null {
    return this.#introduction
  }

  /** Whether the other side has said anything to it. */
  get isAnswered(): boolean {
    return this.#connection.ends.remote !== ''
  }

  /** Bytes that wait to be sent. */
  get queued(): number {
    return this.#connection.channel.queued
  }

  /** The large transfer under way to us, or null. */
  get receiving(): { received: number; total: number } | null {
    return this.#connection.channel.receiving
  }

  /** False when the frame was dropped: the peer is too slow, or the frame too large. */
  send(frame: Frame): boolean {
    return this.#connection.channel.send(frame)
  }

  /** Says hello again: the other side may have taken us for gone. */
  greetAgain(): void {
    this.send(this.#hello())
  }

  offer(): void {
    this.#connection.offer()
  }

  answer(sdp: string): void {
    this.#connection.answer(sdp)
  }

  /** False when the answer is from another connection than this one. */
  accept(sdp: string): boolean {
    return this.#connection.accept(sdp)
  }

  add(candidates: readonly Candidate[]): void {
    this.#connection.add(candidates)
  }

  /** Looks for another way through the network, and keeps all else (ICE restart, RFC 8445, section 9). An offer follows. */
  restart(): void {
    this.#connection.restart(this.#context.iceServers())
  }

  /** The browser's statistics. */
  stats(): Promise<RTCStatsReport> {
    return this.#connection.stats()
  }

  close(): void {
    this.#connection.close()
  }

  #hello(): Hello {
    const { mesh, identity } = this.#context
    return sayHello(mesh.schemaVersion, mesh.doc.clientID, identity)
  }
}
