/** A keystroke → the peer's screen while somebody with a view link forges signals at full rate, and while nobody does, taking turns. */
import { SignalForger } from '../support/signal-forger.ts'
import { keyToPeer, placeCaret } from './support/gauge.ts'
import { bench } from './support/stage.ts'
import { median, ms, printTable, quantile } from './support/table.ts'

const ROUNDS = 3
const KEYS = 200

bench('writers go on while a view link forges signals', async ({ stage }) => {
  bench.setTimeout(600_000)
  const [ada, ben] = [await stage.person(), await stage.person()]
  const link = await ada.startDocument()
  const { view } = await ada.links()
  const forger = await SignalForger.listen(view)
  await ben.open(link)
  await ada.meets(1)
  await placeCaret(ada.page, 0)
  await keyToPeer(ada.page, ben.page, KEYS)
  const times: Record<'undisturbed' | 'forged', number[]> = { undisturbed: [], forged: [] }
  for (let round = 0; round < ROUNDS; round++) {
    times.undisturbed.push(...(await keyToPeer(ada.page, ben.page, KEYS)).shown)
    const over = new AbortController()
    const speaking = forger.speak(over.signal)
    times.forged.push(...(await keyToPeer(ada.page, ben.page, KEYS)).shown)
    over.abort()
    await speaking
  }
  forger.end()
  const row = (name: string, all: number[]): string[] => [
    name,
    ms(median(all)),
    ms(quantile(all, 0.95)),
    (median(all) / median(times.undisturbed)).toFixed(2),
  ]
  printTable(`Keystroke → peer's screen, ${ROUNDS} turns of ${KEYS} keys at 20 a second; ${forger.sent} signals`, [
    ['', 'median', 'p95', 'median ÷ undisturbed'],
    row('undisturbed', times.undisturbed),
    row('signals forged at full rate', times.forged),
  ])
})
