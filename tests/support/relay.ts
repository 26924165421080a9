/** The real relay in this process, to be stopped and started again on the same port. */
import { fileURLToPath } from 'node:url'
import type { Origins } from '../../signaling/origins.ts'
import { createRelay, type Relay } from '#signaling/relay'

/** The built app; `APP_DIR` names another build of it, as for the relay itself. */
export const APP = process.env.APP_DIR ?? fileURLToPath(new URL('../../dist/app', import.meta.url))

export class TestRelay {
  /** Origin of the app it serves. */
  readonly url: string
  #port: number
  #relay: Relay | null
  readonly #options: { appDir: string; origins: Origins }

  private constructor(relay: Relay, options: { appDir: string; origins: Origins }) {
    this.#relay = relay
    this.#options = options
    this.#port = relay.address.port
    this.url = `http://localhost:${this.#port}`
  }

  /** Serves signaling to the pages of these origins. */
  static async start(appDir = APP, origins: Origins = 'same'): Promise<TestRelay> {
    return new TestRelay(await listen({ port: 0, appDir, origins }), { appDir, origins })
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

const listen = (options: { port: number; appDir: string; origins: Origins }): Promise<Relay> =>
  createRelay({ host: '127.0.0.1', ...options })
