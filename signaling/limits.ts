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
