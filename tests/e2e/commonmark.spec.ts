import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, expectDataChannel, expectEqual, test } from '../support/people.ts'

const folder = dirname(createRequire(import.meta.url).resolve('commonmark-spec/package.json'))
const specification = readFileSync(join(folder, 'spec.txt'), 'utf8')

test('a 200 KB specification imported by one is the same document for another', async ({ people }) => {
  const [ada, ben] = [await people.arrive('Ada'), await people.arrive('Ben')]
  const link = await ada.importMarkdown('spec.md', specification)
  await ada.sees('John MacFarlane')
  await ben.open(link)
  await ben.meets(1)
  const text = await expectEqual([ada, ben])
  expect(text.length).toBeGreaterThan(140_000)
  await expectDataChannel(ada, ben)

  const [mine, theirs] = [await ada.exportMarkdown(), await ben.exportMarkdown()]
  expect(mine).toBe(theirs)
  expect(mine).toContain('# Introduction')
})
