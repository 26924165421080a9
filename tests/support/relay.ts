/** The real relay in this process, to be stopped and started again on the same port. */
import { fileURLToPath } from 'node:url'
import type { RelayOptions } from '../../signaling/options.ts'
import { createRelay, type Relay } from '#signaling/relay'

/** The built app; `APP_DIR` names another build of it, as for the relay itself. */
export const APP = process.env.APP_DIR ?? fileURLToPath(new URL('../../dist/app', import.meta.url))

type Options = Pick<RelayOptions, 'appDir'> & Partial<Pick<RelayOptions, 'origins' | 'huddles'>>

export class TestRelay {
  /** Origin of the app it serves. */
  readonly url: string
  #port: number
  #relay: Relay | null
  readonly #options: Options

  private constructor(relay: Relay, options: Options) {
    this.#relay = relay
    this.#options = options
    this.#port = relay.address.port
    this.url = `http://localhost:${this.#port}`
  }

  /** Serves the app as it is built, unless told otherwise. */
  static async start(chosen: Partial<Options> = {}): Promise<TestRelay> {
    const options = { appDir: APP, ...chosen }
    return new TestRelay(await listen({ port: 0, ...options }), options)
  }

  /** As if the process died: the app cannot be loaded from it, and every signaling connection ends. */
  async stop(): Promise<void> {
    const relay = this.#relay
    this.#relay = null
    await relay?.close()
  }

  /** Comes back on the same port. */
  async restart(): Promise<void> {
    await this.stop()
    this.#relay = await listen({ port: this.#port, ...this.#options })
  }
}

const listen = (options: Options & { port: number }): Promise<Relay> => createRelay({ host: '127.0.0.1', ...options })
