import spec from 'commonmark-spec'
import { expect, test } from 'vitest'
import { normalForm } from '#convert/markdown-form'
import { parseMarkdown, serializeMarkdown } from '#convert/markdown'
import { seeded } from '../../support/random.ts'
import { randomDocument } from './documents.ts'

const SEEDS = Number(process.env.SEEDS ?? 500)

test('every example of the CommonMark specification comes back the same', async ({ annotate }) => {
  const broken = spec.tests.filter(({ markdown }) => {
    const doc = parseMarkdown(markdown.replaceAll('→', '\t'))
    doc.check()
    return !parseMarkdown(serializeMarkdown(doc)).eq(doc)
  })
  await annotate(`${spec.tests.length - broken.length} of ${spec.tests.length} examples come back the same`)
  expect(broken.map(({ number }) => number)).toEqual([])
  expect(spec.tests.length).toBe(652)
})

test('the CommonMark specification itself comes back the same', () => {
  const doc = parseMarkdown(spec.text)
  doc.check()
  const markdown = serializeMarkdown(doc)
  const again = parseMarkdown(markdown)
  expect(again.eq(doc)).toBe(true)
  expect(serializeMarkdown(again)).toBe(markdown)
})

test('random documents come back in normal form', () => {
  for (let seed = 0; seed < SEEDS; seed++) {
    const doc = randomDocument(seeded(seed))
    const expected = normalForm(doc)
    const markdown = serializeMarkdown(doc)
    expect(parseMarkdown(markdown).toJSON(), `seed ${seed}: ${markdown}`).toEqual(expected.toJSON())
  }
})
