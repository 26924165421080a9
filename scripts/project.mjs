/** What every script of this folder needs to know of the project. No dependencies: it runs before anything is installed. */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const SOURCES = [
  'src',
  'signaling',
  'public',
  'index.html',
  'vite.config.ts',
  'vite.relay.config.ts',
  'vite.keeper.config.ts',
  'scripts/yjs-touched-clients.ts',
  'package-lock.json',
]
const PRODUCTS = ['dist/app/index.html', 'dist/relay/main.js', 'dist/keeper/main.js']

/** The same for the keeper alone. */
const KEEPER_SOURCES = [
  'src',
  'signaling',
  'vite.config.ts',
  'vite.keeper.config.ts',
  'scripts/yjs-touched-clients.ts',
  'package-lock.json',
]
const KEEPER_PRODUCTS = ['dist/keeper/main.js']

/** Runs a command in the project, its output on ours. Resolves to its exit code; 1 when a signal ended it. */
export function run(command, args, { env = {}, timeout = 0 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout,
    })
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? 1))
  })
}

/** Runs an installed package's command. */
export const runBinary = (name, args, options) => run(join(root, 'node_modules', '.bin', name), args, options)

/** Starts a long-lived process and hands it our signals. Its end is ours, with its exit code. */
export function hostProcess(command, args, env = {}) {
  const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(error.message)
    process.exit(1)
  })
  child.on('exit', (code) => process.exit(code ?? 1))
  return child
}

/** Installs exactly what the lock file names, unless that is what is installed. */
export async function installPackages() {
  if (packagesAreCurrent()) return
  console.log('Installing packages …')
  const code = await run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'])
  if (code !== 0) throw new Error(`npm ci failed with exit code ${code}`)
}

/** npm records what it installed in a hidden lock file; optional packages of other platforms are missing from it. */
function packagesAreCurrent() {
  const installedLock = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installedLock)) return false
  const packagesOf = (path) => JSON.parse(readFileSync(path, 'utf8')).packages ?? {}
  const installed = packagesOf(installedLock)
  return Object.entries(packagesOf(join(root, 'package-lock.json'))).every(
    ([path, wanted]) =>
      path === '' || installed[path]?.version === wanted.version || (wanted.optional && !installed[path]),
  )
}

/** Builds the app, the relay and the keeper. */
export const build = () => runBuild('build')

/** Builds unless what was built is younger than all it is built from. */
export async function buildIfStale() {
  if (isStale(SOURCES, PRODUCTS)) await build()
}

/** Builds the keeper alone, unless it is younger than all it is built from. */
export async function buildKeeperIfStale() {
  if (isStale(KEEPER_SOURCES, KEEPER_PRODUCTS)) await runBuild('build:keeper')
}

async function runBuild(script) {
  const code = await run('npm', ['run', '--silent', script])
  if (code !== 0) throw new Error(`The build failed with exit code ${code}`)
}

function isStale(sources, products) {
  const paths = products.map((path) => join(root, path))
  const built = paths.every((path) => existsSync(path)) ? Math.min(...paths.map(newest)) : 0
  return Math.max(...sources.map((path) => newest(join(root, path)))) > built
}

/** Time of the latest change in a file or folder; 0 when there is none. */
function newest(path) {
  if (!existsSync(path)) return 0
  const { mtimeMs } = statSync(path)
  if (!statSync(path).isDirectory()) return mtimeMs
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
}
