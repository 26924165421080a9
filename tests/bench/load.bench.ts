/** Link → text shown, and load → first accepted keystroke, of a short document. */
import type { Page } from '@playwright/test'
import { loadToFirstKey, loadToText, placeCaret } from './support/gauge.ts'
import { bench } from './support/stage.ts'
import { median, ms, printTable, quantile } from './support/table.ts'

const ROUNDS = 7
const TEXT = 'Something to load.'

bench('a short document loads', async ({ stage }) => {
  const ada = await stage.person()
  const link = await ada.startDocument()
  await ada.type(TEXT)
  const again = await stage.person()
  await again.open(link)
  await again.meets(1)
  const [websocket, webrtc] = [stage.address('websocket.html?room=load'), stage.stockAddress('load')]
  for (const address of [websocket, webrtc]) {
    const page = await stage.comparison(address)
    await placeCaret(page, 0)
    await page.keyboard.type(TEXT)
  }

  const anew = (address: string) => async (use: (page: Page, address: string) => Promise<void>) => {
    const page = await stage.blank()
    await use(page, address)
    await page.context().close()
  }
  const ways = [
    { name: 'Inkmesh, first visit, document from a peer', open: anew(link) },
    {
      name: 'Inkmesh, from this device',
      open: async (use: (page: Page, address: string) => Promise<void>) => {
        const page = await again.context.newPage()
        await use(page, link)
        await page.close()
      },
    },
    { name: 'y-websocket, document from the server', open: anew(websocket) },
    { name: 'stock y-webrtc, document from a peer', open: anew(webrtc) },
    { name: 'bare ProseMirror, no document', open: anew(stage.address('bare.html')) },
  ].map((way) => ({ ...way, shown: [] as number[], key: [] as number[] }))
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, open, shown, key } of ways) {
      const hasText = !name.startsWith('bare')
      if (hasText) await open(async (page, address) => void shown.push(await loadToText(page, address)))
      await open(async (page, address) => void key.push(await loadToFirstKey(page, address)))
    }
  }
  const cells = (times: number[]): string[] =>
    times.length === 0 ? ['', ''] : [ms(median(times)), ms(quantile(times, 0.95))]
  printTable(`A short document, ${ROUNDS} times`, [
    ['', 'text shown: median', 'p95', 'first key: median', 'p95'],
    ...ways.map(({ name, shown, key }) => [name, ...cells(shown), ...cells(key)]),
  ])
})
