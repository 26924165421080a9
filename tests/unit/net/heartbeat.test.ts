import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Heartbeat } from '#net/link/heartbeat'
import { TIMING } from '#net/link/timing'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** A heartbeat, and a ping that was sent just now. */
function asked(): { heartbeat: Heartbeat; ping: number } {
  return { heartbeat: new Heartbeat(TIMING), ping: Date.now() }
}

test('frames that lay in the buffers of a machine that slept are no sign of life', () => {
  const { heartbeat, ping } = asked()
  vi.advanceTimersByTime(5)
  heartbeat.heardFrame()
  vi.advanceTimersByTime(TIMING.probe)
  expect(heartbeat.isSince(ping, true)).toBe(false)
})

test('the answer is one, at once, and that to a ping of before is not', () => {
  const { heartbeat, ping } = asked()
  heartbeat.heardPong(ping - 3_000)
  expect(heartbeat.isSince(ping, true)).toBe(false)
  heartbeat.heardPong(ping)
  expect(heartbeat.isSince(ping, true)).toBe(true)
})

test('what a busy peer still sends some time later is one', () => {
  const { heartbeat, ping } = asked()
  vi.advanceTimersByTime(TIMING.probe - 1)
  heartbeat.heardFrame()
  expect(heartbeat.isSince(ping, true)).toBe(true)
})

test('of a link that is not open, a signal is one', () => {
  const { heartbeat, ping } = asked()
  vi.advanceTimersByTime(1)
  expect(heartbeat.isSince(ping + 1, false)).toBe(false)
  heartbeat.heard()
  expect(heartbeat.isSince(ping + 1, false)).toBe(true)
})
