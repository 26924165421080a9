/** How concurrent edits merge: every two things that people do, and random sessions, with our binding and with y-prosemirror's. */
import { test } from '@playwright/test'
import { inkmesh, yProsemirror } from '../merge/editors.ts'
import { pairs, total, type Totals } from '../merge/pairs.ts'
import { examplesOf, HEADINGS, ratesOf, worstCells } from '../merge/report.ts'
import { addWords, noWords, playSession } from '../merge/sessions.ts'
import { printTable } from './support/table.ts'

const STACKS = [inkmesh, yProsemirror]
const CELLS = 25

/** `MERGE_ONE_IN=10` plays a tenth of the table; `MERGE_SHOW=misplaced` prints runs that are so, at most ten a binding. */
const oneIn = Number(process.env['MERGE_ONE_IN'] ?? 1)
const shown = process.env['MERGE_SHOW']
const EXAMPLES = 10

const SESSIONS = [
  { acts: 1, meetings: 40, sessions: 10 },
  { acts: 5, meetings: 20, sessions: 10 },
  { acts: 20, meetings: 5, sessions: 10 },
  { acts: 100, meetings: 2, sessions: 6 },
  { acts: 500, meetings: 1, sessions: 3 },
]

test.setTimeout(60 * 60_000)

test('every two things that people do', () => {
  const totals = STACKS.map((stack) => total(stack, pairs(oneIn)))
  const parts: [string, keyof Omit<Totals, 'cells'>][] = [
    ['Pairs without cut and paste', 'table'],
    ['Of these, without deletions undone before they are told', 'withoutRestoring'],
    ['Pairs with cut and paste', 'cutPaste'],
  ]
  for (const [heading, part] of parts) {
    const rates = totals.map((each) => ratesOf(each[part]))
    printTable(heading, [
      ['', ...STACKS.map(({ name }) => name)],
      ...HEADINGS.map((name, i) => [name, ...rates.map((column) => column[i] ?? '')]),
    ])
  }
  for (const [i, { name }] of STACKS.entries()) {
    const each = totals[i]
    if (each === undefined) continue
    printTable(`Most faults with ${name}, of ${each.cells.length} pairs that have any`, [
      ['', 'faults', 'verdicts', 'where'],
      ...worstCells(each, CELLS),
    ])
  }
})

test('examples', () => {
  test.skip(shown === undefined, 'None are asked for')
  for (const stack of STACKS) {
    let left = EXAMPLES
    for (const example of examplesOf(stack, pairs(oneIn), shown ?? '')) {
      console.log(example)
      left -= 1
      if (left === 0) break
    }
  }
})

test('random sessions of two people, each on their own between two meetings', () => {
  const rows: string[][] = [
    ['', 'acts a side', 'moves', 'words', 'lost', 'doubled', 'copied', 'misplaced', 'brought back', 'diverged'],
  ]
  for (const stack of STACKS) {
    for (const { sessions, moves, ...length } of SESSIONS.flatMap((each) => [
      { ...each, moves: true },
      { ...each, moves: false },
    ])) {
      const words = noWords()
      for (let seed = 1; seed <= sessions; seed++) addWords(words, playSession(stack, { ...length, moves, seed }))
      const rate = (count: number): string => `${((100 * count) / Math.max(1, words.words)).toFixed(2)} %`
      rows.push([
        stack.name,
        String(length.acts),
        moves ? 'with' : 'without',
        String(words.words),
        rate(words.lost),
        rate(words.doubled),
        rate(words.copied),
        rate(words.misplaced),
        rate(words.broughtBack),
        `${words.diverged} of ${sessions}`,
      ])
    }
  }
  printTable('What became of words that nobody deleted', rows)
})
