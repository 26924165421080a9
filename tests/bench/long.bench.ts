/** A key in a long document, at its beginning, in the middle and at its end: the paint, and all that the main thread does. */
import type { Page } from '@playwright/test'
import { changeFlow, openBare, openInkmesh } from './support/big-document.ts'
import { busy, watchBusy } from './support/busy.ts'
import { keyToPaint, placeCaret } from './support/gauge.ts'
import { bench } from './support/stage.ts'
import { median, ms, printTable } from './support/table.ts'

const ROUNDS = 5
const KEYS = 8
const BARE = 10_000

interface Times {
  paint: number[]
  busy: number[]
}

bench('a key in documents of 3,000, 10,000 and 100,000 blocks', async ({ stage }) => {
  bench.setTimeout(900_000)
  const sides: { name: string; page: Page; blocks: number }[] = []
  for (const blocks of [BARE, 3000]) {
    const { page } = await openBare(stage, blocks)
    sides.push({ name: `bare ProseMirror, ${blocks}`, page, blocks })
  }
  for (const blocks of [3000, 10_000, 100_000]) {
    const { page } = await openInkmesh('Inkmesh', await stage.person(), blocks, changeFlow)
    sides.push({ name: `Inkmesh, ${blocks}`, page, blocks })
  }
  const rows: string[][] = []
  let first: number | null = null
  for (const { name, page, blocks } of sides) {
    const places = [0, Math.floor(blocks / 2), blocks - 1]
    const cdp = await watchBusy(page)
    const times = places.map((): Times => ({ paint: [], busy: [] }))
    for (let round = 0; round < ROUNDS; round++) {
      for (const [i, place] of places.entries()) {
        await placeCaret(page, place)
        await keyToPaint(page, 4)
        const before = await busy(cdp)
        times[i]?.paint.push(...(await keyToPaint(page, KEYS)))
        times[i]?.busy.push(((await busy(cdp)) - before) / KEYS)
      }
    }
    const all = median(times.flatMap(({ paint }) => paint))
    first ??= all
    rows.push([
      name,
      ...times.map(({ paint }) => ms(median(paint))),
      ...times.map((each) => ms(median(each.busy))),
      (all / first).toFixed(2),
    ])
  }
  printTable(`A key in a long document; medians of ${ROUNDS * KEYS} keys each`, [
    ['', 'painted: start', 'middle', 'end', 'main thread: start', 'middle', 'end', '÷ bare'],
    ...rows,
  ])
})
