import { gzipSync } from 'node:zlib'
import { expect, test } from '../support/people.ts'

const LIMIT = 160 * 1024

declare global {
  interface Window {
    /** When the text could first be written in, on the clock of `performance.now()`. */
    writableAt: number
  }
}

/** Notes when one can type. Runs inside the page, before the app. */
function noteWritable(): void {
  new MutationObserver((_changes, observer) => {
    if (document.querySelector('[role=textbox][aria-multiline=true][contenteditable=true]') === null) return
    window.writableAt = performance.now()
    observer.disconnect()
  }).observe(document, { subtree: true, childList: true, attributes: true })
}

test('everything transferred before one can type is at most 160 KB, from one origin', async ({ people }) => {
  const ada = await people.arrive('Ada', { before: [noteWritable] })
  const sizes = new Map<string, Promise<number>>()
  const origins = new Set<string>()
  ada.page.on('request', (request) => origins.add(new URL(request.url()).origin))
  ada.page.on('response', (response) => {
    sizes.set(
      response.url(),
      response.body().then((body) => gzipSync(body).length),
    )
  })
  await ada.startDocument()
  await ada.type('x')
  // What arrives later (the room, the toolbar, dialogs) is not waited for: one types without it.
  const later = await ada.page.evaluate(() =>
    performance.getEntriesByType('resource').flatMap((entry) => {
      if (!(entry instanceof PerformanceResourceTiming)) throw new TypeError('No timing of a resource')
      return entry.responseEnd > window.writableAt ? [entry.name] : []
    }),
  )
  const measured = await Promise.all([...sizes].map(async ([url, size]) => ({ url, size: await size })))
  const before = measured.filter(({ url }) => !later.includes(url))
  const sum = (list: { size: number }[]): number => list.reduce((total, { size }) => total + size, 0)
  console.log(`${kilobytes(sum(before))} KB before one can type, ${kilobytes(sum(measured))} KB with what follows:`)
  for (const { url, size } of before) console.log(`  ${kilobytes(size).padStart(6)} KB  ${new URL(url).pathname}`)
  expect(before.length).toBeGreaterThan(3)
  expect(sum(before)).toBeLessThanOrEqual(LIMIT)
  expect([...origins]).toEqual([people.relay.url])
})

const kilobytes = (bytes: number): string => (bytes / 1024).toFixed(1)
