import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import {
  healthAnswer,
  iceAnswerer,
  metricsAnswer,
  pathOf,
  refuse,
  respond,
  signalAnswer,
  tooMany,
  SIGNAL_PATH,
  type Answer,
} from './answers.ts'
import { askedHost, clientNetwork, isSecure, networkOf } from './address.ts'
import { Batch } from './batch.ts'
import type { Bus } from './bus.ts'
import { Connection, RelaySocket, type Surroundings, type Traffic } from './connection.ts'
import { Hub } from './hub.ts'
import type { IceAnswer } from './ice-answer.ts'
import { stunAnswer } from './ice.ts'
import { RateLimit } from './limits.ts'
import { settle, type RelayOptions } from './options.ts'
import { judgeOrigin } from './origins.ts'
import { MemoryBus } from './memory-bus.ts'
import { ProcessMetrics, writeMetrics } from './metrics.ts'
import { Networks, type Network } from './network.ts'
import { Regathering } from './regathering.ts'
import { relayMetrics, type RefusalReason, type RelayCounters } from './relay-metrics.ts'
import { Roster } from './roster.ts'
import { securityHeaders } from './security-headers.ts'
import { StaticFiles } from './static-files.ts'
import { createStunServer, type StunServer } from './stun.ts'
import { TurnOffers } from './turn-offers.ts'
import { Turns } from './turns.ts'

/** A connection, and the network that it counts to. */
const NETWORK = Symbol('network')
type Counted = Duplex & { [NETWORK]?: Network }

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

/**
 * Starts a relay: the built app, signaling for y-webrtc at `/signal`, `/ice`, `/healthz` and `/metrics` on one port, and
 * STUN on another. With a Redis it shares rooms with other relays; without one it can reach, it goes on alone until it can.
 * Rejects with an error that names the option when one is unknown or out of range, or with the system's when it cannot listen.
 */
export async function createRelay(options: Partial<RelayOptions> = {}): Promise<Relay> {
  const settings = settle(options)
  const files = settings.appDir === null ? null : await readApp(settings.appDir)

  const { log } = settings
  const bus = await busAt(settings.redisUrl)
  const turns = new Turns()
  const hub = new Hub(bus, turns, settings)
  const roster = new Roster(settings.heartbeat, settings.patience)
  const regathering = new Regathering(roster)
  const networks = new Networks(settings)
  const turnOffers = settings.ice.turn && new TurnOffers(settings.ice.turn, roster, () => count('credentials'))
  const traffic: Traffic = { messagesIn: 0, messagesOut: 0, bytesIn: 0, bytesOut: 0 }
  const dropped: Partial<Record<keyof RelayCounters['dropped'], number>> = {}
  const count = (reason: keyof RelayCounters['dropped']): void => {
    dropped[reason] = (dropped[reason] ?? 0) + 1
  }
  const surroundings: Surroundings = {
    hub,
    turns,
    limits: settings,
    traffic,
    batch: new Batch(),
    dropped: (reason) => {
      count(reason)
      log.debug('dropped', { reason })
    },
    gone: (connection) => roster.delete(connection),
  }
  const refused = (reason: RefusalReason, network?: string): void => {
    count(reason)
    log.debug('refused', { reason, ...(network !== undefined && { network }) })
  }
  /** Counts a connection to its network until it closes, unless that one may have no more. */
  const admit = (name: string, socket: Counted): boolean => {
    const network = networks.admit(name)
    if (network === null) {
      refused('address', name)
      return false
    }
    socket[NETWORK] = network
    // One listener for all: 'close' comes once, `once` takes three times the memory, and a function of its own half as much.
    socket.on('close', uncount)
    return true
  }
  function uncount(this: Counted): void {
    if (this[NETWORK]) this[NETWORK].connections--
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
    WebSocket: RelaySocket,
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    // Pongs are answered by the connection, which makes whoever pings pay for them.
    autoPong: false,
    maxPayload: settings.messageBytes,
    // Each unfinished piece of a message may hold a read buffer of 64 KiB.
    maxFragments: 16,
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
    const answer = stunAnswer(settings.ice, host === null || stun.port === null ? null : `${host}:${stun.port}`)
    return settings.huddles ? answer : { ...answer, huddles: false }
  }

  const counters = (): RelayCounters => ({
    connections: roster.size,
    topics: hub.topics,
    subscriptions: hub.subscriptions,
    traffic: { ...traffic },
    bus: bus.state,
    stun: stunServer?.counters() ?? { answered: 0, throttled: 0, ignored: 0 },
    dropped: { ...dropped },
  })
  const processMetrics = new ProcessMetrics()
  const answers = new Map<string, Answer>([
    ['/healthz', healthAnswer(() => bus.state)],
    ['/ice', iceAnswerer(ice)],
    [
      '/metrics',
      metricsAnswer(settings.metricsToken, () => writeMetrics([...relayMetrics(counters()), ...processMetrics.read()])),
    ],
    [SIGNAL_PATH, signalAnswer],
  ])
  const headers = securityHeaders(settings)
  const refusedSockets = new WeakSet<Duplex>()
  server.on('request', (request, response) => {
    // What follows a request that was one too many is not looked at.
    if (request.socket.writableEnded || refusedSockets.has(request.socket)) return
    if (!networks.at(clientNetwork(request, settings.trustedProxies)).mayAsk()) {
      refusedSockets.add(request.socket)
      refused('http')
      return tooMany(response)
    }
    respond(answers, files, request, response, {
      isSecure: isSecure(request, settings.trustedProxies),
      headers,
    }).catch(() => response.destroy())
  })

  let hasTold = false
  /** Whether the page that asks may; whoever runs the relay is told once what to set when it may not. */
  const isWelcome = (request: IncomingMessage): boolean => {
    const verdict = judgeOrigin(settings.origins, request, settings.trustedProxies)
    if (verdict !== true && !hasTold) {
      hasTold = true
      const advice = `ORIGINS=${String(request.headers.origin)} lets in its pages alone`
      if (verdict === false) log.warn('A page of another origin was refused', { advice })
      else
        log.warn('The proxy in front does not say which host was asked, so pages of any origin are let in', { advice })
    }
    return verdict !== false
  }

  server.on('upgrade', (request, socket, head) => {
    if (pathOf(request) !== SIGNAL_PATH) {
      refused('path')
      refuse(socket, '404 Not Found')
    } else if (!isWelcome(request)) {
      refused('origin')
      refuse(socket, '403 Forbidden')
    } else if (behindProxy && !admit(clientNetwork(request, settings.trustedProxies), socket)) {
      refuse(socket, '429 Too Many Requests')
    } else {
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        const network = (socket as Counted)[NETWORK]
        if (!network) throw new Error('createRelay: a WebSocket of no network')
        const connection = new Connection(webSocket, socket, network, surroundings)
        roster.add(connection)
        turnOffers?.offer(connection)
      })
    }
  })

  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    refused('http')
    refuse(socket, HTTP_ERRORS[error.code ?? ''] ?? '400 Bad Request')
  })

  /** Ends what goes on by itself. */
  const release = (): void => {
    roster.close()
    regathering.stop()
    turns.close()
    turnOffers?.close()
    processMetrics.close()
  }

  async function stop(): Promise<void> {
    release()
    hub.clear()
    webSockets.close()
    const serverClosed = new Promise<void>((resolve) => server.close(() => resolve()))
    const farewells = [...roster].map((connection) => connection.close(GOING_AWAY, 'the relay is shutting down'))
    const bound = setTimeout(() => {
      for (const connection of roster) connection.terminate()
      server.closeAllConnections()
    }, settings.closeTimeout)
    await Promise.all([serverClosed, stunServer?.close(), bus.close(), ...farewells])
    clearTimeout(bound)
  }

  await bus.open({
    heard: (relay, topic, message) => {
      if (!hub.heard(relay, topic, message)) count('unheard')
    },
    dropped: count,
    changed: (state) => {
      if (state === 'lost') log.warn('Redis is lost: rooms are not shared with other relays', { reason: bus.trouble })
      else log.info('Redis is there: rooms are shared with other relays')
      if (state === 'connected') regathering.begin()
    },
  })
  if (bus.state === 'lost')
    log.warn('Redis cannot be reached: rooms are not shared with other relays yet', { reason: bus.trouble })
  try {
    await listen(server, settings.port, settings.host)
  } catch (error) {
    release()
    await bus.close()
    throw error
  }
  if (settings.stunPort !== null) {
    try {
      stunServer = await createStunServer({ port: settings.stunPort, host: settings.stunHost })
      stun.port = stunServer.port
    } catch (error) {
      stun.trouble = error instanceof Error ? error.message : String(error)
    }
  }
  // From here on what fails is accepting one connection, for want of file descriptors say. The others live on.
  server.on('error', () => refused('accept'))
  server.on('drop', () => refused('full'))
  let stopped: Promise<void> | null = null
  return {
    address: addressOf(server, settings.host),
    stun,
    counters,
    close: () => (stopped ??= stop()),
  }
}

/** Redis' client is loaded only where there is a Redis. */
async function busAt(redisUrl: string | null): Promise<Bus> {
  if (redisUrl === null) return new MemoryBus()
  const { RedisBus } = await import('./redis-bus.ts')
  try {
    return new RedisBus(redisUrl)
  } catch (error) {
    // It may hold a password.
    throw new TypeError('createRelay: redisUrl must be redis://[user:password@]host[:port], or rediss:// over TLS', {
      cause: error,
    })
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
