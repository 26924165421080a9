/** Judges the form of a merged document: where blocks begin and lines break, what blocks are. */
import type { Node } from 'prosemirror-model'
import { blockOf, schema } from '#doc/schema'
import type { Evidence, Finding } from './judge.ts'
import { END, gapBetween, START, type Gap, type Letter, type Reading } from './reading.ts'

/** Blocks and break: between two survivors lies what lay there, and what each added or took away. */
export function judgeGaps(evidence: Evidence): Finding[] {
  const { base, merged, order } = evidence
  const findings: Finding[] = []
  for (const from of order.get(merged)?.row ?? []) {
    const to = order.get(merged)?.next.get(from.char)
    if (to === undefined || hasMovedCopies(evidence, from, to)) continue
    const now = gapBetween(from, to)
    const before = gapIn(evidence, base, from, to)
    const report = (verdict: Finding['verdict']): number => findings.push({ verdict, letters: from.char + to.char })
    const isWrong = before === null ? movedGap(evidence, from, to) : changedGap(evidence, before, from, to)
    // What a divider stands between are two blocks, whoever joined them.
    const isHeldApart = now.dividers > 0 && now.borders === 1
    if ((isWrong('borders', now.borders) && !isHeldApart) || isWrong('dividers', now.dividers)) report('blocks')
    if (isWrong('breaks', now.breaks)) report('break')
  }
  return findings
}

/** Whether what one has duplicated is here for some and elsewhere for others: the copy may go along or stay. */
function hasMovedCopies({ base, alone }: Evidence, from: Letter, to: Letter): boolean {
  const holds = [base, ...alone].map((reading) =>
    reading.letters
      .slice((reading.only(from.char)?.index ?? 0) + 1, reading.only(to.char)?.index)
      .some(({ char }) => base.count(char) > 0 && alone.some((other) => other.count(char) > base.count(char))),
  )
  return new Set(holds).size > 1
}

type IsWrong = (what: keyof Gap, now: number) => boolean

/** What lies between two letters in a document where the second is the first's next survivor. */
function gapIn({ order }: Evidence, reading: Reading, from: Letter, to: Letter): Gap | null {
  const place = reading.only(from.char)
  const next = order.get(reading)?.next.get(from.char)
  return place === undefined || next?.char !== to.char ? null : gapBetween(place, next)
}

/** For a gap that was there before. What two did alike may count once or twice. */
function changedGap(evidence: Evidence, before: Gap, from: Letter, to: Letter): IsWrong {
  const gaps = evidence.alone.map((reading) => gapIn(evidence, reading, from, to))
  return (what, now) => {
    const changes = gaps.map((gap) => (gap === null ? null : gap[what] - before[what]))
    // Somebody moved one of the two away, and another one back.
    if (!changes.every((change) => change !== null)) return false
    const added = changes.filter((change) => change > 0)
    const removed = changes.filter((change) => change < 0)
    const optional = sum(evidence.alone.map((reading) => inTheDeleted(evidence, reading, from, to, what)))
    const least = before[what] + Math.max(0, ...added) + sum(removed) - optional
    const most = before[what] + sum(added) + (keepsLine(evidence, from, to) ? 0 : Math.min(0, ...removed))
    return now < Math.max(0, least) || now > most
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

/** Whether somebody wrote in a block between these two of which somebody else deleted all text: the writing keeps its line. */
function keepsLine(evidence: Evidence, from: Letter, to: Letter): boolean {
  const { alone, base, merged } = evidence
  return alone.some((reading) => {
    const [start, end] = [reading.only(from.char), reading.only(to.char)]
    if (start === undefined || end === undefined) return false
    const between = reading.letters.slice(start.index + 1, end.index)
    return between.some(
      ({ char, block }) => base.count(char) === 0 && merged.count(char) > 0 && isForsaken(evidence, reading, block),
    )
  })
}

/**
 * How many borders or breaks somebody made or moved there among letters all of which others deleted: whether they stay is
 * all one.
 */
function inTheDeleted(
  { base, survivors }: Evidence,
  reading: Reading,
  from: Letter,
  to: Letter,
  what: keyof Gap,
): number {
  const [start, end] = [reading.only(from.char), reading.only(to.char)]
  const row = start && end ? reading.letters.slice(start.index + 1, end.index) : []
  const dead = row.filter(({ char }) => base.only(char) !== undefined && !survivors.has(char))
  const isFromElsewhere = dead.some(({ char }) => !isBetween(base, char, from, to))
  if (start && end && isFromElsewhere) return gapBetween(start, end)[what]
  let count = 0
  for (const [i, letter] of dead.entries()) {
    const next = dead[i + 1]
    const [was, wasNext] = [base.only(letter.char), base.only(next?.char ?? '')]
    if (next === undefined || was === undefined || wasNext === undefined) continue
    count += Math.max(0, gapBetween(letter, next)[what] - gapBetween(was, wasNext)[what])
  }
  return count
}

function isBetween(reading: Reading, char: string, from: Letter, to: Letter): boolean {
  const index = reading.only(char)?.index ?? -1
  return index > (reading.only(from.char)?.index ?? Infinity) && index < (reading.only(to.char)?.index ?? -1)
}

/** Whether a block had text, all of which others deleted. */
function isForsaken({ base, survivors }: Evidence, reading: Reading, block: number): boolean {
  const old = reading.letters.filter(
    (letter) => letter.block === block && isChar(letter.char) && base.count(letter.char) > 0,
  )
  return old.length > 0 && !old.some(({ char }) => survivors.has(char))
}

/** For a gap that somebody made by moving: it is as for that person, unless another changed something at its sides. */
function movedGap(evidence: Evidence, from: Letter, to: Letter): IsWrong {
  const { alone, base, order } = evidence
  const made = alone.flatMap((reading) => {
    const gap = gapIn(evidence, reading, from, to)
    return gap === null ? [] : [{ reading, gap }]
  })
  const isAsBefore = (reading: Reading): boolean => {
    const next = order.get(base)?.next.get(from.char)
    const previous = order.get(base)?.previous.get(to.char)
    const same = (a: Letter | undefined, b: Letter | undefined): boolean => {
      if (a === undefined || b === undefined) return true
      const [was, is] = [gapIn(evidence, base, a, b), gapIn(evidence, reading, a, b)]
      return (
        was !== null &&
        is !== null &&
        was.borders === is.borders &&
        was.breaks === is.breaks &&
        was.dividers === is.dividers
      )
    }
    return same(from, next) && same(previous, to)
  }
  const others = alone.filter((reading) => !made.some((maker) => maker.reading === reading))
  if (made.length === 0 || !others.every(isAsBefore)) return () => false
  return (what, now) => !made.some(({ gap }) => gap[what] === now)
}

/** What a block is, part by part; what does not apply to its kind is not there. */
const FACETS = ['kind', 'level', 'checked', 'indent', 'quote'] as const
type Facet = (typeof FACETS)[number]

function facetOf(node: Node, facet: Facet): string {
  const block = blockOf(node)
  if (facet === 'kind') return node.type === schema.nodes.code_block ? 'code' : block.kind
  if (facet === 'level') return block.kind === 'heading' ? String(block.level) : ''
  if (facet === 'checked') return block.kind === 'task' ? String(block.checked) : ''
  return String(block[facet])
}

/** Kind: each block is what somebody made it, or what it was when nobody did. */
export function judgeBlocks(evidence: Evidence): Finding[] {
  const { merged, survivors } = evidence
  const blocks = new Map<number, Letter[]>()
  for (const letter of merged.letters) {
    // A block that has been duplicated may be either of the two.
    if (isChar(letter.char) && merged.only(letter.char))
      blocks.set(letter.block, [...(blocks.get(letter.block) ?? []), letter])
  }
  return [...blocks].flatMap(([index, letters]) => {
    const old = letters.filter(({ char }) => survivors.has(char))
    const wrong = FACETS.filter((facet) => {
      const now = facetOf(merged.doc.child(index), facet)
      const allowed =
        old.length > 0
          ? old.flatMap(({ char }) => wanted(evidence, char, facet))
          : letters.flatMap(({ char }) => wantedForNew(evidence, char, facet))
      return allowed.length > 0 && !allowed.includes(now) && !(now === '' && allowed.every(isOfAnotherKind(facet)))
    })
    return wrong.map((facet) => ({ verdict: 'kind' as const, letters: `${facet} of ${letters[0]?.char ?? ''}` }))
  })
}

/** Levels and ticks that were given to what has become another kind of block are gone with reason. */
const isOfAnotherKind =
  (facet: Facet) =>
  (value: string): boolean =>
    (facet === 'level' || facet === 'checked') && value !== ''

/** What a block of the base may be: what somebody changed it to, else what it was. */
function wanted({ base, alone }: Evidence, char: string, facet: Facet): string[] {
  const valueIn = (reading: Reading): string[] => {
    const letter = reading.only(char)
    return letter === undefined ? [] : [facetOf(reading.blockOf(letter), facet)]
  }
  const [before = ''] = valueIn(base)
  const changed = alone.flatMap((reading) => {
    const [value = before] = valueIn(reading)
    if (value === before) return []
    // Who joined it to another block did not mean to change it.
    return isJoined(base, reading, char) ? [value, before] : [value]
  })
  return changed.length > 0 ? changed : [before]
}

/** Whether a letter has come into a block that begins with text of another one. */
function isJoined(base: Reading, reading: Reading, char: string): boolean {
  const block = reading.only(char)?.block
  const first = reading.letters.find(
    (letter) => letter.block === block && base.only(letter.char) && isChar(letter.char),
  )
  return first !== undefined && base.only(first.char)?.block !== base.only(char)?.block
}

/** What a block that somebody made may be: what it was for its maker, or what others made of what stands beside it. */
function wantedForNew(evidence: Evidence, char: string, facet: Facet): string[] {
  const { alone, base, order } = evidence
  return alone.flatMap((reading) => {
    const letter = reading.only(char)
    if (letter === undefined) return []
    const row = order.get(reading)?.row ?? []
    const after = row.find(({ index }) => index > letter.index)
    const before = order.get(reading)?.previous.get(after?.char ?? '')
    if (after === undefined || before === undefined) return []
    // With what has been deleted in between: it may have been typed over.
    const around = base.letters.slice(base.only(before.char)?.index, (base.only(after.char)?.index ?? 0) + 1)
    return [
      facetOf(reading.blockOf(letter), facet),
      ...around.flatMap((other) => (isChar(other.char) ? wanted(evidence, other.char, facet) : [])),
    ]
  })
}

const isChar = (char: string): boolean => char !== START && char !== END
