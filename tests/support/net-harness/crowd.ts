/** A crowd of Node peers, driven from a test. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'vite'
import { peerLinkAlias } from '../../../vite.config.ts'
import type { CrowdReport } from './crowd-peer.ts'
import type { FloodName } from './floods.ts'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

interface Command {
  join?: { count: number; address: string }
  write?: { peer: number; text: string }
  flood?: { peer: number; name: FloodName }
  say?: { peer: number; update: number[] }
  leave?: true
}

interface Answer {
  id: number
  sent: number
  reports: CrowdReport[]
}

export class Crowd {
  readonly #process: ChildProcess
  readonly #folder: string
  #commands = 0

  private constructor(process: ChildProcess, folder: string) {
    this.#process = process
    this.#folder = folder
  }

  /** Starts its process, as another file does that becomes Node, where one is given. */
  static async start(
    through: { execPath?: string; execArgv?: string[]; env?: NodeJS.ProcessEnv } = {},
  ): Promise<Crowd> {
    // Within the project, where Node finds the native library.
    const folder = await mkdtemp(here('../../../node_modules/.crowd-'))
    await build({
      configFile: false,
      logLevel: 'error',
      resolve: { alias: peerLinkAlias },
      ssr: { noExternal: true, external: ['node-datachannel', 'ws'] },
      build: {
        ssr: here('./crowd-peer.ts'),
        outDir: folder,
        rolldownOptions: { output: { codeSplitting: false, entryFileNames: 'peer.mjs' } },
      },
    })
    const bundle = pathToFileURL(join(folder, 'peer.mjs')).href
    return new Crowd(fork(here('./crowd-process.mjs'), [bundle], { execArgv: [], ...through }), folder)
  }

  /** So many more join the document with this address. */
  async join(count: number, address: string): Promise<void> {
    await this.#ask({ join: { count, address } })
  }

  async write(peer: number, text: string): Promise<void> {
    await this.#ask({ write: { peer, text } })
  }

  /** A peer tells the others of an update as if it were its own. */
  async say(peer: number, update: Uint8Array): Promise<void> {
    await this.#ask({ say: { peer, update: [...update] } })
  }

  /** A peer sends all of a flood, as far as its links last. Resolves with the bytes that went out. */
  async flood(peer: number, name: FloodName): Promise<number> {
    return (await this.#command({ flood: { peer, name } })).sent
  }

  /** All leave; others may come. */
  async leave(): Promise<void> {
    await this.#ask({ leave: true })
  }

  reports(): Promise<CrowdReport[]> {
    return this.#ask({})
  }

  async end(): Promise<void> {
    if (this.#process.connected) {
      await this.leave()
      const exited = once(this.#process, 'exit')
      this.#process.disconnect()
      await exited
    }
    await rm(this.#folder, { recursive: true })
  }

  async #ask(command: Command): Promise<CrowdReport[]> {
    return (await this.#command(command)).reports
  }

  #command(command: Command): Promise<Answer> {
    const id = ++this.#commands
    return new Promise((resolve, reject) => {
      const done = (finish: () => void): void => {
        this.#process.off('message', onMessage)
        this.#process.off('exit', onExit)
        finish()
      }
      const onMessage = (answer: Answer): void => {
        if (answer.id !== id) return
        done(() => {
          resolve(answer)
        })
      }
      const onExit = (code: number | null, signal: string | null): void => {
        done(() => {
          reject(new Error(`The crowd's process ended: ${signal ?? code}`))
        })
      }
      this.#process.on('message', onMessage)
      this.#process.on('exit', onExit)
      this.#process.send({ id, ...command })
    })
  }
}
