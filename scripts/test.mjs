/**
 * `npm test`: installs what is missing, a browser included, and runs everything.
 * `npm test -- check|unit|keeper|e2e|net [arguments for that runner]` runs one part.
 * Ends with one line `N passed, N failed[, N skipped]` and exits non-zero unless none failed.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBrowser, findBrowser } from './browser.mjs'
import { namespaceObstacle } from './namespaces.mjs'
import { build, buildKeeperIfStale, installPackages, run, runBinary } from './project.mjs'

const reports = mkdtempSync(join(tmpdir(), 'inkmesh-test-'))
const total = { passed: 0, failed: 0, skipped: 0 }

/** Adds one runner's counts up. Its exit code has the last word: one that failed without a failed test counts as one. */
function count(code, { passed, failed, skipped }) {
  total.passed += passed
  total.failed += code !== 0 && failed === 0 ? 1 : failed
  total.skipped += skipped
}

/** A runner's JSON report, or null when it crashed before writing one. */
function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    console.error(`No report from the test runner: ${error.message}`)
    return null
  }
}

/** Runs Vitest and counts what it reports. */
async function vitest(name, args) {
  const path = join(reports, `${name}.json`)
  const code = await runBinary('vitest', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${path}`,
    ...args,
  ])
  const report = readReport(path)
  count(report === null ? 1 : code, {
    passed: report?.numPassedTests ?? 0,
    failed: report?.numFailedTests ?? 0,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  })
}

/** Runs Playwright in the app as it is now, and counts what it reports. */
async function playwright(name, args, { windows = false } = {}) {
  const path = join(reports, `${name}.json`)
  const browser = await ensureBrowser()
  built ??= build()
  await built
  const withWindows = findBrowser({ windows: true })
  const env = {
    CHROMIUM_PATH: (windows ? withWindows : findBrowser()) ?? browser,
    PLAYWRIGHT_JSON_OUTPUT_NAME: path,
    ...(withWindows !== null && { CHROMIUM_WITH_WINDOWS: withWindows }),
  }
  const code = await runBinary('playwright', ['test', '--reporter=list,json', ...args], { env })
  const report = readReport(path)
  count(report === null ? 1 : code, {
    passed: report?.stats.expected ?? 0,
    failed: (report?.stats.unexpected ?? 0) + (report?.stats.flaky ?? 0),
    skipped: report?.stats.skipped ?? 0,
  })
}

/** The one build of this run, once it was needed. */
let built = null

const parts = {
  /** Each check needs one core, and about as long as the other lane. */
  async check() {
    const lanes = [
      ['types', 'lint'],
      ['svelte', 'format', 'unused', 'floors'],
    ]
    const check = async (names) => {
      for (const name of names) {
        const code = await run('npm', ['run', '--silent', `check:${name}`])
        count(code, { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 })
      }
    }
    await Promise.all(lanes.map(check))
  },

  async unit(args) {
    await vitest('unit', args)
  },

  /** The keeper's parts, and the built whole in processes of its own. */
  async keeper(args) {
    await buildKeeperIfStale()
    await vitest('keeper', ['--config', 'vitest.keeper.config.ts', ...args])
  },

  async e2e(args) {
    await playwright('e2e', args)
  },

  /** Browsers in networks of their own, where those can be had. */
  async net(args) {
    const obstacle = namespaceObstacle()
    if (obstacle === null) {
      await playwright('net', ['--config', 'tests/net/playwright.config.ts', ...args], { windows: true })
    } else {
      console.log(`SKIPPED: tests across networks, Firefox among them (${obstacle}).`)
      count(0, { passed: 0, failed: 0, skipped: 1 })
    }
  },
}

const [wanted, ...args] = process.argv.slice(2)
if (wanted !== undefined && !Object.hasOwn(parts, wanted)) {
  console.error(`Unknown part "${wanted}". There are: ${Object.keys(parts).join(', ')}.`)
  process.exit(2)
}

await installPackages()
for (const [name, part] of Object.entries(parts)) {
  if (wanted !== undefined && name !== wanted) continue
  const began = Date.now()
  console.log(`\n── ${name} ──`)
  try {
    await part(args)
  } catch (error) {
    console.error(error.message)
    total.failed += 1
  }
  console.log(`── ${name}: ${((Date.now() - began) / 1000).toFixed(0)} s ──`)
}
rmSync(reports, { recursive: true, force: true })

const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`)
process.exitCode = total.failed > 0 ? 1 : 0
