import { expect, test } from 'vitest'
import { gridOf } from '../../../../src/ui/call/recorder.ts'

test('pictures stand side by side and one below the other, none over another, and fill the frame', () => {
  expect(gridOf(0, 1280, 720)).toEqual([])
  expect(gridOf(1, 1280, 720)).toEqual([{ x: 0, y: 0, w: 1280, h: 720 }])
  expect(gridOf(2, 1280, 720).map(({ x, y }) => [x, y])).toEqual([
    [0, 0],
    [640, 0],
  ])
  for (let count = 1; count <= 12; count++) {
    const boxes = gridOf(count, 1280, 720)
    expect(boxes).toHaveLength(count)
    expect(new Set(boxes.map(({ x, y }) => `${x} ${y}`)).size).toBe(count)
    for (const { x, y, w, h } of boxes) {
      expect(x + w).toBeLessThanOrEqual(1280.001)
      expect(y + h).toBeLessThanOrEqual(720.001)
    }
  }
})
