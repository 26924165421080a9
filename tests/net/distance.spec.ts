import { expectEqual } from '../support/people.ts'
import { median, ms, printTable, quantile } from '../bench/support/table.ts'
import { keyToScreen, typeSteadily, watchEachOther } from './keystrokes.ts'
import { expect, test } from './neighbours.ts'

test.use({ labOptions: { far: true } })

/** Milliseconds and share of packets, in either direction. */
const PATH = { delay: 80, loss: 0.03 }

const PER_SECOND = 10
const SECONDS = 60

/** Numbered words, so that what is lost or doubled has a name. */
function wordsOf(initial: string): string {
  let text = ''
  for (let i = 1; text.length < PER_SECOND * SECONDS; i++) text += `${initial}${i} `
  return text.slice(0, PER_SECOND * SECONDS)
}

test('two people type for a minute over a long and lossy path, and nothing is lost or doubled', async ({
  neighbours,
  lab,
}) => {
  await lab.relay()
  lab.homes[0].line?.behave(PATH)
  const [ada, ben] = await neighbours.pair()
  await Promise.all([ada.meets(1), ben.meets(1)])
  await ada.type('A')
  await ada.page.keyboard.press('Enter')
  await ada.type('B')
  await ben.sees('B')
  await ada.placeCaret(0, 1)
  await ben.placeCaret(1, 1)
  await ada.page.keyboard.press('Backspace')
  await ben.page.keyboard.press('Backspace')
  expect(await expectEqual([ada, ben])).toBe('\n')

  await watchEachOther(ada, ben)
  const [adas, bens] = [wordsOf('a'), wordsOf('b')]
  await Promise.all([typeSteadily(ada, adas, PER_SECOND), typeSteadily(ben, bens, PER_SECOND)])
  expect(await expectEqual([ada, ben])).toBe(`${adas}\n${bens}`)

  const times = [...(await keyToScreen(ada, ben)), ...(await keyToScreen(ben, ada))]
  const [path] = (await ada.page.evaluate(() => window.inkmesh?.room?.report())) ?? []
  printTable(`Keystroke → peer's screen, ${PATH.delay} ms and ${PATH.loss * 100} % loss each way`, [
    ['', 'median', 'p95', 'most'],
    ['shown', ms(median(times)), ms(quantile(times, 0.95)), ms(Math.max(...times))],
    ['the path alone', ms(PATH.delay), '', `round trip ${ms((path?.roundTrip ?? NaN) * 1000)}`],
  ])
  expect(quantile(times, 0.95)).toBeLessThan(2000)
})
