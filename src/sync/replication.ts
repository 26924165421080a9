/**
 * Who else holds what this copy holds. A device counts when it writes, said that all of its copy is on its disk, and that
 * copy was equal to ours, which has not changed since. A reader's copy does not count: nobody would take it back.
 */
import type * as Y from 'yjs'
import { compareDigests, type Digest } from './content-digest.ts'
import type { Holdings } from './have.ts'
import { inHex } from '#doc/hex'

/** A moment when other devices held everything: to be kept with the document, and given back when it is opened again. */
export interface Taken {
  /** The digest of the copy, in hexadecimal. */
  digest: string
  /** Names of the devices. */
  devices: readonly string[]
  /** When, in ms since the epoch. */
  at: number
}

export interface CopiesStatus {
  /** Other devices that are known to hold all that this copy holds now; connected, or gone since. 0 after each change until they confirm. */
  devices: number
  /** When last another device held everything that was here; ms since the epoch. */
  takenAt: number | null
  /** Something was changed on this device that no other device has confirmed to hold. */
  unsent: boolean
  /** The last such moment. */
  taken: Taken | null
  /** Other devices whose copies hold other words under the same ids as this one: they will never be equal. */
  unlike: number
}

export interface ReplicationOptions {
  doc: Y.Doc
  have: Holdings
  /** This device's own name. */
  device: string
  /** The last such moment, from when the document was open before. */
  taken: Taken | null
  /** Whether a change with this origin was made on another device. */
  isForeign: (origin: unknown) => boolean
  changed: () => void
}

/** What a peer said of its copy. */
interface Statement {
  device: string
  digest: Digest
  stored: boolean
}

/** Of links, `Link`, it knows no more than which is which. */
export class Replication<Link extends object = object> {
  readonly #options: ReplicationOptions
  readonly #statements = new Map<Link, Statement>()
  #holders = new Set<string>()
  readonly #unlike = new Set<string>()
  #taken: Taken | null
  #unsent: boolean

  constructor(options: ReplicationOptions) {
    const { doc, have, taken } = options
    this.#options = options
    this.#taken = taken
    const isAsTaken = taken !== null && taken.digest === inHex(have.digest)
    if (isAsTaken) this.#holders = new Set(taken.devices)
    this.#unsent = !isAsTaken && doc.store.clients.size > 0
    doc.on('update', this.#onUpdate)
  }

  get status(): CopiesStatus {
    return {
      devices: this.#holders.size,
      takenAt: this.#taken?.at ?? null,
      unsent: this.#unsent,
      taken: this.#taken,
      unlike: this.#unlike.size,
    }
  }

  /** A writer said what its copy holds. */
  told(link: Link, statement: Statement): void {
    if (statement.device === this.#options.device) return
    this.#statements.set(link, statement)
    this.review()
  }

  left(link: Link): void {
    const statement = this.#statements.get(link)
    this.#statements.delete(link)
    if (statement && this.#unlike.delete(statement.device)) this.#options.changed()
  }

  /** Compares what was said with our copy as it is now. */
  review(): void {
    if (this.#statements.size === 0) return
    const { digest } = this.#options.have
    const before = this.#holders.size
    let isNews = false
    for (const { device, stored, digest: theirs } of this.#statements.values()) {
      const comparison = compareDigests(theirs, digest)
      if (comparison === 'equal' && stored) this.#holders.add(device)
      if (comparison === 'equal' && this.#unlike.delete(device)) isNews = true
      if (comparison === 'content' && !this.#unlike.has(device)) {
        this.#unlike.add(device)
        isNews = true
      }
    }
    if (this.#holders.size > before) {
      isNews = true
      this.#unsent = false
      this.#taken = { digest: inHex(digest), devices: [...this.#holders], at: Date.now() }
    }
    if (isNews) this.#options.changed()
  }

  destroy(): void {
    this.#options.doc.off('update', this.#onUpdate)
  }

  readonly #onUpdate = (_update: Uint8Array, origin: unknown): void => {
    const isNews = this.#holders.size > 0 || !this.#unsent
    if (!this.#options.isForeign(origin)) this.#unsent = true
    this.#holders.clear()
    if (isNews) this.#options.changed()
  }
}
