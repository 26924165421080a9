/** What being together costs while nobody types: the links of two people and of five, and the main thread of each of five pages. */
import type { Page } from '@playwright/test'
import { placeCaret } from './support/gauge.ts'
import { bench } from './support/stage.ts'
import { busy, watchBusy } from './support/busy.ts'
import { median, ms, printTable } from './support/table.ts'

const SECONDS = 60
const PEOPLE = 5

bench('links idle', async ({ stage }) => {
  const rows: string[][] = []
  for (const people of [2, PEOPLE]) {
    const first = await stage.person()
    const link = await first.startDocument()
    await first.type('Something to compare now and then.')
    const others = await Promise.all(Array.from({ length: people - 1 }, () => stage.person()))
    for (const other of others) await other.open(link)
    await Promise.all([first, ...others].map((person) => person.meets(people - 1)))
    const before = await first.traffic()
    await first.page.waitForTimeout(SECONDS * 1000)
    const after = await first.traffic()
    const rate = (key: 'messagesSent' | 'messagesReceived' | 'bytesSent' | 'bytesReceived'): string =>
      ((((after[key] - before[key]) / (people - 1)) * 60) / SECONDS).toFixed(0)
    rows.push([
      `${people} people`,
      ...(['messagesSent', 'bytesSent', 'messagesReceived', 'bytesReceived'] as const).map(rate),
    ])
    for (const person of [first, ...others]) await person.context.close()
  }
  printTable('An idle link, per minute', [['', 'messages out', 'bytes out', 'messages in', 'bytes in'], ...rows])
})

bench('pages idle', async ({ stage }) => {
  const rows: string[][] = []
  const openInkmesh = async (): Promise<Page[]> => {
    const people = await Promise.all(Array.from({ length: PEOPLE }, () => stage.person()))
    const [first, ...others] = people
    if (first === undefined) throw new Error('Nobody')
    const link = await first.startDocument()
    await first.type('Something to keep.')
    for (const other of others) await other.open(link)
    await Promise.all(people.map((person) => person.meets(PEOPLE - 1)))
    return people.map(({ page }) => page)
  }
  const openComparison = async (address: string): Promise<Page[]> => {
    const pages: Page[] = []
    for (let i = 0; i < PEOPLE; i++) pages.push(await stage.comparison(address))
    const [first, last] = [pages[0], pages.at(-1)]
    if (first === undefined || last === undefined) throw new Error('Nobody')
    await placeCaret(first, 0)
    await first.keyboard.type('Something to keep.')
    await last.getByText('Something to keep.').waitFor()
    return pages
  }
  for (const [name, open] of [
    ['Inkmesh', openInkmesh],
    ['stock y-webrtc', () => openComparison(stage.stockAddress('idle'))],
    ['y-websocket', () => openComparison(stage.address('websocket.html?room=idle'))],
  ] as const) {
    const pages = await open()
    // What follows upon arriving is over by then.
    await pages[0]?.waitForTimeout(15_000)
    const watches = await Promise.all(pages.map(watchBusy))
    const before = await Promise.all(watches.map(busy))
    await pages[0]?.waitForTimeout(SECONDS * 1000)
    const after = await Promise.all(watches.map(busy))
    const minutes = after.map((value, i) => ((value - (before[i] ?? NaN)) * 60) / SECONDS)
    rows.push([name, ms(median(minutes)), ms(Math.max(...minutes))])
    for (const page of pages) await page.context().close()
  }
  printTable(`The main thread of ${PEOPLE} idle pages, per minute`, [['', 'median', 'most'], ...rows])
})
