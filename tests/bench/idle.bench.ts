/** What a link costs while nobody types, between two people and in a mesh of five. */
import { bench } from './support/stage.ts'
import { printTable } from './support/table.ts'

const SECONDS = 60

bench('links idle', async ({ stage }) => {
  const rows: string[][] = []
  for (const people of [2, 5]) {
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
