/**
 * One document's meeting place: y-webrtc finds the others through the relay, our links carry the
 * bytes, the mesh decides who gets what.
 */
import { Awareness } from 'y-protocols/awareness'
import { WebrtcProvider } from 'y-webrtc'
import * as Y from 'yjs'
import { inHex } from '#doc/hex'
import type { Credential } from '#doc/link'
import type { CopiesStatus, Taken } from '#sync/replication'
import { countDrop } from './diagnostics/counters.ts'
import type { CallLink, CallListener } from './link/call-link.ts'
import { diagnose, type RoomDiagnostics } from './diagnostics/diagnostics.ts'
import type { LinkReport } from './diagnostics/link-report.ts'
import { Paths } from './diagnostics/paths.ts'
import type { Role } from './link/frames.ts'
import { otherBuild, type OtherBuild } from './link/handshake.ts'
import type Peer from './link/peer.ts'
import { hasRoom, type PeerContext } from './link/peer.ts'
import type { Timing } from './link/timing.ts'
import { Mesh, type MeshOptions } from './mesh/mesh.ts'
import type { Announcement } from './mesh/topology.ts'
import { SignalingMonitor } from './signaling/monitor.ts'
import { announce, listening, turnServersOf, type SignalingConnection } from './signaling/relay-client.ts'
import { Tabs } from './signaling/tabs.ts'

export interface RoomOptions {
  doc: Y.Doc
  /** Its local `user` field must be set already: others do not see a state at clock 0. */
  awareness: Awareness
  topic: string
  signalingKey: string
  /** WebSocket URLs of relays. */
  signaling: string[]
  /** STUN servers, and any others that are known besides those that relays tell of. Asked for each connection. */
  iceServers: () => RTCIceServer[]
  /** SHA-256 of the document's public keys: checks that others may write. */
  keyDigest: Uint8Array<ArrayBuffer>
  /** Proves that we may; null for a view link: then this side only reads. */
  credential: Credential | null
  /** 16 bytes that stand for this device in this document, the same each time. */
  device: Uint8Array<ArrayBuffer>
  /** Whether all that the document holds now is on disk here; `noteStored` says when that may have become true. */
  isStored: () => boolean
  /** When other devices last held everything, if the document was open before: `copies.taken` of then. */
  taken?: Taken | null
  /** A keeper: takes more links, and others prefer to stay linked with it. */
  alwaysOn?: boolean
  /** The newest document schema this build can edit. */
  schemaVersion: number
  /** Resolves when the document holds what is stored of it; until then links are made, and nothing is said over them. */
  ready?: Promise<unknown>
  /** The document was poisoned before: where what comes from others is tried first. */
  rehearsal?: MeshOptions['rehearsal']
  /** Called once when something that came from others has broken the Y.Doc: it takes no more, and must be opened anew from what is stored. */
  poisoned?: () => void
  /** WebRTC for Node; browsers have their own. */
  RTCPeerConnection?: typeof RTCPeerConnection
  /** For tests. */
  timing?: Timing
}

/** A link to another browser, as the interface shows it. */
interface LinkStatus {
  id: string
  /** Yjs client id of the other side, once it has said hello. */
  clientId: number | null
  state: 'connecting' | 'open' | 'interrupted'
  /** Document schema version of the other side's build, once it has said hello. */
  schemaVersion: number | null
  /** Bytes so far, and in all, of a large message on its way to us. */
  receiving: number | null
  receivingTotal: number | null
  /** The last comparison found both copies equal, and nobody has asked for anything since. */
  synced: boolean
  /** Whether the other side has shown that it may write, once both sides have agreed. */
  role: Role | null
  /** A keeper. */
  alwaysOn: boolean
}

export interface RoomStatus {
  relay: 'connecting' | 'connected' | 'lost'
  links: readonly LinkStatus[]
  /** Other tabs of this browser with the same document. */
  tabs: number
  /** False where there is no WebRTC: only other tabs can be reached. */
  supported: boolean
  /** The last attempt at a connection found no way, although both sides know of each other. */
  blocked: boolean
  /** Someone is here whose Inkmesh is so much newer or older that the two cannot connect. */
  otherBuild: OtherBuild | null
  /** Who else holds what this copy holds. Never more than is true. */
  copies: CopiesStatus
}

export interface Room {
  /** A new object on every change. */
  readonly status: RoomStatus
  /** Calls back on changes, not at once; returns how to stop. */
  subscribe(listener: (status: RoomStatus) => void): () => void
  /** The STUN servers that are known, and the TURN servers that relays let us use now. */
  readonly iceServers: RTCIceServer[]
  /** The browser's connections of the open links. What is added to one, or taken from it, is negotiated. */
  readonly connections: RTCPeerConnection[]
  /** Holds a call over the links from now on; there is one at a time. Returns those links whose other side can take part, how to count what is dropped, and how to stop. */
  attend(listener: CallListener): { links: CallLink[]; dropped: (reason: string) => void; stop: () => void }
  /** Keeps a link with each of these clients, and seeks one where there is none, however many are in the room. */
  hold(clients: ReadonlySet<number>): void
  /** Counters since joining, and how the links stand. Plain JSON. */
  diagnostics(): RoomDiagnostics
  /** What the browser says about the open links. */
  report(): Promise<LinkReport[]>
  /** To be called whenever `isStored()` may have become true. */
  noteStored(): void
  /** Says goodbye to everyone and ends everything. Resolves when the topic may be joined again. Idempotent. */
  leave(): Promise<void>
}

/** Changes of status are told at most this often, in milliseconds. */
const STATUS_INTERVAL = 50

/** Joins the document's room. Throws when this page is in it already. */
export function joinRoom(options: RoomOptions): Room {
  if (joined.has(options.topic)) throw new Error(`Room "${options.topic}" is joined already`)
  return new JoinedRoom(options)
}

const joined = new Set<string>()

/** The parts of y-webrtc's Room that we use. */
interface ProviderRoom {
  peerId: string
  key: CryptoKey
  bcConns: Set<string>
  webrtcConns: Map<string, { peer: Peer; destroy(): void }>
  _beforeUnloadHandler: () => void
  connect(): void
}

class JoinedRoom implements Room {
  readonly #options: RoomOptions
  readonly #mesh: Mesh
  readonly #context: PeerContext
  readonly #provider: WebrtcProvider
  readonly #relays: SignalingConnection[]
  readonly #monitor: SignalingMonitor
  readonly #tabs: Tabs
  readonly #listeners = new Set<(status: RoomStatus) => void>()
  readonly #cleanups: (() => void)[] = []
  #status: RoomStatus
  #telling: ReturnType<typeof setTimeout> | null = null
  #left: Promise<void> | null = null

  constructor(options: RoomOptions) {
    const { doc, awareness, topic, schemaVersion, keyDigest, credential, device, alwaysOn = false, timing } = options
    this.#options = options
    joined.add(topic)
    this.#mesh = new Mesh({
      doc,
      awareness,
      schemaVersion,
      writes: credential?.right === 'write',
      device: inHex(device),
      alwaysOn,
      announce: (announcement) => this.#announce(announcement),
      isStored: options.isStored,
      taken: options.taken ?? null,
      rehearsal: options.rehearsal ?? null,
      ...(options.poisoned && { poisoned: options.poisoned }),
      changed: this.#changed,
      ...(timing && { timing }),
    })
    this.#context = {
      host: this.#mesh,
      identity: { keyDigest, credential, device, alwaysOn },
      iceServers: () => this.iceServers,
      ready: options.ready ?? Promise.resolve(),
      RTCPeerConnection: options.RTCPeerConnection ?? nativePeerConnection(),
      paths: new Paths(this.#changed),
      links: new Set<Peer>(),
      call: { listener: null },
      silenced: () => {
        if (this.connections.length === 0) this.#monitor.doubt()
      },
    }
    // It finds the others, and nothing more: what it has are an empty document and an empty room.
    const nothing = new Y.Doc()
    this.#provider = new WebrtcProvider(topic, nothing, {
      awareness: new Awareness(nothing),
      signaling: options.signaling,
      password: options.signalingKey,
      maxConns: Infinity,
      peerOpts: { context: this.#context },
    })
    this.#relays = this.#provider.signalingConns as SignalingConnection[]
    this.#tabs = new Tabs(topic, this.#mesh, {
      dropped: (reason) => countDrop(this.#mesh.counts, reason),
      joined: ({ client, peerId }) => {
        this.#mesh.tabJoined(client)
        // Its announcement through the relay may have come first: it would never answer a link from its own browser.
        this.#providerRoom?.bcConns.add(peerId)
        this.#providerRoom?.webrtcConns.get(peerId)?.destroy()
        this.#changed()
      },
      left: ({ client, peerId }) => {
        this.#mesh.tabLeft(client)
        this.#providerRoom?.bcConns.delete(peerId)
        this.#changed()
      },
    })
    this.#monitor = new SignalingMonitor(this.#relays, {
      connected: () => {
        for (const link of this.#context.links) if (link.state === 'interrupted') link.probe(false)
      },
      left: (name) => {
        if (name === topic) for (const link of this.#context.links) link.probe(true)
      },
      changed: this.#changed,
      woke: this.#wake,
      isNeeded: () => [...this.#context.links].some(({ state }) => state === 'connecting' || state === 'interrupted'),
    })
    this.#cleanups.push(() => this.#monitor.close())
    this.#status = this.#currentStatus()
    this.#watchPage()
    this.#provider.on('peers', this.#changed)
    void this.#provider.key.then(this.#begin)
  }

  get iceServers(): RTCIceServer[] {
    return [...this.#options.iceServers(), ...this.#relays.flatMap(turnServersOf)]
  }

  get connections(): RTCPeerConnection[] {
    return [...this.#context.links].flatMap((link) => (link.state === 'open' ? (link.pc ?? []) : []))
  }

  get status(): RoomStatus {
    return this.#status
  }

  attend(listener: CallListener): ReturnType<Room['attend']> {
    const { call, links } = this.#context
    if (call.listener !== null) throw new Error('There is a call in this room already')
    call.listener = listener
    const stop = (): void => {
      if (call.listener === listener) call.listener = null
    }
    const dropped = (reason: string): void => countDrop(this.#mesh.counts, reason)
    return { links: [...links].filter((link) => link.calls), dropped, stop }
  }

  hold(clients: ReadonlySet<number>): void {
    this.#mesh.hold(clients)
  }

  subscribe(listener: (status: RoomStatus) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  diagnostics(): RoomDiagnostics {
    const { relay, tabs } = this.#currentStatus()
    return {
      ...structuredClone(this.#mesh.counts),
      paths: structuredClone(this.#context.paths.record),
      relay,
      tabs,
      links: Array.from(this.#context.links, (link) => diagnose(link, this.#mesh.reachOf(link))),
    }
  }

  async report(): Promise<LinkReport[]> {
    const { reportOn } = await import('./diagnostics/link-report.ts')
    const reports = await Promise.all(Array.from(this.#context.links, reportOn))
    return reports.filter((report) => report !== null)
  }

  noteStored(): void {
    this.#mesh.noteStored()
  }

  leave(): Promise<void> {
    this.#left ??= this.#leave()
    return this.#left
  }

  async #leave(): Promise<void> {
    for (const cleanup of this.#cleanups) cleanup()
    if (this.#telling !== null) clearTimeout(this.#telling)
    this.#listeners.clear()
    this.#context.call.listener?.left()
    this.#sayGoodbye()
    this.#mesh.destroy()
    this.#tabs.close()
    this.#provider.disconnect()
    this.#provider.destroy()
    this.#provider.awareness.destroy()
    this.#provider.doc.destroy()
    // y-webrtc frees the topic once its key is derived.
    await this.#provider.key
    listening.delete(this.#options.topic)
    joined.delete(this.#options.topic)
  }

  get #providerRoom(): ProviderRoom | null {
    return this.#provider.room
  }

  /** y-webrtc's room exists now. */
  readonly #begin = (): void => {
    const room = this.#providerRoom
    if (room === null || this.#left !== null) return
    // It would end the room before a page is really gone, whose unload can be cancelled: the build of the app takes it out there
    // (`scripts/lean-packages.ts`), and `pagehide` does it instead. A keeper ends its rooms itself.
    if (typeof window === 'undefined') process.off('exit', room._beforeUnloadHandler)
    const dropped = (reason: string) => countDrop(this.#mesh.counts, reason)
    void this.#context.ready.then(() => {
      if (this.#left === null) this.#tabs.join({ client: this.#mesh.doc.clientID, peerId: room.peerId })
    })
    const answers = (from: string, announcement: Announcement | null, listeners: number): boolean => {
      if (from === room.peerId) this.#mesh.noteListeners(listeners)
      room.webrtcConns.get(from)?.peer.calledAgain()
      return from !== room.peerId && this.#mesh.answers(announcement, listeners)
    }
    const admits = (from: string): boolean =>
      from === room.peerId || room.webrtcConns.has(from) || hasRoom(this.#context.links)
    listening.set(this.#options.topic, { key: room.key, admits, answers, dropped })
    this.#changed()
  }

  #announce(announcement: Announcement): void {
    const room = this.#providerRoom
    if (room === null || this.#left !== null) return
    const { topic } = this.#options
    for (const relay of this.#relays) void announce(relay, topic, room.key, room.peerId, announcement)
  }

  /** Ends all links without announcing ourselves for new ones. */
  #sayGoodbye(): void {
    this.#provider.maxConns = 0
    for (const link of [...this.#context.links]) link.leave()
    this.#tabs.leave()
  }

  /** The machine woke, the network came back, or the page is looked at again: nothing that stood is taken for granted. */
  readonly #wake = (): void => {
    for (const link of this.#context.links) link.probe(false)
    this.#mesh.compare()
    this.#monitor.probe(false)
  }

  /** The network was away: if it is another one now, nothing comes over what stood on the one before. */
  readonly #move = (): void => {
    for (const link of this.#context.links) link.doubt()
    this.#mesh.compare()
    this.#monitor.probe(true)
  }

  #watchPage(): void {
    if (typeof window === 'undefined') return
    const onHide = () => this.#sayGoodbye()
    const onShow = ({ persisted }: PageTransitionEvent) => {
      if (!persisted) return
      this.#provider.maxConns = Infinity
      this.#providerRoom?.connect()
      this.#tabs.rejoin()
      this.#wake()
    }
    const onVisible = () => {
      if (document.visibilityState === 'visible') this.#wake()
    }
    window.addEventListener('pagehide', onHide)
    window.addEventListener('pageshow', onShow)
    window.addEventListener('online', this.#move)
    document.addEventListener('visibilitychange', onVisible)
    // Page Lifecycle: the page was frozen.
    document.addEventListener('resume', this.#wake)
    this.#cleanups.push(() => {
      window.removeEventListener('pagehide', onHide)
      window.removeEventListener('pageshow', onShow)
      window.removeEventListener('online', this.#move)
      document.removeEventListener('visibilitychange', onVisible)
      document.removeEventListener('resume', this.#wake)
    })
  }

  readonly #changed = (): void => {
    if (this.#left !== null) return
    this.#telling ??= setTimeout(() => {
      this.#telling = null
      this.#status = this.#currentStatus()
      for (const listener of this.#listeners) listener(this.#status)
    }, STATUS_INTERVAL)
  }

  #currentStatus(): RoomStatus {
    return {
      relay: this.#monitor.status(),
      links: [...this.#context.links].flatMap((link) => linkStatus(link, this.#mesh.isSynced(link)) ?? []),
      tabs: this.#providerRoom?.bcConns.size ?? 0,
      supported: this.#context.RTCPeerConnection !== null,
      blocked: this.#context.paths.record.blockedAt !== null,
      otherBuild: buildAmong(this.#context.links),
      copies: this.#mesh.copies,
    }
  }
}

/** A newer build first: about that one can do something here. */
function buildAmong(links: Iterable<Peer>): OtherBuild | null {
  const builds = new Set([...links].map(({ hello }) => (hello === null ? null : otherBuild(hello))))
  return builds.has('newer') ? 'newer' : builds.has('older') ? 'older' : null
}

function linkStatus(link: Peer, synced: boolean): LinkStatus | null {
  const { name, hello, introduction, state, receiving } = link
  if (state === 'closed' || state === 'refused') return null
  return {
    id: name,
    clientId: hello?.client ?? null,
    state,
    schemaVersion: hello?.schema ?? null,
    receiving: receiving?.received ?? null,
    receivingTotal: receiving?.total ?? null,
    synced,
    role: introduction?.role ?? null,
    alwaysOn: introduction?.alwaysOn ?? false,
  }
}

const nativePeerConnection = (): typeof RTCPeerConnection | null =>
  typeof RTCPeerConnection === 'undefined' ? null : RTCPeerConnection
