import type { Connection } from './connection.ts'

/** How many are sent away at once, how long until the next, and between two rounds, in milliseconds. */
const AT_ONCE = 100
const PAUSE = 100
const REST = 10_000

/** IANA's registry of WebSocket close codes: the service is restarting; connect again. */
const SERVICE_RESTART = 1012

/**
 * Has everybody who listens to something connect again, some at a time. For when relays hear each other again: y-webrtc
 * announces itself on every connection, and so those meet who came to different relays meanwhile. What flows between
 * browsers flows on.
 */
export class Regathering {
  readonly #connections: Iterable<Connection>
  #timer: NodeJS.Timeout | null = null
  #ended = -Infinity

  constructor(connections: Iterable<Connection>) {
    this.#connections = connections
  }

  /** Begins a round, unless one is about to; soon after the last, only when that has had some rest. */
  begin(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    const wait = Math.max(0, this.#ended + REST - performance.now())
    this.#timer = setTimeout(() => this.#send([...this.#connections].filter(({ topics }) => topics.size > 0)), wait)
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #send(waiting: Connection[]): void {
    const sent = waiting.splice(0, AT_ONCE)
    for (const connection of sent) {
      void connection.close(SERVICE_RESTART, 'relays share rooms again', true)
    }
    if (sent.length > 0) this.#ended = performance.now()
    this.#timer = waiting.length > 0 ? setTimeout(() => this.#send(waiting), PAUSE) : null
  }
}
