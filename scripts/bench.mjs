/**
 * `npm run bench [-- name …]`: measures, prints tables, asserts nothing. A name picks tests/bench/<name>.bench.ts. The figures are kept
 * as JSON in `.cache/bench`, and what has changed since the last run on this machine is printed.
 */
import { join } from 'node:path'
import { ensureBrowser } from './browser.mjs'
import { buildIfStale, installPackages, root, runBinary } from './project.mjs'

await installPackages()
const CHROMIUM_PATH = await ensureBrowser()
await buildIfStale()
const args = ['test', '--config', 'tests/bench/playwright.config.ts', ...process.argv.slice(2)]
process.exitCode = await runBinary('playwright', args, {
  env: { CHROMIUM_PATH, BENCH_FOLDER: join(root, '.cache/bench') },
})
