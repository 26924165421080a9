/** The merge table: every two things that people do, at places that stand to each other in every way. */
import type { Node } from 'prosemirror-model'
import * as bases from './bases.ts'
import type { MergeStack } from './editors.ts'
import { INTENTIONS, type Intention, type Place } from './intentions.ts'
import { VERDICTS, type Verdict } from './judge.ts'
import { ALPHABETS, lettersFrom } from './letters.ts'
import { begin, mergeOf, type Meeting } from './merge.ts'

const HERE: Place = { line: 1, from: 2, to: 5 }

/** Where the second person is while the first is at `HERE`. */
const PLACES: Readonly<Record<string, Place>> = {
  same: HERE,
  overlapping: { line: 1, from: 4, to: 8 },
  'same line': { line: 1, from: 8, to: 10 },
  adjacent: { line: 2, from: 2, to: 5 },
  apart: { line: 3, from: 2, to: 5 },
}

const DOCUMENTS: Readonly<Record<string, Node>> = { plain: bases.plain, rich: bases.rich }

/** One run of the table. */
export interface Pair {
  first: Intention
  second: Intention
  relation: string
  document: string
  /** Client ids of the two: ties are settled by them. */
  ids: readonly [number, number]
}

/** All runs, or a fixed sample of one in so many. */
export function* pairs(oneIn = 1): Generator<Pair> {
  let number = 0
  for (const first of INTENTIONS) {
    for (const second of INTENTIONS) {
      for (const relation of Object.keys(PLACES)) {
        for (const document of Object.keys(DOCUMENTS)) {
          for (const ids of [
            [1, 2],
            [2, 1],
          ] as const) {
            // Spread over all rows and columns (Knuth's multiplicative hash), the same each time.
            const hash = Math.imul(number, 2654435761) >>> 16
            number += 1
            if (hash % oneIn === 0) yield { first, second, relation, document, ids }
          }
        }
      }
    }
  }
}

const documents = new Map<MergeStack, Record<string, Uint8Array>>()

function documentOf(stack: MergeStack, name: string): Uint8Array {
  const known = documents.get(stack) ?? {}
  documents.set(stack, known)
  return (known[name] ??= begin(stack, DOCUMENTS[name] ?? bases.plain))
}

export function play(stack: MergeStack, { first, second, relation, document, ids }: Pair): Meeting {
  return mergeOf(stack, documentOf(stack, document), [
    { clientId: ids[0], act: (editor) => first.act(editor, HERE, lettersFrom(ALPHABETS[0])) },
    { clientId: ids[1], act: (editor) => second.act(editor, PLACES[relation] ?? HERE, lettersFrom(ALPHABETS[1])) },
  ])
}

/** How many runs got which verdict. */
export interface Count {
  runs: number
  clean: number
  verdicts: Record<Verdict, number>
}

export interface Totals {
  /** Without cut and paste. */
  table: Count
  /** The same without those who delete something and give it back by undoing. */
  withoutRestoring: Count
  cutPaste: Count
  /** By the names of the two intentions, most faults first; without cut and paste. */
  cells: { name: string; faults: number; verdicts: Verdict[]; relations: string[] }[]
}

const nothing = (): Count => ({
  runs: 0,
  clean: 0,
  verdicts: Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>,
})

export function total(stack: MergeStack, runs: Iterable<Pair>): Totals {
  const totals: Totals = { table: nothing(), withoutRestoring: nothing(), cutPaste: nothing(), cells: [] }
  const cells = new Map<string, Totals['cells'][number]>()
  for (const pair of runs) {
    const { first, second, relation, document } = pair
    const verdicts = new Set(play(stack, pair).findings.map(({ verdict }) => verdict))
    const isCut = first.cutPaste === true || second.cutPaste === true
    const restores = first.restores === true || second.restores === true
    const counts = isCut ? [totals.cutPaste] : restores ? [totals.table] : [totals.table, totals.withoutRestoring]
    for (const count of counts) {
      count.runs += 1
      if (verdicts.size === 0) count.clean += 1
      for (const verdict of verdicts) count.verdicts[verdict] += 1
    }
    if (verdicts.size === 0 || isCut) continue
    const name = `${first.name} ∥ ${second.name}`
    const cell = cells.get(name) ?? { name, faults: 0, verdicts: [], relations: [] }
    cells.set(name, cell)
    cell.faults += 1
    cell.verdicts = [...new Set([...cell.verdicts, ...verdicts])]
    cell.relations = [...new Set([...cell.relations, `${relation}, ${document}`])]
  }
  totals.cells = [...cells.values()].sort((a, b) => b.faults - a.faults)
  return totals
}
