/** A keystroke → the peer's screen: Inkmesh between browsers, and the same editor over y-websocket through a server. */
import { keyToPeer, placeCaret } from './support/gauge.ts'
import { bench } from './support/stage.ts'
import { median, ms, printTable, quantile } from './support/table.ts'

const ROUNDS = 4
const KEYS = 50

bench("a keystroke reaches the peer's screen", async ({ stage }) => {
  const [ada, ben] = [await stage.person(), await stage.person()]
  const link = await ada.startDocument()
  await ben.open(link)
  await ada.meets(1)
  const [writer, reader] = [await stage.comparison('websocket.html'), await stage.comparison('websocket.html')]
  const pairs = [
    { name: 'Inkmesh', writer: ada.page, reader: ben.page, arrived: [] as number[], shown: [] as number[] },
    { name: 'y-websocket', writer, reader, arrived: [] as number[], shown: [] as number[] },
  ]
  for (const pair of pairs) await placeCaret(pair.writer, 0)
  for (let round = 0; round < ROUNDS; round++) {
    for (const pair of pairs) {
      const { arrived, shown } = await keyToPeer(pair.writer, pair.reader, KEYS)
      pair.arrived.push(...arrived)
      pair.shown.push(...shown)
    }
  }
  printTable(`Keystroke → peer, ${ROUNDS * KEYS} keystrokes at 20 a second`, [
    ['', 'in the DOM: median', 'p95', 'painted: median', 'p95'],
    ...pairs.map(({ name, arrived, shown }) => [
      name,
      ms(median(arrived)),
      ms(quantile(arrived, 0.95)),
      ms(median(shown)),
      ms(quantile(shown, 0.95)),
    ]),
  ])
})
