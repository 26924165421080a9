import { describe, expect, test } from 'vitest'
import { anyOf, degreesIn, gather, most, quantile, ROUGH, rows, writers } from './gathering.ts'
import type { Kind, SimulatedRoom } from './room.ts'

const withReaders = (count: number): Kind[] =>
  Array.from({ length: count }, (_, i) => ({ role: i % 10 < 3 && i > 0 ? 'read' : 'write' }))

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
