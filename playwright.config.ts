import { defineConfig } from '@playwright/test'
import { launchOptions, permissions } from './tests/support/launch.ts'

export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results',
  // A mesh of browsers fills two cores; one test at a time measures time limits honestly.
  workers: 1,
  retries: 0,
  timeout: 60_000,
  forbidOnly: process.env.CI !== undefined,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: { locale: 'en-US', viewport: { width: 1280, height: 800 }, permissions, launchOptions },
})
