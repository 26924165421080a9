import { defineConfig } from '@playwright/test'
import { launchOptions, permissions } from './tests/support/launch.ts'

/** Most of these is waiting: for connections to be given up, and for servers that are gone. */
const WAITING = /(?:broken-connections|presence|two-relays)\.spec\.ts/u

/**
 * Eight browsers, four cameras, or 24 peers leave nothing for another test; what comes to a page before one can type is more
 * while a connection takes long; and what a large document, or long or hostile text, may take is seconds, which another test
 * makes more.
 */
const ALONE = /(?:crowd|huddle-four|huddle-present|import-long|large-document|size|long-paste)\.spec\.ts/u

/** Hold of a long document, too, that is drawn in groups. */
const IN_GROUPS = /(?:editing|editing-korean|clipboard|groups)\.spec\.ts/u
const GROUPS = /groups\.spec\.ts/u

export default defineConfig<{ groupsOf: number }>({
  testDir: 'tests/e2e',
  outputDir: 'test-results',
  // What a test waits for leaves a core to another one; those that mostly wait run beside two others.
  workers: 3,
  projects: [
    { name: 'waiting', testMatch: WAITING, workers: 1 },
    { name: 'e2e', testIgnore: [WAITING, ALONE, GROUPS], workers: 2 },
    { name: 'groups', testMatch: IN_GROUPS, use: { groupsOf: 1 }, workers: 2 },
    { name: 'alone', testMatch: ALONE, dependencies: ['waiting', 'e2e', 'groups'], workers: 1 },
  ],
  retries: 0,
  timeout: 60_000,
  forbidOnly: process.env.CI !== undefined,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: { locale: 'en-US', viewport: { width: 1280, height: 800 }, permissions, launchOptions },
})
