/**
 * Inkmesh where y-webrtc's own signaling server is the relay: a server of plain files that passes WebSockets on to it, and
 * knows no `/ice`.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { StaticFiles } from '../../signaling/static-files.ts'
import { freePort } from './ports.ts'
import { APP } from './relay.ts'

const STOCK = fileURLToPath(new URL('../../node_modules/y-webrtc/bin/server.js', import.meta.url))

export class StockRelay {
  readonly url: string
  readonly #files: Server
  readonly #relay: ChildProcess
  readonly #sockets = new Set<Socket>()
  /** Paths that were asked for and are not there. */
  readonly missed = new Set<string>()

  private constructor(files: Server, relay: ChildProcess, relayPort: number, app: StaticFiles) {
    this.#files = files
    this.#relay = relay
    this.url = `http://localhost:${(files.address() as AddressInfo).port}`
    files.on('request', (request, response) => {
      const path = request.url?.replace(/\?.*$/u, '') ?? ''
      void app.respond(path, request, response).then((found) => {
        if (found) return
        this.missed.add(path)
        response.writeHead(404).end()
      })
    })
    files.on('upgrade', (request, socket: Socket) => {
      const passed = connect(relayPort, '127.0.0.1')
      const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${String(value)}\r\n`)
      passed.write(`GET / HTTP/1.1\r\n${headers.join('')}\r\n`)
      for (const [one, other] of [
        [socket, passed],
        [passed, socket],
      ] as const) {
        this.#sockets.add(one)
        one.pipe(other)
        one.on('error', () => other.destroy())
        one.on('close', () => other.destroy())
      }
    })
  }

  static async start(): Promise<StockRelay> {
    const port = await freePort()
    const relay = spawn(process.execPath, [STOCK], {
      env: { ...process.env, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const app = await StaticFiles.read(APP)
    const files = createServer().listen(0, '127.0.0.1')
    await Promise.all([once(relay.stdout, 'data'), once(files, 'listening')])
    return new StockRelay(files, relay, port, app)
  }

  async stop(): Promise<void> {
    this.#files.close()
    this.#files.closeAllConnections()
    for (const socket of this.#sockets) socket.destroy()
    this.#relay.kill('SIGKILL')
    await once(this.#relay, 'exit')
  }
}
