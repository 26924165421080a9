import { once } from 'node:events'
import { WebSocket } from 'ws'
import { parseServerMessage, type ServerMessage } from '#signaling/protocol'
import type { Relay } from '#signaling/relay'

/** What a browser speaks to the relay: stock y-webrtc's JSON, and a memory of what came back. */
export class Client {
  readonly socket: WebSocket
  readonly received: ServerMessage[] = []
  readonly closed: Promise<number>
  readonly #waiting: { wanted: (message: ServerMessage) => boolean; found: (message: ServerMessage) => void }[] = []

  private constructor(socket: WebSocket) {
    this.socket = socket
    this.closed = new Promise((resolve) => socket.on('close', resolve))
    socket.on('error', () => socket.terminate())
    socket.on('message', (data: Buffer) => this.#receive(JSON.parse(data.toString())))
  }

  /** Connects, and with topics subscribes. */
  static async join(relay: Relay, ...topics: string[]): Promise<Client> {
    const client = new Client(new WebSocket(signalUrl(relay)))
    await once(client.socket, 'open')
    if (topics.length > 0) await client.subscribe(...topics)
    return client
  }

  /** Sends a value as y-webrtc does. */
  send(message: unknown): void {
    this.socket.send(JSON.stringify(message))
  }

  /** Subscribes and waits until the relay has obeyed. */
  async subscribe(...topics: string[]): Promise<void> {
    this.send({ type: 'subscribe', topics })
    await this.settled()
  }

  publish(topic: string, data: unknown): void {
    this.send({ type: 'publish', topic, data })
  }

  /** Waits until the relay has answered a ping, and so has dealt with everything sent before it. */
  async settled(): Promise<void> {
    const pong = this.next((message) => message.type === 'pong')
    this.send({ type: 'ping' })
    await pong
  }

  /** The next message that is wanted, from now on. */
  next(wanted: (message: ServerMessage) => boolean = () => true): Promise<ServerMessage> {
    return new Promise((found) => this.#waiting.push({ wanted, found }))
  }

  /** The data of everything published, in order. */
  get published(): unknown[] {
    return this.received.flatMap((message) => (message.type === 'publish' ? [message.data] : []))
  }

  async close(): Promise<void> {
    this.socket.close()
    await this.closed
  }

  #receive(value: unknown): void {
    const message = parseServerMessage(value)
    if (message === null) throw new Error(`the relay said ${JSON.stringify(value)}`)
    this.received.push(message)
    const index = this.#waiting.findIndex(({ wanted }) => wanted(message))
    if (index >= 0) this.#waiting.splice(index, 1)[0]?.found(message)
  }
}

export const signalUrl = (relay: Relay): string => `${relay.address.url.replace('http', 'ws')}/signal`
