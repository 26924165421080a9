/** Rooms that people gather in, for tests of crowds. */
import { afterAll, afterEach } from 'vitest'
import { Clock } from './clock.ts'
import { SimulatedRoom, type Kind, type SimulatedPeer } from './room.ts'

export const CALM = { loss: 0, failure: 0.05 }
export const ROUGH = { loss: 0.05, failure: 0.05 }

let room: SimulatedRoom | null = null

/** What the tests of a file have measured; printed at its end. */
export const rows: Record<string, string | number>[] = []

afterEach(() => {
  room?.destroy()
  room = null
})

afterAll(() => {
  console.table(rows)
})

/** So many join within ten seconds, and get the time to find each other. */
export function gather(seed: number, conditions: typeof CALM, kinds: readonly Kind[], settle = 15_000): SimulatedRoom {
  room = new SimulatedRoom(new Clock(seed), conditions)
  for (const kind of kinds) {
    room.join(kind)
    room.clock.pass(10_000 / kinds.length)
  }
  room.clock.pass(settle)
  return room
}

export const writers = (count: number): Kind[] => Array.from({ length: count }, () => ({}))
export const anyOf = (peers: Iterable<SimulatedPeer>, random: SimulatedRoom['clock']['random']): SimulatedPeer =>
  random.pick([...peers].filter(({ role }) => role === 'write'))

/** Highest, and in the middle. */
export const most = (values: readonly number[]): number => Math.max(...values)
export const quantile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(part * values.length) - 1] ?? 0

export const degreesIn = ({ peers }: SimulatedRoom): number[] =>
  Array.from(peers, ({ neighbours }) => neighbours.length)
