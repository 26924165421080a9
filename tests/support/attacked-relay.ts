/** What an honest person sees of a relay that is attacked from another network. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import { RelayProcess } from './relay-process.ts'

export interface Report {
  /** How long each ping took, in milliseconds, from the shortest. */
  pings: number[]
  /** The same for what was published in a room of two, to the other. */
  publications: number[]
  /** Bytes resident before, and at most. */
  before: number
  most: number
  /** Figures of `/metrics`, by name and label. */
  metrics: ReadonlyMap<string, number>
}

/** How often the honest say something, in milliseconds: often enough that one in a hundred is not simply the slowest. */
const INTERVAL = 10

const resident = async (pid: number): Promise<number> =>
  Number(/VmRSS:\s+(\d+) kB/u.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024

/** A client on a network of its own, that hears something at a time. */
class Honest {
  readonly #socket: WebSocket
  readonly #heard = new Map<string, () => void>()

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data: Buffer) => {
      const { type, data: word } = JSON.parse(data.toString()) as { type: string; data?: string }
      const key = word ?? type
      this.#heard.get(key)?.()
      this.#heard.delete(key)
    })
  }

  static async join(relay: RelayProcess, network: string, topic: string): Promise<Honest> {
    const socket = new WebSocket(`ws://127.0.0.1:${relay.port}/signal`, { localAddress: network })
    await once(socket, 'open')
    socket.send(JSON.stringify({ type: 'subscribe', topics: [topic] }))
    const honest = new Honest(socket)
    await honest.after('pong', { type: 'ping' })
    return honest
  }

  hears(key: string): Promise<void> {
    return new Promise((resolve) => this.#heard.set(key, resolve))
  }

  send(message: unknown): void {
    this.#socket.send(JSON.stringify(message))
  }

  /** Says something and waits for the answer; how long that took. */
  async after(key: string, message: unknown): Promise<number> {
    const [began, heard] = [performance.now(), this.hears(key)]
    this.send(message)
    await heard
    return performance.now() - began
  }

  close(): void {
    this.#socket.terminate()
  }
}

/** Attacks a relay for so many seconds, of which honest people on other networks make use meanwhile. */
export async function attackRelay(attack: string, seconds: number): Promise<Report> {
  const relay = await RelayProcess.start({ APP_DIR: '', NODE_OPTIONS: '--stack-trace-limit=0' })
  const honest = await Promise.all(['127.0.0.2', '127.0.0.3', '127.0.0.4'].map((at) => Honest.join(relay, at, 'room')))
  const [pinger, talker, listener] = honest
  if (!pinger || !talker || !listener) throw new Error('nobody is there')
  const before = await resident(relay.pid)
  const program = fileURLToPath(new URL('relay-attacker.ts', import.meta.url))
  const attacker = spawn(process.execPath, ['--import', 'tsx', program, String(relay.port), '127.0.0.66', attack], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  try {
    const [pings, publications]: [number[], number[]] = [[], []]
    let most = before
    const end = performance.now() + seconds * 1000
    for (let n = 0; performance.now() < end; n++) {
      const word = `word ${n}`
      const heard = listener.hears(word)
      const began = performance.now()
      talker.send({ type: 'publish', topic: 'room', data: word })
      const [ping] = await Promise.all([
        pinger.after('pong', { type: 'ping' }),
        heard.then(() => publications.push(performance.now() - began)),
      ])
      pings.push(ping)
      most = Math.max(most, await resident(relay.pid))
      await pause(INTERVAL)
    }
    if (attacker.exitCode !== null) throw new Error('the attacker has ended')
    const metrics = await (await fetch(`http://127.0.0.1:${relay.port}/metrics`)).text()
    const figures = [...metrics.matchAll(/^inkmesh_relay_(\S+) ([\d.]+)$/gmu)]
    return {
      pings: pings.sort((a, b) => a - b),
      publications: publications.sort((a, b) => a - b),
      before,
      most,
      metrics: new Map(figures.map(([, name = '', value]) => [name, Number(value)])),
    }
  } finally {
    attacker.kill('SIGKILL')
    for (const client of honest) client.close()
    await relay.kill()
  }
}
