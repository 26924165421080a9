import { describe, expect, test } from 'vitest'
import { parseCopiesNote } from '#storage/copies'

const taken = { digest: 'ab', devices: ['x', 'y'], at: 5 }

describe('what is remembered of copies elsewhere', () => {
  test('is read as it was written', () => {
    expect(parseCopiesNote(JSON.stringify({ taken, warned: true }))).toEqual({ taken, warned: true })
  })

  test('is nothing where there is none, and nothing that makes no sense', () => {
    const nothing = { taken: null, warned: false }
    expect(parseCopiesNote(null)).toEqual(nothing)
    for (const odd of [
      7,
      'x',
      [],
      { taken: 'yes', warned: 1 },
      { taken: { ...taken, devices: [1] } },
      { taken: { at: 5 } },
    ])
      expect(parseCopiesNote(JSON.stringify(odd))).toEqual(nothing)
  })
})
