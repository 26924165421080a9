/** The editor without a page in processes of their own, as it is now and as it was, taking turns. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'
import { touchedClients } from '../../../scripts/yjs-touched-clients.ts'
import type { Tasks } from '../editor/main.ts'
import { BEFORE, checkOut, ROOT, temporaryFolder } from './earlier.ts'

const PROGRAM = 'tests/bench/editor'

/** A built program, by what it is called in tables. */
export interface EditorProgram {
  readonly name: string
  readonly main: string
}

/** Builds the program that is measured, in this tree and in the earlier one. */
export async function buildEditors(): Promise<[now: EditorProgram, before: EditorProgram]> {
  const earlier = checkOut(BEFORE)
  cpSync(join(ROOT, PROGRAM), join(earlier, PROGRAM), { recursive: true })
  return [
    { name: 'now', main: await buildIn(ROOT, [touchedClients]) },
    { name: BEFORE, main: await buildIn(earlier, []) },
  ]
}

async function buildIn(root: string, plugins: (typeof touchedClients)[]): Promise<string> {
  const outDir = temporaryFolder()
  await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    plugins,
    build: {
      ssr: join(root, PROGRAM, 'main.ts'),
      outDir,
      emptyOutDir: true,
      target: 'node20',
      minify: false,
      rolldownOptions: { output: { entryFileNames: 'main.mjs' } },
    },
    ssr: { noExternal: true },
  })
  return join(outDir, 'main.mjs')
}

export class EditorProcess {
  readonly #child: ChildProcess
  readonly #gone: Promise<unknown>

  /** `BENCH_NODE_ARGS` starts Node with more, such as `--cpu-prof`. */
  constructor({ main }: EditorProgram) {
    const more = (process.env['BENCH_NODE_ARGS'] ?? '').split(' ').filter((arg) => arg !== '')
    this.#child = fork(main, { execArgv: ['--expose-gc', ...more], serialization: 'advanced' })
    this.#gone = once(this.#child, 'exit')
  }

  async ask<K extends keyof Tasks>(task: K, ...args: Parameters<Tasks[K]>): Promise<ReturnType<Tasks[K]>> {
    const answer = new Promise<ReturnType<Tasks[K]>>((resolve) => this.#child.once('message', resolve))
    this.#child.send([task, ...args])
    const gone = this.#gone.then(() => Promise.reject(new Error(`The process ended while it was asked for ${task}`)))
    return Promise.race([answer, gone])
  }

  /** Bytes on the heap that a task takes for good. */
  async weigh<K extends keyof Tasks>(task: K, ...args: Parameters<Tasks[K]>): Promise<number> {
    const before = await this.ask('heap')
    await this.ask(task, ...args)
    return (await this.ask('heap')) - before
  }

  async stop(): Promise<void> {
    this.#child.disconnect()
    await this.#gone
  }
}

/** Asks a fresh process of each program. */
export async function askFresh<K extends keyof Tasks>(
  programs: readonly EditorProgram[],
  task: K,
  ...args: Parameters<Tasks[K]>
): Promise<ReturnType<Tasks[K]>[]> {
  const answers: ReturnType<Tasks[K]>[] = []
  for (const program of programs) {
    const editor = new EditorProcess(program)
    answers.push(await editor.ask(task, ...args))
    await editor.stop()
  }
  return answers
}
