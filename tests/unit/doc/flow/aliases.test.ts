/** What undo made anew is found by its old ids. */
import { describe, expect, test } from 'vitest'
import { aliasOf, Aliases, storedAlias } from '#doc/flow/aliases'
import type { Id } from '#doc/flow/grammar'

const id = (client: number, clock: number): Id => ({ client, clock })

/** Aliases from records; they have the ids 9:0, 9:1 and so on. */
function aliasesOf(...records: readonly number[][]): Aliases {
  const aliases = new Aliases()
  for (const [k, record] of records.entries()) {
    const alias = aliasOf(id(9, k), record)
    if (alias !== null) aliases.add(alias)
  }
  return aliases
}

const nobody = (): boolean => false

describe('an alias', () => {
  test('is stored as five numbers', () => {
    expect(storedAlias(id(1, 2), id(3, 4), 5)).toEqual([1, 2, 3, 4, 5])
    expect(aliasOf(id(9, 0), [1, 2, 3, 4, 5])).toEqual({ record: id(9, 0), from: id(1, 2), to: id(3, 4), length: 5 })
  })

  test.each<[unknown]>([
    [null],
    [7],
    ['12345'],
    [{ 0: 1, 1: 2, 2: 3, 3: 4, 4: 5, length: 5 }],
    [[]],
    [[1, 2, 3, 4]],
    [[1, 2, 3, 4, 0]],
    [[1, 2, 3, 4, -1]],
    [[1, 2, 3, 4, 0.5]],
    [[1, 2, 3, 4, 2 ** 53]],
    [[1, 2, 3, 4, '5']],
    [[-1, 2, 3, 4, 5]],
    [[1, 0.5, 3, 4, 5]],
    [[1, 2, NaN, 4, 5]],
    [[1, 2, 3, null, 5]],
  ])('is none when it is %j', (stored) => {
    expect(aliasOf(id(9, 0), stored)).toBeNull()
  })
})

describe('an id', () => {
  test('is itself where nothing is said of it', () => {
    const aliases = aliasesOf([1, 10, 2, 20, 5])
    for (const other of [id(1, 9), id(1, 15), id(2, 10), id(3, 12)])
      expect(aliases.resolve(other, nobody)).toEqual(other)
    expect(new Aliases().resolve(id(1, 1), nobody)).toEqual(id(1, 1))
  })

  test('is where its run has gone, from the first unit to the last', () => {
    const aliases = aliasesOf([1, 10, 2, 20, 5])
    expect(aliases.resolve(id(1, 10), nobody)).toEqual(id(2, 20))
    expect(aliases.resolve(id(1, 14), nobody)).toEqual(id(2, 24))
  })

  test('is followed from one undo to the next', () => {
    const aliases = aliasesOf([1, 10, 2, 20, 5], [2, 22, 3, 0, 2], [3, 1, 4, 7, 1])
    expect([10, 11, 12, 13, 14].map((clock) => aliases.resolve(id(1, clock), nobody))).toEqual([
      id(2, 20),
      id(2, 21),
      id(3, 0),
      id(4, 7),
      id(2, 24),
    ])
  })

  test('is itself while it is alive, and what is alive on the way is the end of it', () => {
    const aliases = aliasesOf([1, 10, 2, 20, 5], [2, 20, 3, 0, 5])
    expect(aliases.resolve(id(1, 10), ({ client }) => client === 1)).toEqual(id(1, 10))
    expect(aliases.resolve(id(1, 10), ({ client }) => client === 2)).toEqual(id(2, 20))
    expect(aliases.resolve(id(1, 10), ({ client }) => client === 3)).toEqual(id(3, 0))
  })

  test('that several have brought back is the same one everywhere, whatever came first', () => {
    const records = [
      [1, 10, 2, 20, 5],
      [1, 12, 3, 0, 2],
      [1, 10, 2, 40, 5],
    ]
    for (const order of [records, records.toReversed(), [records[1], records[0], records[2]] as number[][]]) {
      const aliases = aliasesOf(...order)
      expect(aliases.resolve(id(1, 11), nobody)).toEqual(id(2, 41))
      expect(aliases.resolve(id(1, 12), nobody)).toEqual(id(3, 0))
      expect(aliases.targetsOf(id(1, 12))).toEqual([id(3, 0), id(2, 42), id(2, 22)])
    }
  })

  test('is what it was when a record goes', () => {
    const aliases = aliasesOf([1, 10, 2, 20, 5], [1, 10, 2, 40, 5])
    expect(aliases.remove(id(9, 1))).toMatchObject({ to: id(2, 40) })
    expect(aliases.resolve(id(1, 10), nobody)).toEqual(id(2, 20))
    expect(aliases.remove(id(9, 0))?.to).toEqual(id(2, 20))
    expect(aliases.resolve(id(1, 10), nobody)).toEqual(id(1, 10))
    expect(aliases.remove(id(9, 0))).toBeNull()
    expect(aliases.size).toBe(0)
  })

  test('is found in a circle, too, and the search has an end', () => {
    const aliases = aliasesOf([1, 0, 1, 1, 1], [1, 1, 1, 2, 1], [1, 2, 1, 0, 1], [2, 0, 2, 0, 3], [3, 0, 3, 1, 2 ** 50])
    for (const clock of [0, 1, 2]) expect(aliases.resolve(id(1, clock), nobody)).toEqual(id(1, clock))
    expect(aliases.resolve(id(2, 1), nobody)).toEqual(id(2, 1))
    expect(aliases.resolve(id(3, 0), nobody).client).toBe(3)
  })
})

test('whether any of some units was made anew', () => {
  const aliases = aliasesOf([1, 10, 2, 20, 5])
  expect([5, 6, 14, 15].map((clock) => aliases.has(id(1, clock), 5))).toEqual([false, true, true, false])
  expect(aliases.has(id(2, 20), 5)).toBe(false)
})
