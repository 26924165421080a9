import { expectEqual } from '../support/people.ts'
import type { Person } from '../support/person.ts'
import type { Lab } from './lab/lab.ts'
import { expect, expectWritingTogether, test, type Neighbours } from './neighbours.ts'

test.use({ labOptions: { far: true } })

/** Milliseconds that a cut takes; that a sleep takes, after which a browser has given its connections up; and within which all must be well again; longer where nobody is told. */
const CUT = 30_000
const SLEEP = 20_000
const RECOVERY = 10_000
const RECOVERY_UNTOLD = 13_000

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`

async function arrive(neighbours: Neighbours, lab: Lab): Promise<[Person, Person]> {
  await lab.relay()
  lab.homes[0].line?.behave({ delay: 20, loss: 0, down: false })
  const [ada, ben] = await neighbours.pair()
  await expectWritingTogether(ada, ben)
  return [ada, ben]
}

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Both see what the other wrote meanwhile, soon after `since`; nothing is lost or doubled. */
async function expectRecovery(
  what: string,
  ada: Person,
  ben: Person,
  written: { a: string; b: string },
  within = RECOVERY,
): Promise<void> {
  const since = performance.now()
  await Promise.all([ada.sees(written.b, 3 * RECOVERY), ben.sees(written.a, 3 * RECOVERY)])
  const taken = performance.now() - since
  console.log(`${what}: recovered after ${seconds(taken)}`)
  const text = await expectEqual([ada, ben])
  for (const part of Object.values(written)) expect(text.split(part)).toHaveLength(2)
  expect(taken).toBeLessThan(within)
}

test('a line that is dead for half a minute', async ({ neighbours, lab }) => {
  const [ada, ben] = await arrive(neighbours, lab)
  lab.homes[0].line?.behave({ down: true })
  await ada.type(' Ada alone.')
  await ben.type(' Ben alone.')
  await Promise.all([wait(CUT), ada.meets(0), ben.meets(0)])
  lab.homes[0].line?.behave({ down: false })
  await expectRecovery('Line dead for 30 s', ada, ben, { a: 'Ada alone.', b: 'Ben alone.' })
})

/** How often a page has found that a connection cannot be restarted (RFC 8445, section 9). */
const notRestarted = ({ page }: Person): Promise<number> =>
  page.evaluate(() => window.inkmesh?.room?.diagnostics().dropped['no-restart'] ?? 0)

test('another network, with another address', async ({ neighbours, lab }) => {
  const [ada, ben] = await arrive(neighbours, lab)
  lab.homes[0].move()
  await ada.type(' Ada elsewhere.')
  await ben.type(' Ben at home.')
  await expectRecovery('Address changed', ada, ben, { a: 'Ada elsewhere.', b: 'Ben at home.' })
  expect(await Promise.all([ada, ben].map(notRestarted))).toEqual([0, 0])
})

test('a router with another address, of which no page is told', async ({ neighbours, lab }) => {
  const [ada, ben] = await arrive(neighbours, lab)
  lab.homes[0].moveRouter()
  await ada.type(' Ada as before.')
  await ben.type(' Ben as before.')
  const written = { a: 'Ada as before.', b: 'Ben as before.' }
  await expectRecovery('Router has another address', ada, ben, written, RECOVERY_UNTOLD)
})

test('a machine that sleeps', async ({ neighbours, lab }) => {
  const [ada, ben] = await arrive(neighbours, lab)
  await ada.type(' Before sleep.')
  lab.homes[0].sleep()
  await ben.type(' While Ada sleeps.')
  await Promise.all([wait(SLEEP), ben.meets(0)])
  lab.homes[0].wake()
  await expectRecovery('Machine asleep for 20 s', ada, ben, { a: 'Before sleep.', b: 'While Ada sleeps.' })
})

test('a tab that is frozen', async ({ neighbours, lab }) => {
  const [ada, ben] = await arrive(neighbours, lab)
  await ada.type(' Before freezing.')
  lab.homes[0].freezeTabs()
  await ben.type(' While Ada is frozen.')
  await Promise.all([wait(SLEEP), ben.meets(0)])
  lab.homes[0].wake()
  await expectRecovery('Tab frozen for 20 s', ada, ben, { a: 'Before freezing.', b: 'While Ada is frozen.' })
})
