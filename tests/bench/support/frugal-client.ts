/** A WebSocket client that does as little as it can, so that what is measured is the server. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { RelayProcess } from './relay-process.ts'

const TEXT = 0x81
const PING = 0x9
const PONG = 0x8a

/** A frame of RFC 6455, section 5.2, masked with zeros. */
function frame(first: number, payload: Buffer): Buffer {
  const { length } = payload
  const header =
    length < 126 ? Buffer.from([first, 0x80 | length]) : Buffer.from([first, 0x80 | 126, length >> 8, length & 255])
  return Buffer.concat([header, Buffer.alloc(4), payload])
}

/** What to send to say this. */
export const saying = (message: unknown): Buffer => frame(TEXT, Buffer.from(JSON.stringify(message)))

export class FrugalClient {
  /** Called for every text frame; what is in it is not looked at. */
  heard: () => void = () => undefined
  readonly #socket: Socket
  #rest: Buffer = Buffer.alloc(0)

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (data) => this.#read(data))
  }

  /** Connects as the n-th client. */
  static async connect({ port, at }: RelayProcess, n: number): Promise<FrugalClient> {
    const socket = connect(port, '127.0.0.1')
    socket.setNoDelay(true)
    socket.write(
      [
        `GET ${at} HTTP/1.1`,
        'Host: localhost',
        'Upgrade: websocket',
        'Connection: Upgrade',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
        `X-Forwarded-For: 10.0.${n >> 8}.${n & 255}`,
        '',
        '',
      ].join('\r\n'),
    )
    const [answer] = (await once(socket, 'data')) as [Buffer]
    if (!answer.toString('latin1').startsWith('HTTP/1.1 101')) throw new Error(answer.toString('latin1'))
    return new FrugalClient(socket)
  }

  send(bytes: Buffer): void {
    this.#socket.write(bytes)
  }

  /** Waits until the server has dealt with all that was sent. */
  async settled(): Promise<void> {
    const { heard } = this
    const answered = new Promise<void>((resolve) => {
      this.heard = resolve
    })
    this.send(saying({ type: 'ping' }))
    await answered
    this.heard = heard
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(data: Buffer): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, data]) : data
    let at = 0
    while (at + 2 <= bytes.length) {
      const short = bytes[at + 1] ?? 0
      if (at + 4 > bytes.length && short === 126) break
      const [header, length] = short === 126 ? [4, bytes.readUInt16BE(at + 2)] : [2, short]
      if (at + header + length > bytes.length) break
      const first = bytes[at] ?? 0
      if (first === TEXT) this.heard()
      else if ((first & 0xf) === PING) this.send(frame(PONG, bytes.subarray(at + header, at + header + length)))
      at += header + length
    }
    this.#rest = bytes.subarray(at)
  }
}
