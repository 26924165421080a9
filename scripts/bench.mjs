/** `npm run bench [-- name …]`: measures, prints a table, asserts nothing. Names: see tests/bench/main.ts. */
import { ensureBrowser } from './browser.mjs'
import { buildIfStale, installPackages, run } from './project.mjs'

await installPackages()
const CHROMIUM_PATH = await ensureBrowser()
await buildIfStale()
const args = ['--import', 'tsx', 'tests/bench/main.ts', ...process.argv.slice(2)]
process.exitCode = await run(process.execPath, args, { env: { CHROMIUM_PATH } })
