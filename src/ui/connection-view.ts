/** What the panel about the connection shows, made from what the room says. Pure. */
import type { DeskPhrases } from '#i18n/phrases'
import type { RoomDiagnostics } from '#net/diagnostics/diagnostics'
import type { LinkReport, MediaFlow } from '#net/diagnostics/link-report'
import { diagnoseConnection, type Diagnosis } from '#net/diagnostics/diagnosis'
import type { RoomStatus } from '#net/room'
import type { Other } from '#session/facts'

/** All that is known at one moment. */
export interface ConnectionState {
  status: RoomStatus
  diagnostics: RoomDiagnostics
  reports: readonly LinkReport[]
  iceServers: readonly RTCIceServer[]
  /** `navigator.onLine`. */
  online: boolean
  /** Ms since the epoch. */
  now: number
  /** The look before this one, if any. */
  before: { reports: readonly LinkReport[]; now: number } | null
}

type Words = DeskPhrases['connection']
type PathName = keyof Words['paths']

/** One line of the list of others. */
export interface PeerRow {
  /** Null: someone who has not said a name. */
  name: string | null
  role: keyof Words['roles'] | null
  state: keyof Words['states']
  path: PathName
  /** Milliseconds. */
  roundTrip: number | null
  sent: number | null
  received: number | null
  media: MediaRow[]
}

/** One voice or picture, as it has been since the last look. */
export interface MediaRow {
  id: string
  isIncoming: boolean
  kind: MediaFlow['kind']
  codec: string
  /** As '640 × 360'; null for a voice. */
  size: string | null
  frames: number | null
  /** Bits a second; null at the first look. */
  bitrate: number | null
  /** Of 100 packets. */
  lost: number
  /** Milliseconds. */
  jitter: number | null
  /** Milliseconds from the other side's sending to its being played here, roughly. */
  delay: number | null
}

export function diagnosisOf({ status, diagnostics, reports, iceServers, online, now }: ConnectionState): Diagnosis {
  const kinds = aidsOf(iceServers)
  return diagnoseConnection({
    supported: status.supported,
    online,
    relay: status.relay,
    otherBuild: status.otherBuild,
    stun: kinds.some((kind) => kind.startsWith('stun')),
    turn: kinds.some((kind) => kind.startsWith('turn')),
    links: status.links.map(({ id, state }) => ({
      state,
      relayedOver: reports.find((report) => report.id === id)?.relayedOver ?? null,
    })),
    paths: diagnostics.paths,
    now,
  })
}

/** Everyone who is linked, and then those who are here through others. */
export function rowsOf(state: ConnectionState, others: readonly Other[]): PeerRow[] {
  const { status, reports } = state
  const linked = status.links.map((link): PeerRow => {
    const report = reports.find(({ id }) => id === link.id)
    return {
      name: others.find(({ clientId }) => clientId === link.clientId)?.name ?? null,
      role: link.alwaysOn ? 'keeper' : link.role,
      state: link.state,
      path: report === undefined || report.local === null ? 'none' : (report.relayedOver ?? 'direct'),
      roundTrip: millisecondsOf(report?.roundTrip ?? null),
      sent: report?.bytesSent ?? null,
      received: report?.bytesReceived ?? null,
      media: report === undefined ? [] : mediaOf(report, state),
    }
  })
  const further = others.filter(({ clientId }) => !status.links.some((link) => link.clientId === clientId))
  return [...linked, ...further.map(({ name }) => ({ ...THROUGH_OTHERS, name }))]
}

const millisecondsOf = (seconds: number | null): number | null => (seconds === null ? null : Math.round(1000 * seconds))

const THROUGH_OTHERS: PeerRow = {
  name: null,
  role: null,
  state: 'open',
  path: 'others',
  roundTrip: null,
  sent: null,
  received: null,
  media: [],
}

function mediaOf({ id, media, roundTrip }: LinkReport, { before, now }: ConnectionState): MediaRow[] {
  const known = before?.reports.find((report) => report.id === id)?.media ?? []
  return media.map((flow) => {
    const last = known.find((one) => one.id === flow.id)
    const seconds = (now - (before?.now ?? now)) / 1000
    const packets = flow.packets - (last?.packets ?? 0) + flow.lost - (last?.lost ?? 0)
    return {
      id: flow.id,
      isIncoming: flow.isIncoming,
      kind: flow.kind,
      codec: flow.codec ?? '',
      size: flow.width === null || flow.height === null ? null : `${flow.width} × ${flow.height}`,
      frames: flow.frames,
      bitrate: last === undefined || seconds <= 0 ? null : Math.max(0, (8 * (flow.bytes - last.bytes)) / seconds),
      lost: packets <= 0 ? 0 : Math.max(0, (100 * (flow.lost - (last?.lost ?? 0))) / packets),
      jitter: millisecondsOf(flow.jitter),
      delay: flow.buffered === null ? null : Math.round(1000 * (flow.buffered + (roundTrip ?? 0) / 2)),
    }
  })
}

/** Kinds of servers that help to find a way: 'stun', 'turn over udp', 'turn over tcp', 'turn over tls'. */
export function aidsOf(iceServers: readonly RTCIceServer[]): string[] {
  const kinds = iceServers
    .flatMap(({ urls }) => urls)
    .map((url) => {
      const [, kind = 'stun', secure] = /^(stun|turn)(s?):/u.exec(url) ?? []
      if (kind === 'stun') return kind
      return `${kind} over ${secure === 's' ? 'tls' : url.endsWith('transport=tcp') ? 'tcp' : 'udp'}`
    })
  return [...new Set(kinds)]
}

/** What was dropped, in words, the most frequent first. */
export function droppedOf({ diagnostics }: ConnectionState, words: Words): string[] {
  const counts = new Map<string, number>()
  for (const [reason, count] of Object.entries(diagnostics.dropped)) {
    const name = REASONS.find(([pattern]) => pattern.test(reason))?.[1]
    const what = name === undefined ? words.other(reason) : words.reasons[name]
    counts.set(what, (counts.get(what) ?? 0) + count)
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([what, count]) => words.times(count, what))
}

const REASONS: readonly (readonly [RegExp, keyof Words['reasons']])[] = [
  [/^update-without-proof/u, 'unproven'],
  [/^(bad-proof|impostor)/u, 'forged'],
  [/^(peer-too-slow|busy)/u, 'slow'],
  [/^refused/u, 'refused'],
  [/^(stale-signal|bad-candidate|awareness-not-admitted|hello-again|no-restart)/u, 'late'],
  [/^(malformed|bad-description|undecipherable|oversized|unexpected|frame-before|flood)/u, 'malformed'],
]

/** The same for whoever helps, as JSON: kinds, counts and times, but no name, no address, no key and no link. */
export function reportOf(state: ConnectionState, browser: string): string {
  const { status, diagnostics, iceServers, online, now } = state
  const { document, awareness, sync, frames, bytes, connections, dropped, paths, tabs } = diagnostics
  return JSON.stringify(
    {
      time: new Date(now).toISOString(),
      browser,
      diagnosis: diagnosisOf(state),
      online,
      relay: status.relay,
      servers: aidsOf(iceServers),
      tabs,
      copies: { devices: status.copies.devices, takenAt: status.copies.takenAt, unsent: status.copies.unsent },
      peers: rowsOf(state, []).map(({ role, state: linkState, path, roundTrip, sent, received }) => {
        return { role, state: linkState, path, roundTrip, sent, received }
      }),
      paths,
      traffic: { document, awareness, sync, frames, bytes, connections },
      dropped,
    },
    null,
    2,
  )
}
