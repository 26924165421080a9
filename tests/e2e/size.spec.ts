import { gzipSync } from 'node:zlib'
import { expect, test } from '../support/people.ts'

const LIMIT = 160 * 1024

test('everything transferred before one can type is at most 160 KB, from one origin', async ({ people }) => {
  const ada = await people.arrive('Ada')
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
  const measured = await Promise.all(
    [...sizes].map(async ([url, size]) => ({ url: new URL(url).pathname, size: await size })),
  )
  const total = measured.reduce((sum, { size }) => sum + size, 0)
  console.log(`${(total / 1024).toFixed(1)} KB before one can type:`)
  for (const { url, size } of measured) console.log(`  ${(size / 1024).toFixed(1).padStart(6)} KB  ${url}`)
  expect(total).toBeLessThanOrEqual(LIMIT)
  expect([...origins]).toEqual([people.relay.url])
})
