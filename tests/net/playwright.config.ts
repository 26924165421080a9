import { defineConfig } from '@playwright/test'

/** What pictures take leaves nothing for another test; and how soon they are back is measured. */
const ALONE = /(?:calls|narrow)\.spec\.ts/u

/** Browsers in networks of their own. Needs root and Linux: see `lab/`. */
export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results',
  // Most of the time is waiting, for a cut of half a minute or a minute of typing.
  workers: 2,
  fullyParallel: true,
  retries: 0,
  timeout: 120_000,
  forbidOnly: process.env.CI !== undefined,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: { locale: 'en-US', viewport: { width: 1280, height: 800 } },
  projects: [
    { name: 'together', testIgnore: ALONE },
    { name: 'alone', testMatch: ALONE, dependencies: ['together'], workers: 1 },
  ],
})
