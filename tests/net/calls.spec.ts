import {
  control,
  expectTalking,
  expectToHear,
  expectToSee,
  flowOf,
  joinHuddle,
  watchDevices,
} from '../support/calls.ts'
import { expectEqual } from '../support/people.ts'
import type { Person } from '../support/person.ts'
import { median, ms, quantile } from '../bench/support/table.ts'
import { keyToScreen, typeSteadily, watchEachOther } from './keystrokes.ts'
import { expect, test } from './neighbours.ts'

test.use({ labOptions: { far: true } })

const before = [watchDevices]

/** Within this voice and picture, and what is written, must be back, in milliseconds. */
const BACK = 5000

/** What the browser had to make up of a voice that did not come, in samples (W3C webrtc-stats, section 8.4.1). */
const concealed = ({ page }: Person): Promise<number> =>
  page.evaluate(async () => {
    let samples = 0
    for (const pc of window.inkmesh?.room?.connections ?? []) {
      const report = await pc.getStats()
      report.forEach((entry: Record<string, unknown>) => {
        if (entry.type === 'inbound-rtp' && entry.kind === 'audio') samples += Number(entry.concealedSamples ?? 0)
      })
    }
    return samples
  })

test('another network in the middle of a call: voice, picture and words are back soon', async ({ neighbours, lab }) => {
  await lab.relay()
  lab.homes[0].line?.behave({ delay: 20, loss: 0, down: false, rate: 0 })
  const [ada, ben] = await neighbours.pair({ before })
  await Promise.all([ada.meets(1), ben.meets(1)])
  await expectTalking(ada, ben)
  lab.homes[0].move()
  const since = performance.now()
  await ada.type('Ada elsewhere.')
  await Promise.all([
    ben.sees('Ada elsewhere.', 2 * BACK),
    expectToHear(ben, 2 * BACK),
    expectToHear(ada, 2 * BACK),
    expectToSee(ada, 'Ben', 2 * BACK),
    expectToSee(ben, 'Ada', 2 * BACK),
  ])
  const taken = performance.now() - since
  console.log(`Address changed in a call: all is back after ${(taken / 1000).toFixed(1)} s`)
  expect(await expectEqual([ada, ben])).toBe('Ada elsewhere.')
  expect(taken).toBeLessThan(BACK)
})

test('over a long and lossy path a voice goes on, and typing does not suffer from it', async ({ neighbours, lab }) => {
  await lab.relay()
  const [ada, ben] = await neighbours.pair({ before })
  await Promise.all([ada.meets(1), ben.meets(1)])
  lab.homes[0].line?.behave({ delay: 80, loss: 0.03, rate: 0, down: false })
  await watchEachOther(ada, ben)
  const words = (initial: string): string => Array.from({ length: 20 }, (_, i) => `${initial}${i}.`).join('')
  await ada.caretToEnd()
  await typeSteadily(ada, words('a'), 5)
  const without = await keyToScreen(ada, ben)
  await expectTalking(ada, ben)
  const made = await concealed(ben)
  const { voicePackets } = await flowOf(ben)
  await ada.caretToEnd()
  await typeSteadily(ada, words('b'), 5)
  const during = (await keyToScreen(ada, ben)).slice(without.length)
  await expectToHear(ben)
  const lost = (await concealed(ben)) - made
  const packets = (await flowOf(ben)).voicePackets - voicePackets
  console.log(
    `80 ms and 3 % lost: ${packets} packets of voice came, ${(lost / 48).toFixed(0)} ms were made up; ` +
      `a key took ${ms(median(without))} alone, ${ms(median(during))} in the call (p95 ${ms(quantile(during, 0.95))})`,
  )
  expect(packets).toBeGreaterThan(50)
  expect(await expectEqual([ada, ben])).toBe(words('a') + words('b'))
  expect(quantile(during, 0.95)).toBeLessThan(2000)
})

test('on a narrow line a voice stays whole, a picture shrinks, and grows again', async ({ neighbours, lab }) => {
  await lab.relay()
  lab.homes[0].line?.behave({ delay: 20, loss: 0, down: false, rate: 0 })
  // What a large tile asks for on a fine screen is more than the narrow line can carry.
  const [ada, ben] = await neighbours.pair({ deviceScaleFactor: 3, viewport: { width: 1280, height: 800 } })
  await Promise.all([ada.meets(1), ben.meets(1)])
  await Promise.all([joinHuddle(ada), joinHuddle(ben)])
  await control(ada, 'Camera on').click()
  await expectToSee(ben, 'Ada')
  await control(ben, 'Show everyone').click()
  const height = async (): Promise<number> => (await flowOf(ben)).height
  await expect.poll(height, { timeout: 20_000 }).toBeGreaterThanOrEqual(540)
  const wide = await height()

  lab.homes[0].line?.behave({ rate: 300_000 })
  await expect.poll(height, { timeout: 30_000, intervals: [500] }).toBeLessThan(wide)
  const narrow = await height()
  const made = await concealed(ben)
  const { voicePackets } = await flowOf(ben)
  const since = performance.now()
  await watchEachOther(ada, ben)
  await ada.caretToEnd()
  await typeSteadily(ada, 'Written on a narrow line.', 5)
  await expectToHear(ben)
  const seconds = (performance.now() - since) / 1000
  const lost = ((await concealed(ben)) - made) / 48_000
  const packets = (await flowOf(ben)).voicePackets - voicePackets
  await ben.sees('Written on a narrow line.')
  const times = await keyToScreen(ada, ben)
  lab.homes[0].line?.behave({ rate: 0 })
  const back = performance.now()
  await expect.poll(height, { timeout: 20_000, intervals: [500] }).toBeGreaterThan(narrow)
  console.log(
    `300 kbit/s: the picture went from ${wide} to ${narrow} lines and back in ${((performance.now() - back) / 1000).toFixed(1)} s; ` +
      `${(packets / seconds).toFixed(0)} packets of voice a second, ${((lost / seconds) * 100).toFixed(1)} % made up; ` +
      `a key took ${ms(median(times))} (p95 ${ms(quantile(times, 0.95))})`,
  )
  expect(lost / seconds).toBeLessThan(0.2)
  expect(quantile(times, 0.95)).toBeLessThan(2000)
  expect(await expectEqual([ada, ben])).toBe('Written on a narrow line.')
})
