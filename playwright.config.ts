import { defineConfig } from '@playwright/test'
import { launchOptions, permissions } from './tests/support/launch.ts'

/** What mostly waits, for a cut of half a minute or a relay that comes back: it goes on beside the others. */
const PATIENT =
  /(?:broken-connections|connection-panel|copies|ice|leaving|relay-dies|storage-fails|two-relays)\.spec\.ts/u

export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results',
  // What a test waits for leaves a core to another one.
  workers: 3,
  retries: 0,
  timeout: 60_000,
  forbidOnly: process.env.CI !== undefined,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: { locale: 'en-US', viewport: { width: 1280, height: 800 }, permissions, launchOptions },
  projects: [
    { name: 'patient', testMatch: PATIENT, workers: 1 },
    { name: 'busy', testIgnore: PATIENT, workers: 2 },
  ],
})
