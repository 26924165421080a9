import { expect, test } from '../support/editor-harness/page.ts'

test.use({ groupsOf: 3 })

/** `GROUP_SEEDS=300` plays more. */
const SEEDS = Number(process.env.GROUP_SEEDS ?? 60)

test('what two people do at random is drawn in groups as it is, and none of it is lost', async ({ page, writer }) => {
  test.setTimeout(60_000 + SEEDS * 4000)
  // What is off such a small screen is drawn only as it is needed.
  await page.setViewportSize({ width: 600, height: 200 })
  await writer.open('one^')
  const total = { words: 0, lost: 0, doubled: 0, failures: 0, diverged: 0 }
  for (let seed = 1; seed <= SEEDS; seed++) {
    const session = { seed, acts: 12, meetings: 3 }
    const words = await page.evaluate((played) => window.harness.play(played), session)
    for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += words[key]
  }
  console.log(`${SEEDS} sessions in groups: ${total.words} words`)
  expect(total).toEqual({ words: total.words, lost: 0, doubled: 0, failures: 0, diverged: 0 })
})

test('a document that becomes long while one writes is drawn in groups, and the next letter is where it belongs', async ({
  page,
  writer,
}) => {
  await page.evaluate(() => window.harness.groupBy(3, 6))
  await writer.open('a\nb\nc\nd^')
  expect(await page.evaluate(() => window.harness.groups())).toEqual([])
  await writer.press('Enter')
  await writer.type('e')
  await writer.press('Enter')
  await writer.type('f')
  await writer.sees('a\nb\nc\nd\ne\nf^')
  expect(await page.evaluate(() => window.harness.groups())).toEqual([2, 4])
  // Composed text is not moved; what is composed there is drawn in groups afterwards.
  await writer.open('a\nb\nc\nd\n^')
  await writer.composing('ㅎ')
  await writer.compose('하', '한')
  await writer.press('Enter')
  await writer.type('f')
  await writer.sees('a\nb\nc\nd\n한\nf^')
  expect(await page.evaluate(() => window.harness.groups())).toEqual([2, 4])
})

test('short groups join their neighbours, and the caret stays', async ({ page, writer }) => {
  await page.evaluate(() => window.harness.groupBy(12))
  const lines = Array.from({ length: 48 }, (_, i) => `line ${i}`)
  await writer.open(`${lines.join('\n')}^`)
  const before = (await page.evaluate(() => window.harness.groups())).length
  await page.keyboard.press('Control+Home')
  // The first two of the second group stay of it, and nothing of the third.
  for (let i = 0; i < 14; i++) await page.keyboard.press('ArrowDown')
  for (let i = 0; i < 22; i++) await page.keyboard.press('Shift+ArrowDown')
  await expect.poll(writer.sketch).toContain('»line 36')
  await page.keyboard.press('Delete')
  const left = [...lines.slice(0, 14), ...lines.slice(36)]
  await writer.sees(left.map((line) => (line === 'line 36' ? '^line 36' : line)).join('\n'))
  await expect.poll(() => page.evaluate(() => window.harness.groups().length)).toBeLessThan(before - 1)
  await writer.type('x')
  await writer.sees(left.map((line) => (line === 'line 36' ? 'x^line 36' : line)).join('\n'))
})

test('when drawing has failed once, all of it is drawn the next time', async ({ page, writer }) => {
  await writer.open('a\nb\nc\nd\ne^')
  expect(await page.evaluate(() => window.harness.addTasks({ failing: true }))).toBe(false)
  expect(await page.evaluate(() => window.harness.addTasks({ failing: false }))).toBe(true)
  expect(await page.evaluate(() => window.harness.faults())).toEqual([])
})
