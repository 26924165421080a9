import { describe, expect, test } from 'vitest'
import { parseTaken } from '#storage/notes'

const taken = { digest: 'ab', devices: ['x', 'y'], at: 5 }

describe('what is remembered of copies elsewhere', () => {
  test('is read as it was written', () => {
    expect(parseTaken({ taken })).toEqual(taken)
  })

  test('is nothing where there is none, and nothing that makes no sense', () => {
    for (const odd of [
      ...[null, undefined, 7, 'x', []],
      ...[{ taken: 'yes' }, { taken: { ...taken, devices: [1] } }, { taken: { at: 5 } }],
    ])
      expect(parseTaken(odd)).toBeNull()
  })
})
