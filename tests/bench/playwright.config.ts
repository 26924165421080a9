import { defineConfig } from '@playwright/test'
import { launchOptions, permissions } from '../support/launch.ts'

/** Benches are no tests: they print tables and assert nothing. The runner gives them a browser and a clean end. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.bench.ts',
  outputDir: '../../test-results',
  globalSetup: './support/build.ts',
  workers: 1,
  timeout: 10 * 60_000,
  reporter: 'dot',
  use: { locale: 'en-US', viewport: { width: 1280, height: 800 }, permissions, launchOptions },
})
