/** What a huddle of four with cameras takes from writing: a keystroke → the peer's screen, with and without it, in one run. */
import { control, expectToSee, joinHuddle, leaveHuddle, watchDevices } from '../support/calls.ts'
import { keyToPeer, placeCaret } from './support/gauge.ts'
import { bench } from './support/stage.ts'
import { median, ms, printTable, quantile } from './support/table.ts'

const NAMES = ['Ada', 'Ben', 'Mina', 'Jonas']
const ROUNDS = 3
const KEYS = 60

/** Keys a second: a quick typist's. Each of them is drawn in four pages, on the same two cores. */
const PACE = 8

interface Times {
  arrived: number[]
  shown: number[]
}

const newTimes = (): Times => ({ arrived: [], shown: [] })

bench('a keystroke while four see each other', async ({ stage }) => {
  const all = []
  for (const name of NAMES) all.push(await stage.person({ name, before: [watchDevices] }))
  const [ada, ben] = all
  if (ada === undefined || ben === undefined) throw new Error('Nobody')
  const link = await ada.startDocument()
  for (const person of all.slice(1)) await person.open(link)
  for (const person of all) await person.meets(NAMES.length - 1)
  const [without, together, loud] = [newTimes(), newTimes(), newTimes()]
  const type = async (into: Times): Promise<void> => {
    const { arrived, shown } = await keyToPeer(ada.page, ben.page, KEYS, PACE)
    into.arrived.push(...arrived)
    into.shown.push(...shown)
  }
  await placeCaret(ada.page, 0)
  for (let round = 0; round < ROUNDS; round++) {
    await type(without)
    for (const person of all) {
      await joinHuddle(person)
      await control(person, 'Camera on').click()
    }
    for (const person of all) {
      for (const [i, name] of NAMES.entries()) if (all[i] !== person) await expectToSee(person, name, 30_000)
    }
    // Fake microphones speak all the time. Of people mostly one does.
    for (const person of all.slice(1)) await control(person, 'Mute').click()
    await placeCaret(ada.page, 0)
    await type(together)
    for (const person of all.slice(1)) await control(person, 'Unmute').click()
    await placeCaret(ada.page, 0)
    await type(loud)
    for (const person of all) await leaveHuddle(person)
    await placeCaret(ada.page, 0)
  }
  const figures = (values: number[]): string[] => [ms(median(values)), ms(quantile(values, 0.95))]
  const ratio = (one: number[], other: number[]): string[] => [(median(one) / median(other)).toFixed(2), '']
  printTable(`Keystroke → peer, ${ROUNDS * KEYS} keystrokes each`, [
    ['', 'in the DOM: median', 'p95', 'painted: median', 'p95'],
    ['no huddle', ...figures(without.arrived), ...figures(without.shown)],
    ['four with cameras, one speaks', ...figures(together.arrived), ...figures(together.shown)],
    ['ratio', ...ratio(together.arrived, without.arrived), ...ratio(together.shown, without.shown)],
    ['all four speak at once', ...figures(loud.arrived), ...figures(loud.shown)],
    ['ratio', ...ratio(loud.arrived, without.arrived), ...ratio(loud.shown, without.shown)],
  ])
})
