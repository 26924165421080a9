import { expect, expectDataChannel, expectEqual, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'

/** Pairs break their connections at the same time, each pair so often: 4 × 6 = 24. */
const PAIRS = 4
const ROUNDS = 6

test('24 broken connections: all recover, in both directions, and leave nothing dead behind', async ({ people }) => {
  test.setTimeout(300_000)
  const pairs: [Person, Person][] = []
  for (let i = 0; i < PAIRS; i++) {
    const [ada, ben] = await people.pair()
    pairs.push([ada, ben])
  }

  let recovered = 0
  await Promise.all(
    pairs.map(async ([ada, ben], index) => {
      for (let round = 0; round < ROUNDS; round++) {
        const mark = `${round}.${index}`
        const isOneSided = round % 2 === 0
        const before = await ada.page.evaluate(() => window.probe.connections.length)
        await Promise.all([ada.cut(), ...(isOneSided ? [] : [ben.cut()])])
        // Once, at another time for every pair, they wait until the connection is given up.
        if (round === index) await ada.until(isGivenUp, before, 60_000)
        else await ada.until(isInterrupted)
        await ada.type(`a${mark} `)
        await ben.type(`b${mark} `)
        await Promise.all([ada.heal(), ben.heal()])
        await Promise.all([ada.sees(`b${mark}`, 30_000), ben.sees(`a${mark}`, 30_000)])
        await Promise.all([ada.meets(1), ben.meets(1)])
        recovered += 1
      }
    }),
  )
  expect(recovered).toBe(PAIRS * ROUNDS)

  for (const [ada, ben] of pairs) {
    const text = await expectEqual([ada, ben])
    for (let round = 0; round < ROUNDS; round++) expect(text.match(new RegExp(`a${round}\\.`, 'gu'))).toHaveLength(1)
    for (const person of [ada, ben]) {
      await expect(person.cursors).toHaveCount(1)
      expect(await person.page.evaluate(() => window.inkmesh?.room?.status.links.length)).toBe(1)
      await person.until(
        () => window.probe.connections.filter(({ connectionState }) => connectionState !== 'closed').length === 1,
      )
    }
    await expectDataChannel(ada, ben)
  }
})

const isInterrupted = (): boolean =>
  window.inkmesh?.room?.status.links.some(({ state }) => state === 'interrupted') ?? false

/** By the browser itself; or, since that does not give up what was restarted, by two attempts at another one in vain. */
const isGivenUp = (before: number): boolean =>
  window.probe.connections.some(({ connectionState }) => connectionState === 'failed') ||
  window.probe.connections.length > before + 2
