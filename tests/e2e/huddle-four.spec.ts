import {
  control,
  devicesOn,
  expectToHear,
  expectToSee,
  joinHuddle,
  leaveHuddle,
  transceiversOf,
  watchDevices,
} from '../support/calls.ts'
import { expect, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'

test('four people with cameras all see each other, leave, and join again over what there is', async ({ people }) => {
  test.setTimeout(120_000)
  const names = ['Ada', 'Ben', 'Mina', 'Jonas']
  const all: Person[] = []
  for (const name of names) all.push(await people.arrive(name, { before: [watchDevices] }))
  const [first, ...others] = all
  if (first === undefined) throw new Error('Nobody')
  const link = await first.startDocument()
  for (const person of others) await person.open(link)
  for (const person of all) await person.meets(names.length - 1)
  for (let round = 0; round < 2; round++) {
    for (const person of all) {
      await joinHuddle(person)
      await control(person, 'Camera on').click()
    }
    for (const person of all) {
      for (const [i, name] of names.entries()) if (all[i] !== person) await expectToSee(person, name, 20_000)
      await expectToHear(person)
    }
    // Of each pair a voice and a camera both ways, however often they have joined.
    for (const person of all) expect((await transceiversOf(person)).all).toBe(4 * (names.length - 1))
    for (const person of all) await leaveHuddle(person)
    for (const person of all) expect(await devicesOn(person)).toEqual([])
  }
})
