import { Clock } from './clock.ts'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { SimulatedRoom, type Kind, type SimulatedPeer } from './room.ts'

const CALM = { loss: 0, failure: 0.05 }
const ROUGH = { loss: 0.05, failure: 0.05 }

let room: SimulatedRoom | null = null
const rows: Record<string, string | number>[] = []

afterEach(() => {
  room?.destroy()
  room = null
})

afterAll(() => {
  console.table(rows)
})

/** So many join within ten seconds, and get the time to find each other. */
function gather(seed: number, conditions: typeof CALM, kinds: readonly Kind[], settle = 15_000): SimulatedRoom {
  room = new SimulatedRoom(new Clock(seed), conditions)
  for (const kind of kinds) {
    room.join(kind)
    room.clock.pass(10_000 / kinds.length)
  }
  room.clock.pass(settle)
  return room
}

const writers = (count: number): Kind[] => Array.from({ length: count }, () => ({}))
const withReaders = (count: number): Kind[] =>
  Array.from({ length: count }, (_, i) => ({ role: i % 10 < 3 && i > 0 ? 'read' : 'write' }))

const anyOf = (peers: Iterable<SimulatedPeer>, random: SimulatedRoom['clock']['random']): SimulatedPeer =>
  random.pick([...peers].filter(({ role }) => role === 'write'))

/** Highest, and in the middle. */
const most = (values: readonly number[]): number => Math.max(...values)
const quantile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(part * values.length) - 1] ?? 0

const degreesIn = ({ peers }: SimulatedRoom): number[] => Array.from(peers, ({ neighbours }) => neighbours.length)

interface Spread {
  messages: number[]
  hops: number[]
  delays: number[]
}

/** Changes one after the other, by anybody, each followed until it is everywhere. */
function follow(all: SimulatedRoom, changes: number, pause: number): Spread {
  const spread: Spread = { messages: [], hops: [], delays: [] }
  for (let i = 0; i < changes; i++) {
    const before = all.documentMessages
    const reached = all.follow(anyOf(all.peers, all.clock.random), 20_000)
    expect(reached.size).toBe(all.peers.size)
    all.clock.pass(pause)
    spread.messages.push(all.documentMessages - before)
    for (const { delay, hops } of reached.values()) {
      spread.delays.push(delay)
      spread.hops.push(hops)
    }
  }
  return spread
}

/** Messages that one movement of a cursor costs. */
function moveCursor(all: SimulatedRoom): number {
  const [before, began] = [all.awarenessMessages, all.clock.now]
  anyOf(all.peers, all.clock.random).moveCursor()
  all.clock.pass(1000)
  // Everyone's sign of life goes the same ways, every 15 s.
  const elapsed = (all.clock.now - began) / 15_000
  return (all.awarenessMessages - before) / (1 + elapsed * all.peers.size)
}

describe('a calm room', () => {
  test.each([
    [10, 1, 1],
    [12, 2, 1],
    [13, 3, 3],
    [50, 4, 3],
    [100, 5, 3],
    [500, 6, 3],
  ])('of %i: few messages, few links', { timeout: 240_000 }, (count, seed, limit) => {
    const all = gather(seed, CALM, writers(count), count > 100 ? 3_000 : 15_000)
    const waits = Array.from(all.peers, ({ syncedAt, joinedAt }) => (syncedAt ?? Infinity) - joinedAt)
    const { messages, hops, delays } = follow(all, count > 100 ? 2 : 10, 500)
    const cursor = moveCursor(all)
    const degrees = degreesIn(all)
    rows.push({
      peers: count,
      'messages/update': `${quantile(messages, 0.5)} (${most(messages)})`,
      'per peer': (most(messages) / count).toFixed(2),
      hops: most(hops),
      'ms p50/p95/max': [0.5, 0.95, 1].map((part) => Math.round(quantile(delays, part))).join(' / '),
      links: `${quantile(degrees, 0.5)} (${most(degrees)})`,
      'links begun': `${quantile(begunIn(all), 0.5)} (${most(begunIn(all))})`,
      'cursor messages': Math.round(cursor),
      'first sync ms': `${Math.round(quantile(waits, 0.5))} (${Math.round(most(waits))})`,
      announcements: all.relay.published,
    })
    expect(all.parts).toEqual([count])
    expect(all.isConverged).toBe(true)
    expect(all.isSeen).toBe(true)
    expect(waits.every((wait) => wait < 10_000)).toBe(true)
    if (limit === 1) expect(new Set(messages)).toEqual(new Set([count - 1]))
    else expect(most(messages)).toBeLessThanOrEqual(limit * count)
    expect(most(degrees)).toBeLessThanOrEqual(count <= 12 ? count - 1 : 16)
    // Of the largest room the last have only just come.
    expect(Math.min(...degrees)).toBeGreaterThanOrEqual(count > 100 ? 1 : Math.min(4, count - 1))
    expect(all.relay.published).toBeLessThanOrEqual(20 * count)
  })

  test.each([50])('of %i that nobody joins or leaves says little to the relay', (count) => {
    const all = gather(count, CALM, writers(count))
    const before = all.relay.published
    all.clock.pass(5 * 60_000)
    // One call in 20 s by all together, and a few more where a link was lost at the start.
    expect(all.relay.published - before).toBeLessThanOrEqual(60)
    expect(all.isSeen).toBe(true)
  })

  test('that grows from 11 to 13 and shrinks again links everyone with everyone again', () => {
    const all = gather(7, CALM, writers(11))
    expect(new Set(follow(all, 3, 500).messages)).toEqual(new Set([10]))
    const guests = [all.join(), all.join()]
    all.clock.pass(20_000)
    expect(most(follow(all, 3, 500).messages)).toBeLessThanOrEqual(3 * 13)
    for (const guest of guests) all.leave(guest, 'bye')
    all.clock.pass(60_000)
    expect(new Set(degreesIn(all))).toEqual(new Set([10]))
    expect(new Set(follow(all, 3, 500).messages)).toEqual(new Set([10]))
    expect(all.isSeen).toBe(true)
  })
})

const begunIn = ({ peers }: SimulatedRoom): number[] => Array.from(peers, ({ begun }) => begun)

describe('a rough room: frames are lost, people come and go, and it is cut in two for a minute', () => {
  test.each([
    [10, 11],
    [10, 12],
    [50, 14],
    [50, 16],
    [100, 17],
  ])('of %i converges, and everyone sees everyone (seed %i)', { timeout: 120_000 }, (count, seed) => {
    const all = gather(seed, ROUGH, withReaders(count))
    const { clock } = all
    churn(all, 30)
    all.split()
    churn(all, 45)
    all.heal()
    const healed = clock.now
    churn(all, 5)
    clock.passUntil(() => all.parts.length === 1, 90_000, 500)
    const whole = clock.now - healed
    clock.passUntil(() => all.isConverged, 30_000, 1000)
    const converged = clock.now - healed
    clock.passUntil(() => all.isSeen, 60_000, 1000)
    rows.push({
      peers: count,
      'after the cut, ms: one whole / converged / seen': [whole, converged, clock.now - healed].join(' / '),
      links: `${quantile(degreesIn(all), 0.5)} (${most(degreesIn(all))})`,
    })
    for (const { role, mesh } of all.peers) {
      if (role === 'read') expect(mesh.counts.document).toMatchObject({ sent: 0, forwarded: 0 })
    }
    const linksOfWriters = Array.from(all.peers, ({ neighbours }) => neighbours.filter(({ role }) => role === 'write'))
    expect(most(linksOfWriters.map(({ length }) => length))).toBeLessThanOrEqual(16)
  })

  test('nobody who is there vanishes, and no ghost stays longer than 40 s', () => {
    const all = gather(21, ROUGH, writers(40))
    const { clock } = all
    const ghosts = new Map<number, number>()
    for (let second = 0; second < 180; second++) {
      if (second % 15 === 5) {
        const leaving = anyOf(all.peers, clock.random)
        ghosts.set(leaving.client, clock.now)
        all.leave(leaving, clock.random.pick(['bye', 'crash', 'silence']))
      }
      clock.pass(1000)
      const present = Array.from(all.peers, ({ client }) => client)
      for (const { awareness } of all.peers) {
        const seen = awareness.getStates()
        expect(present.filter((client) => !seen.has(client))).toEqual([])
        for (const [ghost, since] of ghosts) if (clock.now - since > 40_000) expect(seen.has(ghost)).toBe(false)
      }
    }
  })

  test('a keeper takes more links than others, and nobody parts from it', () => {
    const all = gather(31, ROUGH, [{ alwaysOn: true }, ...withReaders(60)])
    const [keeper] = all.peers
    expect(keeper?.neighbours.length).toBeGreaterThan(16)
    all.clock.pass(30_000)
    expect(keeper?.neighbours.length).toBeGreaterThan(16)
    churn(all, 30)
    all.clock.passUntil(() => all.isConverged && all.isSeen, 60_000, 1000)
  })
})

/** For so many seconds people write, erase, join and leave, in every way. */
function churn(all: SimulatedRoom, seconds: number): void {
  const { clock } = all
  const { random } = clock
  for (let second = 0; second < seconds; second++) {
    const author = anyOf(all.peers, random)
    for (let i = 0; i < 3; i++) author.write()
    anyOf(all.peers, random).erase()
    if (random.chance(0.1)) {
      const leaving = random.pick([...all.peers])
      const isLastWriter = anyOf(all.peers, random) === leaving && all.peers.size < 4
      // What only somebody holds who goes at once is lost, which is no fault of the mesh.
      if (!isLastWriter && leaving !== author) all.leave(leaving, random.pick(['bye', 'crash', 'silence']))
      all.join({ role: random.chance(0.3) ? 'read' : 'write' })
    }
    clock.pass(1000)
  }
}
