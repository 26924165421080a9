/** Relays that share rooms through a real Redis, as browsers meet them. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { RelayOptions } from '#signaling/options'
import { createRelay, type Relay } from '#signaling/relay'
import { createLog } from '../../signaling/log.ts'
import { eventually } from '../support/eventually.ts'
import { noRedis, TestRedis } from '../support/redis.ts'
import { Client } from './client.ts'

if (noRedis !== null) console.log(noRedis)

describe.skipIf(noRedis !== null)('two relays', () => {
  let redis: TestRedis
  let one: Relay
  let two: Relay
  const relays: Relay[] = []
  const log: string[] = []

  const relayWith = async (options: Partial<RelayOptions> = {}): Promise<Relay> => {
    const relay = await createRelay({
      redisUrl: redis.url,
      log: createLog('info', 'json', (line) => log.push(line)),
      ...options,
    })
    relays.push(relay)
    return relay
  }
  const health = async (relay: Relay): Promise<[number, string]> => {
    const response = await fetch(`${relay.address.url}/healthz`)
    return [response.status, await response.text()]
  }

  beforeAll(async () => {
    redis = await TestRedis.start()
  })
  afterAll(() => redis.kill())
  beforeEach(async () => {
    ;[one, two] = [await relayWith(), await relayWith()]
    log.length = 0
  })
  afterEach(async () => {
    await Promise.all(relays.splice(0).map((relay) => relay.close()))
  })

  test('are one to those who meet: everything arrives once, with the number of all', async () => {
    const [a, b, c] = [await Client.join(one, 'room'), await Client.join(one, 'room'), await Client.join(two, 'room')]
    const heard = [a, b].map((client) => client.next(({ type }) => type === 'publish'))
    c.publish('room', { type: 'announce', from: 'c' })
    expect(await Promise.all(heard)).toMatchObject([{ clients: 3 }, { clients: 3 }])
    const answer = c.next((message) => message.type === 'publish' && message.data === 'the answer')
    a.publish('room', 'the answer')
    expect(await answer).toMatchObject({ clients: 3 })
    const left = c.next(({ type }) => type === 'leave')
    b.socket.terminate()
    expect(await left).toEqual({ type: 'leave', topic: 'room' })
    for (const client of [a, c]) await client.settled()
    const announced = { type: 'announce', from: 'c' }
    for (const client of [a, b, c]) expect(client.published).toEqual([announced, 'the answer'])
    expect(one.counters()).toMatchObject({ bus: 'connected', dropped: {} })
  })

  test('say that Redis is lost, go on alone, and bring everyone together when it is back', async () => {
    const [a, b, loner] = [await Client.join(one, 'room'), await Client.join(two, 'room'), await Client.join(two)]
    await redis.kill()
    await eventually(() => expect([one, two].map((relay) => relay.counters().bus)).toEqual(['lost', 'lost']))
    expect(await health(one)).toEqual([200, expect.stringMatching(/^degraded: /u)])
    const own = a.next()
    a.publish('room', 'to myself')
    expect(await own).toMatchObject({ data: 'to myself' })
    await b.settled()
    expect(b.published).toEqual([])
    expect(one.counters().dropped.untold).toBeGreaterThan(0)

    await redis.restart()
    // A browser connects again at once, and announces itself on every connection.
    expect(await Promise.all([a.closed, b.closed])).toEqual([1012, 1012])
    const [again, other] = [await Client.join(one, 'room'), await Client.join(two, 'room')]
    // Redis may hear of what is said before it has heard that the other relay listens.
    await eventually(() => {
      again.publish('room', 'here again')
      expect(other.published).toContain('here again')
    })
    expect(await health(one)).toEqual([200, 'ok\n'])
    await loner.settled()
    const events = log.map((line) => JSON.parse(line) as { level: string; event: string })
    expect(events.map(({ level }) => level).sort()).toEqual(['info', 'info', 'warn', 'warn'])
    expect(log.join()).not.toContain('room"')
  })

  test('one of which dies: the other serves on, and takes its people', async () => {
    const [a, b] = [await Client.join(one, 'room'), await Client.join(two, 'room')]
    await one.close()
    expect(await a.closed).toBe(1001)
    const moved = await Client.join(two, 'room')
    const heard = b.next(({ type }) => type === 'publish')
    moved.publish('room', 'moved')
    expect(await heard).toMatchObject({ data: 'moved' })
  })

  test('a Redis that is not there yet holds nobody up', async () => {
    const early = await relayWith({ redisUrl: 'redis://127.0.0.1:1' })
    expect(await health(early)).toEqual([200, expect.stringMatching(/^degraded: /u)])
    const client = await Client.join(early, 'room')
    const own = client.next()
    client.publish('room', 'hello')
    expect(await own).toMatchObject({ data: 'hello', clients: 1 })
  })
})

test('a URL that is none of a Redis is refused, without its password', async () => {
  const wrong = createRelay({ redisUrl: 'http://:secret@localhost' })
  await expect(wrong).rejects.toThrow(/redisUrl must be redis:/u)
  await expect(wrong).rejects.not.toThrow(/secret/u)
})
