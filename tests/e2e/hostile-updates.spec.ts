import { crowdTest as test } from '../support/crowded.ts'
import { ATTACKS } from '../support/forged-updates.ts'
import { expect, expectEqual } from '../support/people.ts'
import type { Person } from '../support/person.ts'

/** With the two who write, a room in which each is linked with each. */
const AT_ONCE = 8
const LINKS = AT_ONCE + 1
const PATIENCE = { timeout: 30_000, intervals: [50] }

/** It may be about something that is yet to come, and waits. */
const WAITS = 'deletions of what nobody wrote'

/** How many updates have been refused so far. */
const refused = (person: Person): Promise<number> =>
  person.page.evaluate(() => window.inkmesh?.room?.diagnostics().dropped['bad-update'] ?? 0)

test('200 forged updates, each on a link of its own, break nothing: both write on, and a reload has it all', async ({
  people,
  crowd,
}) => {
  test.setTimeout(300_000)
  const [ada, ben, link] = await people.pair()
  await ada.type('Words. ')
  await ben.sees('Words. ')
  const kinds = Object.entries(ATTACKS)
  const attacks = Array.from({ length: 200 / kinds.length + 1 }, () => kinds)
    .flat()
    .slice(0, 200)
  let [said, bad, words] = [0, 0, 'Words. ']
  while (said < attacks.length) {
    const forgeries = attacks.slice(said, said + AT_ONCE)
    await crowd.join(forgeries.length, link)
    const links = async (): Promise<number> => Math.min(...(await crowd.reports()).map((report) => report.links))
    await expect.poll(links, PATIENCE).toBe(LINKS - AT_ONCE + forgeries.length)
    for (const [peer, [, forge]] of forgeries.entries()) await crowd.say(peer, forge())
    bad += forgeries.filter(([name]) => name !== WAITS).length
    for (const person of [ada, ben]) await expect.poll(() => refused(person), PATIENCE).toBe(bad)
    said += forgeries.length
    const word = `${said} `
    await ada.type(word)
    words += word
    await ben.sees(words)
    await crowd.leave()
    await Promise.all([ada.meets(1), ben.meets(1)])
  }
  await ben.caretToEnd()
  await ben.type('Ben, too.')
  await ada.sees(`${words}Ben, too.`)
  expect(await expectEqual([ada, ben])).toBe(`${words}Ben, too.`)
  await Promise.all([ada, ben].map((person) => person.saved().then(() => person.reload())))
  expect(await expectEqual([ada, ben])).toBe(`${words}Ben, too.`)
})
