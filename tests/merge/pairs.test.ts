import { expect, test } from 'vitest'
import { inkmesh } from './editors.ts'
import { AT_MOST, CLEAN, NEVER } from './floor.ts'
import { VERDICTS } from './judge.ts'
import { pairs, total } from './pairs.ts'
import { lineOf, worstCells } from './report.ts'

/** One run of the table in so many; `npm run bench -- merge` plays all. */
const ONE_IN = 10

test('every two things that people do merge as both meant them', { timeout: 180_000 }, () => {
  const totals = total(inkmesh, pairs(ONE_IN))
  console.info(
    [
      `Pairs: ${lineOf(totals.table)}`,
      `Without undone deletions: ${lineOf(totals.withoutRestoring)}`,
      `With cut and paste: ${lineOf(totals.cutPaste)}`,
    ].join('\n'),
  )
  console.info(
    worstCells(totals, 20)
      .map((cell) => cell.join(' | '))
      .join('\n'),
  )
  const { runs, clean, verdicts } = totals.table
  expect.soft(NEVER.filter((verdict) => verdicts[verdict] > 0)).toEqual([])
  expect.soft(clean / runs).toBeGreaterThanOrEqual(CLEAN)
  const tooMany = VERDICTS.filter((verdict) => verdicts[verdict] / runs > (AT_MOST[verdict] ?? 1))
  expect.soft(tooMany).toEqual([])
  expect.soft(totals.cutPaste.verdicts.lost).toBe(0)
})
