/** Relays in processes of their own, to be measured from outside. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../support/ports.ts'
import { BEFORE, checkOut, ROOT } from './earlier.ts'

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

/** A program that speaks y-webrtc's signaling, what it is called in tables, and where on it the WebSocket is. */
export interface RelayProgram {
  readonly name: string
  readonly main: string
  readonly at: string
}

/** Ours, ours as it was at an earlier commit, and y-webrtc's own. */
export function relayPrograms(): RelayProgram[] {
  const earlier = checkOut(BEFORE)
  execFileSync(join(ROOT, 'node_modules/.bin/vite'), ['build', '--config', 'vite.relay.config.ts'], { cwd: earlier })
  return [
    { name: 'Inkmesh', main: join(ROOT, 'dist/relay/main.js'), at: '/signal' },
    { name: BEFORE, main: join(earlier, 'dist/relay/main.js'), at: '/signal' },
    { name: 'y-webrtc', main: join(ROOT, 'node_modules/y-webrtc/bin/server.js'), at: '/' },
  ]
}

/** Bytes held after a garbage collection, and CPU time taken so far in milliseconds. */
export interface Usage {
  rss: number
  cpu: number
}

export class RelayProcess {
  readonly port: number
  readonly at: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number, at: string) {
    this.#child = child
    this.port = port
    this.at = at
  }

  /** Starts one on a free port. Ours believes what clients say of their address: so many cannot come from one. */
  static async start({ main, at }: RelayProgram): Promise<RelayProcess> {
    const port = await freePort()
    const child = spawn(process.execPath, ['--expose-gc', '--import', path('./report-usage.mjs'), main], {
      env: { ...process.env, PORT: String(port), HOST: '127.0.0.1', STUN_PORT: 'off', TRUST_PROXY: '1' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    await listening(port)
    return new RelayProcess(child, port, at)
  }

  async usage(): Promise<Usage> {
    const answer = once(this.#child, 'message')
    this.#child.send('usage')
    const [usage] = (await answer) as [Usage]
    return usage
  }

  async stop(): Promise<void> {
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await gone
  }
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const socket = connect(port, '127.0.0.1')
    const open = await new Promise<boolean>((resolve) => {
      socket.on('connect', () => resolve(true))
      socket.on('error', () => resolve(false))
    })
    socket.destroy()
    if (open) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`Nothing listens on port ${port}`)
}
