/** Typing between two people while a third receives a document of more than 5 MB from them. */
import { asMarkdown, proseLines } from '../support/corpus.ts'
import { keyToPeer, placeCaret } from './support/gauge.ts'
import { bench } from './support/stage.ts'
import { median, ms, printTable, quantile } from './support/table.ts'

const BLOCKS = 2000
const LENGTH = 2600

bench('people type while a newcomer receives a big document', async ({ stage }) => {
  const [ada, ben, cora] = [await stage.person(), await stage.person(), await stage.person()]
  await cora.context.addInitScript(noteMessages)
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

  // The last message that reached the newcomer was the last key pressed, and so on backwards.
  await cora.until((block) => window.inkmesh?.editor?.view.state.doc.child(block).textContent.includes('z') === true, 2)
  const { messages, transfer } = await cora.page.evaluate(() => ({
    messages: window.messages,
    transfer: window.transfer,
  }))
  const pressed = await ben.page.evaluate(() => window.gauge.pressedAt)
  const reached = messages
    .map((time, i) => ({ time, took: time - (pressed[pressed.length - messages.length + i] ?? Infinity) }))
    .filter(({ time }) => transfer.began <= time && time <= transfer.ended)
    .map(({ took }) => took)

  const row = (name: string, times: number[]): string[] => [
    name,
    String(times.length),
    ms(median(times)),
    ms(quantile(times, 0.95)),
  ]
  const [size, transferred] = [(BLOCKS * LENGTH) / 1e6, (transfer.ended - transfer.began) / 1000]
  printTable(
    `A newcomer gets ${size.toFixed(1)} MB: ${transferred.toFixed(1)} s under way, ${seconds.toFixed(1)} s to the screen`,
    [
      ['typing by another', 'keys', 'median', 'p95'],
      row('on the screen of a third, before', calm.shown),
      row('on the screen of a third, meanwhile', busy),
      row('in the hands of the newcomer, meanwhile', reached),
    ],
  )
})

declare global {
  interface Window {
    /** When each document message arrived. */
    messages: number[]
    /** When the first and the last piece of a large message arrived. */
    transfer: { began: number; ended: number }
  }
}

/** Notes when document messages arrive: the newcomer can show none of them before it has the rest. Runs inside the page. */
function noteMessages(): void {
  window.messages = []
  window.transfer = { began: Infinity, ended: -Infinity }
  setInterval(() => {
    const now = performance.timeOrigin + performance.now()
    const { room } = window.inkmesh ?? {}
    const received = room?.diagnostics().document.received ?? 0
    while (window.messages.length < received) window.messages.push(now)
    if (room?.status.links.some((link) => link.receiving !== null) !== true) return
    window.transfer.began = Math.min(window.transfer.began, now)
    window.transfer.ended = now
  }, 5)
}
