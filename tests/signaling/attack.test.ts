/** The relay under attack from one network: others do not notice. */
import { expect, test } from 'vitest'
import { attackRelay } from '../support/attacked-relay.ts'
import { joinFromOneAddress } from '../support/honest-network.ts'

/** What one network is granted: see `network` in the relay's options, and what a frame that is sent costs. */
const BURST = 64_000
const RATE = 6_000
const FRAMES_PER_TOKEN = 4

/** `ATTACK_SECONDS=60 ATTACKS=all` is the whole of it, for a quiet machine. */
const SECONDS = Number(process.env.ATTACK_SECONDS ?? 6)
const ATTACKS = process.env.ATTACKS?.split(',') ?? ['fanOut', 'deafFanOut', 'leaving', 'hangingUp', 'endless']

test.skipIf(process.platform !== 'linux').each(ATTACKS)(
  'an attack from one network is paid for by that network: %s',
  { timeout: 120_000 },
  async (attack) => {
    const { pings, before, most, metrics } = await attackRelay(attack, SECONDS)
    const p99 = pings[Math.floor(pings.length * 0.99)] ?? Infinity
    console.info(
      `Attacked by ${attack} for ${SECONDS} s: ping ${ms(pings[Math.floor(pings.length / 2)])}, p99 ${ms(p99)}, slowest ${ms(pings.at(-1))} ` +
        `of ${pings.length}; ${((most - before) / 2 ** 20).toFixed(0)} MB more`,
    )
    expect(p99).toBeLessThan(250)
    expect(most - before).toBeLessThan(128 * 1024 * 1024)
    // It may overdraw its allowance by the last thing it does, which goes to 256 at most; and it had a while longer.
    const sent = metrics.get('messages_total{direction="out"}') ?? Infinity
    expect(sent).toBeLessThan((BURST + RATE * (SECONDS + 10)) * FRAMES_PER_TOKEN)
  },
)

test('sixty honest people behind one address have met within ten seconds', { timeout: 60_000 }, async () => {
  const took = await joinFromOneAddress(60)
  console.info(`Sixty people behind one address have all heard each other after ${ms(took)}`)
  expect(took).toBeLessThan(10_000)
})

const ms = (time = Infinity): string => `${time.toFixed(0)} ms`
