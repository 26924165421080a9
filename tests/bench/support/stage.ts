/** The relay, people with Inkmesh, and the pages it is compared with. */
import { test, type Browser, type Page } from '@playwright/test'
import { Person, type PersonOptions } from '../../support/person.ts'
import { TestRelay } from '../../support/relay.ts'
import { installGauge } from './gauge.ts'
import { serveComparisons, type BenchServer } from './server.ts'

export class Stage {
  readonly #browser: Browser
  readonly #relay: TestRelay
  readonly #comparisons: BenchServer

  constructor(browser: Browser, relay: TestRelay, comparisons: BenchServer) {
    this.#browser = browser
    this.#relay = relay
    this.#comparisons = comparisons
  }

  /** Someone with Inkmesh, in a context of their own. */
  person({ before = [], ...options }: PersonOptions = {}): Promise<Person> {
    return Person.arrive(this.#browser, this.#relay, { ...options, before: [installGauge, ...before] })
  }

  /** Address of a page of the comparisons. */
  address(path: string): string {
    return `${this.#comparisons.url}/${path}`
  }

  /** Address of the page over y-webrtc as it is, whose relay is the same. */
  stockAddress(room: string): string {
    return this.address(`webrtc.html?room=${room}&relay=${this.#relay.url.replace(/^http/u, 'ws')}/signal`)
  }

  /** A page of the comparisons, in a context of its own. */
  async comparison(path: string): Promise<Page> {
    const page = await this.blank()
    await page.goto(path.startsWith('http') ? path : this.address(path))
    return page
  }

  /** An empty page with the gauge in it. */
  async blank(): Promise<Page> {
    const context = await this.#browser.newContext()
    await context.addInitScript(installGauge)
    return context.newPage()
  }
}

export const bench = test.extend<{ stage: Stage }>({
  stage: async ({ browser }, use) => {
    const [relay, comparisons] = await Promise.all([TestRelay.start({ origins: 'any' }), serveComparisons()])
    await use(new Stage(browser, relay, comparisons))
    for (const context of browser.contexts()) await context.close()
    await Promise.all([relay.stop(), comparisons.close()])
  },
})
