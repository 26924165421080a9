/** What stands in front of several relays: takes each connection to the first of them that lives. */
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

export class Balancer {
  readonly url: string
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server, relays: readonly { port: number }[]) {
    this.#server = server
    this.url = `http://localhost:${(server.address() as AddressInfo).port}`
    server.on('connection', (socket) => this.#pass(socket, relays))
  }

  /** The first of the relays is preferred to the second, and so on. */
  static async before(...relays: { port: number }[]): Promise<Balancer> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new Balancer(server, relays)
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #pass(visitor: Socket, [first, ...others]: readonly { port: number }[]): void {
    if (!first) return void visitor.destroy()
    const relay = connect(first.port, '127.0.0.1')
    relay.once('error', () => this.#pass(visitor, others))
    relay.once('connect', () => {
      relay.removeAllListeners('error')
      for (const [socket, other] of [
        [visitor, relay],
        [relay, visitor],
      ] as const) {
        this.#sockets.add(socket)
        socket.pipe(other)
        socket.on('error', () => other.destroy())
        socket.on('close', () => {
          this.#sockets.delete(socket)
          other.destroy()
        })
      }
    })
  }
}
