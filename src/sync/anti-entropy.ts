/**
 * Anti-entropy: peers tell each other what their copies hold, and whoever lacks something asks for it.
 *
 * Compared is on every new link, on waking, and every 10 to 15 s: first by digest alone, in full when that differs. Only
 * one peer is asked at a time, so that a newcomer among many gets the document once.
 */
import type * as Y from 'yjs'
import { compareDigests, type Digest } from './content-digest.ts'
import { Holdings, type Have } from './have.ts'
import { Replication, type CopiesStatus, type Taken } from './replication.ts'
import { isStateVector } from './structure.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** What one side says of its copy. */
export interface Statement {
  wantsReply: boolean
  /** Whether all of it is on disk. */
  stored: boolean
  digest: Digest
  /** Left out where the digest alone is likely to do. */
  stateVector: Bytes | null
}

/** A link to a peer whose copy is compared with ours. */
export interface Correspondent {
  /** The large transfer under way to us, or null. */
  readonly receiving: { received: number; total: number } | null
  /** Counts a broken rule. */
  offend(reason: string): void
}

/** Durations in milliseconds. */
export interface AntiEntropyTiming {
  /** What another copy has and ours lacks may still be under way on another link: wait before asking for it. */
  underway: number
  /** Who holds what is said when a copy has not changed for `settle`, or after `settleMost` of changes. */
  settle: number
  settleMost: number
  /** A peer that was asked and sends nothing for this long is given up, and another one asked. */
  answer: number
  /** Copies are compared this often: between these two, at random. */
  compareLeast: number
  compareMost: number
}

interface Copy {
  /** A reader's changes are not taken, and it is never asked. */
  writes: boolean
  device: string
  synced: boolean
  /** What the other side holds and we may lack, until that is settled. */
  theirs: Have | null
  /** When to ask for it at the earliest, in ms since the epoch: until then it may be under way on another link. */
  due: number
  isNew: boolean
}

export interface AntiEntropyOptions<Link> {
  doc: Y.Doc
  timing: AntiEntropyTiming
  /** Whether this side may write. */
  writes: boolean
  /** How often copies were compared, and somebody asked. */
  counts: { compared: number; asked: number }
  /** This device's own name. */
  device: string
  /** Whether all that the document holds is on disk here. */
  isStored: () => boolean
  /** When other devices last held everything, if the document was open before. */
  taken: Taken | null
  /** Whether a change with this origin was made on another device. */
  isForeign: (origin: unknown) => boolean
  /** Tells a peer what our copy holds. */
  tell: (link: Link, statement: Statement) => void
  /** Asks a peer for all that a copy with this state vector lacks. */
  ask: (link: Link, stateVector: Bytes) => void
  /** The longest state vector that a reader may ask with, in bytes. */
  longestQuestion: number
  /** Called when `isSynced` of some link, or `copies`, has changed. */
  changed: () => void
}

/** The state vector of an empty copy. */
const NOTHING = Uint8Array.of(0)

export class AntiEntropy<Link extends Correspondent> {
  readonly #doc: Y.Doc
  readonly #writes: boolean
  readonly #timing: AntiEntropyTiming
  readonly #counts: AntiEntropyOptions<Link>['counts']
  readonly #options: AntiEntropyOptions<Link>
  readonly #changed: () => void
  readonly #mine: Holdings
  readonly #isStored: () => boolean
  readonly #links = new Map<Link, Copy>()
  readonly #held: Replication<Link>
  readonly #waits = new Set<ReturnType<typeof setTimeout>>()
  /** The peer that was asked last and has not answered yet; `received` of its answer so far. */
  #asked: { link: Link; received: number } | null = null
  /** Waits until the copy has not changed for a moment. */
  #settling: ReturnType<typeof setTimeout> | null = null
  #changedSince = 0
  /** The digest that everyone was told together with 'stored'. */
  #toldStored: Digest | null = null

  constructor(options: AntiEntropyOptions<Link>) {
    const { doc, writes, timing, counts, isStored, changed } = options
    this.#options = options
    this.#doc = doc
    this.#writes = writes
    this.#timing = timing
    this.#counts = counts
    this.#changed = changed
    this.#isStored = isStored
    this.#mine = new Holdings(doc)
    this.#held = new Replication({ ...options, have: this.#mine })
    doc.on('update', this.#onUpdate)
    this.#scheduleRound()
  }

  /** Who else holds what this copy holds. */
  get copies(): CopiesStatus {
    return this.#held.status
  }

  /** All that the document holds may be on disk now. */
  noteStored(): void {
    if (this.#settling === null) this.#confirm()
  }

  /** A link opened: compare at once, in full. */
  join(link: Link, { writes, device }: { writes: boolean; device: string }): void {
    this.#links.set(link, { writes, device, synced: false, theirs: null, due: 0, isNew: true })
    this.#tell(link, { full: true, wantsReply: false })
  }

  leave(link: Link): void {
    this.#links.delete(link)
    this.#held.left(link)
    if (this.#asked?.link === link) this.#settle()
  }

  isSynced(link: Link): boolean {
    return this.#links.get(link)?.synced ?? false
  }

  compare(link: Link): void {
    if (this.#links.has(link)) this.#tell(link, { full: false, wantsReply: true })
  }

  compareAll(): void {
    for (const link of this.#links.keys()) this.compare(link)
  }

  /** Takes what the other side holds. */
  received(link: Link, { wantsReply, stored, digest, stateVector }: Statement): void {
    const copy = this.#links.get(link)
    if (copy === undefined) return
    this.#counts.compared++
    if (copy.writes) this.#held.told(link, { device: copy.device, digest, stored })
    const isEqual = compareDigests(digest, this.#mine.digest) === 'equal'
    if (isEqual) {
      this.#setSynced(copy, true)
      copy.theirs = null
    } else if (stateVector !== null) {
      if (!isStateVector(stateVector)) {
        link.offend('malformed-state-vector')
        return
      }
      if (copy.writes) {
        const wait = copy.isNew ? 0 : this.#timing.underway
        const due = Date.now() + wait
        // Who says it again while we wait does not make us wait longer.
        copy.due = copy.theirs === null ? due : Math.min(copy.due, due)
        copy.theirs = { digest, stateVector }
        this.#after(wait, this.#ask)
      }
    }
    copy.isNew = false
    // A digest that differs is answered in full, and with the question for theirs; a reader never says more.
    const isVague = !isEqual && stateVector === null && copy.writes
    if (wantsReply || isVague) this.#tell(link, { full: !isEqual, wantsReply: isVague })
  }

  /** The other side sent an answer (step 2), and it has been applied. */
  answered(link: Link): void {
    this.compare(link)
    if (this.#asked?.link === link) this.#settle()
  }

  /** The other side asked us (step 1): it lacks something. */
  wasAsked(link: Link): void {
    const copy = this.#links.get(link)
    if (copy !== undefined) this.#setSynced(copy, false)
  }

  destroy(): void {
    this.#doc.off('update', this.#onUpdate)
    if (this.#settling !== null) clearTimeout(this.#settling)
    this.#held.destroy()
    this.#mine.destroy()
    this.#links.clear()
    this.#asked = null
    for (const wait of this.#waits) clearTimeout(wait)
  }

  /** Asks the first peer that is known to hold something we lack, unless one is asked already. */
  readonly #ask = (): void => {
    for (const [link, copy] of this.#links) {
      if (this.#asked !== null) return
      if (copy.theirs === null || copy.due > Date.now()) continue
      const isBehind = this.#mine.lacks(copy.theirs)
      copy.theirs = null
      if (!isBehind) continue
      this.#asked = { link, received: 0 }
      this.#counts.asked++
      this.#setSynced(copy, false)
      this.#options.ask(link, this.#question)
      this.#watch(this.#asked)
    }
  }

  /**
   * What to say that this copy holds, when asking for the rest. A reader whose copy takes more to tell than a reader may say at
   * once asks for everything.
   */
  get #question(): Uint8Array<ArrayBuffer> {
    const { stateVector } = this.#mine
    return this.#writes || stateVector.length <= this.#options.longestQuestion ? stateVector : NOTHING
  }

  /** Gives up on an answer that neither comes nor grows. */
  #watch(asked: { link: Link; received: number }): void {
    this.#after(this.#timing.answer, () => {
      if (this.#asked !== asked) return
      const received = asked.link.receiving?.received ?? 0
      if (received === asked.received) {
        this.#settle()
      } else {
        asked.received = received
        this.#watch(asked)
      }
    })
  }

  #settle(): void {
    this.#asked = null
    this.#ask()
  }

  #setSynced(copy: Copy, synced: boolean): void {
    if (copy.synced === synced) return
    copy.synced = synced
    this.#changed()
  }

  readonly #onUpdate = (): void => {
    const { settle, settleMost } = this.#timing
    const now = Date.now()
    if (this.#settling === null) this.#changedSince = now
    else clearTimeout(this.#settling)
    const wait = Math.min(settle, Math.max(0, this.#changedSince + settleMost - now))
    this.#settling = setTimeout(() => {
      this.#settling = null
      this.#held.review()
      this.#confirm()
    }, wait)
  }

  /** Tells everyone, once, that what we hold now is on disk: so they know that we have it. */
  #confirm(): void {
    if (this.#links.size === 0 || !this.#isStored()) return
    const { digest } = this.#mine
    if (this.#toldStored !== null && compareDigests(digest, this.#toldStored) === 'equal') return
    this.#toldStored = digest
    for (const link of this.#links.keys()) this.#tell(link, { full: false, wantsReply: false })
  }

  #scheduleRound(): void {
    const { compareLeast, compareMost } = this.#timing
    const wait = compareLeast + Math.random() * (compareMost - compareLeast)
    this.#after(wait, () => {
      for (const link of this.#links.keys()) this.#tell(link, { full: false, wantsReply: false })
      this.#scheduleRound()
    })
  }

  #after(delay: number, action: () => void): void {
    const wait = setTimeout(() => {
      this.#waits.delete(wait)
      action()
    }, delay)
    this.#waits.add(wait)
  }

  #tell(link: Link, { full, wantsReply }: { full: boolean; wantsReply: boolean }): void {
    const { digest } = this.#mine
    const stored = this.#isStored()
    // Nobody asks a reader for anything: what he holds, which may be long to tell, is of no use to others.
    const stateVector = full && this.#writes ? this.#mine.stateVector : null
    this.#options.tell(link, { wantsReply, stored, digest, stateVector })
  }
}
