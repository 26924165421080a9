/** Finds a Chromium for the tests, and gets one where there is none. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { run, runBinary } from './project.mjs'

/** Best first: a Chromium that was built without windows starts and draws in half the time. */
const HEADLESS = 'chromium-headless-shell'
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const MAC_PATHS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const MINUTE = 60_000

/**
 * Path of a Chromium that starts: `CHROMIUM_PATH`, else the system's that has no windows, else Playwright's own, else the
 * system's. Null when there is none. `windows`: one that could have them, for across networks the other finds nobody.
 * Throws when `CHROMIUM_PATH` is set to something that does not start.
 */
export function findBrowser({ windows = false } = {}) {
  const wanted = process.env.CHROMIUM_PATH
  if (wanted) {
    if (starts(wanted)) return wanted
    throw new Error(`CHROMIUM_PATH does not start a browser: ${wanted}`)
  }
  const quick = windows ? [] : inPath([HEADLESS])
  const all = [...quick, playwrightsOwn(), ...inPath(NAMES), ...MAC_PATHS]
  return all.find((path) => path !== null && starts(path)) ?? null
}

/** As `findBrowser`, but downloads or installs a browser where there is none. Needs the packages installed. */
export async function ensureBrowser() {
  const found = findBrowser()
  if (found !== null) return found
  console.log('No browser found. Downloading one …')
  await runBinary('playwright', ['install', 'chromium'], { timeout: 5 * MINUTE })
  const downloaded = findBrowser()
  if (downloaded !== null) return downloaded
  if (isDebianRoot()) {
    console.log('Installing Chromium from the system packages …')
    const env = { DEBIAN_FRONTEND: 'noninteractive' }
    await run('apt-get', ['update'], { env, timeout: 5 * MINUTE })
    for (const name of [HEADLESS, 'chromium']) {
      if (findBrowser() !== null) break
      await run('apt-get', ['install', '-y', '--no-install-recommends', name], { env, timeout: 10 * MINUTE })
    }
  }
  const installed = findBrowser()
  if (installed !== null) return installed
  throw new Error('No Chromium found and none could be installed. Install one and set CHROMIUM_PATH to its path.')
}

function playwrightsOwn() {
  try {
    return createRequire(import.meta.url)('@playwright/test').chromium.executablePath()
  } catch (error) {
    // Not installed yet, or no build for this platform: the system may still have a browser.
    console.warn(`Playwright names no browser: ${error.message.split('\n')[0]}`)
    return null
  }
}

function inPath(names) {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return names.flatMap((name) => folders.map((folder) => join(folder, name)))
}

function starts(path) {
  return existsSync(path) && spawnSync(path, ['--version'], { timeout: 20_000, stdio: 'ignore' }).status === 0
}

function isDebianRoot() {
  if (process.getuid?.() !== 0 || !existsSync('/etc/os-release')) return false
  return /^ID(_LIKE)?=.*(debian|ubuntu)/mu.test(readFileSync('/etc/os-release', 'utf8'))
}
