/** Load → first accepted keystroke, of a short document. */
import { loadToFirstKey } from './support/gauge.ts'
import { bench } from './support/stage.ts'
import { median, ms, printTable, quantile } from './support/table.ts'

const ROUNDS = 7

bench('a short document loads', async ({ stage }) => {
  const ada = await stage.person()
  const link = await ada.startDocument()
  await ada.type('Something to load.')
  const again = await stage.person()
  await again.open(link)
  await again.meets(1)

  const times = { first: [] as number[], again: [] as number[], websocket: [] as number[], bare: [] as number[] }
  for (let round = 0; round < ROUNDS; round++) {
    const newcomer = await stage.person()
    times.first.push(await loadToFirstKey(newcomer.page, link))
    await newcomer.context.close()

    const tab = await again.openTab()
    times.again.push(await loadToFirstKey(tab.page, link))
    await tab.page.close()

    for (const [name, path] of [
      ['websocket', 'websocket.html?room=load'],
      ['bare', 'bare.html'],
    ] as const) {
      const page = await stage.blank()
      times[name].push(await loadToFirstKey(page, stage.address(path)))
      await page.context().close()
    }
  }
  const row = (name: string, values: number[]): string[] => [name, ms(median(values)), ms(quantile(values, 0.95))]
  printTable(`Load → first accepted keystroke, ${ROUNDS} times`, [
    ['', 'median', 'p95'],
    row('Inkmesh, first visit, document from a peer', times.first),
    row('Inkmesh, from this device', times.again),
    row('y-websocket, document from the server', times.websocket),
    row('bare ProseMirror, no document', times.bare),
  ])
})
