import { describe, expect, test } from 'vitest'
import type { Role } from '#net/link/frames'
import { chanceToAnswer, feeding, surplus, tells, wantedLinks, type Neighbour, type Self } from '#net/mesh/topology'
import { seeded } from '../../support/random.ts'

type End = Neighbour & { readonly spares: boolean }

const end = (client: number, changes: Partial<End> = {}): End => ({
  client,
  role: 'write',
  alwaysOn: false,
  writers: new Set(),
  told: new Set(),
  spares: false,
  ...changes,
})
const ends = (count: number, changes: Partial<End> = {}): End[] =>
  Array.from({ length: count }, (_, i) => end(i + 2, changes))
const writer: Self = { client: 1, writes: true, alwaysOn: false }
const reader: Self = { client: 1, writes: false, alwaysOn: false }
const keeper: Self = { client: 1, writes: true, alwaysOn: true }
const crowd = { peers: 50, seen: 50, isSeen: true }

describe('links wanted', () => {
  test('a writer wants six, a keeper eight, a reader two, all of them with writers', () => {
    expect([writer, keeper, reader].map((self) => wantedLinks(self, []))).toEqual([6, 8, 2])
    expect(wantedLinks(writer, [...ends(5), ...ends(9, { role: 'read' })])).toBe(1)
    expect(wantedLinks(reader, ends(3))).toBe(0)
  })
})

describe('an announcement', () => {
  const chance = (self: Self, neighbours: End[], wants: number, changes = {}, role: Role = 'write') =>
    chanceToAnswer(self, neighbours, { client: 99, wants, writes: role === 'write' }, { ...crowd, ...changes })

  test('is answered by everybody in a small room, by as many as are wanted in a crowd', () => {
    expect(chanceToAnswer(reader, [], null, { ...crowd, peers: 12 })).toBe(1)
    expect(chanceToAnswer(writer, [], null, crowd)).toBe(0)
    expect(chance(writer, ends(7), 7)).toBeCloseTo(1 / 7)
    expect(chance(writer, ends(7), 1000)).toBe(1)
    expect(chance(writer, ends(16), 7)).toBe(0)
  })

  test('that is no sound number asks for nothing', () => {
    for (const wants of [NaN, -1, -Infinity]) expect(Math.random() < chance(writer, ends(7), wants)).toBe(false)
  })

  test('of a reader is no business of readers', () => {
    expect(chance(reader, [], 2, {}, 'read')).toBe(0)
    expect(chance(reader, ends(2), 6)).toBe(0)
    expect(chance(reader, [], 6)).toBeGreaterThan(0)
  })

  test('is always answered by a keeper that has room', () => {
    expect(chance(keeper, ends(31), 1)).toBe(1)
    expect(chance(keeper, ends(32), 1)).toBe(0)
  })

  test('that asks for nothing is answered by a few of those who do not see its author', () => {
    expect(chance(writer, ends(7), 0)).toBe(0)
    expect(chance(writer, ends(7), 0, { isSeen: false })).toBeCloseTo(2 / 50)
    expect(chance(writer, ends(7), 0, { isSeen: false, seen: 1 })).toBe(1)
  })
})

describe('a surplus', () => {
  const many = new Set(Array.from({ length: 8 }, (_, i) => 100 + i))
  const nobody = () => false

  test('is parted from only where both have enough, and the link is not in use', () => {
    expect(surplus(writer, ends(8, { writers: many }), nobody)).toBeNull()
    expect(surplus(writer, ends(9, { writers: many }), nobody)).not.toBeNull()
    expect(surplus(writer, ends(9, { writers: new Set([100]) }), nobody)).toBeNull()
    expect(surplus(writer, ends(9, { writers: many }), () => true)).toBeNull()
  })

  test('never costs a keeper', () => {
    expect(surplus(keeper, ends(40, { writers: many }), nobody)).toBeNull()
    expect(surplus(writer, ends(9, { writers: many, alwaysOn: true }), nobody)).toBeNull()
  })

  test('of a reader is first of all other readers', () => {
    const other = end(77, { role: 'read' })
    expect(surplus(reader, [...ends(2), other], nobody)).toBe(other)
    expect(surplus(reader, ends(3), nobody)).toBeNull()
  })
})

/** A room as everybody in it sees it: who is linked with whom, and who tells whom of changes. */
class Graph {
  readonly links: Map<number, Set<number>>
  readonly told: Map<number, Set<number>>
  readonly spares = new Set<string>()

  constructor(size: number, degree: number, seed: number) {
    const random = seeded(seed)
    const clients = Array.from({ length: size }, () => random.below(2 ** 32))
    this.links = new Map(clients.map((client) => [client, new Set<number>()]))
    const join = (a: number, b: number) => {
      if (a === b) return
      this.links.get(a)?.add(b)
      this.links.get(b)?.add(a)
    }
    // A ring, so that it is connected, and chords.
    clients.forEach((client, i) => {
      join(client, clients[(i + 1) % size] ?? client)
    })
    for (let i = 0; i < (size * (degree - 2)) / 2; i++) join(random.pick(clients), random.pick(clients))
    this.told = new Map([...this.links].map(([client, others]) => [client, new Set(others)]))
  }

  neighboursOf(client: number): End[] {
    return [...(this.links.get(client) ?? [])].map((other) => {
      const without = (set: Set<number> | undefined) => new Set([...(set ?? [])].filter((one) => one !== client))
      const spares = this.spares.has(`${other} ${client}`)
      return end(other, { writers: without(this.links.get(other)), told: without(this.told.get(other)), spares })
    })
  }

  /** How many are reached from the first one. */
  reached(links: Map<number, Set<number>>): number {
    const found = [...links.keys()].slice(0, 1)
    const seen = new Set(found)
    for (const one of found) {
      for (const other of links.get(one) ?? []) {
        if (seen.has(other)) continue
        seen.add(other)
        found.push(other)
      }
    }
    return seen.size
  }
}

describe('whoever is told', () => {
  test.each([1, 2, 3, 4, 5])('both ends agree, and everybody is reached, whatever the room (seed %i)', (seed) => {
    const graph = new Graph(60, 8, seed)
    const telling = new Map<number, Set<number>>()
    for (const client of graph.links.keys()) {
      const neighbours = graph.neighboursOf(client)
      const self = { ...writer, client }
      telling.set(client, new Set(neighbours.filter((one) => tells(self, one, neighbours)).map((one) => one.client)))
    }
    for (const [client, others] of telling) for (const other of others) expect(telling.get(other)).toContain(client)
    expect(graph.reached(telling)).toBe(60)
  })

  test.each([1, 2, 3, 4, 5])('of changes: sparing circles step by step cuts nobody off (seed %i)', (seed) => {
    const graph = new Graph(60, 10, seed)
    const total = () => [...graph.told.values()].reduce((sum, { size }) => sum + size, 0)
    const before = total()
    for (let round = 0; round < 6; round++) {
      const seen = [...graph.links.keys()].map((client) => ({ client, neighbours: graph.neighboursOf(client) }))
      for (const { client, neighbours } of seen) {
        const { fed, spared } = feeding({ ...writer, client }, neighbours, () => false)
        graph.told.set(client, new Set(Array.from(fed, (one) => one.client)))
        for (const one of neighbours) {
          if (spared.has(one)) graph.spares.add(`${client} ${one.client}`)
          else graph.spares.delete(`${client} ${one.client}`)
        }
      }
      expect(graph.reached(graph.told)).toBe(60)
    }
    expect(total()).toBeLessThan(before)
  })

  test('a link idle at one end only stays in use; readers tell nobody but one writer', () => {
    const [first, second] = [end(2, { spares: true }), end(3)]
    const { fed } = feeding(writer, [first, second], () => true)
    expect([...fed]).toEqual([second])
    const writers = ends(3)
    expect(writers.filter((one) => tells(reader, one, writers))).toHaveLength(1)
    expect(tells(reader, end(9, { role: 'read' }), writers)).toBe(false)
  })
})
