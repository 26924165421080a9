/** A real Redis on a free port, to be killed and started again there. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { freePort } from './ports.ts'

/** Why tests with a Redis are skipped; null when there is one. */
export const noRedis =
  spawnSync('redis-server', ['--version']).status === 0
    ? null
    : 'SKIPPED: redis-server is not installed (Debian: apt-get install redis-server).'

export class TestRedis {
  readonly url: string
  readonly #port: number
  #process: ChildProcess | null = null

  private constructor(port: number) {
    this.#port = port
    this.url = `redis://127.0.0.1:${port}`
  }

  static async start(): Promise<TestRedis> {
    const redis = new TestRedis(await freePort())
    await redis.restart()
    return redis
  }

  /** Comes back on the same port, remembering nothing. */
  async restart(): Promise<void> {
    await this.kill()
    const place = ['--port', String(this.#port), '--bind', '127.0.0.1', '--dir', '/tmp']
    const child = spawn('redis-server', [...place, '--save', '', '--appendonly', 'no'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#process = child
    let said = ''
    const gone = once(child, 'exit').then(() => {
      throw new Error(`redis-server ended:\n${said}`)
    })
    const ready = new Promise<void>((resolve) => {
      child.stdout.on('data', (data: Buffer) => {
        said += data.toString()
        if (said.includes('Ready to accept connections')) resolve()
      })
    })
    await Promise.race([ready, gone])
    gone.catch(() => undefined)
  }

  /** As a crash does. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Is there, but answers nothing, until `resume`. */
  suspend(): void {
    this.#process?.kill('SIGSTOP')
  }

  resume(): void {
    this.#process?.kill('SIGCONT')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process
    this.#process = null
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }
}
