/** Typing between two people while a third receives a document of more than 5 MB from them. */
import { asMarkdown, proseLines } from '../support/corpus.ts'
import { keyToPeer, placeCaret } from './support/gauge.ts'
import { bench } from './support/stage.ts'
import { median, ms, printTable, quantile } from './support/table.ts'

const BLOCKS = 2000
const LENGTH = 2600

bench('people type while a newcomer receives a big document', async ({ stage }) => {
  const [ada, ben, cora] = [await stage.person(), await stage.person(), await stage.person()]
  const link = await ada.importMarkdown('huge.md', asMarkdown(proseLines(BLOCKS, LENGTH)))
  const whole = (blocks: number): boolean => window.inkmesh?.editor?.view.state.doc.childCount === blocks
  await ada.until(whole, BLOCKS, 120_000)
  await ben.open(link)
  await ben.until(whole, BLOCKS, 120_000)

  await placeCaret(ben.page, 2)
  const calm = await keyToPeer(ben.page, ada.page, 60)

  const began = performance.now()
  let seconds = 0
  const arrival = cora.open(link).then(async () => {
    await cora.until(whole, BLOCKS, 120_000)
    seconds = (performance.now() - began) / 1000
  })
  const busy: number[] = []
  while (seconds === 0) busy.push(...(await keyToPeer(ben.page, ada.page, 10)).shown)
  await arrival

  printTable(`A newcomer receives ${((BLOCKS * LENGTH) / 1e6).toFixed(1)} MB in ${seconds.toFixed(1)} s`, [
    ['typing of the others → screen', 'keys', 'median', 'p95'],
    ['before', String(calm.shown.length), ms(median(calm.shown)), ms(quantile(calm.shown, 0.95))],
    ['meanwhile', String(busy.length), ms(median(busy)), ms(quantile(busy, 0.95))],
  ])
})
