import type { BusDropReason, BusState } from './bus.ts'
import type { DropReason, Traffic } from './connection.ts'
import type { Metric } from './metrics.ts'
import type { StunCounters } from './stun.ts'

/** What a relay holds now, and what it has done and dropped since it started. */
export interface RelayCounters {
  connections: number
  topics: number
  subscriptions: number
  traffic: Readonly<Traffic>
  bus: BusState
  stun: Readonly<StunCounters>
  /** By reason; what was never dropped is absent. */
  dropped: Readonly<Partial<Record<DropReason | RefusalReason | BusDropReason, number>>>
}

/** Why a connection was refused before it became one. */
export type RefusalReason = 'address' | 'path' | 'origin' | 'http' | 'accept' | 'full'

/** Every reason, so that what has not happened yet is reported as 0. */
const NOTHING_DROPPED: Record<DropReason | RefusalReason | BusDropReason, number> = {
  malformed: 0,
  binary: 0,
  topics: 0,
  protocol: 0,
  oversized: 0,
  throttled: 0,
  slow: 0,
  silent: 0,
  flood: 0,
  crowded: 0,
  address: 0,
  credentials: 0,
  path: 0,
  origin: 0,
  http: 0,
  accept: 0,
  full: 0,
  untold: 0,
  unheard: 0,
}

/** The same, as figures for Prometheus. */
export function relayMetrics({
  connections,
  topics,
  subscriptions,
  traffic,
  bus,
  stun,
  dropped,
}: RelayCounters): Metric[] {
  const gauge = (name: string, help: string, value: Metric['value']): Metric => ({
    name: `inkmesh_relay_${name}`,
    type: 'gauge',
    help,
    value,
  })
  const counter = (name: string, help: string, label: string, values: Record<string, number>): Metric => ({
    name: `inkmesh_relay_${name}_total`,
    type: 'counter',
    help,
    value: { label, values },
  })
  const states: Record<BusState, number> = { alone: 0, connected: 0, lost: 0 }
  return [
    gauge('connections', 'Open WebSockets.', connections),
    gauge('topics', 'Topics that somebody here listens to.', topics),
    gauge('subscriptions', 'Pairs of connection and topic.', subscriptions),
    counter('messages', 'Text frames from browsers and to them.', 'direction', {
      in: traffic.messagesIn,
      out: traffic.messagesOut,
    }),
    counter('bytes', 'Bytes in those frames.', 'direction', { in: traffic.bytesIn, out: traffic.bytesOut }),
    counter('dropped', 'Frames and connections dropped, and messages lost between relays.', 'reason', {
      ...NOTHING_DROPPED,
      ...dropped,
    }),
    gauge('bus', 'How it stands with the other relays: 1 for the state it is in.', {
      label: 'state',
      values: { ...states, [bus]: 1 },
    }),
    counter('stun_requests', 'STUN datagrams.', 'outcome', { ...stun }),
  ]
}
