/** A real keeper in a process of its own, built. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { DocumentReport } from '../../src/keeper/kept-document.ts'

/** The built keeper; `KEEPER_DIR` names another build of it. */
export const KEEPER_MAIN = join(process.env.KEEPER_DIR ?? join(import.meta.dirname, '../../dist/keeper'), 'main.js')

export interface KeeperProcessOptions {
  links: readonly string[]
  /** A file with more of them. */
  linkFile?: string
  dataFolder: string
  exportFolder?: string
}

const running = new Set<KeeperProcess>()

/** Ends whatever a test that failed has left running. */
export async function killKeepers(): Promise<void> {
  await Promise.all([...running].map((keeper) => keeper.kill()))
}

export class KeeperProcess {
  readonly #child: ChildProcess
  readonly #output: string[] = []
  /** Address of its status page. */
  #url: string | null = null

  private constructor(child: ChildProcess) {
    this.#child = child
    running.add(this)
    child.once('exit', () => running.delete(this))
  }

  /** Resolves when its documents are read and it is on its way to meet people. */
  static async start({ links, linkFile, dataFolder, exportFolder }: KeeperProcessOptions): Promise<KeeperProcess> {
    const args = [KEEPER_MAIN, '--status', '0', '--data', dataFolder]
    if (linkFile !== undefined) args.push('--links', linkFile)
    if (exportFolder !== undefined) args.push('--export', exportFolder)
    const child = spawn(process.execPath, args, {
      env: { ...process.env, INKMESH_LINKS: links.join(' ') },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const keeper = new KeeperProcess(child)
    await keeper.#ready()
    return keeper
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('The keeper did not start')
    return this.#child.pid
  }

  /** All it has written so far. */
  get output(): string {
    return this.#output.join('')
  }

  /** What its status page says. */
  async reports(): Promise<DocumentReport[]> {
    const response = await fetch(`${this.#url ?? ''}status.json`)
    const { documents } = (await response.json()) as { documents: DocumentReport[] }
    return documents
  }

  /** Ends it as an administrator does; gives its exit code. */
  terminate(): Promise<number | null> {
    return this.#end('SIGTERM')
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode
    const exit = once(this.#child, 'exit')
    this.#child.kill(signal)
    const [code] = (await exit) as [number | null]
    return code
  }

  #ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#child.stdout?.on('data', (data: Buffer) => {
        this.#output.push(data.toString())
        const [, url] = /^Status: (\S+)$/mu.exec(this.output) ?? []
        if (url === undefined) return
        this.#url = url
        resolve()
      })
      this.#child.stderr?.on('data', (data: Buffer) => this.#output.push(data.toString()))
      this.#child.once('exit', (code) => reject(new Error(`The keeper ended with code ${code ?? '-'}: ${this.output}`)))
    })
  }
}
