/** What differs between two versions of a block's content. */
import type { Fragment } from 'prosemirror-model'

/** A stretch of inline content that became another; it begins at the same offset in both. */
export interface Range {
  from: number
  oldTo: number
  newTo: number
}

/** Where two contents differ, never in the middle of a character that takes two UTF-16 units; null when they are equal. */
export function changedRange(before: Fragment, after: Fragment): Range | null {
  let from = before.findDiffStart(after)
  const end = from === null ? null : before.findDiffEnd(after)
  if (from === null || end === null) return null
  const overlap = Math.max(0, from - Math.min(end.a, end.b))
  let oldTo = end.a + overlap
  let newTo = end.b + overlap
  if (splitsCharacter(before, from) || splitsCharacter(after, from)) from -= 1
  if (splitsCharacter(before, oldTo) || splitsCharacter(after, newTo)) {
    oldTo += 1
    newTo += 1
  }
  return { from, oldTo, newTo }
}

/** Whether an offset lies between the two UTF-16 units of one character. */
export function splitsCharacter(content: Fragment, offset: number): boolean {
  if (offset <= 0 || offset >= content.size) return false
  return (content.textBetween(offset - 1, offset + 1, null, '\uFFFC').codePointAt(0) ?? 0) > 0xffff
}

/** Equality of attribute values, which are JSON. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  return JSON.stringify(a) === JSON.stringify(b)
}

/** The most things that are the same in both lists, in the same order: index before and index after, from the first on. */
export function rowOf<T>(before: readonly T[], after: readonly T[]): [number, number][] {
  const placeOf = new Map(before.map((one, i) => [one, i]))
  // tails[k] is the end of a row of k + 1 pairs, the one of those that leaves the most room.
  const tails: Row[] = []
  for (const [j, one] of after.entries()) {
    const i = placeOf.get(one)
    if (i === undefined) continue
    let [low, high] = [0, tails.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((tails[middle]?.i ?? i) < i) low = middle + 1
      else high = middle
    }
    tails[low] = { i, j, rest: tails[low - 1] ?? null }
  }
  const pairs: [number, number][] = []
  for (let row = tails.at(-1) ?? null; row !== null; row = row.rest) pairs.push([row.i, row.j])
  return pairs.reverse()
}

interface Row {
  i: number
  j: number
  rest: Row | null
}
