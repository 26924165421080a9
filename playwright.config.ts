import { defineConfig } from '@playwright/test'
import { launchOptions, permissions } from './tests/support/launch.ts'

export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results',
  // What a test waits for leaves a core to another one.
  workers: 2,
  retries: 0,
  timeout: 60_000,
  forbidOnly: process.env.CI !== undefined,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: { locale: 'en-US', viewport: { width: 1280, height: 800 }, permissions, launchOptions },
})
