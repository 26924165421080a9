import { expect, test } from 'vitest'
import { en } from '../../../src/i18n/en.ts'
import { ko } from '../../../src/i18n/ko.ts'
import { distinctPerson } from '../../../src/ui/distinct-person.ts'
import { seeded } from '../../support/random.ts'

const seed = seeded(1)
const random = (): number => seed.below(1_000_000) / 1_000_000
const hare = { name: 'Swift Hare', color: 1 }

test('who is an animal of their own, in a colour of their own, stays as they are', async () => {
  expect(await distinctPerson(hare, [{ name: 'Swift Fox', color: 2 }], en, random)).toBeNull()
  expect(await distinctPerson(hare, [{ name: 'Mina', color: 2 }], en, random)).toBeNull()
})

test('one of two of the same animal becomes another, whatever language the other speaks', async () => {
  for (const name of ['Calm Hare', '차분한 산토끼']) {
    for (const words of [en, ko]) {
      const distinct = await distinctPerson(hare, [{ name, color: 3 }], words, random)
      expect(distinct?.name).not.toMatch(/Hare$|산토끼$/u)
      expect(distinct?.color).toBe(1)
    }
  }
})

test('fifteen others leave one animal', async () => {
  const others = en.names.animals
    .filter((animal) => animal !== 'Squirrel')
    .map((animal) => ({ name: `Kind ${animal}`, color: 5 }))
  expect((await distinctPerson(hare, others, en, random))?.name).toMatch(/ Squirrel$/u)
})

test('one of two in the same colour takes another, and keeps the name', async () => {
  const distinct = await distinctPerson(
    hare,
    [
      { name: 'Swift Fox', color: 1 },
      { name: 'Calm Seal', color: 2 },
    ],
    en,
    random,
  )
  expect(distinct?.name).toBe('Swift Hare')
  expect([1, 2]).not.toContain(distinct?.color)
})
