/** The real relay in a process of its own, to be killed as crashes kill. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { freePort } from './ports.ts'
import { APP } from './relay.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

export class RelayProcess {
  readonly port: number
  readonly url: string
  readonly #env: Record<string, string>
  #child: ChildProcess | null = null

  private constructor(port: number, env: Record<string, string>) {
    this.port = port
    this.url = `http://localhost:${port}`
    this.#env = env
  }

  /** Starts one with so much of the environment. */
  static async start(env: Record<string, string>): Promise<RelayProcess> {
    const relay = new RelayProcess(await freePort(), env)
    await relay.restart()
    return relay
  }

  /** The process id, while it runs. */
  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error('The relay does not run')
    return this.#child.pid
  }

  /** Comes back on the same port. */
  async restart(): Promise<void> {
    await this.kill()
    const child = spawn(process.execPath, ['--import', 'tsx', 'signaling/main.ts'], {
      cwd: root,
      env: { ...process.env, HOST: '127.0.0.1', APP_DIR: APP, STUN_PORT: 'off', ...this.#env, PORT: String(this.port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#child = child
    let said = ''
    while (!said.includes('Inkmesh is at')) {
      const [data] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [unknown]
      if (!(data instanceof Buffer)) throw new Error(`The relay ended: ${said}`)
      said += data.toString()
    }
    child.stdout.resume()
  }

  async kill(): Promise<void> {
    const child = this.#child
    this.#child = null
    if (!child || child.exitCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
}
