/** When the other side of a link was last heard, and what to make of its silence. */
import type { Timing } from './timing.ts'

export class Heartbeat {
  readonly #timing: Timing
  #lastLook = Date.now()
  /** When a frame, and when anything at all, came; ms since the epoch. */
  #frameAt = 0
  #heardAt = Date.now()
  /** The token of the last pong. */
  #pong = 0

  constructor(timing: Timing) {
    this.#timing = timing
  }

  /** A signal came through the relay, or something over a connection that is not in use yet. */
  heard(): void {
    this.#heardAt = Date.now()
  }

  /** A frame came over the connection in use. */
  heardFrame(): void {
    this.#heardAt = this.#frameAt = Date.now()
  }

  /** The answer to a ping of ours came over the connection in use. */
  heardPong(token: number): void {
    this.#pong = token
  }

  /**
   * Whether there was a sign of life since a ping, whose token is when it was sent: of an open link the pong, or a frame some
   * time later. One that comes at once may have lain here while this machine slept.
   */
  isSince(ping: number, isOpen: boolean): boolean {
    if (!isOpen) return this.#heardAt >= ping
    return this.#pong === ping || this.#frameAt >= ping + this.#timing.probe / 2
  }

  /** What the silence means, looked at with every beat of an open link, or of one that is not. */
  look(isOpen: boolean): 'fine' | 'quiet' | 'dead' | 'gone' {
    const { beat, quiet, dead, giveUp } = this.#timing
    const now = Date.now()
    // After the machine has slept, silence says nothing: ask first.
    if (now - this.#lastLook > 3 * beat) {
      this.#frameAt = Math.max(this.#frameAt, now - quiet)
      this.#heardAt = Math.max(this.#heardAt, now - quiet)
    }
    this.#lastLook = now
    const silence = now - this.#frameAt
    if (!isOpen && now - this.#heardAt >= giveUp) return 'gone'
    if (isOpen && silence >= dead) return 'dead'
    return silence >= quiet ? 'quiet' : 'fine'
  }
}
