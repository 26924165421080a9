/**
 * A keystroke → the peer's screen while somebody with a view link is a burden, while somebody only comes and goes, and while
 * nobody does, taking turns. Who floods would sit at a machine of his own: on this one his process gives way to the others.
 */
import { Crowd } from '../support/net-harness/crowd.ts'
import { FLOODS, type FloodName } from '../support/net-harness/floods.ts'
import { keyToPeer, placeCaret } from './support/gauge.ts'
import { bench } from './support/stage.ts'
import { median, ms, printTable, quantile } from './support/table.ts'

const ROUNDS = 3
const KEYS = 60
const COMING_AND_GOING = 'coming and going'

bench('writers go on while a view link floods them', async ({ stage }) => {
  bench.setTimeout(600_000)
  const crowd = await Crowd.start({ execPath: 'nice', execArgv: ['-n', '19', process.execPath] })
  const [ada, ben] = [await stage.person(), await stage.person()]
  await ben.open(await ada.startDocument())
  await ada.meets(1)
  const { view } = await ada.links()
  await placeCaret(ada.page, 0)
  const times = new Map<string, number[]>([['undisturbed', []]])
  const sent = new Map<string, number>()
  const measure = async (name: string): Promise<void> => {
    const { shown } = await keyToPeer(ada.page, ben.page, KEYS)
    times.set(name, [...(times.get(name) ?? []), ...shown])
  }
  /** One after another, each under a name of their own: nobody is a burden for long. */
  const floodUntil = async (over: AbortSignal, flood: () => Promise<void>): Promise<void> => {
    const links = async (): Promise<number> => (await crowd.reports())[0]?.links ?? 0
    while (!over.aborted) {
      await crowd.join(1, view)
      while ((await links()) < 2) await new Promise((resolve) => setTimeout(resolve, 20))
      await flood()
      await crowd.leave()
    }
  }
  await measure('warming up')
  times.delete('warming up')
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of [COMING_AND_GOING, ...(Object.keys(FLOODS) as FloodName[])] as const) {
      await measure('undisturbed')
      const over = new AbortController()
      const flooding = floodUntil(over.signal, async () => {
        if (name === COMING_AND_GOING) await new Promise((resolve) => setTimeout(resolve, 100))
        else sent.set(name, (sent.get(name) ?? 0) + (await crowd.flood(0, name)))
      })
      await measure(name)
      over.abort()
      await flooding
      await ada.meets(1)
    }
  }
  await crowd.end()
  const undisturbed = median(times.get('undisturbed') ?? [])
  printTable(`Keystroke → peer's screen, ${KEYS} keys at 20 a second, ${ROUNDS} turns`, [
    ['', 'median', 'p95', 'median ÷ undisturbed', 'went out'],
    ...Array.from(times, ([name, all]) => [
      name,
      ms(median(all)),
      ms(quantile(all, 0.95)),
      (median(all) / undisturbed).toFixed(2),
      `${((sent.get(name) ?? 0) / 2 ** 20).toFixed(1)} MB`,
    ]),
  ])
})
