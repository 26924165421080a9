import { gzipSync } from 'node:zlib'
import type { Response } from '@playwright/test'
import { expect, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'

/** Compressed by gzip, as everybody counts; by Brotli, as our own relay sends it, it is a tenth less. */
const LIMIT = { document: 160 * 1024, link: 165 * 1024 }

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

/** Measures what reaches a person until one can type, and prints it. */
async function measure(person: Person, what: string, limit: number, act: () => Promise<void>): Promise<void> {
  const sizes = new Map<string, Promise<number>>()
  const origins = new Set<string>()
  person.page.on('request', (request) => origins.add(new URL(request.url()).origin))
  const note = (response: Response): void => {
    if (!['document', 'script', 'stylesheet'].includes(response.request().resourceType())) return
    sizes.set(
      response.url(),
      response.body().then((body) => gzipSync(body).length),
    )
  }
  person.page.on('response', note)
  await act()
  await person.type('x')
  // What arrives later (the toolbar, dialogs) is not waited for: one types without it.
  const later = await person.page.evaluate(() =>
    performance.getEntriesByType('resource').flatMap((entry) => {
      if (!(entry instanceof PerformanceResourceTiming)) throw new TypeError('No timing of a resource')
      return entry.responseEnd > window.writableAt ? [entry.name] : []
    }),
  )
  person.page.off('response', note)
  const measured = await Promise.all([...sizes].map(async ([url, size]) => ({ url, size: await size })))
  const before = measured.filter(({ url }) => !later.includes(url))
  const sum = (list: { size: number }[]): number => list.reduce((total, { size }) => total + size, 0)
  console.log(
    `${what}: ${kilobytes(sum(before))} KB before one can type, ${kilobytes(sum(measured))} KB with what follows`,
  )
  for (const { url, size } of before) console.log(`  ${kilobytes(size).padStart(6)} KB  ${new URL(url).pathname}`)
  const travelled = await person.page.evaluate(() =>
    performance
      .getEntries()
      .flatMap((entry) =>
        entry instanceof PerformanceResourceTiming ? [[entry.name, entry.encodedBodySize] as const] : [],
      ),
  )
  const sent = travelled.filter(([url]) => before.some((one) => one.url === url))
  console.log(`  ${kilobytes(sent.reduce((total, [, size]) => total + size, 0))} KB as they travelled`)
  expect(before.length).toBeGreaterThan(3)
  expect(sum(before)).toBeLessThanOrEqual(limit)
  expect([...origins]).toEqual([new URL(person.page.url()).origin])
}

test('at most 160 KB come before one can type in a new document, from one origin', async ({ people }) => {
  const ada = await people.arrive('Ada', { before: [noteWritable] })
  await measure(ada, 'A new document', LIMIT.document, async () => {
    await ada.startDocument()
  })
})

test('at most 165 KB come before a stranger with a link can type, from one origin', async ({ people }) => {
  const ada = await people.arrive('Ada')
  const link = await ada.startDocument()
  await ada.type('Hello.')
  const ben = await people.arrive('Ben', { before: [noteWritable] })
  await measure(ben, 'A link', LIMIT.link, async () => {
    await ben.open(link)
    await ben.sees('Hello.')
  })
})

const kilobytes = (bytes: number): string => (bytes / 1024).toFixed(1)
