/** What can be said about a room's network, as plain JSON. */
import type Peer from '../link/peer.ts'
import type { PeerState } from '../link/peer.ts'
import type { Counts } from './counters.ts'
import type { PathRecord } from './paths.ts'

export interface LinkDiagnostics {
  id: string
  clientId: number | null
  state: PeerState
  /** Why the peer is ignored, when it is. */
  refusal: string | null
  /** How many others this peer reaches without us. */
  reaches: number
  /** Bytes that wait here to be sent. */
  queued: number
}

/** All that was counted since the room was joined, and how the links stand. */
export interface RoomDiagnostics extends Counts {
  relay: 'connecting' | 'connected' | 'lost'
  tabs: number
  links: LinkDiagnostics[]
  /** What came of looking for ways through the network. */
  paths: PathRecord
}

export function diagnose(peer: Peer, reaches: number): LinkDiagnostics {
  const { name, hello, state, refusal, queued } = peer
  return { id: name, clientId: hello?.client ?? null, state, refusal, reaches, queued }
}
