/** An open document as Svelte reads it: each of its properties tells when it has changed, and only then. */
import { tick } from 'svelte'
import { factsOf, isEditable, isUnderWay, worryOf } from '#session/facts'
import { Session, type SessionOptions } from '#session/session'

/** Of a document that stays open when its page goes: this person is in its call. */
export const kept: { session: SessionView | null } = { session: null }

export class SessionView extends Session {
  #now = $state.raw(this.state)

  constructor(options: SessionOptions) {
    super({ ...options, shown: tick })
    this.subscribe((state) => (this.#now = state))
  }

  readonly room = $derived(this.#now.room)
  readonly huddles = $derived(this.#now.huddles)
  readonly loaded = $derived(this.#now.loaded)
  readonly arrived = $derived(this.#now.arrived)
  readonly newer = $derived(this.#now.newer)
  readonly preview = $derived(this.#now.preview)
  readonly title = $derived(this.#now.title)
  readonly save = $derived(this.#now.save)
  readonly others = $derived(this.#now.others)
  readonly knownEditFragment = $derived(this.#now.knownEditFragment)
  readonly takenAt = $derived(this.#now.roomStatus.copies.takenAt)
  readonly editable = $derived(isEditable(this.#now, this.link))
  /** Closing the page now would leave those who write along without the latest words. */
  readonly underWay = $derived(isUnderWay(this.#now, this.link) && !this.isBlank)
  readonly worry = $derived(worryOf(this.#now, this.wasPoisoned))
  readonly facts = $derived(factsOf(this.#now, this.link))
  /** Closing the page now would lose something. */
  readonly atRisk = $derived(this.#now.arrived && this.#now.save.kind !== 'saved')
}
