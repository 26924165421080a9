/** Two people in two homes, and what is known of the path between them. */
import { writeFile } from 'node:fs/promises'
import { test as base, type Browser, type Locator, type TestInfo } from '@playwright/test'
import { expect, expectEqual } from '../support/people.ts'
import { Person, type PersonOptions } from '../support/person.ts'
import { Lab, SITE, type LabOptions } from './lab/lab.ts'

/** What Firefox reports like an uncaught error when a connection is cut or not made, or a page is left while it loads. */
const FIREFOX_NETWORK =
  /^(?:WebRTC: ICE failed|Firefox can’t establish a connection|The connection to \S+ was interrupted|Error: Unable to preload CSS)/u

/** People in the homes of a lab. */
export class Neighbours {
  readonly lab: Lab
  readonly #all: Person[] = []

  constructor(lab: Lab) {
    this.lab = lab
  }

  /** Ada in the first home, Ben in the second, in a new document of Ada's. They may not have met. */
  async pair(options: PersonOptions = {}): Promise<[Person, Person]> {
    const [adas, bens] = this.lab.homes
    const [ada, ben] = await Promise.all([
      this.arrive('Ada', await adas.chromium(), options),
      this.arrive('Ben', await bens.chromium(), options),
    ])
    await this.share(ada, ben)
    return [ada, ben]
  }

  /** Somebody in a browser of one of the homes. */
  async arrive(name: string, browser: Browser, options: PersonOptions = {}): Promise<Person> {
    const person = await Person.arrive(browser, { url: SITE }, { ...options, name })
    // The network here is a real one, and cut by the lab: the browser shall find out by itself.
    if (browser.browserType().name() === 'chromium') await person.cdp.send('Network.disable')
    this.#all.push(person)
    return person
  }

  /** One makes a new document, and another opens its link: with nothing to show until they meet. */
  async share(one: Person, other: Person): Promise<void> {
    const link = await one.startDocument()
    await other.page.goto(link)
  }

  /** Leaves what everybody's page knows in the folder of a failed test. */
  async testify(testInfo: TestInfo): Promise<void> {
    for (const [index, person] of this.#all.entries()) {
      await writeFile(testInfo.outputPath(`person-${index}.json`), await person.testimony())
    }
  }

  async leave(): Promise<void> {
    const troubles = await Promise.all(this.#all.map((person) => person.troubles()))
    await Promise.all(this.#all.splice(0).map((person) => person.context.close()))
    await this.lab.stopServices()
    expect(troubles.flat().filter((trouble) => !FIREFOX_NETWORK.test(trouble))).toEqual([])
  }
}

/** Skips a test, or all of a file, when something that it needs is missing, and says what. */
export function skipFor(missing: string | null): void {
  if (missing === null) return
  console.log(missing)
  test.skip(true, missing)
}

/** The main job: two who have met write to each other, and end with the same document. */
export async function expectWritingTogether(ada: Person, ben: Person): Promise<void> {
  await ada.type('Written by Ada. ')
  await ben.sees('Written by Ada.')
  await ben.type('Written by Ben.')
  await ada.sees('Written by Ben.')
  expect(await expectEqual([ada, ben])).toBe('Written by Ada. Written by Ben.')
}

/** Opens the panel about somebody's connection. */
export async function connectionOf(person: Person): Promise<Locator> {
  await person.page.getByRole('button', { name: 'Connection details' }).click()
  return person.page.getByRole('dialog', { name: 'Your connection' })
}

/** Asserts over what everybody's panel says that they are connected. */
export async function expectPath(people: readonly Person[], ...words: string[]): Promise<void> {
  for (const person of people) {
    const panel = await connectionOf(person)
    for (const text of words) await expect(panel).toContainText(text)
  }
}

interface Fixtures {
  neighbours: Neighbours
}

interface WorkerFixtures {
  labOptions: LabOptions
  lab: Lab
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  labOptions: [{}, { scope: 'worker', option: true }],
  lab: [
    async ({ labOptions }, use) => {
      const lab = await Lab.build(labOptions)
      await use(lab)
      await lab.remove()
    },
    { scope: 'worker' },
  ],
  neighbours: async ({ lab }, use, testInfo) => {
    for (const { router } of lab.homes) router.behave('cone')
    const neighbours = new Neighbours(lab)
    await use(neighbours)
    if (testInfo.status !== testInfo.expectedStatus) await neighbours.testify(testInfo)
    await neighbours.leave()
  },
})

export { expect }
