import {
  control,
  devicesAsked,
  devicesOn,
  expectNotToSee,
  expectShown,
  expectSilence,
  expectToHear,
  expectToSee,
  gapsOf,
  joinHuddle,
  leaveHuddle,
  transceiversOf,
  watchDevices,
  watchGaps,
} from '../support/calls.ts'
import { expect, expectEqual, test, type People } from '../support/people.ts'
import type { Person } from '../support/person.ts'

const before = [watchDevices]

/** Two people in one new document, linked, with devices that are watched. */
async function pair(people: People): Promise<[Person, Person]> {
  const [ada, ben] = [await people.arrive('Ada', { before }), await people.arrive('Ben', { before })]
  const link = await ada.startDocument()
  await ben.open(link)
  await Promise.all([ada.meets(1), ben.meets(1)])
  return [ada, ben]
}

const NOTHING = { all: 0, active: 0, sent: 0 }

test('two people talk, see each other, mute, show nothing and leave, and write meanwhile', async ({ people }) => {
  const [ada, ben] = await pair(people)
  await ada.type('Before the call. ')
  await ben.sees('Before the call.')
  // Nothing is asked for before a click.
  for (const person of [ada, ben]) {
    expect(await devicesAsked(person)).toEqual({ microphone: 0, camera: 0, screen: 0 })
    expect(await transceiversOf(person)).toEqual(NOTHING)
  }

  await joinHuddle(ada)
  await ben.page.getByText('Ada started a huddle').waitFor()
  expect(await devicesAsked(ben)).toEqual({ microphone: 0, camera: 0, screen: 0 })
  await joinHuddle(ben)
  await Promise.all([expectToHear(ada), expectToHear(ben)])
  expect(await devicesOn(ada)).toEqual(['audio'])
  await ada.type('Said and written. ')
  await ben.sees('Said and written.')

  await control(ada, 'Camera on').click()
  await expectToSee(ben, 'Ada')
  await expectNotToSee(ada, 'Ben')
  await control(ben, 'Camera on').click()
  await expectToSee(ada, 'Ben')
  await ben.type('Seen and written. ')
  await ada.sees('Seen and written.')

  await control(ada, 'Mute').click()
  await expectSilence(ben, ada)
  await expect(ben.page.getByRole('button', { name: /^Ada/u, exact: false }).getByText('muted')).toHaveCount(1)
  await expectToHear(ada)
  await ada.page.keyboard.press('Control+d')
  await expectToHear(ben)

  await control(ada, 'Camera off').click()
  await expectNotToSee(ben, 'Ada')
  expect(await devicesOn(ada)).toEqual(['audio'])
  await expectToSee(ada, 'Ben')

  await leaveHuddle(ada)
  expect(await devicesOn(ada)).toEqual([])
  await expect.poll(() => transceiversOf(ada)).toMatchObject({ active: 0, sent: 0 })
  await expect.poll(() => transceiversOf(ben)).toMatchObject({ active: 0, sent: 0 })
  await expectNotToSee(ben, 'Ada')
  await leaveHuddle(ben)
  expect(await devicesOn(ben)).toEqual([])
  await ada.type('After the call.')
  await ben.sees('After the call.')
  const text = await expectEqual([ada, ben])
  for (const part of ['Before the call. ', 'Said and written. ', 'Seen and written. ', 'After the call.']) {
    expect(text.split(part)).toHaveLength(2)
  }
})

test('both turn their cameras on at the same moment, and off, fifty times; nothing is left over', async ({
  people,
}) => {
  test.setTimeout(180_000)
  const [ada, ben] = await pair(people)
  await Promise.all([joinHuddle(ada), joinHuddle(ben)])
  await Promise.all([expectToHear(ada), expectToHear(ben)])
  const words: string[] = []
  for (let round = 0; round < 50; round++) {
    await Promise.all([control(ada, 'Camera on').click(), control(ben, 'Camera on').click()])
    await Promise.all([expectShown(ada, 'Ben'), expectShown(ben, 'Ada')])
    if (round % 10 === 0) {
      await Promise.all([expectToSee(ada, 'Ben'), expectToSee(ben, 'Ada')])
      words.push(`Round ${round}.`)
      await ada.type(`Round ${round}.`)
      await ben.sees(`Round ${round}.`)
    }
    await Promise.all([control(ada, 'Camera off').click(), control(ben, 'Camera off').click()])
    await Promise.all([expectNotToSee(ada, 'Ben'), expectNotToSee(ben, 'Ada')])
  }
  for (const person of [ada, ben]) {
    expect((await devicesAsked(person)).camera).toBe(50)
    expect(await devicesOn(person)).toEqual(['audio'])
    // A voice and a camera of each.
    expect((await transceiversOf(person)).all).toBe(4)
    expect(await person.page.evaluate(() => window.inkmesh?.room?.diagnostics().connections)).toBe(1)
    expect(await person.page.evaluate(() => window.inkmesh?.room?.diagnostics().dropped)).toEqual({})
  }
  await Promise.all([expectToHear(ada), expectToHear(ben)])
  expect(await expectEqual([ada, ben])).toBe(words.join(''))
})

test('when the connection is replaced, voice and picture are back within five seconds', async ({ people }) => {
  const [ada, ben] = await pair(people)
  await Promise.all([joinHuddle(ada), joinHuddle(ben)])
  await Promise.all([control(ada, 'Camera on').click(), control(ben, 'Camera on').click()])
  await Promise.all([expectToSee(ada, 'Ben'), expectToSee(ben, 'Ada')])
  await Promise.all([ada, ben].map(watchGaps))
  for (let round = 0; round < 3; round++) {
    const breaker = round % 2 === 0 ? ada : ben
    await breaker.page.evaluate(() => window.inkmesh?.room?.connections[0]?.close())
    await ada.type(`a${round} `)
    await Promise.all([
      expectToSee(ada, 'Ben'),
      expectToSee(ben, 'Ada'),
      expectToHear(ada),
      expectToHear(ben),
      ben.sees(`a${round} `, 5000),
    ])
  }
  // As the pages have measured it, however long the test took to look.
  for (const { picture, voice } of await Promise.all([ada, ben].map(gapsOf))) {
    console.log(`  without a picture for ${picture.toFixed(0)} ms, without a voice for ${voice.toFixed(0)} ms at most`)
    expect(Math.max(picture, voice)).toBeLessThan(5000)
  }
  for (const person of [ada, ben]) expect((await transceiversOf(person)).all).toBe(4)
  expect(await expectEqual([ada, ben])).toBe('a0 a1 a2 ')
})
