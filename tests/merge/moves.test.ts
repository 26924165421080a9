/** Random runs of three people who move, split, join and delete blocks, and undo it, and meet now and then. */
import type { Node } from 'prosemirror-model'
import { expect, test } from 'vitest'
import { moveBlocks } from '#editor/block-commands'
import { seeded, type Random } from '../support/random.ts'
import * as bases from './bases.ts'
import { inkmesh, type MergeEditor } from './editors.ts'
import { linesOf, pressBackspace, pressEnter } from './hands.ts'
import { Joins } from './joins.ts'
import { lettersFrom, type Letters } from './letters.ts'
import { begin, differences, meet, openOn } from './merge.ts'
import { textFrom } from './acts.ts'

/** `MOVE_RUNS=10000` plays as many. */
const RUNS = Number(process.env['MOVE_RUNS'] ?? 300)
/** Seeds that failed once. */
const REGRESSIONS = [583, 930, 971, 1016, 2048, 4945, 5894, 6790, 7011]
const ROUNDS = 4
const MOST_ACTS = 4
const PEOPLE = 3

interface Outcome {
  acts: number
  /** Acts after which whoever acted does not see what was meant, or what is read anew. */
  shownOtherwise: number
  diverged: number
  lost: number
  twice: number
  /** Letters there twice since two people have joined their block to different lines; no fault. */
  copied: number
  failures: number
}

/**
 * Of each letter: how often it was seen at most, and how often somebody has deleted it before their own eyes. One that was
 * deleted as often as it was there, or by whom it was there for the last time, is nobody's loss.
 */
type Fates = Map<string, { most: number; deleted: number }>

test(`${RUNS} runs of three people who move, split, join, delete and undo`, { timeout: 1_200_000 }, () => {
  const total: Outcome = { acts: 0, shownOtherwise: 0, diverged: 0, lost: 0, twice: 0, copied: 0, failures: 0 }
  const seeds: Record<string, number[]> = {}
  const messages: string[] = []
  for (const seed of new Set([...REGRESSIONS, ...Array.from({ length: RUNS }, (_, i) => i + 1)])) {
    const outcome = play(seed, (message) => messages.push(`seed ${seed}: ${message}`))
    for (const key of Object.keys(total) as (keyof Outcome)[]) {
      total[key] += outcome[key]
      if (key !== 'acts' && key !== 'copied' && outcome[key] > 0) (seeds[key] ??= []).push(seed)
    }
  }
  console.info(`Moves: ${JSON.stringify(total)}`)
  for (const message of messages.slice(0, 5)) console.info(message)
  const firstSeeds = Object.entries(seeds).map(([key, all]) => `${key}: seeds ${all.slice(0, 5).join(', ')}`)
  expect(firstSeeds).toEqual([])
})

function play(seed: number, tell: (message: string) => void): Outcome {
  const random = seeded(seed)
  const base = bases.wordsOf(lettersFrom(0xac00), 5, 1, 4)
  const document = begin(inkmesh, base)
  const editors = Array.from({ length: PEOPLE }, (_, i) => openOn(inkmesh, document, 1 + ((i + seed) % PEOPLE)))
  const letters = editors.map((_editor, i) => lettersFrom(0x4e00 + 0x1000 * i))
  const fates: Fates = new Map(Array.from(base.textContent).map((char) => [char, { most: 1, deleted: 0 }]))
  const joins = new Joins()
  const outcome: Outcome = { acts: 0, shownOtherwise: 0, diverged: 0, lost: 0, twice: 0, copied: 0, failures: 0 }
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, editor] of editors.entries()) {
      for (let acts = random.below(MOST_ACTS + 1); acts > 0; acts--) {
        const before = editor.state.doc
        const failures = editor.failures.length
        act(editor, random, letters[i] ?? lettersFrom(0x4e00))
        note(fates, before, editor.state.doc)
        joins.note(i, before, editor.state.doc)
        outcome.acts += 1
        const failed = editor.failures.length > failures
        if (failed || !inkmesh.readAnew(editor.doc).eq(editor.state.doc)) outcome.shownOtherwise += 1
      }
    }
    // Two meet, or all.
    meet(random.chance(0.5) ? editors : editors.filter((_editor, i) => i !== round % PEOPLE))
  }
  meet(editors)
  meet(editors)
  if (differences(inkmesh, editors).some(({ verdict }) => verdict === 'not converged')) outcome.diverged += 1
  const [first] = editors
  if (first !== undefined) count(outcome, fates, joins, first.state.doc)
  for (const editor of editors) {
    outcome.failures += editor.failures.length
    for (const failure of editor.failures) tell(failure instanceof Error ? failure.message : 'something was thrown')
    editor.close()
  }
  return outcome
}

function act(editor: MergeEditor, random: Random, letters: Letters): void {
  if (random.chance(0.7)) editor.pause()
  const lines = linesOf(editor.state.doc)
  const line = random.pick(lines)
  const somewhere = (): number => line.from + random.below(line.to - line.from + 1)
  const dice = random.below(100)
  if (dice < 40) {
    const other = random.chance(0.3) ? random.pick(lines) : line
    editor.select(Math.min(line.from, other.from), Math.max(line.from, other.to))
    editor.run(moveBlocks(random.chance(0.5) ? 1 : -1))
  } else if (dice < 55) {
    editor.select(somewhere())
    pressEnter(editor)
  } else if (dice < 67) {
    editor.select(line.from)
    pressBackspace(editor)
  } else if (dice < 75) {
    editor.select(somewhere(), somewhere())
    if (!editor.state.selection.empty) pressBackspace(editor)
  } else if (dice < 78) editor.dispatch(editor.state.tr.delete(line.pos, line.to + 1))
  else if (dice < 90) {
    editor.select(somewhere())
    editor.type(letters.draw(2))
  } else if (dice < 97) editor.undo()
  else editor.redo()
}

/** What somebody has deleted is that person's choice, also when undoing has given it back to another. */
function note(fates: Fates, before: Node, after: Node): void {
  const [was, is] = [countsOf(before), countsOf(after)]
  for (const [char, times] of was) {
    const left = is.get(char) ?? 0
    const fate = fates.get(char)
    if (fate === undefined || left >= times) continue
    fate.deleted = left === 0 ? Infinity : fate.deleted + times - left
  }
  for (const counts of [was, is]) {
    for (const [char, times] of counts) {
      const fate = fates.get(char) ?? { most: 1, deleted: 0 }
      fate.most = Math.max(fate.most, times)
      fates.set(char, fate)
    }
  }
}

function countsOf({ textContent }: Node): Map<string, number> {
  const counts = new Map<string, number>()
  for (const char of textContent) counts.set(char, (counts.get(char) ?? 0) + 1)
  return counts
}

function count(outcome: Outcome, fates: Fates, joins: Joins, doc: Node): void {
  const there = countsOf(doc)
  for (const [char, { most, deleted }] of fates) {
    const times = there.get(char) ?? 0
    if (times === 0 && deleted < most) outcome.lost += 1
    if (times > 1) outcome[joins.isJoinedByMany(char) ? 'copied' : 'twice'] += 1
  }
}

test('who moves one block several times sees it where it was put', () => {
  const document = begin(inkmesh, bases.plain)
  const editor = openOn(inkmesh, document, 1)
  for (const direction of [1, 1, 1, -1, -1, 1, -1, -1] as const) {
    const line = linesOf(editor.state.doc).find(({ node }) => node.textContent.includes('m'))
    editor.select((line?.from ?? 0) + 3)
    editor.run(moveBlocks(direction))
    expect(inkmesh.readAnew(editor.doc).eq(editor.state.doc)).toBe(true)
  }
  expect(textFrom(editor.state.doc)).toBe(
    'mnopqrstuvwx / abcdefghijkl / yzABCDEFGHIJ / KLMNOPQRSTUV / WXYZ01234567'.replace(/^(\S+) \/ (\S+)/u, '$2 / $1'),
  )
  expect(editor.failures).toEqual([])
})
