/**
 * Attacks a relay from one network, in every way at once, until it is killed: `relay-attacker.ts <port> <own address> <attack>`, where 'all' is all of them. It runs in a
 * process of its own, so that what it costs the attacker does not slow those who measure.
 */
import { connect, type Socket } from 'node:net'

const [port, address] = [Number(process.argv[2]), String(process.argv[3])]

/** How soon one that was refused or dropped comes again, in milliseconds. A flood of mere connections is for a firewall. */
const AGAIN = 500

const TEXT = 0x81
const BINARY = 0x82
const PING = 0x89

/** A frame of RFC 6455, section 5.2, masked with zeros. */
function frame(first: number, text: string): Buffer {
  const payload = Buffer.from(text)
  const { length } = payload
  const head = length < 126 ? [first, 0x80 | length] : [first, 0xfe, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), payload])
}

const say = (message: unknown): Buffer => frame(TEXT, JSON.stringify(message))
const many = (count: number, piece: Buffer): Buffer => Buffer.concat(Array<Buffer>(count).fill(piece))
const TOPICS = Array.from({ length: 200 }, (_, n) => `attacked ${n}`)

interface Attack {
  /** Connections at once. */
  sockets: number
  /** Said once connected. */
  first: Buffer
  /** Said again and again, as fast as it is taken; null hangs up instead. */
  again: Buffer | null
  /** Whether it reads what comes. */
  reads: boolean
}

const subscribe = say({ type: 'subscribe', topics: TOPICS })
const attacks: Record<string, Attack> = {
  // Little in, much out.
  fanOut: {
    sockets: 100,
    first: say({ type: 'subscribe', topics: ['loud'] }),
    again: many(800, say({ type: 'publish', topic: 'loud', data: 1 })),
    reads: true,
  },
  // The same, where nobody reads.
  deafFanOut: {
    sockets: 100,
    first: say({ type: 'subscribe', topics: ['loud'] }),
    again: many(20, say({ type: 'publish', topic: 'loud', data: 'x'.repeat(2_000) })),
    reads: false,
  },
  // Departures, by leaving topics and by hanging up.
  leaving: {
    sockets: 60,
    first: subscribe,
    again: Buffer.concat([say({ type: 'unsubscribe', topics: TOPICS }), subscribe]),
    reads: true,
  },
  hangingUp: { sockets: 60, first: subscribe, again: null, reads: true },
  // Much that is cheap to say: pings, frames that mean nothing.
  pings: { sockets: 60, first: Buffer.alloc(0), again: many(5_000, frame(PING, 'x')), reads: true },
  nonsense: { sockets: 30, first: Buffer.alloc(0), again: many(5_000, frame(BINARY, 'x')), reads: true },
  deafPings: { sockets: 30, first: Buffer.alloc(0), again: many(2_000, say({ type: 'ping' })), reads: false },
  // Messages without an end.
  endless: {
    sockets: 30,
    first: frame(TEXT & 0x7f, 'x'.repeat(60_000)),
    again: many(400, frame(PING, 'x'.repeat(125))),
    reads: true,
  },
}

function begin(attack: Attack): void {
  const socket = connect({ port, host: '127.0.0.1', localAddress: address })
  socket.on('error', () => socket.destroy())
  // Those whom it refuses come again and again.
  socket.on('close', () => setTimeout(() => begin(attack), AGAIN))
  socket.write(
    `GET /signal HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
      `Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
  )
  socket.once('data', () => {
    socket.write(attack.first)
    if (attack.reads) socket.resume()
    else socket.pause()
    if (attack.again === null) socket.end()
    else keepSaying(socket, attack.again)
  })
}

function keepSaying(socket: Socket, words: Buffer): void {
  if (socket.destroyed) return
  if (socket.write(words)) setImmediate(keepSaying, socket, words)
  else socket.once('drain', () => keepSaying(socket, words))
}

/** HTTP requests in a pipeline. */
function ask(path: string): void {
  const socket = connect({ port, host: '127.0.0.1', localAddress: address })
  socket.on('error', () => socket.destroy())
  socket.on('close', () => setTimeout(ask, AGAIN, path))
  socket.resume()
  keepSaying(socket, many(100, Buffer.from(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)))
}

const wanted = process.argv[4]
for (const [name, attack] of Object.entries(attacks)) {
  if (wanted === name || wanted === 'all') for (let n = 0; n < attack.sockets; n++) begin(attack)
}
if (wanted === 'requests' || wanted === 'all') for (const path of ['/ice', '/nothing', '/healthz', '/signal']) ask(path)
