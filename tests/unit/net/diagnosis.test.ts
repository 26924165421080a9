import { describe, expect, test } from 'vitest'
import { diagnoseConnection, type ConnectionFacts } from '#net/diagnostics/diagnosis'
import { Paths, type PathRecord } from '#net/diagnostics/paths'

const NOW = 1_800_000_000_000
const open = { state: 'open', relayedOver: null } as const
const seeking = { state: 'connecting', relayedOver: null } as const

const facts = (change: Partial<ConnectionFacts>, paths: Partial<PathRecord> = {}): ConnectionFacts => ({
  supported: true,
  online: true,
  relay: 'connected',
  stun: true,
  turn: false,
  links: [],
  otherBuild: null,
  now: NOW,
  ...change,
  paths: { ...new Paths().record, ...paths },
})

const diagnose = (...args: Parameters<typeof facts>) => diagnoseConnection(facts(...args))

/** Both sides know each other's addresses from outside, and nothing came through. */
const blocked: Partial<PathRecord> = {
  ours: { host: 1, srflx: 1, relay: 0 },
  theirs: { host: 1, srflx: 1, relay: 0 },
  blocked: 1,
  blockedAt: NOW - 1000,
}

describe('the diagnosis of a connection', () => {
  test('all is well', () => {
    expect(diagnose({ links: [open, open] })).toBe('direct')
    expect(diagnose({ turn: true, links: [open, { ...open, relayedOver: 'udp' }] })).toBe('relayed')
    expect(diagnose({ links: [] })).toBe('alone')
    expect(diagnose({ links: [seeking] })).toBe('connecting')
    expect(diagnose({ relay: 'connecting' })).toBe('connecting')
  })

  test('this browser or its network is cut off', () => {
    expect(diagnose({ supported: false })).toBe('no-webrtc')
    expect(diagnose({ online: false, relay: 'lost' })).toBe('offline')
    expect(diagnose({ relay: 'lost' })).toBe('relay-unreachable')
    expect(diagnose({ relay: 'lost', links: [open] })).toBe('direct')
  })

  test('UDP is blocked: all goes over TURN by TCP or TLS', () => {
    for (const relayedOver of ['tcp', 'tls'] as const) {
      const links = [{ ...open, relayedOver }]
      expect(diagnose({ turn: true, links }, { ours: { host: 1, srflx: 0, relay: 1 } })).toBe('udp-blocked')
      expect(diagnose({ turn: true, links }, { ours: { host: 1, srflx: 1, relay: 1 } })).toBe('relayed')
    }
  })

  test('no direct way, and no TURN server', () => {
    expect(diagnose({ links: [seeking] }, blocked)).toBe('no-turn')
    expect(diagnose({ links: [seeking], stun: false }, { ...blocked, ours: { host: 1, srflx: 0, relay: 0 } })).toBe(
      'no-turn',
    )
  })

  test('TURN refuses the credentials, or cannot be reached', () => {
    const refusal = { server: 'turn', leg: 'udp', code: 401 } as const
    const silence = { server: 'turn', leg: 'udp', code: 701 } as const
    const stunSilence = { server: 'stun', leg: 'udp', code: 701 } as const
    const seek = { turn: true, links: [seeking] }
    expect(diagnose(seek, { ...blocked, faults: [stunSilence, silence, refusal] })).toBe('turn-refused')
    expect(diagnose(seek, { ...blocked, faults: [stunSilence, silence] })).toBe('turn-unreachable')
    expect(diagnose(seek, blocked)).toBe('turn-unreachable')
    expect(diagnose({ turn: true, links: [open] }, { faults: [refusal] })).toBe('direct')
  })

  test('the other side is blocked', () => {
    const theirs = { host: 1, srflx: 0, relay: 0 }
    expect(diagnose({ links: [seeking] }, { ...blocked, theirs })).toBe('peer-blocked')
    const ours = { host: 1, srflx: 1, relay: 1 }
    expect(diagnose({ turn: true, links: [seeking] }, { ...blocked, ours })).toBe('peer-blocked')
  })

  test('whoever does not answer is not behind a wall', () => {
    expect(diagnose({ links: [seeking] }, { unanswered: 1 })).toBe('unanswered')
  })

  test('one who is blocked counts while others are linked, and for a while after they have gone', () => {
    expect(diagnose({ links: [open, seeking] }, blocked)).toBe('no-turn')
    expect(diagnose({ links: [open] }, blocked)).toBe('direct')
    expect(diagnose({ links: [] }, blocked)).toBe('no-turn')
    expect(diagnose({ links: [], now: NOW + 120_000 }, blocked)).toBe('alone')
  })
})
