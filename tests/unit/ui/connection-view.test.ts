import { describe, expect, test } from 'vitest'
import { enDesk } from '../../../src/i18n/en-desk.ts'
import type { LinkReport } from '../../../src/net/diagnostics/link-report.ts'
import { newCounts } from '../../../src/net/diagnostics/counters.ts'
import { Paths } from '../../../src/net/diagnostics/paths.ts'
import {
  aidsOf,
  diagnosisOf,
  droppedOf,
  reportOf,
  rowsOf,
  type ConnectionState,
} from '../../../src/ui/connection-view.ts'

type LinkStatus = ConnectionState['status']['links'][number]

const link = (id: string, change: Partial<LinkStatus> = {}): LinkStatus => ({
  id,
  clientId: null,
  state: 'open',
  schemaVersion: 1,
  receiving: null,
  receivingTotal: null,
  synced: true,
  role: 'write',
  alwaysOn: false,
  ...change,
})

const report = (id: string, change: Partial<LinkReport> = {}): LinkReport => ({
  id,
  state: 'open',
  role: 'write',
  local: 'host',
  remote: 'host',
  relayedOver: null,
  protocol: 'udp',
  bytesSent: 10,
  bytesReceived: 20,
  messagesSent: 1,
  messagesReceived: 2,
  roundTrip: 0.0124,
  media: [],
  ...change,
})

function state(links: LinkStatus[], reports: LinkReport[], dropped: Record<string, number> = {}): ConnectionState {
  const copies = {
    devices: 1,
    takenAt: 5,
    unsent: false,
    unlike: 0,
    taken: { digest: 'abcdef', devices: ['d1'], at: 5 },
  }
  return {
    status: { relay: 'connected', links, tabs: 0, supported: true, blocked: false, otherBuild: null, copies },
    diagnostics: { ...newCounts(), dropped, relay: 'connected', tabs: 0, links: [], paths: new Paths().record },
    reports,
    iceServers: [
      { urls: ['stun:203.0.113.10:3478'] },
      {
        urls: ['turn:turn.example:3478', 'turns:turn.example:5349?transport=tcp'],
        username: '18:x',
        credential: 'hush',
      },
    ],
    online: true,
    now: 1_800_000_000_000,
    before: null,
  }
}

const mina = { name: 'Mina', color: 1, clientId: 7, away: false, reading: false, calling: false }
const jonas = { name: 'Jonas', color: 2, clientId: 8, away: false, reading: false, calling: false }

describe('the panel about the connection', () => {
  test('lists everyone: over what they are reached, and what they may do', () => {
    const links = [
      link('a', { clientId: 7 }),
      link('b', { role: 'read' }),
      link('c', { alwaysOn: true, state: 'connecting' }),
    ]
    const rows = rowsOf(state(links, [report('a'), report('b', { local: 'relay', relayedOver: 'tls' })]), [mina, jonas])
    expect(rows).toMatchObject([
      { name: 'Mina', role: 'write', path: 'direct', roundTrip: 12, state: 'open', sent: 10, received: 20 },
      { name: null, role: 'read', path: 'tls' },
      { name: null, role: 'keeper', path: 'none', state: 'connecting', roundTrip: null },
      { name: 'Jonas', role: null, path: 'others' },
    ])
  })

  test('says what helps, by kind', () => {
    expect(aidsOf(state([], []).iceServers)).toEqual(['stun', 'turn over udp', 'turn over tls'])
    expect(aidsOf([])).toEqual([])
    expect(diagnosisOf(state([link('a')], [report('a', { relayedOver: 'udp' })]))).toBe('relayed')
  })

  test('says in words what was dropped, the most frequent first', () => {
    const dropped = {
      'update-without-proof': 3,
      'malformed-frame': 1,
      'malformed-signal': 1,
      'refused: crowded': 9,
      odd: 1,
    }
    expect(droppedOf(state([], [], dropped), enDesk.connection)).toEqual([
      '9 × others that were turned away',
      '3 × changes from someone who may only read',
      '2 × messages that made no sense',
      '1 × other (odd)',
    ])
  })

  test('reports nothing secret', () => {
    const text = reportOf(state([link('secret-id', { clientId: 7 })], [report('secret-id')]), 'Browser/1')
    for (const secret of ['secret-id', '203.0.113.10', 'turn.example', 'hush', '18:x', 'abcdef', 'd1"', 'Mina']) {
      expect(text).not.toContain(secret)
    }
    expect(JSON.parse(text)).toMatchObject({
      browser: 'Browser/1',
      diagnosis: 'direct',
      servers: ['stun', 'turn over udp', 'turn over tls'],
      peers: [{ role: 'write', path: 'direct' }],
    })
  })

  test('says of each voice and picture how it has been since the last look', () => {
    const flow = {
      id: 'IT01',
      isIncoming: true,
      kind: 'video' as const,
      codec: 'VP8',
      width: 640,
      height: 360,
      frames: 15,
      bytes: 100_000,
      packets: 900,
      lost: 50,
      jitter: 0.012,
      buffered: 0.1,
    }
    const before = { reports: [report('a', { media: [flow] })], now: 1_799_999_998_000 }
    const later = { ...flow, bytes: 150_000, packets: 990, lost: 60 }
    const now = { ...state([link('a')], [report('a', { media: [later], roundTrip: 0.04 })]), before }
    expect(rowsOf(now, [])[0]?.media).toEqual([
      {
        id: 'IT01',
        isIncoming: true,
        kind: 'video',
        codec: 'VP8',
        size: '640 × 360',
        frames: 15,
        bitrate: 200_000,
        lost: 10,
        jitter: 12,
        delay: 120,
      },
    ])
    // At the first look there is nothing to compare with.
    const first = rowsOf({ ...now, before: null }, [])[0]?.media[0]
    expect(first?.bitrate).toBeNull()
    expect(first?.lost).toBeCloseTo(5.71, 1)
  })
})
