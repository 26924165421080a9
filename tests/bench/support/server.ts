/** Serves the pages of dist/bench, and the y-websocket protocol at /sync/<room> from memory. */
import { createReadStream, existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { WebSocketServer, type WebSocket } from 'ws'
import * as awarenessProtocol from 'y-protocols/awareness'
import * as syncProtocol from 'y-protocols/sync'
import * as Y from 'yjs'

const PAGES = fileURLToPath(new URL('../../../dist/bench', import.meta.url))
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }
const SYNC = 0
const AWARENESS = 1

export interface BenchServer {
  url: string
  close: () => Promise<void>
}

export async function serveComparisons(): Promise<BenchServer> {
  const http = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://bench.invalid')
    const path = PAGES + pathname
    if (pathname.includes('..') || !existsSync(path)) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' })
    createReadStream(path).pipe(response)
  })
  const rooms = new Map<string, Room>()
  const sockets = new WebSocketServer({ server: http })
  sockets.on('connection', (socket, request) => {
    const name = request.url ?? ''
    const room = rooms.get(name) ?? new Room()
    rooms.set(name, room)
    room.join(socket)
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo
  return {
    url: `http://localhost:${port}`,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.clients) socket.terminate()
        for (const room of rooms.values()) room.close()
        http.close(() => resolve())
      }),
  }
}

class Room {
  readonly #doc = new Y.Doc()
  readonly #awareness = new awarenessProtocol.Awareness(this.#doc)
  readonly #sockets = new Set<WebSocket>()

  constructor() {
    this.#awareness.setLocalState(null)
    this.#doc.on('update', (update: Uint8Array) =>
      this.#broadcast(SYNC, (encoder) => syncProtocol.writeUpdate(encoder, update)),
    )
  }

  join(socket: WebSocket): void {
    socket.binaryType = 'arraybuffer'
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('message', (data: ArrayBuffer) => this.#receive(socket, new Uint8Array(data)))
    socket.send(message(SYNC, (encoder) => syncProtocol.writeSyncStep1(encoder, this.#doc)))
  }

  close(): void {
    this.#awareness.destroy()
    this.#doc.destroy()
  }

  #receive(socket: WebSocket, data: Uint8Array): void {
    const decoder = decoding.createDecoder(data)
    if (decoding.readVarUint(decoder) === SYNC) {
      const reply = encoding.createEncoder()
      encoding.writeVarUint(reply, SYNC)
      syncProtocol.readSyncMessage(decoder, reply, this.#doc, socket)
      if (encoding.length(reply) > 1) socket.send(encoding.toUint8Array(reply))
    } else {
      const update = decoding.readVarUint8Array(decoder)
      this.#broadcast(AWARENESS, (encoder) => encoding.writeVarUint8Array(encoder, update))
    }
  }

  #broadcast(kind: number, write: (encoder: encoding.Encoder) => void): void {
    const data = message(kind, write)
    for (const socket of this.#sockets) socket.send(data)
  }
}

function message(kind: number, write: (encoder: encoding.Encoder) => void): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, kind)
  write(encoder)
  return encoding.toUint8Array(encoder)
}
