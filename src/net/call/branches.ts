/**
 * This side's branches of the tree over which something is presented (`tree.ts`), as its legs carry them: whom it asks, whom it has
 * turned away, and with whom it keeps links.
 */
import type { Leg } from './leg.ts'
import { Seat, type Standing, type Surroundings } from './tree.ts'

export interface BranchesOptions {
  client: number
  /** This side may and can pass on what it receives, now. */
  canPass: () => boolean
  legWith: (client: number) => Leg | undefined
  around: () => Surroundings
  /** What this side says to this client of their branch is otherwise now. */
  tell: (client: number) => void
}

export class Branches {
  readonly #options: BranchesOptions
  readonly #seat: Seat
  readonly #asked = new Set<number>()
  /** What was said to those who asked in vain: who else may have room. */
  readonly #refused = new Map<number, readonly number[]>()
  #spares: readonly number[] = []
  #isMoved = false
  /** When something came last from the parent, as it was when it was asked for last. */
  #lastFrame = -1

  constructor(options: BranchesOptions) {
    const { client, canPass, legWith, tell } = options
    this.#options = options
    this.#seat = new Seat({
      client,
      canPass,
      random: Math.random,
      isLinked: (other) => legWith(other) !== undefined,
      ask: (other) => {
        this.#asked.add(other)
        tell(other)
      },
      part: (other) => {
        this.#asked.delete(other)
        tell(other)
      },
      dismiss: (other, hints) => {
        this.#refused.set(other, hints)
        tell(other)
      },
      isFlowing: (other) => {
        const stamp = legWith(other)?.lastFrame ?? 0
        const isNew = stamp !== this.#lastFrame
        this.#lastFrame = stamp
        return isNew
      },
      hold: (others) => (this.#spares = others),
      changed: () => (this.#isMoved = true),
    })
  }

  /** From whom this side has it; null: from nobody, or it presents itself. */
  get parent(): number | null {
    return this.#seat.parent
  }

  get standing(): Standing {
    return this.#seat.standing
  }

  /** With whom links are wanted. */
  get wanted(): number[] {
    return [...new Set([...this.#seat.branches, ...this.#asked, ...this.#spares])]
  }

  isChild(client: number): boolean {
    return this.#seat.children.has(client)
  }

  /** What this side says to somebody of their branch. */
  wordTo(client: number): { asks: boolean; refuses: readonly number[] | null } {
    return { asks: this.#asked.has(client), refuses: this.#refused.get(client) ?? null }
  }

  /** Somebody says of their branch what they say now. */
  hear({ client, theirs }: Leg): void {
    if (client === null) return
    const now = Date.now()
    if (theirs.refuses !== null && this.#asked.has(client)) this.#seat.refused(client, now, theirs.refuses)
    if (!theirs.asks) {
      this.#seat.leave(client)
      this.#refused.delete(client)
    } else if (!this.isChild(client) && !this.#refused.has(client)) {
      const answer = this.#seat.take(client, now, this.#options.around())
      if (answer !== true) this.#refused.set(client, answer)
    }
  }

  hearBeat(client: number, isFed: boolean): void {
    this.#seat.hear(client, isFed, Date.now())
  }

  lose(client: number): void {
    this.#seat.lose(client)
  }

  /** To be called a few times a second: sees to this side's place, and beats. True when it stands otherwise than it has said. */
  tend(): boolean {
    const { around, legWith } = this.#options
    this.#seat.look(Date.now(), around())
    const { isFed } = this.#seat.standing
    for (const client of this.#seat.branches) legWith(client)?.beat(isFed)
    const isMoved = this.#isMoved
    this.#isMoved = false
    return isMoved
  }

  /** Nothing is presented any more, to this side. */
  end(): void {
    this.#seat.look(Date.now(), { presenter: null, standings: new Map() })
    this.#asked.clear()
    this.#refused.clear()
  }
}
