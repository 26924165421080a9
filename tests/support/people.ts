/** Everybody in one test, and what all of them must agree on. */
import { writeFile } from 'node:fs/promises'
import { test as base, expect, type Browser, type TestInfo } from '@playwright/test'
import { NETWORK_PATIENCE, Person, type PersonOptions } from './person.ts'
import type { Traffic } from './probe.ts'
import { TestRelay } from './relay.ts'

/** Everybody in one test, with the relay they meet through. */
export class People {
  readonly relay: TestRelay
  readonly #browser: Browser
  readonly #all: Person[] = []

  constructor(browser: Browser, relay: TestRelay) {
    this.#browser = browser
    this.relay = relay
  }

  /** Somebody who loads the app from the relay, or from another site. */
  async arrive(name: string, options: PersonOptions = {}, site: { url: string } = this.relay): Promise<Person> {
    const person = await Person.arrive(this.#browser, site, { ...options, name })
    this.#all.push(person)
    return person
  }

  /** Two people in one new document, linked. */
  async pair(): Promise<[Person, Person, string]> {
    const [ada, ben] = [await this.arrive('Ada'), await this.arrive('Ben')]
    const link = await ada.startDocument()
    await ben.open(link)
    await Promise.all([ada.meets(1), ben.meets(1)])
    return [ada, ben, link]
  }

  /** Leaves what everybody's page knows in the folder of a failed test. */
  async testify(testInfo: TestInfo): Promise<void> {
    for (const [index, person] of this.#all.entries()) {
      await writeFile(testInfo.outputPath(`person-${index}.json`), await person.testimony())
    }
  }

  async leave(): Promise<void> {
    const troubles = await Promise.all(this.#all.map((person) => person.troubles()))
    await Promise.all(this.#all.map((person) => person.context.close()))
    await this.relay.stop()
    expect(troubles.flat()).toEqual([])
  }
}

export const test = base.extend<{ people: People }>({
  people: async ({ browser }, use, testInfo) => {
    const people = new People(browser, await TestRelay.start())
    await use(people)
    if (testInfo.status !== testInfo.expectedStatus) await people.testify(testInfo)
    await people.leave()
  },
})

/** Waits until all hold the same document, in the CRDT and in the editor; gives its text. */
export async function expectEqual(people: Person[], timeout = NETWORK_PATIENCE): Promise<string> {
  await expect
    .poll(
      async () =>
        new Set(await Promise.all(people.map(async (person) => `${await person.stored()}\n${await person.text()}`)))
          .size,
      { timeout, message: 'copies of the document differ' },
    )
    .toBe(1)
  const [first] = people
  return first ? first.text() : ''
}

/** Asserts that what the two see of each other went over an RTCDataChannel. */
export async function expectDataChannel(...people: Person[]): Promise<void> {
  for (const person of people) {
    // A connection renewed a moment ago may not have told its statistics yet.
    const traffic = (): Promise<Traffic> => person.traffic()
    await expect.poll(async () => (await traffic()).links, 'a nominated candidate pair').toBeGreaterThanOrEqual(1)
    await expect.poll(async () => (await traffic()).bytesSent, 'bytes sent').toBeGreaterThan(0)
    await expect.poll(async () => (await traffic()).bytesReceived, 'bytes received').toBeGreaterThan(0)
  }
}

export { expect }
