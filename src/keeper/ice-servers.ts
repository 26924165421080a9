/** The STUN and TURN servers a relay names at `/ice`, asked again before their credentials expire. */
import { parseIceAnswer, type IceServer } from '#signaling/ice-answer'

/** How long an answer may take; how soon a relay is asked again that gave none, or one that does not expire. In milliseconds. */
const PATIENCE = 10_000
const AGAIN = 60_000
const DAILY = 24 * 60 * 60_000

export class IceServers {
  readonly #origin: string
  #servers: readonly IceServer[] = []
  #timer: ReturnType<typeof setTimeout> | null = null
  #closed = false

  /** Asks the relay at once, and again when it is time. */
  constructor(origin: string) {
    this.#origin = origin
    void this.#renew()
  }

  /** What is known now; nothing, when the relay names none or has not answered. */
  get current(): readonly IceServer[] {
    return this.#servers
  }

  close(): void {
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  async #renew(): Promise<void> {
    const wait = await this.#ask()
    if (this.#closed) return
    this.#timer = setTimeout(() => void this.#renew(), wait)
  }

  /** Resolves with the time after which to ask again. */
  async #ask(): Promise<number> {
    try {
      const response = await fetch(`${this.#origin}/ice`, { signal: AbortSignal.timeout(PATIENCE) })
      const answer = response.ok ? parseIceAnswer(await response.json()) : null
      if (answer === null) return AGAIN
      this.#servers = answer.iceServers
      // In good time, so that no connection begins with credentials that are about to end.
      return Math.min(DAILY, Math.max(AGAIN, (answer.lifetime ?? DAILY) / 2))
    } catch (error) {
      // No network, no relay, or no JSON: an older relay, or another's, knows no such page. What was known stays.
      if (error instanceof Error) return AGAIN
      throw error
    }
  }
}
