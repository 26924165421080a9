import { defineConfig } from '@playwright/test'

/** What mostly waits, for a cut of half a minute or a minute of typing: it goes on beside the others. */
const PATIENT = /(?:distance|waking)\.spec\.ts/u

/** What a large picture takes leaves nothing for another test. */
const ALONE = /narrow\.spec\.ts/u

/** Browsers in networks of their own. Needs root and Linux: see `lab/`. */
export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results',
  // What a test waits for leaves a core to another one.
  workers: 3,
  fullyParallel: true,
  retries: 0,
  timeout: 120_000,
  forbidOnly: process.env.CI !== undefined,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: { locale: 'en-US', viewport: { width: 1280, height: 800 } },
  projects: [
    { name: 'patient', testMatch: PATIENT, workers: 1 },
    { name: 'busy', testIgnore: [PATIENT, ALONE], workers: 2 },
    { name: 'alone', testMatch: ALONE, dependencies: ['patient', 'busy'], workers: 1 },
  ],
})
