/** How much work is let through at once, and each second. */
export interface Allowance {
  burst: number
  rate: number
}

/** Lets work through at `rate` a second on the average, and up to `burst` at once. Whoever overdraws owes. */
export class TokenBucket {
  readonly #allowance: Allowance
  #tokens: number
  #filled = performance.now()

  constructor(allowance: Allowance) {
    this.#allowance = allowance
    this.#tokens = allowance.burst
  }

  /** Takes `cost` tokens and returns how many milliseconds to rest until none is owed. */
  take(cost: number): number {
    const { burst, rate } = this.#allowance
    const now = performance.now()
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filled) / 1000) * rate) - cost
    this.#filled = now
    return this.#tokens < 0 ? (-this.#tokens / rate) * 1000 : 0
  }
}

/** Counts what each key holds, up to a limit for each. */
export class Quota {
  readonly #limit: number
  readonly #held = new Map<string, number>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Takes one for the key; false when it holds all it may. */
  take(key: string): boolean {
    const held = this.#held.get(key) ?? 0
    if (held >= this.#limit) return false
    this.#held.set(key, held + 1)
    return true
  }

  /** Gives back one that was taken. */
  release(key: string): void {
    const held = this.#held.get(key) ?? 0
    if (held > 1) this.#held.set(key, held - 1)
    else this.#held.delete(key)
  }
}
