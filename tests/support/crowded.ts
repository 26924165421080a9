/** The fixtures of tests with a crowd of Node peers. */
import { Crowd } from './net-harness/crowd.ts'
import { test as base } from './people.ts'

export const crowdTest = base.extend<{ crowd: Crowd }>({
  // Playwright wants to see what a fixture depends on.
  // eslint-disable-next-line no-empty-pattern
  crowd: async ({}, use) => {
    const crowd = await Crowd.start()
    await use(crowd)
    await crowd.end()
  },
})
