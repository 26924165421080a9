/** Measures inside a page, the same way in every editor. */
import type { Page } from '@playwright/test'

/** Typed by the benches and found nowhere else on a page. */
const KEY = 'z'

/** `window.gauge`. Times are in ms; `…At` are comparable between pages of one machine. */
interface Gauge {
  /** When each press of the bench's key reached the page. */
  pressedAt: number[]
  /** From each press to the end of the frame that shows it. */
  paints: number[]
  /** When the n-th of the typed letters stood in the DOM, and when it was painted. */
  arrivedAt: number[]
  shownAt: number[]
  /** Since navigation, when the first words of the document were painted. */
  text: number | null
  /** Since navigation, when the first keystroke changed the document. */
  firstInput: number | null
  /** Calls back after the next frame was painted. */
  afterPaint: (done: () => void) => void
}

declare global {
  interface Window {
    gauge: Gauge
  }
}

/** Runs inside the page, before its own scripts. */
export function installGauge(): void {
  const key = 'z'
  const now = (): number => performance.timeOrigin + performance.now()
  const afterPaint = (done: () => void): void => {
    // The frame callback runs before style, layout and paint; a message posted from it arrives after them.
    requestAnimationFrame(() => {
      const channel = new MessageChannel()
      channel.port1.onmessage = done
      channel.port2.postMessage(null)
    })
  }
  const gauge: Gauge = {
    pressedAt: [],
    paints: [],
    arrivedAt: [],
    shownAt: [],
    text: null,
    firstInput: null,
    afterPaint,
  }
  window.gauge = gauge

  addEventListener(
    'keydown',
    (event) => {
      if (event.key !== key) return
      const pressed = performance.timeOrigin + event.timeStamp
      gauge.pressedAt.push(pressed)
      afterPaint(() => gauge.paints.push(now() - pressed))
    },
    true,
  )

  addEventListener('input', (event) => {
    if (event.target instanceof Element && event.target.closest('[role=textbox][aria-multiline=true]') !== null) {
      gauge.firstInput ??= performance.now()
    }
  })

  const seen = new Map<Element, number>()
  let hasText = false
  new MutationObserver((mutations) => {
    if (!hasText && document.querySelector('[role=textbox][aria-multiline=true]')?.textContent.includes(' ') === true) {
      hasText = true
      afterPaint(() => (gauge.text = performance.now()))
    }
    const blocks = new Set<Element>()
    for (const { target } of mutations) {
      const element = target instanceof Element ? target : target.parentElement
      const block = element?.closest('[role=textbox][aria-multiline=true] > :not(.block-group), .block-group > *')
      if (block) blocks.add(block)
    }
    for (const block of blocks) {
      const count = block.textContent.split(key).length - 1
      const before = seen.get(block) ?? 0
      seen.set(block, Math.max(count, before))
      for (let i = before; i < count; i++) {
        gauge.arrivedAt.push(now())
        afterPaint(() => gauge.shownAt.push(now()))
      }
    }
  }).observe(document, { subtree: true, childList: true, characterData: true })
}

/** Puts the caret at the start of the n-th block, as a click there would. */
export async function placeCaret(page: Page, block: number): Promise<void> {
  // What is not drawn yet cannot be clicked on.
  await page.waitForFunction(() => document.querySelector('.block-group:empty') === null, null, { polling: 100 })
  await page.evaluate((index) => {
    const body = document.querySelector<HTMLElement>('[role=textbox][aria-multiline=true]')
    const blocks = [...(body?.children ?? [])].flatMap((one) =>
      one.classList.contains('block-group') ? [...one.children] : [one],
    )
    const element = blocks.at(index)
    if (!body || !element) throw new Error(`No block ${index}`)
    body.focus()
    element.scrollIntoView({ block: 'center' })
    const text = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode()
    getSelection()?.collapse(text ?? element, 0)
  }, block)
  await page.evaluate(() => new Promise<void>((resolve) => window.gauge.afterPaint(resolve)))
}

/** Presses the bench's key so many times, each after the last was painted; gives key → paint of each. */
export async function keyToPaint(page: Page, count: number): Promise<number[]> {
  const before = await page.evaluate(() => window.gauge.paints.length)
  for (let i = 1; i <= count; i++) {
    await page.keyboard.press(KEY)
    await page.waitForFunction((wanted) => window.gauge.paints.length >= wanted, before + i, { polling: 20 })
  }
  return page.evaluate((start) => window.gauge.paints.slice(start), before)
}

/**
 * Presses the bench's key at a steady pace, whatever the page makes of it. Each press is up to half a frame early or late,
 * so that the pace does not fall into step with the screen's.
 */
async function pressSteadily(page: Page, count: number, perSecond: number): Promise<void> {
  const start = performance.now()
  for (let i = 0; i < count; i++) {
    const early = start + (i * 1000) / perSecond + ((i * 7) % 17) - 8 - performance.now()
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early))
    await page.keyboard.press(KEY)
  }
}

/** Types on one page and gives, for each letter, how long it took to the DOM and to the screen of another. */
export async function keyToPeer(
  writer: Page,
  reader: Page,
  count: number,
  perSecond = 20,
): Promise<{ arrived: number[]; shown: number[] }> {
  const pressed = await writer.evaluate(() => window.gauge.pressedAt.length)
  const arrived = await reader.evaluate(() => window.gauge.arrivedAt.length)
  await pressSteadily(writer, count, perSecond)
  await reader.waitForFunction((wanted) => window.gauge.shownAt.length >= wanted, arrived + count, { polling: 50 })
  const times = await writer.evaluate((start) => window.gauge.pressedAt.slice(start), pressed)
  const { arrivedAt, shownAt } = await reader.evaluate(
    (start) => ({ arrivedAt: window.gauge.arrivedAt.slice(start), shownAt: window.gauge.shownAt.slice(start) }),
    arrived,
  )
  const since = (ends: number[]): number[] => times.map((time, i) => (ends[i] ?? Infinity) - time)
  return { arrived: since(arrivedAt), shown: since(shownAt) }
}

/** Opens an address of a document that has words in it; gives the ms from the navigation's beginning until they are painted. */
export async function loadToText(page: Page, url: string): Promise<number> {
  await page.goto(url, { waitUntil: 'commit' })
  const text = await page.waitForFunction(() => window.gauge.text)
  return (await text.jsonValue()) ?? NaN
}

/** Opens an address and types until a keystroke is accepted; gives the ms since navigation began. */
export async function loadToFirstKey(page: Page, url: string): Promise<number> {
  await page.goto(url, { waitUntil: 'commit' })
  const deadline = performance.now() + 120_000
  while (performance.now() < deadline) {
    const accepted = await page.evaluate(() => {
      const body = document.querySelector<HTMLElement>('[role=textbox][aria-multiline=true][contenteditable=true]')
      if (body && document.activeElement !== body) body.focus()
      return window.gauge.firstInput
    })
    if (accepted !== null) return accepted
    await page.keyboard.press(KEY)
  }
  throw new Error(`No keystroke was accepted at ${url}`)
}

/** The script heap after a garbage collection, in MB. */
export async function heapOf(page: Page): Promise<number> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Performance.enable')
  await cdp.send('HeapProfiler.collectGarbage')
  const { metrics } = await cdp.send('Performance.getMetrics')
  await cdp.detach()
  return (metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? NaN) / 1e6
}
