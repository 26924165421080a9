/** What a link costs while nobody types. */
import { bench } from './support/stage.ts'
import { printTable } from './support/table.ts'

const SECONDS = 60

bench('a link idles', async ({ stage }) => {
  const [ada, ben] = [await stage.person(), await stage.person()]
  const link = await ada.startDocument()
  await ben.open(link)
  await ada.meets(1)
  await ada.type('Something to compare now and then.')
  await ben.sees('now and then.')
  const before = await ada.traffic()
  await ada.page.waitForTimeout(SECONDS * 1000)
  const after = await ada.traffic()
  const perMinute = (key: 'messagesSent' | 'messagesReceived' | 'bytesSent' | 'bytesReceived'): string =>
    (((after[key] - before[key]) * 60) / SECONDS).toFixed(0)
  printTable('An idle link, per minute', [
    ['', 'messages', 'bytes'],
    ['sent', perMinute('messagesSent'), perMinute('bytesSent')],
    ['received', perMinute('messagesReceived'), perMinute('bytesReceived')],
  ])
})
