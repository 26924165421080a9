import { connect } from 'node:net'
import { once } from 'node:events'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { RelayOptions } from '#signaling/options'
import { createRelay, type Relay } from '#signaling/relay'
import { Client, signalUrl } from './client.ts'

const relays: Relay[] = []

async function relayWith(options: Partial<RelayOptions> = {}): Promise<Relay> {
  const relay = await createRelay(options)
  relays.push(relay)
  return relay
}

afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.close()))
})

describe('what stock y-webrtc clients rely on', () => {
  test('a publication reaches every subscriber, its sender included, with their number', async () => {
    const relay = await relayWith()
    const [a, b, elsewhere] = await Promise.all([
      Client.join(relay, 'room'),
      Client.join(relay, 'room'),
      Client.join(relay, 'another room'),
    ])
    const announce = { type: 'announce', from: 'a' }
    const [atA, atB] = [a.next(), b.next()]
    a.publish('room', announce)
    const expected = { type: 'publish', topic: 'room', data: announce, clients: 2 }
    expect(await atA).toEqual(expected)
    expect(await atB).toEqual(expected)
    await elsewhere.settled()
    expect(elsewhere.published).toEqual([])
  })

  test('encrypted and plain signals arrive as they were sent', async () => {
    const relay = await relayWith()
    const [a, b] = await Promise.all([Client.join(relay, 'room'), Client.join(relay, 'room')])
    const signals = [
      'dGhpcyBpcyBiYXNlNjQ=',
      { to: 'b', from: 'a', type: 'signal', token: 1.5, signal: { type: 'offer', sdp: 'v=0\r\n한글' } },
      { to: 'b', from: 'a', type: 'signal', signal: { candidate: { candidate: 'x', sdpMLineIndex: 0, sdpMid: null } } },
    ]
    for (const signal of signals) a.publish('room', signal)
    await a.settled()
    await b.settled()
    expect(b.published).toEqual(signals)
  })

  test('publishing needs no subscription', async () => {
    const relay = await relayWith()
    const [listener, stranger] = await Promise.all([Client.join(relay, 'room'), Client.join(relay)])
    const heard = listener.next()
    stranger.publish('room', 'hello')
    expect(await heard).toEqual({ type: 'publish', topic: 'room', data: 'hello', clients: 1 })
  })

  test('whoever unsubscribes hears nothing more', async () => {
    const relay = await relayWith()
    const [a, b] = await Promise.all([Client.join(relay, 'room'), Client.join(relay, 'room')])
    b.send({ type: 'unsubscribe', topics: ['room'] })
    await b.settled()
    a.publish('room', 'after')
    await a.settled()
    await b.settled()
    expect(a.published).toEqual(['after'])
    expect(b.published).toEqual([])
  })

  test('a ping is answered with a pong', async () => {
    const client = await Client.join(await relayWith())
    client.send({ type: 'ping' })
    expect(await client.next()).toEqual({ type: 'pong' })
  })
})

describe('who leaves', () => {
  test('a closed socket is told at once to the subscribers who stay', async () => {
    const relay = await relayWith()
    const [a, b] = await Promise.all([Client.join(relay, 'room', 'another'), Client.join(relay, 'room')])
    const left = b.next()
    a.socket.terminate()
    expect(await left).toEqual({ type: 'leave', topic: 'room' })
    await b.close()
    await vi.waitFor(() => expect(relay.counters()).toMatchObject({ connections: 0, topics: 0, subscriptions: 0 }))
  })

  test('so is an ended subscription', async () => {
    const relay = await relayWith()
    const [a, b] = await Promise.all([Client.join(relay, 'room'), Client.join(relay, 'room')])
    const left = b.next()
    a.send({ type: 'unsubscribe', topics: ['room', 'never subscribed'] })
    expect(await left).toEqual({ type: 'leave', topic: 'room' })
    await a.settled()
    expect(a.received).not.toContainEqual({ type: 'leave', topic: 'room' })
  })
})

describe('the heartbeat', () => {
  test('drops who gives no sign of life, and tells the others', async () => {
    const relay = await relayWith({ heartbeat: 500, patience: 250 })
    const alive = await Client.join(relay, 'room')
    const deaf = new WebSocket(signalUrl(relay), { autoPong: false })
    await once(deaf, 'open')
    const left = alive.next(({ type }) => type === 'leave')
    deaf.send(JSON.stringify({ type: 'subscribe', topics: ['room'] }))
    await once(deaf, 'close')
    expect(await left).toEqual({ type: 'leave', topic: 'room' })
    expect(relay.counters()).toMatchObject({ connections: 1, dropped: { silent: 1 } })
    await alive.settled()
  })
})

describe('the end', () => {
  test('everyone is told that the relay goes away, and the port is free again', async () => {
    const relay = await relayWith()
    const clients = await Promise.all([Client.join(relay, 'room'), Client.join(relay, 'room')])
    const idle = await fetch(relay.address.url)
    expect(idle.status).toBe(404)
    await Promise.all([relay.close(), relay.close()])
    expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual([1001, 1001])
    expect(clients.flatMap(({ received }) => received.filter(({ type }) => type === 'leave'))).toEqual([])
    const again = await relayWith({ port: relay.address.port })
    expect(again.address.port).toBe(relay.address.port)
  })

  test('whoever ignores the farewell is cut off in time', async () => {
    const relay = await relayWith({ closeTimeout: 100 })
    const { host, port } = relay.address
    const mute = connect(port, host)
    mute.on('error', () => mute.destroy())
    mute.write('GET /signal HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n')
    mute.write('Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n')
    await once(mute, 'data')
    const halfAsked = connect(port, host)
    halfAsked.on('error', () => halfAsked.destroy())
    halfAsked.write('GET / HTTP/1.1\r\nHo')
    await once(halfAsked, 'connect')
    await vi.waitFor(() => expect(relay.counters().connections).toBe(1))
    const gone = Promise.all([once(mute, 'close'), once(halfAsked, 'close')])
    const started = performance.now()
    await relay.close()
    await gone
    expect(performance.now() - started).toBeLessThan(1_000)
    expect(relay.counters().connections).toBe(0)
  })

  test('a taken port is an error, not a hang', async () => {
    const relay = await relayWith()
    await expect(createRelay({ port: relay.address.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})

describe('options', () => {
  test.each([
    [{ strikes: 0 }, /strikes/u],
    [{ rate: Number.NaN }, /rate/u],
    [{ port: 65_536 }, /port/u],
    [{ host: '' }, /host/u],
    [{ appDir: '/there/is/no/such/folder' }, /appDir.*no.such/su],
    [{ messageByte: 5 } as Partial<RelayOptions>, /unknown option messageByte/u],
  ])('%j is refused by name', async (options, message) => {
    await expect(createRelay(options)).rejects.toThrow(message)
  })

  test('every interface has an address for a browser here', async () => {
    const relay = await relayWith({ host: null })
    expect(relay.address.url).toBe(`http://localhost:${relay.address.port}`)
    expect((await fetch(`${relay.address.url}/healthz`)).status).toBe(200)
  })
})
