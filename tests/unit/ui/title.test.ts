import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import {
  changeBetween,
  mapOffset,
  observeTitle,
  readTitle,
  rebase,
  writeTitle,
  type Delta,
} from '../../../src/ui/title.ts'

describe('changeBetween', () => {
  test('finds the one replacement', () => {
    expect(changeBetween('abc', 'abXc', 3)).toEqual({ at: 2, removed: 0, inserted: 'X' })
    expect(changeBetween('abc', 'ac', 1)).toEqual({ at: 1, removed: 1, inserted: '' })
    expect(changeBetween('one two', 'one 2', 5)).toEqual({ at: 4, removed: 3, inserted: '2' })
    expect(changeBetween('same', 'same', 0)).toBeNull()
  })

  test('among equal letters takes the place of the caret', () => {
    expect(changeBetween('aaa', 'aaaa', 1)).toEqual({ at: 0, removed: 0, inserted: 'a' })
    expect(changeBetween('aaa', 'aaaa', 4)).toEqual({ at: 3, removed: 0, inserted: 'a' })
  })

  test('never splits a surrogate pair', () => {
    // U+1F600 and U+1F601 share their first half; U+1F600 and U+1FA00 their second.
    for (const [before, after] of [
      ['x\u{1F600}y', 'x\u{1F601}y'],
      ['x\u{1F600}y', 'x\u{1FA00}y'],
      ['\u{1F600}', '\u{1F600}\u{1F600}'],
    ] as const) {
      const change = changeBetween(before, after, after.length - 1)
      expect(change?.inserted.isWellFormed()).toBe(true)
      const { at, removed, inserted } = change ?? { at: 0, removed: 0, inserted: '' }
      expect(before.slice(0, at) + inserted + before.slice(at + removed)).toBe(after)
    }
  })
})

describe('carets and changes over what others wrote', () => {
  const insertedBefore: Delta = [{ insert: 'Oh, ' }]
  const deletedAround: Delta = [{ retain: 1 }, { delete: 3 }]

  test('a caret stays with its letters', () => {
    expect(mapOffset(3, insertedBefore)).toBe(7)
    expect(mapOffset(0, insertedBefore)).toBe(0)
    expect(mapOffset(2, deletedAround)).toBe(1)
    expect(mapOffset(6, deletedAround)).toBe(3)
    expect(mapOffset(2, [{ retain: 5 }, { insert: 'x' }])).toBe(2)
  })

  test('a change made meanwhile moves along', () => {
    expect(rebase({ at: 2, removed: 1, inserted: 'x' }, [insertedBefore])).toEqual({ at: 6, removed: 1, inserted: 'x' })
    expect(rebase({ at: 2, removed: 1, inserted: 'x' }, [deletedAround])).toEqual({ at: 1, removed: 0, inserted: 'x' })
  })
})

test('two people who edit one title keep both edits', () => {
  const [ada, ben] = [new Y.Doc(), new Y.Doc()]
  const sync = (): void => {
    Y.applyUpdate(ada, Y.encodeStateAsUpdate(ben))
    Y.applyUpdate(ben, Y.encodeStateAsUpdate(ada))
  }
  const origin = {}
  const told: Delta[] = []
  observeTitle(
    ada,
    (by) => by === origin,
    (delta) => told.push(delta),
  )
  writeTitle(ada, { at: 0, removed: 0, inserted: 'Letter' }, origin)
  expect(told).toEqual([])
  sync()
  writeTitle(ada, { at: 0, removed: 0, inserted: 'My ' }, origin)
  writeTitle(ben, { at: 6, removed: 0, inserted: ' home\n' }, origin)
  sync()
  expect(readTitle(ada)).toBe('My Letter home ')
  expect(readTitle(ben)).toBe('My Letter home ')
  expect(told).toHaveLength(1)
})
