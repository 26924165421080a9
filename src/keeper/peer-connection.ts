/**
 * WebRTC for Node, as much of it as a link uses (net/link/connection.ts): libdatachannel, by way of node-datachannel, behind the
 * names that browsers give things. Its own polyfill answers for descriptions that are not there yet, which loses candidates.
 */
import { networkInterfaces } from 'node:os'
import { PeerConnection, type DataChannel, type IceServer } from 'node-datachannel'

type Bytes = Uint8Array<ArrayBuffer>

/** A negotiated data channel: both sides create it, so nothing announces it. */
class NodeDataChannel {
  binaryType = 'arraybuffer'
  onopen: (() => void) | null = null
  onclose: (() => void) | null = null
  onmessage: ((event: { data: ArrayBuffer | string }) => void) | null = null
  onbufferedamountlow: (() => void) | null = null
  readonly #native: DataChannel
  /** What has passed through it (W3C webrtc-stats, RTCDataChannelStats). */
  readonly counts = { messagesSent: 0, bytesSent: 0, messagesReceived: 0, bytesReceived: 0 }
  #state: RTCDataChannelState = 'connecting'
  #lowThreshold = 0

  constructor(native: DataChannel) {
    this.#native = native
    // In this order, which is also that in which events of one moment come: the last words before the end.
    native.onOpen(() => {
      this.#state = 'open'
      this.onopen?.()
    })
    native.onMessage((message) => {
      if (this.#state === 'closed') return
      const data = typeof message === 'string' ? message : copyOf(message)
      this.counts.messagesReceived++
      this.counts.bytesReceived += typeof data === 'string' ? Buffer.byteLength(data) : data.byteLength
      this.onmessage?.({ data })
    })
    native.onClosed(() => {
      this.#state = 'closed'
      this.onclose?.()
    })
    native.onBufferedAmountLow(() => this.onbufferedamountlow?.())
  }

  get readyState(): RTCDataChannelState {
    return this.#state
  }

  get bufferedAmount(): number {
    return this.#native.bufferedAmount()
  }

  get bufferedAmountLowThreshold(): number {
    return this.#lowThreshold
  }

  set bufferedAmountLowThreshold(bytes: number) {
    this.#lowThreshold = bytes
    this.#native.setBufferedAmountLowThreshold(bytes)
  }

  /** Throws when the channel is not open. */
  send(data: Bytes): void {
    if (this.#state !== 'open') throw new Error('The data channel is not open')
    this.#native.sendMessageBinary(data)
    this.counts.messagesSent++
    this.counts.bytesSent += data.length
  }

  /** Its connection was closed: nothing more comes or goes. */
  end(): void {
    this.#state = 'closed'
  }
}

/** How long a connection goes on below when it was closed, ms: libdatachannel drops what it has not sent by then, goodbyes first. */
const LINGER = 100

class NodePeerConnection extends EventTarget {
  onicecandidate: ((event: { candidate: RTCIceCandidateInit | null }) => void) | null = null
  onconnectionstatechange: (() => void) | null = null
  readonly #native: PeerConnection
  readonly #channels: NodeDataChannel[] = []
  #closed = false

  constructor({ iceServers = [] }: RTCConfiguration = {}) {
    super()
    this.#native = new PeerConnection('', {
      iceServers: iceServers.flatMap(serversOf),
      disableAutoNegotiation: true,
      ...(isAlone() && { bindAddress: '127.0.0.1' }),
    })
    this.#native.onStateChange(() => this.onconnectionstatechange?.())
    this.#native.onLocalCandidate((line, sdpMid) => {
      const candidate: RTCIceCandidateInit = { candidate: line.replace(/^a=/u, ''), sdpMid, sdpMLineIndex: 0 }
      const event = Object.assign(new Event('icecandidate'), { candidate })
      this.onicecandidate?.(event)
      this.dispatchEvent(event)
    })
  }

  get connectionState(): RTCPeerConnectionState {
    return this.#closed ? 'closed' : this.#native.state()
  }

  get signalingState(): RTCSignalingState {
    return this.#closed ? 'closed' : this.#native.signalingState()
  }

  get localDescription(): RTCSessionDescriptionInit | null {
    return descriptionOf(this.#native.localDescription())
  }

  get remoteDescription(): RTCSessionDescriptionInit | null {
    return descriptionOf(this.#native.remoteDescription())
  }

  createDataChannel(label: string, { negotiated = false, id }: RTCDataChannelInit = {}): NodeDataChannel {
    const channel = new NodeDataChannel(
      this.#native.createDataChannel(label, { negotiated, ...(id !== undefined && { id }) }),
    )
    this.#channels.push(channel)
    return channel
  }

  /** There is no ICE restart here: rather another connection. */
  setConfiguration(): void {
    throw new Error('This connection cannot be configured again')
  }

  /** Makes the description that is due and sets it, as libdatachannel does in one step. */
  setLocalDescription({ type: wanted }: RTCLocalSessionDescriptionInit = {}): Promise<void> {
    return attempt(() => {
      // In any other state the native library would end the process.
      const types: Partial<Record<RTCSignalingState, 'offer' | 'answer'>> = {
        stable: 'offer',
        'have-remote-offer': 'answer',
      }
      const type = types[this.signalingState]
      if (type === undefined || (wanted !== undefined && wanted !== type)) {
        throw new Error(`No ${wanted ?? 'description'} can be made in state ${this.signalingState}`)
      }
      this.#native.setLocalDescription(type)
    })
  }

  setRemoteDescription({ type, sdp = '' }: RTCSessionDescriptionInit): Promise<void> {
    return attempt(() => {
      if (this.remoteDescription !== null) throw new Error('This connection cannot be negotiated again')
      // Told before the first candidate is in that these are all, it may give up at once.
      this.#native.setRemoteDescription(sdp.replace(/^a=end-of-candidates\r?\n/gmu, ''), type)
    })
  }

  addIceCandidate({ candidate = '', sdpMid }: RTCIceCandidateInit): Promise<void> {
    return attempt(() => this.#native.addRemoteCandidate(candidate, sdpMid ?? '0'))
  }

  /** The pair in use, and what has passed through the channels, in the form that net/diagnostics/link-report.ts reads. */
  getStats(): Promise<Map<string, object>> {
    const pair = this.#closed ? null : this.#native.getSelectedCandidatePair()
    const stats = new Map<string, object>()
    if (pair === null) return Promise.resolve(stats)
    for (const [i, { counts }] of this.#channels.entries())
      stats.set(`channel ${i}`, { type: 'data-channel', ...counts })
    stats.set('local', { type: 'local-candidate', candidateType: pair.local.type, protocol: 'udp' })
    stats.set('remote', { type: 'remote-candidate', candidateType: pair.remote.type, protocol: 'udp' })
    stats.set('pair', {
      type: 'candidate-pair',
      localCandidateId: 'local',
      remoteCandidateId: 'remote',
      nominated: true,
      state: 'succeeded',
      bytesSent: this.#native.bytesSent(),
      bytesReceived: this.#native.bytesReceived(),
      currentRoundTripTime: this.#native.rtt() / 1000,
    })
    return Promise.resolve(stats)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const channel of this.#channels) channel.end()
    setTimeout(() => this.#native.close(), LINGER)
  }
}

/** For `RoomOptions.RTCPeerConnection`. */
export const RTCPeerConnection = NodePeerConnection as unknown as typeof globalThis.RTCPeerConnection

/** What the native library throws, as a rejection. */
function attempt(step: () => void): Promise<void> {
  return new Promise((resolve) => {
    step()
    resolve()
  })
}

function descriptionOf(description: { type: string; sdp: string } | null): RTCSessionDescriptionInit | null {
  return description === null ? null : { type: description.type as RTCSdpType, sdp: description.sdp }
}

/** Whether this machine has no network but its own loopback, which libdatachannel passes over unless it is told to use it. */
const isAlone = (): boolean =>
  Object.values(networkInterfaces()).every((addresses) => addresses?.every(({ internal }) => internal) ?? true)

/** A buffer of its own, which nobody else writes into. */
function copyOf(message: Uint8Array | ArrayBuffer): ArrayBuffer {
  return Uint8Array.from(new Uint8Array(message)).buffer
}

const SERVER = /^(stun|turn):(?:\[([^\]]+)\]|([^:?]+))(?::(\d+))?(?:\?transport=(udp|tcp))?$/u

/** What stun: and turn: stand for (RFC 7064, RFC 7065). */
const DEFAULT_PORT = 3478

/** The addresses among a server's that this library can use: STUN and TURN by UDP. */
function serversOf({ urls, username, credential }: RTCIceServer): IceServer[] {
  return [urls].flat().flatMap((url) => {
    const [, kind, ipv6, name, port, transport = 'udp'] = SERVER.exec(url) ?? []
    if (kind === undefined || transport !== 'udp') return []
    const server = { hostname: ipv6 ?? name ?? '', port: Number(port ?? DEFAULT_PORT) }
    if (kind === 'stun') return [server]
    if (username === undefined || credential === undefined) return []
    return [{ ...server, username, password: credential, relayType: 'TurnUdp' }]
  })
}
