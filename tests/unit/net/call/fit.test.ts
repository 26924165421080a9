import { expect, test } from 'vitest'
import { qualityOf } from '#net/call/fit'

test('who shows nothing is sent nothing', () => {
  for (const receivers of [1, 4, 9]) {
    expect(qualityOf('camera', 0, receivers)).toBeNull()
    expect(qualityOf('screen', 0, receivers)).toBeNull()
  }
})

test('a face is sent as tall as it is shown, or a little taller, and smaller the more it goes to', () => {
  const heights = (wanted: number): number[] =>
    [1, 2, 3, 4, 5, 10].map((receivers) => qualityOf('camera', wanted, receivers)?.height ?? 0)
  expect(heights(84)).toEqual([120, 120, 120, 120, 120, 120])
  expect(heights(180)).toEqual([240, 240, 240, 240, 240, 240])
  expect(heights(300)).toEqual([360, 360, 360, 360, 240, 240])
  expect(heights(4000)).toEqual([720, 480, 360, 360, 240, 240])
})

test('all that a camera sends to five others is no more than it sends to one', () => {
  const sent = (receivers: number): number => receivers * (qualityOf('camera', 4000, receivers)?.bitrate ?? 0)
  expect(sent(1)).toBe(1_500_000)
  for (const receivers of [2, 3, 4, 5]) expect(sent(receivers)).toBeLessThanOrEqual(1_600_000)
})

test('a screen keeps its lines and gives up frames', () => {
  const to = (receivers: number) => qualityOf('screen', 1000, receivers)
  expect(to(1)?.frames).toBe(15)
  expect(to(9)?.frames).toBe(5)
  expect(to(9)?.height).toBeGreaterThanOrEqual(1080)
})
