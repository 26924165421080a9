import {
  concealed,
  expectTalking,
  expectToHear,
  expectToSee,
  flowOf,
  gapsOf,
  watchDevices,
  watchGaps,
  type Gaps,
} from '../support/calls.ts'
import { expectEqual } from '../support/people.ts'
import type { Person } from '../support/person.ts'
import { median, ms, quantile } from '../bench/support/table.ts'
import { keyToScreen, typeSteadily, watchEachOther } from './keystrokes.ts'
import { expect, test } from './neighbours.ts'

test.use({ labOptions: { far: true } })

const watched = { before: [watchDevices] }

/** Within this voice and picture, and what is written, must be back, in milliseconds; and where the browser has not told of it. */
const BACK = 5000
const BACK_UNTOLD = 13_000

/** Notes whether the browser says that the network is there again. Now and then Chromium misses that its address is another one. */
const watchOnline = ({ page }: Person): Promise<void> =>
  page.evaluate(() => addEventListener('online', () => (document.documentElement.dataset.told = 'yes')))

const wasTold = ({ page }: Person): Promise<boolean> =>
  page.evaluate(() => document.documentElement.dataset.told === 'yes')

test('another network in the middle of a call: voice, picture and words are back soon', async ({ neighbours, lab }) => {
  await lab.relay()
  lab.homes[0].line?.behave({ delay: 20, loss: 0, down: false, rate: 0 })
  const [ada, ben] = await neighbours.pair(watched)
  await Promise.all([ada.meets(1), ben.meets(1)])
  await expectTalking(ada, ben)
  await Promise.all([...[ada, ben].map(watchGaps), watchOnline(ada)])
  lab.homes[0].move()
  const since = performance.now()
  await ada.type('Ada elsewhere.')
  await ben.sees('Ada elsewhere.', 2 * BACK_UNTOLD)
  const words = performance.now() - since
  await Promise.all([expectToHear(ben), expectToHear(ada), expectToSee(ada, 'Ben'), expectToSee(ben, 'Ada')])
  const gaps = await Promise.all([ada, ben].map(gapsOf))
  const most = (kind: keyof Gaps): number => Math.max(...gaps.map((each) => each[kind]))
  const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`
  const isTold = await wasTold(ada)
  console.log(
    `Address changed in a call, ${isTold ? 'told' : 'untold'}: silent for ${seconds(most('voice'))}, without a picture for ${seconds(most('picture'))}, words after ${seconds(words)}`,
  )
  expect(await expectEqual([ada, ben])).toBe('Ada elsewhere.')
  for (const gap of [most('voice'), most('picture'), words]) expect(gap).toBeLessThan(isTold ? BACK : BACK_UNTOLD)
})

test('over a long and lossy path a voice goes on, and typing does not suffer from it', async ({ neighbours, lab }) => {
  await lab.relay()
  const [ada, ben] = await neighbours.pair(watched)
  await Promise.all([ada.ready(), ben.ready(), ada.meets(1), ben.meets(1)])
  lab.homes[0].line?.behave({ delay: 80, loss: 0.03, rate: 0, down: false })
  await watchEachOther(ada, ben)
  const words = (initial: string): string => Array.from({ length: 12 }, (_, i) => `${initial}${i}.`).join('')
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
