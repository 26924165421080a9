/**
 * Runs a relay until SIGTERM or SIGINT. From the environment: `PORT` (4444), `HOST` (every interface), `APP_DIR` (the
 * built app, found by itself where `npm run build` puts it), `TRUST_PROXY` (how many proxies of yours stand in front),
 * `STUN_PORT` (3478; `off` answers none), `STUN_HOST` (every interface), `HUDDLES` (`off`: nobody talks in documents), and what
 * `readIceSettings` reads.
 */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readIceSettings, type IceSettings } from './ice.ts'
import { createLog, LOG_LEVELS, type LogLevel } from './log.ts'
import type { RelayOptions } from './options.ts'
import type { Origins } from './origins.ts'
import { createRelay, type Relay } from './relay.ts'

/** Where the built app may lie: beside the built relay, or below the project. */
const PLACES = [join(import.meta.dirname, '../app'), join(import.meta.dirname, '../dist/app'), resolve('dist/app')]

const { env } = process
const port = wholeNumber('PORT', 4444)
const appDir = env.APP_DIR || (PLACES.find((place) => existsSync(join(place, 'index.html'))) ?? null)

const log = createLog(logLevel(), process.stdout.isTTY ? 'text' : 'json', (line) => process.stdout.write(`${line}\n`))

const options: Partial<RelayOptions> = {
  port,
  host: env.HOST || null,
  appDir,
  trustedProxies: wholeNumber('TRUST_PROXY', 0),
  origins: origins(),
  redisUrl: env.REDIS_URL || null,
  metricsToken: env.METRICS_TOKEN || null,
  log,
  stunPort: stunPort(),
  stunHost: env.STUN_HOST || null,
  huddles: huddles(),
  ice: iceSettings(),
}

const relay = await createRelay(options).catch(explain)
log.info(`Inkmesh is at ${relay.address.url}`)
if (relay.stun.trouble !== null)
  log.warn(`STUN is not answered (${relay.stun.trouble}). STUN_PORT chooses another port, or 'off'.`)
if (appDir === null) log.warn('No built app found: this is signaling alone. `npm run build` builds it.')
process.on('SIGTERM', () => stop(relay))
process.on('SIGINT', () => stop(relay))

function stop(running: Relay): void {
  log.info('Stopping')
  running.close().then(
    () => process.exit(0),
    (error: unknown) => explain(error),
  )
}

function explain(error: unknown): never {
  console.error(reason(error))
  process.exit(1)
}

function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'EADDRINUSE')
    return `Port ${port} is in use by another program. Choose another by setting PORT, as in PORT=${port + 1}.`
  if (code === 'EACCES')
    return `Port ${port} needs more rights than this user has. Choose one above 1023 by setting PORT, as in PORT=4444.`
  return error instanceof Error ? error.message : String(error)
}

/** A whole number from the environment; ends the process when it is set to something else. */
function wholeNumber(name: string, fallback: number): number {
  const text = env[name]
  if (text === undefined || text === '') return fallback
  if (/^\d+$/u.test(text)) return Number(text)
  return explain(new Error(`${name} must be a whole number, not ${text}`))
}

/** The same host unless told otherwise; '*' is any. */
function origins(): Origins {
  if (!env.ORIGINS) return 'same'
  return env.ORIGINS === '*' ? 'any' : env.ORIGINS.split(',').map((origin) => origin.trim())
}

function logLevel(): LogLevel {
  const level = LOG_LEVELS.find((name) => name === (env.LOG_LEVEL || 'info'))
  return level ?? explain(new Error(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}, not ${String(env.LOG_LEVEL)}`))
}

/** The IANA's port for STUN unless told otherwise; null when it is switched off. */
function stunPort(): number | null {
  return env.STUN_PORT === 'off' || env.STUN_PORT === '0' ? null : wholeNumber('STUN_PORT', 3478)
}

/** On unless told otherwise. */
function huddles(): boolean {
  const choice = env.HUDDLES || 'on'
  return choice === 'on' || choice === 'off'
    ? choice === 'on'
    : explain(new Error(`HUDDLES must be on or off, not ${choice}`))
}

function iceSettings(): IceSettings {
  try {
    return readIceSettings(env)
  } catch (error) {
    return explain(error)
  }
}
