/** Proxies that remember every byte they pass on: what a packet trace of the server behind them would show. */
import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** One direction of one TCP connection. */
class Stream {
  readonly #chunks: Buffer[] = []

  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }
}

/** A proxy in front of a TCP server on this machine. */
export interface TcpTrace {
  readonly port: number
  /** Client to server, a connection each. */
  readonly asked: readonly Stream[]
  /** Server to client. */
  readonly answered: readonly Stream[]
  close(): Promise<void>
}

export async function traceTcp(port: number): Promise<TcpTrace> {
  const asked: Stream[] = []
  const answered: Stream[] = []
  const sockets = new Set<Socket>()

  function pass(from: Socket, to: Socket, kept: Stream[]): void {
    const stream = new Stream()
    kept.push(stream)
    from.on('data', (chunk: Buffer) => stream.push(chunk))
    from.pipe(to)
    from.on('error', () => to.destroy())
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
    sockets.add(from)
  }

  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    pass(client, upstream, asked)
    pass(upstream, client, answered)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    answered,
    async close() {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}

/** A proxy in front of a UDP server of 127.0.0.1. To the server each client has another port than it has by itself, as behind a router. */
export interface UdpTrace {
  readonly port: number
  readonly asked: readonly Buffer[]
  readonly answered: readonly Buffer[]
  close(): void
}

export async function traceUdp(port: number, host = '127.0.0.1', listenOn = 0): Promise<UdpTrace> {
  const asked: Buffer[] = []
  const answered: Buffer[] = []
  const outside = new Map<number, UdpSocket>()
  const inside = createSocket('udp4')

  function outsideOf(client: RemoteInfo): UdpSocket {
    const known = outside.get(client.port)
    if (known) return known
    const socket = createSocket('udp4')
    socket.on('message', (bytes) => {
      answered.push(bytes)
      inside.send(bytes, client.port, client.address)
    })
    outside.set(client.port, socket)
    return socket
  }

  inside.on('message', (bytes, client) => {
    asked.push(bytes)
    outsideOf(client).send(bytes, port, '127.0.0.1')
  })
  inside.bind(listenOn, host)
  await once(inside, 'listening')
  return {
    port: inside.address().port,
    asked,
    answered,
    close() {
      for (const socket of [inside, ...outside.values()]) socket.close()
    },
  }
}

/**
 * The payloads of the WebSocket that a client opened on a connection, without the mask that hides them from a plain search
 * (RFC 6455, section 5.3). Empty when it opened none.
 */
export function webSocketPayloads(asked: Buffer): Buffer[] {
  const start = asked.indexOf('\r\n\r\n', asked.indexOf('Sec-WebSocket-Key'))
  if (!asked.includes('Sec-WebSocket-Key') || start < 0) return []
  const payloads: Buffer[] = []
  let rest = asked.subarray(start + 4)
  while (rest.length >= 6) {
    const short = rest.readUInt8(1) & 0x7f
    const wide = short === 126 ? 2 : short === 127 ? 8 : 0
    const length = wide === 2 ? rest.readUInt16BE(2) : wide === 8 ? Number(rest.readBigUInt64BE(2)) : short
    const mask = rest.subarray(2 + wide, 6 + wide)
    const payload = rest.subarray(6 + wide, 6 + wide + length)
    payloads.push(payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0)) as Buffer)
    rest = rest.subarray(6 + wide + length)
  }
  return payloads
}
