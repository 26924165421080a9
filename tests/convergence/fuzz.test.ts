import { afterEach, expect, test, vi } from 'vitest'
import regressions from './regressions.json' with { type: 'json' }
import { playSession, type Acts, type Outcome } from './session.ts'

/** `FUZZ_SEEDS=first-last` plays other seeds. */
const [first = 1, last = 400] = (process.env['FUZZ_SEEDS'] ?? '').split('-').filter(Boolean).map(Number)

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

function play(seed: number, acts: Acts): Outcome {
  try {
    return playSession(seed, acts)
  } catch (error) {
    throw new Error(`Seed ${seed} (${acts}) fails; add it to regressions.json`, { cause: error })
  }
}

/** Plays the seeds, prints what became of the words, and returns the share that was kept. */
function playAll(from: number, to: number, acts: Acts): number {
  const total: Outcome = { typed: 0, kept: 0, doubled: 0, lost: 0, torn: 0 }
  for (let seed = from; seed <= to; seed++) {
    const outcome = play(seed, acts)
    for (const key of Object.keys(total) as (keyof Outcome)[]) total[key] += outcome[key]
  }
  const rate = (count: number): string => `${((100 * count) / total.typed).toFixed(2)} %`
  console.info(
    `${acts}: of ${total.typed} words that their readers left alone ${rate(total.kept)} are kept, ` +
      `${rate(total.doubled)} doubled, ${rate(total.lost)} lost, ${rate(total.torn)} torn`,
  )
  return total.kept / total.typed
}

test.each(regressions)('seed %i, which failed once, converges', (seed) => {
  play(seed, 'everything')
  play(seed, 'lines')
})

test(`seeds ${first} to ${last} converge`, { timeout: 300_000 }, () => {
  expect(playAll(first, last, 'everything')).toBeGreaterThan(0.7)
})

test('splitting and joining lines while others write in them keeps nearly every word', { timeout: 120_000 }, () => {
  expect(playAll(1, 150, 'lines')).toBeGreaterThan(0.9)
})
