import { inspect } from 'node:util'
import type { ConnectionLimits } from './connection.ts'
import type { HubLimits } from './hub.ts'
import { noIceServers, type IceSettings } from './ice.ts'
import { silence, type Log } from './log.ts'
import type { NetworkLimits } from './network.ts'
import type { Origins } from './origins.ts'

/** Everything about a relay that can be chosen. Times in milliseconds. */
export interface RelayOptions extends ConnectionLimits, HubLimits, NetworkLimits {
  /** 0 takes a free one. */
  port: number
  /** Name or address to listen on; null listens on every interface. */
  host: string | null
  /** Folder of the built app, read once; null serves signaling alone. */
  appDir: string | null
  /** How many proxies of ours stand in front and append to `X-Forwarded-For`. */
  trustedProxies: number
  /** The web pages that may use signaling. What is no browser has no origin, and may. */
  origins: Origins
  /** URL of the Redis over which relays share rooms; null is a relay on its own. */
  redisUrl: string | null
  /** Who has it may read `/metrics`; null lets this machine. */
  metricsToken: string | null
  log: Log
  /** UDP port on which to answer STUN; 0 takes a free one; null answers none. */
  stunPort: number | null
  /** Name or address to answer STUN on; null answers on every interface, for no proxy stands in front of it. */
  stunHost: string | null
  /** People may talk in documents. */
  huddles: boolean
  /** STUN and TURN servers to tell browsers of, besides our own. */
  ice: IceSettings
  /** Bytes in one message. */
  messageBytes: number
  /** Connections in all, of any kind. */
  connections: number
  /** How often a connection must give a sign of life. */
  heartbeat: number
  /** How long that may take, and how long a request may take to be asked. */
  patience: number
  /** How long a farewell may take. */
  closeTimeout: number
}

const defaults: RelayOptions = {
  port: 0,
  host: '127.0.0.1',
  appDir: null,
  trustedProxies: 0,
  origins: 'same',
  redisUrl: null,
  metricsToken: null,
  log: silence,
  stunPort: null,
  stunHost: null,
  huddles: true,
  ice: noIceServers,
  messageBytes: 64 * 1024,
  topicsPerConnection: 256,
  topicLength: 256,
  bufferedBytes: 1024 * 1024,
  burst: 4000,
  rate: 200,
  strikes: 10,
  connections: 20_000,
  connectionsPerAddress: 512,
  // Sixty people who come at once to one document from one address need 35,000, and twice that over y-webrtc's own links.
  network: { burst: 64_000, rate: 6_000 },
  openings: { burst: 1_024, rate: 32 },
  requests: { burst: 4_000, rate: 100 },
  topics: 200_000,
  subscriptionsPerAddress: 16_384,
  subscribersPerAddress: 256,
  bufferedBytesPerAddress: 8 * 1024 * 1024,
  heartbeat: 30_000,
  patience: 10_000,
  closeTimeout: 2_000,
}

const TEXTS: readonly string[] = ['host', 'stunHost', 'appDir', 'redisUrl', 'metricsToken']
const OBJECTS: readonly string[] = ['ice', 'log']
const ALLOWANCES: readonly string[] = ['network', 'openings', 'requests']

/** The options with the defaults for those that are absent. Throws naming the one that is unknown or out of range. */
export function settle(options: Partial<RelayOptions>): RelayOptions {
  const settings = { ...defaults, ...options }
  for (const [name, value] of Object.entries(settings) as [string, unknown][]) {
    if (!Object.hasOwn(defaults, name)) throw new TypeError(`createRelay: unknown option ${name}`)
    if (TEXTS.includes(name)) checkText(name, value)
    else if (ALLOWANCES.includes(name)) checkAllowance(name, value)
    else if (name === 'huddles') checkSwitch(name, value)
    else if (name !== 'origins' && !OBJECTS.includes(name) && !(name === 'stunPort' && value === null)) {
      checkNumber(name, value)
    }
  }
  const { origins } = settings
  return { ...settings, origins: typeof origins === 'string' ? origins : origins.map(originOf) }
}

function checkText(name: string, value: unknown): void {
  if (value === null || (typeof value === 'string' && value !== '')) return
  throw new TypeError(`createRelay: ${name} must be a non-empty string or null, not ${inspect(value)}`)
}

function checkSwitch(name: string, value: unknown): void {
  if (typeof value !== 'boolean')
    throw new TypeError(`createRelay: ${name} must be true or false, not ${inspect(value)}`)
}

function checkAllowance(name: string, value: unknown): void {
  const { burst, rate } = Object(value) as Partial<Record<string, unknown>>
  checkNumber(`${name}.burst`, burst)
  checkNumber(`${name}.rate`, rate)
}

function checkNumber(name: string, value: unknown): void {
  const least = name === 'port' || name === 'stunPort' || name === 'trustedProxies' ? 0 : 1
  const most = name === 'port' || name === 'stunPort' ? 65_535 : 2 ** 31 - 1
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return
  throw new RangeError(`createRelay: ${name} must be a whole number from ${least} to ${most}, not ${inspect(value)}`)
}

/** As browsers write it. */
function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && /^https?:$/u.test(url.protocol) && url.href === `${url.origin}/`) return url.origin
  throw new TypeError(`createRelay: origins must be like https://example.org, not ${inspect(text)}`)
}
