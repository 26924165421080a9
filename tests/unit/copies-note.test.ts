import { describe, expect, test } from 'vitest'
import { parseTaken } from '#storage/copies'

const taken = { digest: 'ab', devices: ['x', 'y'], at: 5 }

describe('what is remembered of copies elsewhere', () => {
  test('is read as it was written', () => {
    expect(parseTaken(JSON.stringify({ taken }))).toEqual(taken)
  })

  test('is nothing where there is none, and nothing that makes no sense', () => {
    expect(parseTaken(null)).toBeNull()
    for (const odd of [7, 'x', [], { taken: 'yes' }, { taken: { ...taken, devices: [1] } }, { taken: { at: 5 } }])
      expect(parseTaken(JSON.stringify(odd))).toBeNull()
  })
})
