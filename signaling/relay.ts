import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { inspect } from 'node:util'
import { WebSocketServer } from 'ws'
import { askedHost, clientNetwork, networkOf } from './address.ts'
import { Connection, type ConnectionLimits, type DropReason, type Surroundings } from './connection.ts'
import { Hub } from './hub.ts'
import type { IceAnswer } from './ice-answer.ts'
import { iceAnswer, noIceServers, type IceSettings } from './ice.ts'
import { Quota, RateLimit } from './limits.ts'
import { Roster } from './roster.ts'
import { securityHeaders } from './security-headers.ts'
import { StaticFiles } from './static-files.ts'
import { createStunServer, type StunCounters, type StunServer } from './stun.ts'

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

/** A running relay. */
export interface Relay {
  /** Where it listens; `url` is for a browser on the same machine. */
  readonly address: { host: string; port: number; url: string }
  /** Where it answers STUN, or why not; the relay goes on without. Both null when it was not asked to. */
  readonly stun: { port: number | null; trouble: string | null }
  /** What it holds now, and what it has dropped since it started, by reason. */
  counters(): RelayCounters
  /** Says farewell to everyone and stops. Resolves when nothing is left open. Asking twice is asking once. */
  close(): Promise<void>
}

/** What `Relay.counters` tells. */
interface RelayCounters {
  connections: number
  topics: number
  subscriptions: number
  stun: Readonly<StunCounters>
  dropped: Readonly<Partial<Record<DropReason | RefusalReason, number>>>
}

/** Why a connection was refused before it became one. */
type RefusalReason = 'address' | 'path' | 'http' | 'accept'

/** RFC 6455, section 7.4.1. */
const GOING_AWAY = 1001

/** What to answer to the ways in which Node finds a request wanting, besides `400 Bad Request`. */
const HTTP_ERRORS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** Answers of `/ice` to one network, and the networks remembered. A school is one. */
const ICE_ALLOWANCE = { burst: 300, rate: 10 }
const ICE_NETWORKS = 10_000

/** Where the WebSocket is. */
const SIGNAL_PATH = '/signal'

/**
 * Starts a relay: the built app, signaling for y-webrtc at `/signal`, `/ice` and `/healthz`, on one port, and STUN on another.
 * Rejects with an error that names the option when one is unknown or out of range, or with the system's when it cannot listen.
 */
export async function createRelay(options: Partial<RelayOptions> = {}): Promise<Relay> {
  const settings = { ...defaults, ...options }
  validate(settings)
  const files = settings.appDir === null ? null : await readApp(settings.appDir)

  const hub = new Hub()
  const roster = new Roster(settings.heartbeat, settings.patience)
  const networks = new Quota(settings.connectionsPerAddress)
  const dropped: Partial<Record<DropReason | RefusalReason, number>> = {}
  const count = (reason: DropReason | RefusalReason): void => {
    dropped[reason] = (dropped[reason] ?? 0) + 1
  }
  const surroundings: Surroundings = {
    hub,
    limits: settings,
    dropped: count,
    gone: (connection) => roster.delete(connection),
  }
  /** Counts a connection to its network until it closes, unless that one holds all it may. */
  const admit = (network: string, socket: Duplex): boolean => {
    const admitted = networks.take(network)
    if (admitted) socket.once('close', () => networks.release(network))
    else count('address')
    return admitted
  }

  const server = createServer({
    headersTimeout: settings.patience,
    requestTimeout: settings.patience,
    connectionsCheckingInterval: settings.patience / 2,
    // Longer than the proxies that commonly stand in front, so that theirs is the side that hangs up.
    keepAliveTimeout: 65_000,
  })
  server.timeout = 75_000
  server.maxConnections = settings.connections

  const socketOptions = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    // Pongs are answered by the connection, which makes whoever pings pay for them.
    autoPong: false,
    maxPayload: settings.messageBytes,
    // Each unfinished piece of a message may hold a read buffer of 64 KiB.
    maxFragments: 64,
    maxBufferedChunks: 1024,
    closeTimeout: settings.closeTimeout,
  }
  const webSockets = new WebSocketServer(socketOptions)

  // Behind a proxy every connection has the proxy's address: there the WebSockets are counted, and by what the proxy says.
  const behindProxy = settings.trustedProxies > 0
  server.on('connection', (socket) => {
    if (!behindProxy && !admit(networkOf(socket.remoteAddress), socket)) socket.destroy()
  })

  const iceLimit = new RateLimit(ICE_ALLOWANCE, ICE_NETWORKS)
  const stun = { port: null as number | null, trouble: null as string | null }
  let stunServer: StunServer | null = null
  /** Null for a network that asks too often. */
  const ice = (request: IncomingMessage): IceAnswer | null => {
    if (!iceLimit.take(clientNetwork(request, settings.trustedProxies))) return null
    const host = settings.ice.publicHost ?? askedHost(request, settings.trustedProxies)
    return iceAnswer(settings.ice, host === null || stun.port === null ? null : `${host}:${stun.port}`)
  }

  server.on('request', (request, response) => {
    respond(files, ice, request, response).catch(() => response.destroy())
  })

  server.on('upgrade', (request, socket, head) => {
    if (pathOf(request) !== SIGNAL_PATH) {
      count('path')
      refuse(socket, '404 Not Found')
    } else if (behindProxy && !admit(clientNetwork(request, settings.trustedProxies), socket)) {
      refuse(socket, '429 Too Many Requests')
    } else {
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        roster.add(new Connection(webSocket, surroundings))
      })
    }
  })

  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    count('http')
    refuse(socket, HTTP_ERRORS[error.code ?? ''] ?? '400 Bad Request')
  })

  async function stop(): Promise<void> {
    roster.close()
    hub.clear()
    webSockets.close()
    const serverClosed = new Promise<void>((resolve) => server.close(() => resolve()))
    const farewells = [...roster].map((connection) => connection.close(GOING_AWAY, 'the relay is shutting down'))
    const bound = setTimeout(() => {
      for (const connection of roster) connection.terminate()
      server.closeAllConnections()
    }, settings.closeTimeout)
    await Promise.all([serverClosed, stunServer?.close(), ...farewells])
    clearTimeout(bound)
  }

  try {
    await listen(server, settings.port, settings.host)
  } catch (error) {
    roster.close()
    throw error
  }
  if (settings.stunPort !== null) {
    try {
      stunServer = await createStunServer({ port: settings.stunPort, host: settings.host })
      stun.port = stunServer.port
    } catch (error) {
      stun.trouble = error instanceof Error ? error.message : String(error)
    }
  }
  // From here on what fails is accepting one connection, for want of file descriptors say. The others live on.
  server.on('error', () => count('accept'))
  let stopped: Promise<void> | null = null
  return {
    address: addressOf(server, settings.host),
    stun,
    counters: () => ({
      connections: roster.size,
      topics: hub.topics,
      subscriptions: hub.subscriptions,
      stun: stunServer?.counters() ?? { answered: 0, throttled: 0, ignored: 0 },
      dropped: { ...dropped },
    }),
    close: () => (stopped ??= stop()),
  }
}

/** Throws naming the option that is unknown or out of range. */
function validate(settings: RelayOptions): void {
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
}

async function readApp(folder: string): Promise<StaticFiles> {
  try {
    return await StaticFiles.read(folder)
  } catch (error) {
    throw new Error(`createRelay: appDir cannot be served: ${String(error)}`, { cause: error })
  }
}

function listen(server: Server, port: number, host: string | null): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(host === null ? { port } : { port, host }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function addressOf(server: Server, host: string | null): Relay['address'] {
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('createRelay: the server has no port')
  const everywhere = host === null || host === '0.0.0.0' || host === '::'
  const name = everywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return { host: host ?? bound.address, port: bound.port, url: `http://${name}:${bound.port}` }
}

async function respond(
  files: StaticFiles | null,
  ice: (request: IncomingMessage) => IceAnswer | null,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
  const path = pathOf(request)
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    // The body of such a request is not worth reading.
    response.setHeader('allow', 'GET, HEAD').setHeader('connection', 'close')
    say(response, 405, 'Method not allowed')
  } else if (path === '/healthz') {
    say(response, 200, 'ok')
  } else if (path === '/ice') {
    const answer = ice(request)
    if (answer === null) say(response.setHeader('retry-after', '10'), 429, 'Too many requests')
    else say(response, 200, JSON.stringify(answer), 'application/json')
  } else if (path === SIGNAL_PATH) {
    response.setHeader('upgrade', 'websocket')
    say(response, 426, 'This is a WebSocket')
  } else if (!(await files?.respond(path, request, response))) {
    say(response, 404, 'Not found')
  }
}

function say(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  const body = `${text}\n`
  response.writeHead(status, {
    'cache-control': 'no-store',
    'content-type': type,
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

/** Answers a request that never became one, and hangs up. */
function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy())
  if (!socket.writable) {
    socket.destroy()
    return
  }
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
}

const pathOf = (request: IncomingMessage): string => (request.url ?? '').replace(/[?#].*$/su, '')
