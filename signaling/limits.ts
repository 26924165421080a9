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
    this.#fill()
    this.#tokens -= cost
    return this.#tokens < 0 ? (-this.#tokens / this.#allowance.rate) * 1000 : 0
  }

  /** Takes a token if there is one. */
  spend(): boolean {
    this.#fill()
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }

  #fill(): void {
    const { burst, rate } = this.#allowance
    const now = performance.now()
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filled) / 1000) * rate)
    this.#filled = now
  }
}

/** Gives each key an allowance of its own. Remembers so many keys: those that asked last. */
export class RateLimit {
  readonly #allowance: Allowance
  readonly #keys: number
  readonly #buckets = new Map<string, TokenBucket>()

  constructor(allowance: Allowance, keys: number) {
    this.#allowance = allowance
    this.#keys = keys
  }

  /** Lets one thing through for the key, or not. */
  take(key: string): boolean {
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.#allowance)
    // A Map keeps the order in which keys were set, so the first is the one that has been silent longest.
    this.#buckets.delete(key)
    this.#buckets.set(key, bucket)
    const [silent] = this.#buckets.keys()
    if (this.#buckets.size > this.#keys && silent !== undefined) this.#buckets.delete(silent)
    return bucket.spend()
  }
}
