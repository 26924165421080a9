import { inspect } from 'node:util'
import type { ConnectionLimits } from './connection.ts'
import { noIceServers, type IceSettings } from './ice.ts'

/** Everything about a relay that can be chosen. Times in milliseconds. */
export interface RelayOptions extends ConnectionLimits {
  /** 0 takes a free one. */
  port: number
  /** Name or address to listen on; null listens on every interface. */
  host: string | null
  /** Folder of the built app, read once; null serves signaling alone. */
  appDir: string | null
  /** How many proxies of ours stand in front and append to `X-Forwarded-For`. */
  trustedProxies: number
  /** UDP port on which to answer STUN; 0 takes a free one; null answers none. */
  stunPort: number | null
  /** STUN and TURN servers to tell browsers of, besides our own. */
  ice: IceSettings
  /** Bytes in one message. */
  messageBytes: number
  /** Connections in all, of any kind. */
  connections: number
  /** Connections from one network (see `networkOf`), of any kind; behind a proxy, WebSockets. */
  connectionsPerAddress: number
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
  stunPort: null,
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
  heartbeat: 30_000,
  patience: 10_000,
  closeTimeout: 2_000,
}

/** The options with the defaults for those that are absent. Throws naming the one that is unknown or out of range. */
export function settle(options: Partial<RelayOptions>): RelayOptions {
  const settings = { ...defaults, ...options }
  for (const [name, value] of Object.entries(settings) as [string, unknown][]) {
    if (!Object.hasOwn(defaults, name)) throw new TypeError(`createRelay: unknown option ${name}`)
    if (name === 'host' || name === 'appDir') {
      if (value !== null && (typeof value !== 'string' || value === '')) {
        throw new TypeError(`createRelay: ${name} must be a non-empty string or null, not ${inspect(value)}`)
      }
      continue
    }
    if (name === 'ice' || (name === 'stunPort' && value === null)) continue
    const least = name === 'port' || name === 'stunPort' || name === 'trustedProxies' ? 0 : 1
    const most = name === 'port' || name === 'stunPort' ? 65_535 : 2 ** 31 - 1
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
      throw new RangeError(
        `createRelay: ${name} must be a whole number from ${least} to ${most}, not ${inspect(value)}`,
      )
    }
  }
  return settings
}
