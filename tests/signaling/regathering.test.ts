import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Connection } from '../../signaling/connection.ts'
import { Regathering } from '../../signaling/regathering.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** So many connections that listen to something, and one that does not; how often any was closed, and how. */
function crowd(count: number) {
  const closed: unknown[][] = []
  const connection = (...topics: string[]) =>
    ({
      topics: new Set(topics),
      close: (...how: unknown[]) => {
        closed.push(how)
        return Promise.resolve()
      },
    }) as unknown as Connection
  return { connections: [connection(), ...Array.from({ length: count }, () => connection('room'))], closed }
}

test('everyone who listens to something is sent away quietly, some at a time', () => {
  const { connections, closed } = crowd(250)
  new Regathering(connections).begin()
  vi.advanceTimersByTime(1)
  expect(closed).toHaveLength(100)
  vi.advanceTimersByTime(100)
  expect(closed).toHaveLength(200)
  vi.advanceTimersByTime(10_000)
  expect(closed).toHaveLength(250)
  expect(closed.every(([code, , quietly]) => code === 1012 && quietly === true)).toBe(true)
  expect(vi.getTimerCount()).toBe(0)
})

test('a Redis that comes and goes sends nobody away more often than every ten seconds', () => {
  const { connections, closed } = crowd(2)
  const regathering = new Regathering(connections)
  for (let second = 0; second < 60; second++) {
    regathering.begin()
    vi.advanceTimersByTime(1000)
  }
  expect(closed.length / 2).toBeLessThanOrEqual(7)
  expect(closed.length / 2).toBeGreaterThanOrEqual(5)
})

test('a relay that stops sends nobody away any more', () => {
  const { connections, closed } = crowd(150)
  const regathering = new Regathering(connections)
  regathering.begin()
  vi.advanceTimersByTime(1)
  regathering.stop()
  vi.advanceTimersByTime(60_000)
  expect(closed).toHaveLength(100)
})
