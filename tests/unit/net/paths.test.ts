import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Paths } from '#net/diagnostics/paths'

/** A connection as far as paths are concerned. */
class FakeConnection extends EventTarget {
  remoteDescription: object | null = null

  find(candidate: string, more: object = {}): void {
    this.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate: { candidate, ...more } }))
  }

  fail(url: string, errorCode: number): void {
    this.dispatchEvent(Object.assign(new Event('icecandidateerror'), { url, errorCode }))
  }
}

function followed() {
  const paths = new Paths()
  const connection = new FakeConnection()
  const { opened, closed } = paths.follow(connection as unknown as RTCPeerConnection)
  return { paths, record: paths.record, connection, opened, closed }
}

describe('what comes of looking for paths', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('candidates are counted by kind, and no address is kept', () => {
    const { paths, record, connection } = followed()
    connection.find('candidate:1 1 udp 2122 192.168.1.7 5000 typ host')
    connection.find('candidate:2 1 udp 1686 203.0.113.7 6000 typ srflx raddr 192.168.1.7 rport 5000')
    connection.find('candidate:3 1 udp 41 203.0.113.10 7000 typ relay raddr 203.0.113.7', { relayProtocol: 'tls' })
    connection.find('')
    paths.heard('candidate:1 1 udp 2122 10.0.0.2 5000 typ host')
    expect(record.ours).toEqual({ host: 1, srflx: 1, relay: 1 })
    expect(record.theirs).toEqual({ host: 1, srflx: 0, relay: 0 })
    expect(record.legs).toEqual(['tls'])
    expect(JSON.stringify(record)).not.toMatch(/\d+\.\d+\.\d+\.\d+/u)
  })

  test('faults of servers are told once each, by kind', () => {
    const { record, connection } = followed()
    for (let i = 0; i < 3; i++) connection.fail('turn:turn.example:3478?transport=tcp', 401)
    connection.fail('turns:turn.example:5349?transport=tcp', 701)
    connection.fail('stun:203.0.113.10:3478', 701)
    expect(record.faults).toEqual([
      { server: 'turn', leg: 'tcp', code: 401 },
      { server: 'turn', leg: 'tls', code: 701 },
      { server: 'stun', leg: 'udp', code: 701 },
    ])
  })

  test('an attempt was blocked when it was answered and came to nothing', () => {
    const { record, connection, closed } = followed()
    connection.remoteDescription = {}
    vi.advanceTimersByTime(8000)
    closed()
    expect(record).toMatchObject({ blocked: 1, unanswered: 0, blockedAt: Date.now() })
  })

  test('an attempt that nobody answered says nothing about the network', () => {
    const { record, closed } = followed()
    vi.advanceTimersByTime(8000)
    closed()
    expect(record).toMatchObject({ blocked: 0, unanswered: 1, blockedAt: null })
  })

  test('one that was overtaken at once, or that had carried something, was not blocked', () => {
    const early = followed()
    early.connection.remoteDescription = {}
    vi.advanceTimersByTime(1000)
    early.closed()
    const used = followed()
    used.connection.remoteDescription = {}
    used.opened()
    vi.advanceTimersByTime(60_000)
    used.closed()
    for (const { record } of [early, used]) expect(record).toMatchObject({ blocked: 0, blockedAt: null })
    expect(used.record.opened).toBe(1)
  })
})
