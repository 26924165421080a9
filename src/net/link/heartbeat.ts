/** When the other side of a link was last heard, and what to make of its silence. */
import type { Timing } from './timing.ts'

export class Heartbeat {
  readonly #timing: Timing
  #lastLook = Date.now()
  /** When a frame, and when anything at all, came; ms since the epoch. */
  #frameAt = 0
  #heardAt = Date.now()

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

  /** Whether there was a sign of life since then: of an open link, a frame. */
  isSince(then: number, isOpen: boolean): boolean {
    return (isOpen ? this.#frameAt : this.#heardAt) >= then
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
