/** How much a peer that only reads may ask for: a view link is given to many, and nobody's work may stand still for what one of them sends. */

/** A token bucket: `burst` at once, and `rate` a second in the long run. */
interface Rate {
  burst: number
  rate: number
}

/** What one reader may say, by kind of frame. Somebody who reads, scrolls, selects and moves between networks needs far less. */
const EACH = {
  presence: { burst: 60, rate: 10 },
  question: { burst: 10, rate: 0.5 },
  have: { burst: 60, rate: 5 },
  neighbours: { burst: 100, rate: 5 },
} as const satisfies Record<string, Rate>

/** All questions of all readers: each is answered with up to a whole document. A school may open a link within a minute. */
const QUESTIONS: Rate = { burst: 200, rate: 10 }

/** What a reader says. */
export type Said = keyof typeof EACH

/** A measure that fills again. */
export class Bucket {
  readonly #rate: Rate
  #left: number
  #at = Date.now()

  constructor(rate: Rate) {
    this.#rate = rate
    this.#left = rate.burst
  }

  /** Takes one token if there is one. */
  take(): boolean {
    const now = Date.now()
    const { burst, rate } = this.#rate
    this.#left = Math.min(burst, this.#left + ((now - this.#at) / 1000) * rate)
    this.#at = now
    if (this.#left < 1) return false
    this.#left--
    return true
  }
}

/** What the readers of a room have left. */
export class Allowances {
  readonly #questions = new Bucket(QUESTIONS)
  readonly #each = new WeakMap<object, Map<Said, Bucket>>()

  /** Whether this reader may say so much more. Counts it. */
  take(reader: object, said: Said): boolean {
    const buckets = this.#each.get(reader) ?? new Map<Said, Bucket>()
    this.#each.set(reader, buckets)
    const bucket = buckets.get(said) ?? new Bucket(EACH[said])
    buckets.set(said, bucket)
    return bucket.take() && (said !== 'question' || this.#questions.take())
  }
}
