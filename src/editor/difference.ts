/** What differs between two versions of a document, and what is still the same. */
import type { Fragment, Node } from 'prosemirror-model'
import { storedName } from './stored.ts'

/** Most comparisons that are worth it; past that, nodes are paired that are still the same, and the others by place. */
const MAX_COMPARISONS = 40_000

/** Worth more than any text. */
const OCCUPIED = 1e9

/** Index pairs (before, after), rising in both. Only nodes that are stored in the same way are paired. */
export type Pairs = readonly (readonly [number, number])[]

/**
 * Pairs the nodes of a changed stretch with what they were before; paired ones keep their shared types, and with them what
 * others write there meanwhile. Of a split block that is the larger part, of two joined ones the larger; but first of all
 * the part where somebody else's caret is (a node in `occupied`, before and after).
 */
export function align(before: readonly Node[], after: readonly Node[], occupied: ReadonlySet<Node>): Pairs {
  let start = 0
  while (start < before.length && start < after.length && sameContent(before[start], after[start])) start++
  let end = 0
  while (
    end < Math.min(before.length, after.length) - start &&
    sameContent(before[before.length - 1 - end], after[after.length - 1 - end])
  ) {
    end++
  }
  const old = before.slice(start, before.length - end)
  const now = after.slice(start, after.length - end)
  return [
    ...Array.from({ length: start }, (_, i) => [i, i] as const),
    ...alignMiddle(old, now, occupied).map(([i, j]) => [i + start, j + start] as const),
    ...Array.from({ length: end }, (_, i) => [before.length - end + i, after.length - end + i] as const),
  ]
}

const sameContent = (a: Node | undefined, b: Node | undefined): boolean =>
  a !== undefined && b !== undefined && a.type === b.type && a.content.eq(b.content)

const sameStorage = (a: Node | undefined, b: Node | undefined): boolean =>
  a !== undefined && b !== undefined && storedName(a.type) === storedName(b.type)

function alignMiddle(before: readonly Node[], after: readonly Node[], occupied: ReadonlySet<Node>): Pairs {
  if (before.length * after.length > MAX_COMPARISONS)
    return alignAround(unmoved(before, after), before, after, occupied)
  const width = after.length + 1
  const texts = after.map((node) => node.textContent)
  // best[i * width + j] is the greatest likeness that nodes from i and from j on can be paired with.
  const best = new Float64Array((before.length + 1) * width)
  const likenesses = new Float64Array((before.length + 1) * width)
  for (let i = before.length - 1; i >= 0; i--) {
    const text = before[i]?.textContent ?? ''
    for (let j = after.length - 1; j >= 0; j--) {
      const at = i * width + j
      const like = likeness(before[i], text, after[j], texts[j] ?? '', occupied)
      likenesses[at] = like
      best[at] = Math.max(best[at + width] ?? 0, best[at + 1] ?? 0, like < 0 ? 0 : like + (best[at + width + 1] ?? 0))
    }
  }
  const pairs: [number, number][] = []
  for (let i = 0, j = 0; i < before.length && j < after.length;) {
    const at = i * width + j
    const like = likenesses[at] ?? -1
    if (like >= 0 && best[at] === like + (best[at + width + 1] ?? 0)) pairs.push([i++, j++])
    else if (best[at] === best[at + width]) i++
    else j++
  }
  return pairs
}

/** The most nodes that are the very same in both, in the same order. */
function unmoved(before: readonly Node[], after: readonly Node[]): Pairs {
  const placeOf = new Map(before.map((node, i) => [node, i]))
  // tails[k] is the end of a row of k + 1 pairs, the one of those that leaves the most room.
  const tails: Row[] = []
  for (const [j, node] of after.entries()) {
    const i = placeOf.get(node)
    if (i === undefined) continue
    let [low, high] = [0, tails.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((tails[middle]?.pair[0] ?? i) < i) low = middle + 1
      else high = middle
    }
    tails[low] = { pair: [i, j], rest: tails[low - 1] ?? null }
  }
  const pairs: [number, number][] = []
  for (let row = tails.at(-1) ?? null; row !== null; row = row.rest) pairs.push(row.pair)
  return pairs.reverse()
}

interface Row {
  pair: [number, number]
  rest: Row | null
}

/** Aligns what lies between pairs that are known. */
function alignAround(
  known: Pairs,
  before: readonly Node[],
  after: readonly Node[],
  occupied: ReadonlySet<Node>,
): Pairs {
  if (known.length === 0) return alignByPlace(before, after)
  const pairs: (readonly [number, number])[] = []
  let [i, j] = [0, 0]
  for (const [nextI, nextJ] of [...known, [before.length, after.length] as const]) {
    const between = align(before.slice(i, nextI), after.slice(j, nextJ), occupied)
    for (const [a, b] of between) pairs.push([a + i, b + j])
    if (nextI < before.length) pairs.push([nextI, nextJ])
    ;[i, j] = [nextI + 1, nextJ + 1]
  }
  return pairs
}

function alignByPlace(before: readonly Node[], after: readonly Node[]): Pairs {
  return Array.from({ length: Math.min(before.length, after.length) }, (_, i) => [i, i] as const).filter(([i]) =>
    sameStorage(before[i], after[i]),
  )
}

/**
 * Length of the common start and the common end of two texts, and a little for being text blocks at all; negative for
 * nodes that are stored differently.
 */
function likeness(
  before: Node | undefined,
  oldText: string,
  after: Node | undefined,
  newText: string,
  occupied: ReadonlySet<Node>,
): number {
  if (before === undefined || after === undefined || !sameStorage(before, after)) return -1
  const most = Math.min(oldText.length, newText.length)
  let start = 0
  while (start < most && oldText.charCodeAt(start) === newText.charCodeAt(start)) start++
  let end = 0
  while (end < most - start && oldText.at(-1 - end) === newText.at(-1 - end)) end++
  return start + end + (occupied.has(before) && occupied.has(after) ? OCCUPIED : 0.5)
}

/** A stretch of inline content that became another; it begins at the same offset in both. */
export interface Range {
  from: number
  oldTo: number
  newTo: number
}

/**
 * Where two contents differ, never in the middle of a character that takes two UTF-16 units; null when they are equal.
 * Of a letter typed next to its like, `caret` (an offset in `after`) tells which one is new.
 */
export function changedRange(before: Fragment, after: Fragment, caret: number | null = null): Range | null {
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
  const range = { from, oldTo, newTo }
  return caret === null ? range : endingAt(range, caret, before, after)
}

/** The same insertion or deletion, told as one that ends at the caret; the range itself when it cannot be. */
function endingAt(range: Range, caret: number, before: Fragment, after: Fragment): Range {
  const { from, oldTo, newTo } = range
  const back = newTo - caret
  if (back <= 0 || back > from || (from !== oldTo && from !== newTo)) return range
  const [content, to] = from === oldTo ? [after, newTo] : [before, oldTo]
  if (!content.cut(from - back, from).eq(content.cut(to - back, to))) return range
  return { from: from - back, oldTo: oldTo - back, newTo: newTo - back }
}

function splitsCharacter(content: Fragment, offset: number): boolean {
  if (offset <= 0 || offset >= content.size) return false
  return (plainText(content, offset - 1, offset + 1).codePointAt(0) ?? 0) > 0xffff
}

/** Stands for an inline node in plain text. */
export const ATOM = '\uFFFC'

/** The text of a range of inline content, as long as the range. */
export const plainText = (content: Fragment, from: number, to: number): string =>
  content.textBetween(from, to, null, ATOM)

/** Equality of attribute values, which are JSON. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  return JSON.stringify(a) === JSON.stringify(b)
}
