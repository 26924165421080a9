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

/** Plays the seeds, and prints what became of the letters. */
function playAll(from: number, to: number, acts: Acts): Outcome {
  const total: Outcome = { typed: 0, lost: 0, doubled: 0, broughtBack: 0 }
  for (let seed = from; seed <= to; seed++) {
    const outcome = play(seed, acts)
    for (const key of Object.keys(total) as (keyof Outcome)[]) total[key] += outcome[key]
  }
  console.info(
    `${acts}: of ${total.typed} letters that nobody deleted ${total.lost} are lost, ${total.doubled} doubled; ` +
      `${total.broughtBack} that somebody deleted are there again`,
  )
  return total
}

test.each(regressions)('seed %i, which failed once, converges', (seed) => {
  play(seed, 'everything')
  play(seed, 'lines')
})

test(`seeds ${first} to ${last} converge, and no letter is lost or there twice`, { timeout: 300_000 }, () => {
  expect(playAll(first, last, 'everything')).toMatchObject({ lost: 0, doubled: 0 })
})

test('splitting and joining lines while others write in them loses nothing', { timeout: 120_000 }, () => {
  expect(playAll(1, 150, 'lines')).toMatchObject({ lost: 0, doubled: 0, broughtBack: 0 })
})
