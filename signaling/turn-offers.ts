import type { Connection } from './connection.ts'
import { turnAnswer, type TurnSettings } from './ice.ts'
import type { ServerMessage } from './protocol.ts'
import { textFrame } from './text-frame.ts'

/**
 * Tells each connection of the TURN servers, with credentials of its own: unasked, before it can need them, and again before
 * they expire. A network gets a few an hour for each person who may be behind it, and no more.
 */
export class TurnOffers {
  readonly #turn: TurnSettings
  readonly #renewal: NodeJS.Timeout | null
  readonly #withheld: () => void

  /** `withheld` is called when a network has had all it may. */
  constructor(turn: TurnSettings, connections: Iterable<Connection>, withheld: () => void) {
    this.#turn = turn
    this.#withheld = withheld
    const { credentials } = turn
    this.#renewal =
      'ttl' in credentials
        ? setInterval(
            () => {
              for (const connection of connections) this.offer(connection)
            },
            (credentials.ttl * 1000) / 2,
          ).unref()
        : null
  }

  offer(connection: Connection): void {
    if ('ttl' in this.#turn.credentials && !connection.network.mayHaveCredentials()) {
      this.#withheld()
      return
    }
    const message: ServerMessage = { type: 'ice', ...turnAnswer(this.#turn) }
    connection.deliver(textFrame(JSON.stringify(message)))
  }

  close(): void {
    if (this.#renewal !== null) clearInterval(this.#renewal)
  }
}
