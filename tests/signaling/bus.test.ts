/** What every bus does, whatever it is made of; and what a Redis may do to one. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parseBusMessage, type Bus, type BusDropReason, type BusMessage, type BusState } from '../../signaling/bus.ts'
import { Hub } from '../../signaling/hub.ts'
import { MemoryBus } from '../../signaling/memory-bus.ts'
import { Network } from '../../signaling/network.ts'
import { RedisBus, type RedisTiming } from '../../signaling/redis-bus.ts'
import { Turns } from '../../signaling/turns.ts'
import type { ServerMessage } from '#signaling/protocol'
import { eventually } from '../support/eventually.ts'
import { noRedis, TestRedis } from '../support/redis.ts'

if (noRedis !== null) console.log(noRedis)

let redis: TestRedis
beforeAll(async () => {
  if (noRedis === null) redis = await TestRedis.start()
})
afterAll(async () => {
  if (noRedis === null) await redis.kill()
})

const buses: Bus[] = []
afterEach(async () => {
  await Promise.all(buses.splice(0).map((bus) => bus.close()))
})

/** A relay as its bus sees it. */
class Ear {
  readonly bus: Bus
  readonly messages: [topic: string, BusMessage][] = []
  readonly states: BusState[] = []
  readonly dropped: BusDropReason[] = []
  readonly relays = new Set<string>()

  private constructor(bus: Bus) {
    this.bus = bus
    buses.push(bus)
  }

  static async at(bus: Bus, ...topics: string[]): Promise<Ear> {
    const ear = new Ear(bus)
    for (const topic of topics) bus.listen(topic)
    await bus.open({
      heard: (relay, topic, message) => {
        ear.relays.add(relay)
        ear.messages.push([topic, message])
      },
      changed: (state) => ear.states.push(state),
      dropped: (reason) => ear.dropped.push(reason),
    })
    return ear
  }

  /** Tells until the other hears it, and so has heard all that was told before. */
  async reaches(other: Ear): Promise<void> {
    const topic = `to be heard at last ${Math.random()}`
    other.bus.listen(topic)
    await eventually(() => {
      this.bus.tell(topic, { type: 'leave', clients: 0 })
      expect(other.messages.map(([heard]) => heard)).toContain(topic)
    })
    other.bus.unlisten(topic)
    other.messages.splice(0, Infinity, ...other.messages.filter(([heard]) => heard !== topic))
  }
}

const said = (data: unknown, clients = 1): BusMessage => ({ type: 'publish', data, clients })

const kinds = [
  { kind: 'memory', skipped: false, makeSeveral: () => sharing(new Set()) },
  { kind: 'Redis', skipped: noRedis !== null, makeSeveral: () => () => new RedisBus(redis.url) },
]

const sharing = (all: Set<MemoryBus>) => (): Bus => new MemoryBus(all)

describe.each(kinds)('a bus of $kind', ({ skipped, makeSeveral }) => {
  test.skipIf(skipped)('takes what is told to every other relay that listens, once, in order', async () => {
    const make = makeSeveral()
    const [a, b, c, deaf] = [
      await Ear.at(make(), 'room'),
      await Ear.at(make(), 'room', 'another'),
      await Ear.at(make(), 'room'),
      await Ear.at(make(), 'another'),
    ]
    const told = [
      said('first'),
      said({ deep: ['한글', { n: 1.5 }] }, 3),
      said(null),
      { type: 'leave', clients: 2 },
    ] as const
    for (const message of told) a.bus.tell('room', message)
    await Promise.all([a.reaches(b), a.reaches(c), a.reaches(deaf), b.reaches(a)])
    const expected = told.map((message) => ['room', message])
    expect(b.messages).toEqual(expected)
    expect(c.messages).toEqual(expected)
    expect(a.messages).toEqual([])
    expect(deaf.messages).toEqual([])
    expect(b.relays.size).toBe(1)
    expect([a, b, c, deaf].map(({ bus }) => bus.state)).toEqual(Array(4).fill('connected'))
  })

  test.skipIf(skipped)('is not heard any more once it is not listened to', async () => {
    const make = makeSeveral()
    const [a, b] = [await Ear.at(make()), await Ear.at(make(), 'room')]
    a.bus.tell('room', said(1))
    await a.reaches(b)
    for (let i = 0; i < 50; i++) {
      b.bus.unlisten('room')
      b.bus.listen('room')
    }
    await b.reaches(a)
    await a.reaches(b)
    a.bus.tell('room', said(2))
    await a.reaches(b)
    b.bus.unlisten('room')
    await b.reaches(a)
    await a.reaches(b)
    a.bus.tell('room', said(3))
    await a.reaches(b)
    expect(b.messages).toEqual([
      ['room', said(1)],
      ['room', said(2)],
    ])
  })

  test.skipIf(skipped)('tells nobody of a relay that has closed', async () => {
    const make = makeSeveral()
    const [a, b, c] = [await Ear.at(make()), await Ear.at(make(), 'room'), await Ear.at(make(), 'room')]
    await b.bus.close()
    a.bus.tell('room', said(1))
    await a.reaches(c)
    expect(b.messages).toEqual([])
    expect(c.messages).toEqual([['room', said(1)]])
    expect([a, b, c].flatMap(({ states, dropped }) => [...states.slice(1), ...dropped])).toEqual([])
  })

  test.skipIf(skipped)('takes any topic, and thousands of them', async () => {
    const make = makeSeveral()
    const topics = [
      '__proto__',
      'inkmesh:*',
      'a\r\nb',
      '한글 📝',
      ...Array.from({ length: 2000 }, (_, i) => `room ${i}`),
    ]
    const [a, b] = [await Ear.at(make()), await Ear.at(make())]
    for (const topic of topics) b.bus.listen(topic)
    await a.reaches(b)
    for (const topic of topics) a.bus.tell(topic, said(topic))
    await a.reaches(b)
    expect(b.messages).toEqual(topics.map((topic) => [topic, said(topic)]))
  })

  test.skipIf(skipped)('joins hubs into one: everyone hears everything once, and who leaves', async () => {
    const make = makeSeveral()
    const hubs = await Promise.all([make(), make()].map(hubOn))
    const [one, two] = hubs
    if (!one || !two) throw new Error('no hubs')
    const [a, b, c] = [subscriber(), subscriber(), subscriber()]
    one.subscribe(a, 'room')
    one.subscribe(b, 'room')
    two.subscribe(c, 'room')
    await eventually(() => {
      two.publish('room', 'c is here')
      expect(a.heard).not.toEqual([])
    })
    one.publish('room', 'a is here')
    await eventually(() => expect(c.heard.at(-1)).toMatchObject({ data: 'a is here', clients: 3 }))
    one.publish('room', 'again')
    one.remove(b)
    await eventually(() => expect(c.heard).toContainEqual({ type: 'leave', topic: 'room' }))
    two.publish('room', 'the end')
    await eventually(() => expect(a.heard.at(-1)).toMatchObject({ data: 'the end', clients: 2 }))
    const said = (data: string) => (message: ServerMessage) => message.type === 'publish' && message.data === data
    for (const { heard } of [a, b, c]) {
      expect(heard.filter(said('a is here'))).toHaveLength(1)
      expect(heard.filter(said('again'))).toHaveLength(1)
    }
    expect(a.heard.filter(({ type }) => type === 'leave')).toHaveLength(1)
    expect(c.heard.filter(({ type }) => type === 'leave')).toHaveLength(1)
    two.remove(c, true)
    one.publish('room', 'alone')
    expect(a.heard.filter(({ type }) => type === 'leave')).toHaveLength(1)
  })
})

async function hubOn(bus: Bus): Promise<Hub> {
  const hub = new Hub(bus, new Turns(), { topics: 100, subscribersPerAddress: 100, subscriptionsPerAddress: 100 })
  buses.push(bus)
  await bus.open({
    heard: (...args) => void hub.heard(...args),
    changed: () => undefined,
    dropped: () => undefined,
  })
  return hub
}

const allowance = { burst: 1_000, rate: 1_000 }

function subscriber() {
  const heard: ServerMessage[] = []
  return {
    topics: new Set<string>(),
    network: new Network({ network: allowance, openings: allowance, requests: allowance }),
    heard,
    // What is short enough for a head of 2 bytes (RFC 6455, section 5.2).
    deliver: (frame: Buffer) => heard.push(JSON.parse(frame.subarray(2).toString()) as ServerMessage),
  }
}

describe.skipIf(noRedis !== null)('a Redis', () => {
  const quick: Partial<RedisTiming> = { firstRetry: 20, lastRetry: 100 }

  beforeEach(() => redis.restart())

  test('that is killed and comes back finds its relays again, with all they listened to since', async () => {
    const [a, b] = [
      await Ear.at(new RedisBus(redis.url, quick)),
      await Ear.at(new RedisBus(redis.url, quick), 'before'),
    ]
    await a.reaches(b)
    await redis.kill()
    await eventually(() => expect([a.bus.state, b.bus.state]).toEqual(['lost', 'lost']))
    a.dropped.length = 0
    a.bus.tell('before', said('into the void'))
    expect(a.dropped).toEqual(['untold'])
    b.bus.listen('during')
    b.bus.listen('never mind')
    b.bus.unlisten('never mind')
    await redis.restart()
    await eventually(() => expect([a.bus.state, b.bus.state]).toEqual(['connected', 'connected']))
    expect(b.states).toEqual(['connected', 'lost', 'connected'])
    for (const topic of ['before', 'during', 'never mind']) a.bus.tell(topic, said(topic))
    await a.reaches(b)
    expect(b.messages).toEqual([
      ['before', said('before')],
      ['during', said('during')],
    ])
  })

  test('that does not answer is lost, and found when it does', async () => {
    const impatient = { ...quick, patience: 500, heartbeat: 100 }
    const [a, b] = [
      await Ear.at(new RedisBus(redis.url, impatient)),
      await Ear.at(new RedisBus(redis.url, impatient), 'room'),
    ]
    redis.suspend()
    await eventually(() => expect([a.bus.state, b.bus.state]).toEqual(['lost', 'lost']))
    redis.resume()
    await eventually(() => expect([a.bus.state, b.bus.state]).toEqual(['connected', 'connected']))
    await a.reaches(b)
  })

  test('that is not there at first is waited for, without holding anybody up', async () => {
    await redis.kill()
    const ear = await Ear.at(new RedisBus(redis.url, quick), 'room')
    expect(ear.bus).toMatchObject({ state: 'lost', trouble: 'ECONNREFUSED' })
    await redis.restart()
    await eventually(() => expect(ear.bus.state).toBe('connected'))
  })

  test('that lets nobody in without a password says so', async () => {
    const watcher = await watch()
    await watcher.client.configSet('requirepass', 'open sesame')
    const kept = await Ear.at(new RedisBus(redis.url, quick))
    expect(kept.bus).toMatchObject({ state: 'lost', trouble: expect.stringContaining('NOAUTH') as string })
    const admitted = await Ear.at(new RedisBus(redis.url.replace('//', '//:open%20sesame@'), quick))
    expect(admitted.bus.state).toBe('connected')
    await watcher.client.configSet('requirepass', '')
    await eventually(() => expect(kept.bus.state).toBe('connected'))
    watcher.client.destroy()
  })

  test('that does not let a relay listen is of no use to it', async () => {
    const watcher = await watch()
    await watcher.client.sendCommand(['ACL', 'SETUSER', 'mute', 'on', '>mute', '+@all', 'resetchannels', '&other:*'])
    const mute = await Ear.at(new RedisBus(redis.url.replace('//', '//mute:mute@'), quick), 'room')
    expect(mute.bus).toMatchObject({ state: 'lost', trouble: expect.stringContaining('NOPERM') as string })
    await watcher.client.sendCommand(['ACL', 'SETUSER', 'mute', '&inkmesh:*'])
    await eventually(() => expect(mute.bus.state).toBe('connected'))
    watcher.client.destroy()
  })

  test('learns no topic, and stores nothing', async () => {
    const watcher = await watch()
    const ear = await Ear.at(new RedisBus(redis.url), 'the name of a room')
    ear.bus.tell('the name of a room', said('ciphertext'))
    await eventually(() => expect(watcher.seen.join()).toContain('ciphertext'))
    expect(watcher.seen.join()).not.toContain('the name of a room')
    expect((await watcher.client.pubSubChannels()).join()).toMatch(/^inkmesh:[\w-]{43}$/u)
    expect(await watcher.client.dbSize()).toBe(0)
    watcher.client.destroy()
  })

  test('may say anything: what no relay writes is dropped', async () => {
    const watcher = await watch()
    const ear = await Ear.at(new RedisBus(redis.url), 'room')
    const [channel = ''] = await watcher.client.pubSubChannels()
    const deep = `${'['.repeat(9_000)}${']'.repeat(9_000)}`
    const nonsense = [
      '',
      'null',
      '{',
      '[]',
      '{"relay":1,"type":"leave","clients":1}',
      '{"relay":"x","type":"leave"}',
      '{"relay":"x","type":"leave","clients":-1}',
      '{"relay":"x","type":"publish","clients":1}',
      `{"relay":"x","type":"publish","clients":1,"data":${deep}}`,
      `{"relay":"x","type":"publish","clients":1,"data":"${'x'.repeat(1024 * 1024)}"}`,
      '{"relay":"x","type":"__proto__","clients":1}',
      Buffer.from([0xff, 0xfe, 0x00]),
    ]
    for (const words of nonsense) await watcher.client.publish(channel, words)
    await watcher.client.publish(channel, '{"relay":"x","type":"publish","clients":1,"data":"sense"}')
    await eventually(() => expect(ear.messages).toEqual([['room', said('sense')]]))
    expect(ear.dropped).toEqual(nonsense.map(() => 'unheard'))
    watcher.client.destroy()
  })

  test.each(['', 'localhost:6379', 'http://localhost:6379', 'redis'])('is not at %j', (url) => {
    expect(() => new RedisBus(url)).toThrow('not the URL of a Redis')
  })

  /** Somebody who sees all that goes through Redis. */
  async function watch() {
    const { createClient } = await import('@redis/client')
    const client = createClient({ url: redis.url })
    const seen: string[] = []
    client.on('error', (error) => seen.push(String(error)))
    await client.connect()
    await client.pSubscribe('*', (message, channel) => seen.push(channel, message))
    return { client, seen }
  }
})

test('a message read from a bus is a fresh value, with nothing else in it', () => {
  expect(parseBusMessage('{"relay":"x","type":"leave","clients":2,"topic":"y","__proto__":{"a":1}}')).toEqual({
    relay: 'x',
    message: { type: 'leave', clients: 2 },
  })
})
