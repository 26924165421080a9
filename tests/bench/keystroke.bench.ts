/** A keystroke → the peer's screen: Inkmesh between browsers, a bare editor over y-webrtc as it is, and one over y-websocket through a server. */
import { keyToPeer, placeCaret } from './support/gauge.ts'
import { bench } from './support/stage.ts'
import { median, ms, printTable, quantile } from './support/table.ts'

const ROUNDS = 4
const KEYS = 50

const newTimes = (): { arrived: number[]; shown: number[] } => ({ arrived: [], shown: [] })

bench("a keystroke reaches the peer's screen", async ({ stage }) => {
  const [ada, ben] = [await stage.person(), await stage.person()]
  const link = await ada.startDocument()
  await ben.open(link)
  await ada.meets(1)
  const pairs = [{ name: 'Inkmesh', writer: ada.page, reader: ben.page, ...newTimes() }]
  for (const [name, address] of [
    ['stock y-webrtc', stage.stockAddress('keystroke')],
    ['y-websocket', stage.address('websocket.html')],
  ] as const) {
    const [writer, reader] = [await stage.comparison(address), await stage.comparison(address)]
    pairs.push({ name, writer, reader, ...newTimes() })
  }
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
