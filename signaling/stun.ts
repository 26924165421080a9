import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { lookup } from 'node:dns/promises'
import { networkOf } from './address.ts'
import { RateLimit, type Allowance } from './limits.ts'
import { answerTo, parseBindingRequest } from './stun-message.ts'

/** Where a STUN server listens, and how much it answers. */
export interface StunOptions {
  /** 0 takes a free one. */
  port: number
  /** Name or address to listen on; null listens on every address. */
  host: string | null
  /** Requests answered for one network. */
  perNetwork?: Allowance
  /** Requests answered in all. */
  inAll?: Allowance
}

/** A running STUN server. */
export interface StunServer {
  readonly port: number
  /** What came since it started: requests answered, those over the allowance, and what was no request. */
  counters(): StunCounters
  close(): Promise<void>
}

export interface StunCounters {
  answered: number
  throttled: number
  ignored: number
}

/** A browser asks once for each of its addresses and a few times more when packets get lost; a school is one network. */
const PER_NETWORK: Allowance = { burst: 600, rate: 60 }
const IN_ALL: Allowance = { burst: 10_000, rate: 5000 }

/** Networks remembered at once. Senders of UDP may lie about theirs, so there is no end of them. */
const NETWORKS = 10_000

/**
 * Tells browsers the address they have on the outside (STUN, RFC 8489), which is all that two of them behind common home
 * routers need to meet. Answers binding requests over UDP and nothing else; an answer is at most 24 bytes longer than its
 * question, so there is nothing to amplify. Rejects with the system's error when it cannot listen.
 */
export async function createStunServer(options: StunOptions): Promise<StunServer> {
  const networks = new RateLimit(options.perNetwork ?? PER_NETWORK, NETWORKS)
  const everyone = new RateLimit(options.inAll ?? IN_ALL, 1)
  const counters: StunCounters = { answered: 0, throttled: 0, ignored: 0 }

  function receive(socket: Socket, bytes: Buffer, { address, port }: RemoteInfo): void {
    const request = parseBindingRequest(bytes)
    if (request === null) counters.ignored++
    else if (!networks.take(networkOf(address)) || !everyone.take('')) counters.throttled++
    else {
      counters.answered++
      // An answer that is lost, here or on the way, is asked for again.
      socket.send(answerTo(request, address, port), port, address, ignoreLoss)
    }
  }

  const socket = await bind(options.host, options.port)
  socket.on('message', (bytes, from) => receive(socket, bytes, from))
  socket.on('error', () => counters.ignored++)
  return {
    port: socket.address().port,
    counters: () => ({ ...counters }),
    close: () => new Promise((resolve) => socket.close(resolve)),
  }
}

const ignoreLoss = (): void => undefined

async function bind(host: string | null, port: number): Promise<Socket> {
  if (host !== null) {
    const { address, family } = await lookup(host)
    return listen(createSocket(family === 6 ? 'udp6' : 'udp4'), port, address)
  }
  try {
    // Takes IPv4 too.
    return await listen(createSocket('udp6'), port, '::')
  } catch (error) {
    if (!isWithoutIPv6(error)) throw error
    return listen(createSocket('udp4'), port, '0.0.0.0')
  }
}

async function listen(socket: Socket, port: number, address: string): Promise<Socket> {
  try {
    socket.bind(port, address)
    await once(socket, 'listening')
    return socket
  } catch (error) {
    socket.close()
    throw error
  }
}

const isWithoutIPv6 = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EAFNOSUPPORT' || error.code === 'EADDRNOTAVAIL')
