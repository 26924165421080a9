/** Who was in a call with this person, and for how long: for the note about it, and to end what nobody else is in. */

/** Who is left alone leaves by themselves after this, ms; who never had company, later. */
const ALONE = { left: 60_000, early: 600_000 }

export class Company {
  readonly #ended: () => void
  readonly #names = new Map<number, string>()
  #timer: ReturnType<typeof setTimeout> | null = null

  /** `ended`: this person has been alone for so long that they forgot it. */
  constructor(ended: () => void) {
    this.#ended = ended
  }

  /** The names of all who were there, by when they came, with the last name of each. */
  get names(): readonly string[] {
    return [...this.#names.values()]
  }

  /** These are there now. */
  see(people: readonly { client: number; name: string }[]): void {
    for (const { client, name } of people) this.#names.set(client, name)
    if (people.length > 0) {
      if (this.#timer !== null) clearTimeout(this.#timer)
      this.#timer = null
    } else {
      this.#timer ??= setTimeout(this.#ended, this.#names.size > 0 ? ALONE.left : ALONE.early)
    }
  }

  /** Nothing counts any more. */
  forget(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#names.clear()
  }
}
