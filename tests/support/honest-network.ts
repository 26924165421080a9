/** People behind one address who open one document at once: what the relay has to do for them. */
import { once } from 'node:events'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { RelayProcess } from './relay-process.ts'

/** A page loads so many files. */
const FILES = 16
/** Who arrives says it, and makes links: an offer, an answer and candidates for each of some neighbours. */
const SIGNALS = 24
const SIGNAL = 'x'.repeat(1200)

async function app(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'inkmesh-app-'))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), '<!doctype html>')
  for (let i = 0; i < FILES; i++) await writeFile(join(folder, 'assets', `${i}.js`), `export default ${i}`)
  return folder
}

/** Lets so many come at once, from one address. Resolves with the milliseconds until each has heard all that everyone said. */
export async function joinFromOneAddress(count: number): Promise<number> {
  const relay = await RelayProcess.start({ APP_DIR: await app() })
  const sockets: WebSocket[] = []
  const began = performance.now()
  try {
    const arrived: Promise<void>[] = []
    const arrive = async (): Promise<void> => {
      const paths = ['/', '/ice', ...Array.from({ length: FILES }, (_, i) => `/assets/${i}.js`)]
      for (const path of paths) {
        const response = await fetch(`${relay.url.replace('localhost', '127.0.0.1')}${path}`)
        await response.arrayBuffer()
        if (!response.ok) throw new Error(`${path}: ${response.status}`)
      }
      const socket = new WebSocket(`ws://127.0.0.1:${relay.port}/signal`, { localAddress: '127.0.0.66' })
      sockets.push(socket)
      let heard = 0
      arrived.push(
        new Promise((resolve, reject) => {
          socket.on('message', (data: Buffer) => {
            if (data.includes('"publish"') && ++heard === count * (SIGNALS + 1)) resolve()
          })
          socket.on('close', (code) => reject(new Error(`The relay has closed a connection: ${code}`)))
        }),
      )
      await once(socket, 'open')
      socket.send(JSON.stringify({ type: 'subscribe', topics: ['room'] }))
      // Who is answered is subscribed.
      const answered = new Promise<void>((resolve) => {
        socket.on('message', (data: Buffer) => data.includes('"pong"') && resolve())
      })
      socket.send(JSON.stringify({ type: 'ping' }))
      await answered
    }
    await Promise.all(Array.from({ length: count }, arrive))
    for (const socket of sockets) {
      for (let i = 0; i <= SIGNALS; i++) {
        socket.send(JSON.stringify({ type: 'publish', topic: 'room', data: i === 0 ? 'announced' : SIGNAL }))
      }
    }
    await Promise.all(arrived)
    return performance.now() - began
  } finally {
    for (const socket of sockets) socket.removeAllListeners('close').terminate()
    await relay.kill()
  }
}
