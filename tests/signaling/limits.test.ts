import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { networkOf } from '../../signaling/address.ts'
import { TokenBucket } from '../../signaling/limits.ts'
import { createLog } from '../../signaling/log.ts'
import type { RelayOptions } from '#signaling/options'
import { createRelay, type Relay } from '#signaling/relay'
import { Client, signalUrl } from './client.ts'

const relays: Relay[] = []

async function relayWith(options: Partial<RelayOptions>): Promise<Relay> {
  const relay = await createRelay(options)
  relays.push(relay)
  return relay
}

afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(relays.splice(0).map((relay) => relay.close()))
})

/** Tries to connect; the HTTP status of a refusal, 101 when let in. */
function knock(relay: Relay, path = '/signal', headers: Record<string, string> = {}): Promise<number> {
  const socket = new WebSocket(relay.address.url.replace('http', 'ws') + path, { headers })
  return new Promise((resolve) => {
    socket.on('open', () => resolve(101))
    socket.on('unexpected-response', (_, response) => {
      resolve(response.statusCode ?? 0)
      response.destroy()
    })
    socket.on('error', () => resolve(0))
  })
}

describe('a connection', () => {
  test('is dropped when its message is too long', async () => {
    const client = await Client.join(await relayWith({ messageBytes: 1000 }))
    client.publish('room', 'x'.repeat(1000))
    expect(await client.closed).toBe(1009)
    expect(relays[0]?.counters().dropped).toEqual({ oversized: 1 })
  })

  test('listens to so many topics and no more', async () => {
    const relay = await relayWith({ topicsPerConnection: 3, topicLength: 4 })
    const client = await Client.join(relay, 'a', 'b', 'c')
    await client.subscribe('a', 'c', 'd')
    await client.subscribe('x'.repeat(5))
    expect(relay.counters()).toMatchObject({ topics: 3, subscriptions: 3, dropped: { topics: 2 } })
    client.send({ type: 'unsubscribe', topics: ['a'] })
    await client.subscribe('d')
    expect(relay.counters()).toMatchObject({ topics: 3, subscriptions: 3, dropped: { topics: 2 } })
  })

  test('that asks for too much is slowed down, and loses nothing', async () => {
    const relay = await relayWith({ burst: 10, rate: 200 })
    const [flood, listener] = await Promise.all([Client.join(relay, 'room'), Client.join(relay, 'room')])
    const started = performance.now()
    const numbers = Array.from({ length: 110 }, (_, index) => index)
    for (const number of numbers) flood.publish('room', number)
    // What was read in one piece is dealt with in one piece; the next piece has to wait.
    await flood.settled()
    await flood.settled()
    // 110 messages, 10 of them at once and 200 a second, and the subscription and pings besides.
    expect(performance.now() - started).toBeGreaterThan(450)
    await listener.settled()
    expect(listener.published).toEqual(numbers)
    expect(relay.counters().dropped.throttled).toBeGreaterThan(0)
  })

  test('that does not read what it asked for is dropped', async () => {
    const relay = await relayWith({ bufferedBytes: 100_000, burst: 100_000 })
    const slow = await Client.join(relay, 'room')
    slow.socket.pause()
    const talker = await Client.join(relay, 'room')
    const left = talker.next(({ type }) => type === 'leave')
    const block = 'x'.repeat(60_000)
    while (relay.counters().dropped.slow === undefined) {
      talker.publish('room', block)
      await talker.settled()
    }
    expect(await left).toEqual({ type: 'leave', topic: 'room' })
    expect(relay.counters()).toMatchObject({ connections: 1, subscriptions: 1, dropped: { slow: 1 } })
  })
})

describe('a network', () => {
  test('holds so many connections, and gets them back', async () => {
    const relay = await relayWith({ connectionsPerAddress: 2, trustedProxies: 1 })
    const from = (address: string): Promise<number> => knock(relay, '/signal', { 'x-forwarded-for': address })
    expect(await from('192.0.2.1')).toBe(101)
    expect(await from('192.0.2.99, 192.0.2.1')).toBe(101)
    expect(await from('192.0.2.99, 192.0.2.1')).toBe(429)
    expect(await from('192.0.2.1, 192.0.2.2')).toBe(101)
    const leaving = new WebSocket(signalUrl(relay), { headers: { 'x-forwarded-for': '192.0.2.3' } })
    await once(leaving, 'open')
    expect(await from('192.0.2.3')).toBe(101)
    expect(await from('192.0.2.3')).toBe(429)
    leaving.close()
    await vi.waitFor(async () => expect(await from('192.0.2.3')).toBe(101))
  })

  test.each([
    ['192.0.2.1:4711', '192.0.2.1'],
    ['[2001:db8::1]:4711', '[2001:db8::2]'],
  ])('is the same to a proxy that writes ports: %s and %s', async (first, second) => {
    const relay = await relayWith({ connectionsPerAddress: 1, trustedProxies: 1 })
    expect(await knock(relay, '/signal', { 'x-forwarded-for': first })).toBe(101)
    expect(await knock(relay, '/signal', { 'x-forwarded-for': second })).toBe(429)
    expect(await knock(relay, '/signal', { 'x-forwarded-for': '192.0.2.2:1' })).toBe(101)
  })

  test('is that of the outermost of two proxies, or what stands before one that is missing', async () => {
    const relay = await relayWith({ connectionsPerAddress: 1, trustedProxies: 2 })
    expect(await knock(relay, '/signal', { 'x-forwarded-for': '198.51.100.9, 192.0.2.1, 10.0.0.1' })).toBe(101)
    expect(await knock(relay, '/signal', { 'x-forwarded-for': '192.0.2.1, 10.0.0.2' })).toBe(429)
    expect(await knock(relay, '/signal', { 'x-forwarded-for': '192.0.2.2' })).toBe(101)
    expect(await knock(relay, '/signal')).toBe(429)
  })

  test('is not what a stranger claims it to be', async () => {
    const relay = await relayWith({ connectionsPerAddress: 1 })
    expect(await knock(relay, '/signal', { 'x-forwarded-for': '192.0.2.1' })).toBe(101)
    expect(await knock(relay, '/signal', { 'x-forwarded-for': '192.0.2.2' })).toBe(0)
    expect(relay.counters().dropped).toEqual({ address: 1 })
  })

  test('cannot hold more half-asked requests than connections', async () => {
    const relay = await relayWith({ connectionsPerAddress: 2 })
    const { host, port } = relay.address
    const sockets = [1, 2, 3].map(() => connect(port, host))
    const closed = sockets.map((socket) => new Promise((resolve) => socket.on('close', resolve)))
    for (const socket of sockets) {
      socket.on('error', () => socket.destroy())
      socket.write('GET / HTTP/1.1\r\nX-Slow: ')
    }
    await Promise.race(closed)
    expect(relay.counters().dropped).toEqual({ address: 1 })
    for (const socket of sockets) socket.destroy()
  })

  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0DB8:1:2::9', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
    ['::', '0:0:0:0'],
    [undefined, ''],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })
})

describe('the WebSocket', () => {
  test('is at /signal only', async () => {
    const relay = await relayWith({})
    expect(await knock(relay, '/signal?room=1')).toBe(101)
    expect(await knock(relay, '/')).toBe(404)
    expect(await knock(relay, '/signal/')).toBe(404)
    expect(relay.counters().dropped).toEqual({ path: 2 })
  })
})

describe('an origin', () => {
  test('is that of the host that was asked, unless others are named', async () => {
    const relay = await relayWith({})
    const { port } = relay.address
    const from = (headers: Record<string, string>): Promise<number> => knock(relay, '/signal', headers)
    expect(await from({ origin: `http://127.0.0.1:${port}` })).toBe(101)
    expect(await from({ origin: 'https://write.example.org', host: 'write.example.org' })).toBe(101)
    expect(await from({ origin: 'https://write.example.org', host: 'write.example.org:443' })).toBe(101)
    for (const origin of ['https://elsewhere.example', 'null', 'http://127.0.0.1', `http://127.0.0.1:${port + 1}`]) {
      expect(await from({ origin })).toBe(403)
    }
    expect(relay.counters().dropped).toEqual({ origin: 4 })
  })

  test('is, behind a proxy of ours, that of the host which the proxy names; one that names none lets in any', async () => {
    const lines: string[] = []
    const relay = await relayWith({ trustedProxies: 1, log: createLog('info', 'json', (line) => lines.push(line)) })
    const from = (headers: Record<string, string>): Promise<number> => knock(relay, '/signal', headers)
    const origin = 'https://write.example.org'
    expect(await from({ origin, host: 'inner:4444', 'x-forwarded-host': 'write.example.org' })).toBe(101)
    expect(await from({ origin, host: 'write.example.org' })).toBe(101)
    expect(lines).toEqual([])
    expect(await from({ origin, host: 'inner:4444' })).toBe(101)
    expect(await from({ origin, host: 'inner:4444' })).toBe(101)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain(`ORIGINS=${origin}`)
    expect(await from({ origin, host: 'inner:4444', 'x-forwarded-host': 'elsewhere.example' })).toBe(403)
  })

  test('may be any where that is wanted', async () => {
    const relay = await relayWith({ origins: 'any' })
    for (const origin of ['https://elsewhere.example', 'null'])
      expect(await knock(relay, '/signal', { origin })).toBe(101)
  })

  test('that is not named is refused and counted; what is no browser has none', async () => {
    const relay = await relayWith({ origins: ['https://ink.example', 'HTTP://Localhost:4444/'] })
    const from = (origin: string): Promise<number> => knock(relay, '/signal', { origin })
    expect(await from('https://ink.example')).toBe(101)
    expect(await from('http://localhost:4444')).toBe(101)
    expect(await knock(relay)).toBe(101)
    for (const stranger of [
      'http://ink.example',
      'https://ink.example.evil.example',
      'https://ink.example:8443',
      'null',
    ])
      expect(await from(stranger)).toBe(403)
    expect(relay.counters().dropped).toEqual({ origin: 4 })
  })

  test.each(['ink.example', 'https://ink.example/path', 'ftp://ink.example', '*', ''])(
    'cannot be %j',
    async (origin) => {
      await expect(createRelay({ origins: [origin] })).rejects.toThrow(/origins must be like https:/u)
    },
  )
})

test('a token bucket lets a burst through, then its rate', () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const bucket = new TokenBucket({ burst: 10, rate: 5 })
  expect(bucket.take(10)).toBe(0)
  expect(bucket.take(1)).toBe(200)
  vi.advanceTimersByTime(200)
  expect(bucket.take(0)).toBe(0)
  vi.advanceTimersByTime(60_000)
  expect(bucket.take(20)).toBe(2000)
})
