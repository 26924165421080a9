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
