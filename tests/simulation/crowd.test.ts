import { describe, expect, test } from 'vitest'
import { anyOf, CALM, degreesIn, gather, most, quantile, rows, writers } from './gathering.ts'
import type { SimulatedRoom } from './room.ts'

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
