import type { Person } from '../support/person.ts'
import { expect, expectEqual, test } from '../support/people.ts'
import { SignalForger } from '../support/signal-forger.ts'

/** Each attack lasts so long; a minute by hand. */
const SECONDS = Number(process.env.ATTACK_SECONDS ?? 15)

const countsOf = (person: Person): Promise<{ connections: number; unvouched: number; offences: number }> =>
  person.page.evaluate(() => {
    const { connections = 0, dropped = {} } = window.inkmesh?.room?.diagnostics() ?? {}
    return { connections, unvouched: dropped['unvouched-signal'] ?? 0, offences: dropped['refused: hostile'] ?? 0 }
  })

test('signals forged at full rate by who holds a view link part nobody, and the screen stays true', async ({
  people,
}) => {
  test.setTimeout(SECONDS * 1000 + 60_000)
  const [ada, ben] = [await people.arrive('Ada'), await people.arrive('Ben')]
  const link = await ada.startDocument()
  const { view } = await ada.links()
  // There from the beginning: it knows everybody's name, every session and every description.
  const forger = await SignalForger.listen(view)
  await ben.open(link)
  await Promise.all([ada.meets(1), ben.meets(1)])
  await ada.type('Before. ')
  await ben.sees('Before.')
  expect(forger.heard).toBeGreaterThan(3)
  const before = await Promise.all([countsOf(ada), countsOf(ben)])

  const over = new AbortController()
  const speaking = forger.speak(over.signal)
  const until = Date.now() + SECONDS * 1000
  let words = 'Before. '
  for (let n = 0; Date.now() < until; n++) {
    await ada.type(`${n} `)
    words += `${n} `
    await ben.sees(words.trim())
    await expect(ada.status).toContainText('With Ben', { timeout: 1 })
    await expect(ben.status).toContainText('With Ada', { timeout: 1 })
  }
  over.abort()
  await speaking
  const after = await Promise.all([countsOf(ada), countsOf(ben)])
  const dropped = after.map(({ unvouched }, i) => unvouched - (before[i]?.unvouched ?? 0))
  console.log(
    `  ${forger.sent} signals in ${SECONDS} s, of which Ada dropped ${dropped[0] ?? 0}, Ben ${dropped[1] ?? 0}`,
  )
  for (const count of dropped) expect(count).toBeGreaterThan(50)
  expect(after.map(({ connections }) => connections)).toEqual(before.map(({ connections }) => connections))
  expect(after.map(({ offences }) => offences)).toEqual([0, 0])
  expect(await expectEqual([ada, ben])).toBe(words)
  forger.end()
})
