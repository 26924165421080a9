/** What the browser says about a link. Loaded when somebody asks. */
import type { Role } from '../link/frames.ts'
import type Peer from '../link/peer.ts'
import type { PeerState } from '../link/peer.ts'
import type { RelayLeg } from './paths.ts'

/** What the browser itself says about one link's connection (W3C webrtc-stats). */
export interface LinkReport {
  id: string
  state: PeerState
  /** What the other side has shown that it may do. */
  role: Role | null
  /** Kinds of the two addresses in use: host, srflx, prflx or relay. */
  local: string | null
  remote: string | null
  /** The way to the other side: over a TURN server, and by what to that; otherwise null. */
  relayedOver: RelayLeg | null
  /** udp or tcp, of the path itself. */
  protocol: string | null
  /** Counters of the data channel. */
  bytesSent: number
  bytesReceived: number
  messagesSent: number
  messagesReceived: number
  /** Seconds, of the selected pair. */
  roundTrip: number | null
  media: MediaFlow[]
}

/** One voice or picture that goes over a link, by what the browser has counted so far. */
export interface MediaFlow {
  /** The same as long as it is the same one. */
  id: string
  isIncoming: boolean
  kind: 'audio' | 'video'
  /** As 'VP8' or 'opus'. */
  codec: string | null
  /** Pixels; null for a voice. */
  width: number | null
  height: number | null
  /** A second. */
  frames: number | null
  bytes: number
  packets: number
  /** Packets that did not arrive: here, or as the other side says. */
  lost: number
  /** Seconds. */
  jitter: number | null
  /** Seconds that it waits here before it is played, on average (webrtc-stats, jitterBufferDelay). */
  buffered: number | null
}

/** Asks the browser about a link. Null while it has no connection. */
export async function reportOn(peer: Peer): Promise<LinkReport | null> {
  const stats = await peer.stats()
  if (stats === null) return null
  const entries = new Map<string, Record<string, unknown>>()
  stats.forEach((entry: Record<string, unknown>, id) => entries.set(id, entry))
  const all = [...entries.values()]
  const channel = all.find(({ type }) => type === 'data-channel')
  const transport = all.find(({ type }) => type === 'transport')
  const pair =
    entries.get(text(transport?.selectedCandidatePairId) ?? '') ??
    all.find(({ type, state, nominated }) => type === 'candidate-pair' && state === 'succeeded' && nominated === true)
  const [local, remote] = [pair?.localCandidateId, pair?.remoteCandidateId].map((id) => entries.get(text(id) ?? ''))
  const { relayProtocol } = local ?? {}
  const [here, there] = [text(local?.candidateType), text(remote?.candidateType)]
  return {
    id: peer.name,
    state: peer.state,
    role: peer.introduction?.role ?? null,
    local: here,
    remote: there,
    // When only the other side uses a server, that server is reached as any other address.
    relayedOver: here !== 'relay' && there !== 'relay' ? null : legOf(relayProtocol),
    protocol: text(local?.protocol),
    bytesSent: count(channel?.bytesSent),
    bytesReceived: count(channel?.bytesReceived),
    messagesSent: count(channel?.messagesSent),
    messagesReceived: count(channel?.messagesReceived),
    roundTrip: amount(pair?.currentRoundTripTime),
    media: all.flatMap((entry) => mediaIn(entry, entries)),
  }
}

/** Of what is not in use nothing is told. */
function mediaIn(entry: Record<string, unknown>, entries: ReadonlyMap<string, Record<string, unknown>>): MediaFlow[] {
  const isIncoming = entry.type === 'inbound-rtp'
  const { kind } = entry
  if ((!isIncoming && entry.type !== 'outbound-rtp') || (kind !== 'audio' && kind !== 'video')) return []
  const packets = count(isIncoming ? entry.packetsReceived : entry.packetsSent)
  if (packets === 0) return []
  const find = (id: unknown): Record<string, unknown> | undefined => entries.get(text(id) ?? '')
  const arrived = isIncoming ? entry : find(entry.remoteId)
  const emitted = count(entry.jitterBufferEmittedCount)
  return [
    {
      id: text(entry.id) ?? '',
      isIncoming,
      kind,
      codec: text(find(entry.codecId)?.mimeType)?.replace(/^.*\//u, '') ?? null,
      width: amount(entry.frameWidth),
      height: amount(entry.frameHeight),
      frames: amount(entry.framesPerSecond),
      bytes: count(isIncoming ? entry.bytesReceived : entry.bytesSent),
      packets,
      lost: Math.max(0, count(arrived?.packetsLost)),
      jitter: amount(arrived?.jitter),
      buffered: isIncoming && emitted > 0 ? count(entry.jitterBufferDelay) / emitted : null,
    },
  ]
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
/** How a TURN server is reached; where the browser does not say, most likely by UDP. */
const legOf = (value: unknown): RelayLeg => (value === 'tcp' || value === 'tls' ? value : 'udp')
const amount = (value: unknown): number | null => (typeof value === 'number' ? value : null)
const count = (value: unknown): number => amount(value) ?? 0
