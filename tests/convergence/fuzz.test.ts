import { afterEach, expect, test, vi } from 'vitest'
import regressions from './regressions.json' with { type: 'json' }
import { playSession, type Outcome } from './session.ts'

/** `FUZZ_SEEDS=first-last` plays other seeds. */
const [first = 1, last = 400] = (process.env['FUZZ_SEEDS'] ?? '').split('-').filter(Boolean).map(Number)

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

function play(seed: number): Outcome {
  try {
    return playSession(seed)
  } catch (error) {
    throw new Error(`Seed ${seed} fails; add it to regressions.json`, { cause: error })
  }
}

test.each(regressions)('seed %i, which failed once, converges', (seed) => {
  play(seed)
})

test(`seeds ${first} to ${last} converge`, { timeout: 300_000 }, () => {
  const total: Outcome = { typed: 0, kept: 0, doubled: 0, lost: 0, torn: 0 }
  for (let seed = first; seed <= last; seed++) {
    const outcome = play(seed)
    for (const key of Object.keys(total) as (keyof Outcome)[]) total[key] += outcome[key]
  }
  const rate = (count: number): string => `${((100 * count) / total.typed).toFixed(2)} %`
  console.info(
    `${total.typed} words that nobody deleted: ${rate(total.kept)} kept, ${rate(total.doubled)} doubled, ${rate(total.lost)} lost, ${rate(total.torn)} torn`,
  )
  expect(total.typed).toBeGreaterThan(0)
})
