/**
 * Judges a merge by where each letter comes from: what one document was (`base`), what each person made of it alone, and
 * what it is after all of it has met. Every letter has to be one of its kind, in the base and in what was typed.
 *
 * Fair and strict: whatever one person alone did has to be there; where two did different things to the same, either
 * will do. What both copied or cut and pasted is there as often as they did so, which is why such pairs are counted
 * apart. A letter that is deleted by one while another moves it away by copying it counts as brought back: a move is
 * no copy.
 */
import type { Node } from 'prosemirror-model'
import { judgeBlocks, judgeGaps } from './form.ts'
import { judgeMarks } from './marks.ts'
import { END, Reading, START, type Letter } from './reading.ts'
import { judgeTyped } from './typed.ts'

export const VERDICTS = [
  'lost',
  'doubled',
  'brought back',
  'misplaced',
  'torn',
  'stray',
  'order',
  'blocks',
  'break',
  'kind',
  'mark',
  'not converged',
  'invalid',
] as const
export type Verdict = (typeof VERDICTS)[number]

/** Something that is wrong with a merged document. */
export interface Finding {
  verdict: Verdict
  /** The letters it is about, as a text. */
  letters: string
}

/** Documents whose merge is judged. */
export interface Merge {
  base: Node
  /** What each person had before anything of the others arrived. */
  alone: readonly Node[]
  merged: Node
}

/** The four readings and who survives; for the parts of the judge. */
export interface Evidence {
  base: Reading
  alone: readonly Reading[]
  merged: Reading
  /** Letters of the base that are there once in every document, with the edges. */
  survivors: ReadonlySet<string>
  /** What follows a survivor, and what comes before it, among survivors. */
  order: ReadonlyMap<Reading, Order>
}

interface Order {
  row: readonly Letter[]
  next: ReadonlyMap<string, Letter>
  previous: ReadonlyMap<string, Letter>
}

/** All that is wrong with a merged document; nothing when it is clean. */
export function judge({ base, alone, merged }: Merge): Finding[] {
  try {
    merged.check()
  } catch (error) {
    return [{ verdict: 'invalid', letters: String(error) }]
  }
  const evidence = gather(
    new Reading(base),
    alone.map((doc) => new Reading(doc)),
    new Reading(merged),
  )
  return [
    ...judgePresence(evidence),
    ...judgeTyped(evidence),
    ...judgeOrder(evidence),
    ...judgeGaps(evidence),
    ...judgeBlocks(evidence),
    ...judgeMarks(evidence),
  ]
}

function gather(base: Reading, alone: readonly Reading[], merged: Reading): Evidence {
  const all = [base, ...alone, merged]
  const survivors = new Set([START, ...base.chars.filter((char) => all.every((reading) => reading.only(char))), END])
  const order = new Map(
    all.map((reading) => {
      const row = reading.among(survivors)
      const next = new Map<string, Letter>()
      const previous = new Map<string, Letter>()
      for (const [i, letter] of row.entries()) {
        const following = row[i + 1]
        if (following === undefined) continue
        next.set(letter.char, following)
        previous.set(following.char, letter)
      }
      return [reading, { row, next, previous }] as const
    }),
  )
  return { base, alone, merged, survivors, order }
}

/** Lost, doubled, brought back: every letter is there as often as it should be. */
function judgePresence({ base, alone, merged }: Evidence): Finding[] {
  const findings: Finding[] = []
  const chars = new Set([base, ...alone, merged].flatMap((reading) => reading.chars))
  for (const char of chars) {
    const before = base.count(char)
    const counts = alone.map((reading) => reading.count(char))
    const deleters = counts.filter((count) => count < before).length
    const added = counts.map((count) => Math.max(0, count - before))
    const most = Math.max(0, before - deleters) + added.reduce((sum, count) => sum + count, 0)
    // What two gave back by undoing, each for himself, may be there once: it is the same letter.
    const least = before === 0 ? Math.max(0, ...added) : most
    const now = merged.count(char)
    if (now < least) findings.push({ verdict: 'lost', letters: char })
    else if (now > most) {
      findings.push({ verdict: deleters > 0 || most === 0 ? 'brought back' : 'doubled', letters: char })
    }
  }
  return findings
}

/**
 * The text that was there stands in the order that somebody gave it by moving it: what follows a letter is what follows
 * it for the one who changed that. Where two changed the order differently, any order will do.
 */
function judgeOrder(evidence: Evidence): Finding[] {
  const { base, alone, merged, order } = evidence
  const orderOf = (reading: Reading): Order => {
    const found = order.get(reading)
    if (found === undefined) throw new RangeError('A reading that is no evidence')
    return found
  }
  const rowOf = (reading: Reading): string =>
    orderOf(reading)
      .row.map(({ char }) => char)
      .join('')
  const movers = new Map(alone.map((reading) => [rowOf(reading), reading]))
  movers.delete(rowOf(base))
  const joiners = alone.filter((reading) => !movers.has(rowOf(reading)))
  if ([...movers.values()].some((mover) => joiners.some((joiner) => isJoinedApart(evidence, mover, joiner)))) return []
  const findings: Finding[] = []
  const wanted = (side: 'next' | 'previous', char: string): string | null => {
    const before = orderOf(base)[side].get(char)?.char ?? ''
    const others = [...movers.values()].map((reading) => orderOf(reading)[side].get(char)?.char ?? '')
    const changed = others.filter((other) => other !== before)
    return changed.length > 1 ? null : (changed[0] ?? before)
  }
  for (const { char } of orderOf(base).row) {
    const next = wanted('next', char)
    if (next === null || next === '' || wanted('previous', next) !== char) continue
    if (orderOf(merged).next.get(char)?.char !== next) findings.push({ verdict: 'order', letters: char + next })
  }
  return findings
}

/** Whether somebody joined two blocks that somebody else moved apart: there is no order that is right for both. */
function isJoinedApart({ base, order }: Evidence, mover: Reading, joiner: Reading): boolean {
  return (order.get(base)?.row ?? []).some((from) => {
    const to = order.get(base)?.next.get(from.char)
    if (to === undefined || to.block === from.block) return false
    if (order.get(mover)?.next.get(from.char)?.char === to.char) return false
    return joiner.only(from.char)?.block === joiner.only(to.char)?.block
  })
}
