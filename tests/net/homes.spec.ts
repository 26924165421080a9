import { expectTalking, watchDevices } from '../support/calls.ts'
import { PUBLIC } from './lab/lab.ts'
import type { Manner } from './lab/router.ts'
import { credentialsUntil, SECRET, TURN_PORT, TURN_TLS_PORT, noTurn } from './lab/services.ts'
import { connectionOf, expect, expectPath, expectWritingTogether, skipFor, test } from './neighbours.ts'

/** Until two browsers have tried what there is to try. */
const TRIAL = 30_000

test('two behind common home routers meet by what the relay alone tells them', async ({ neighbours, lab }) => {
  await lab.relay()
  const [ada, ben] = await neighbours.pair()
  await expectWritingTogether(ada, ben)
  await expectPath([ada, ben], 'All is well', 'STUN', 'direct')
})

test('they meet by the STUN server of somebody else', async ({ neighbours, lab }) => {
  skipFor(noTurn)
  await lab.turn()
  await lab.relay({ STUN_PORT: 'off', STUN_URLS: `stun:${PUBLIC}:${TURN_PORT}` })
  const [ada, ben] = await neighbours.pair()
  await expectWritingTogether(ada, ben)
  await expectPath([ada, ben], 'All is well', 'STUN', 'direct')
})

test('where routers let nobody find them, it says what is missing', async ({ neighbours, lab }) => {
  await lab.relay()
  for (const { router } of lab.homes) router.behave('symmetric')
  const [ada, ben] = await neighbours.pair()
  for (const person of [ada, ben]) {
    await expect(await connectionOf(person)).toContainText(
      'Your network blocks direct connections and no TURN server is set up',
      { timeout: TRIAL },
    )
    await expect(person.status).toContainText('Can’t connect to someone here')
  }
})

const DETOURS: { manner: Manner; url: string; words: string[] }[] = [
  { manner: 'symmetric', url: `turn:${PUBLIC}:${TURN_PORT}`, words: ['relayed by TURN over UDP', 'All is well'] },
  { manner: 'no-udp', url: `turn:${PUBLIC}:${TURN_PORT}?transport=tcp`, words: ['relayed by TURN over TCP'] },
  { manner: 'web-only', url: `turns:${PUBLIC}:${TURN_TLS_PORT}`, words: ['relayed by TURN over TLS'] },
]
for (const { manner, url, words } of DETOURS) {
  test(`two behind ${manner} routers write together, talk and see each other, ${words[0] ?? ''}`, async ({
    neighbours,
    lab,
  }) => {
    skipFor(noTurn)
    await lab.turn()
    await lab.relay({ TURN_URLS: url, TURN_SECRET: SECRET })
    for (const { router } of lab.homes) router.behave(manner)
    const [ada, ben] = await neighbours.pair({ before: [watchDevices] })
    await expectWritingTogether(ada, ben)
    await expectTalking(ada, ben)
    await expectPath([ada, ben], ...words)
  })
}

test('expired credentials are said to be what is wrong', async ({ neighbours, lab }) => {
  skipFor(noTurn)
  await lab.turn()
  const { username, password } = credentialsUntil(Date.now() - 60_000)
  await lab.relay({ TURN_URLS: `turn:${PUBLIC}:${TURN_PORT}`, TURN_USERNAME: username, TURN_PASSWORD: password })
  for (const { router } of lab.homes) router.behave('symmetric')
  const [ada, ben] = await neighbours.pair()
  for (const person of [ada, ben]) {
    await expect(await connectionOf(person)).toContainText('The TURN server refuses the credentials', {
      timeout: TRIAL,
    })
  }
})
