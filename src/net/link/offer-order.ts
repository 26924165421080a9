/**
 * Which of the two sides' attempts at a connection counts. Both sides keep these books alike, so both come to the same
 * end whatever crosses on the way.
 */
import { isLater, sameSession, type Candidate, type SessionId } from './signal.ts'

/** Candidates kept of a session whose offer has not come yet, and former remote links remembered. */
const MAX_EARLY = 64
const MAX_FORMER = 16

/** So many attempts nobody makes while the other side hears of none: a greater epoch would only take ours out of their range. */
const MAX_LEAP = 1000

export class OfferOrder {
  readonly #owner: string
  #epoch = 0
  /** The link at the other side, and the epoch of its last offer. */
  #remote: string | null = null
  #remoteEpoch = 0
  readonly #former: string[] = []
  #early: { session: SessionId; candidates: Candidate[] } | null = null

  /** `owner`: this side's link. */
  constructor(owner: string) {
    this.#owner = owner
  }

  /** For an attempt of our own: later than all before. */
  next(): SessionId {
    this.#epoch++
    return { epoch: this.#epoch, owner: this.#owner }
  }

  /** Whether a remote link has been replaced by another one, and has nothing to say any more. */
  isFormer(remote: string): boolean {
    return this.#former.includes(remote)
  }

  /**
   * Whether an offer of the other side counts; `pending` is the attempt under way here, be it whose it may. While the other side
   * is `known` an offer says nothing of who that is: `meet` does, when the connection has shown it.
   */
  takes(session: SessionId, pending: SessionId | null, known = false): boolean {
    if (session.epoch > this.#epoch + MAX_LEAP) return false
    const from = session.owner
    const isGlare = pending?.owner === this.#owner
    // When both sides have offered, both compare the same two sessions. Else any offer counts that is no old one.
    const isNews = isGlare ? isLater(session, pending) : from !== this.#remote || session.epoch > this.#remoteEpoch
    if (!isNews) return false
    if (!known) this.meet(from, session.epoch)
    this.#epoch = Math.max(this.#epoch, session.epoch)
    return true
  }

  /** Notes who is at the other side, and its last offer. Another link than before has taken the former one's place. */
  meet(remote: string, epoch = 0): void {
    if (this.#remote === remote) {
      this.#remoteEpoch = Math.max(this.#remoteEpoch, epoch)
      return
    }
    if (this.#remote !== null) this.#former.push(this.#remote)
    if (this.#former.length > MAX_FORMER) this.#former.shift()
    this.#remote = remote
    this.#remoteEpoch = epoch
  }

  /** Keeps candidates that have overtaken their offer. */
  keep(session: SessionId, candidates: readonly Candidate[]): void {
    const before = this.#early !== null && sameSession(this.#early.session, session) ? this.#early.candidates : []
    this.#early = { session, candidates: [...before, ...candidates].slice(0, MAX_EARLY) }
  }

  /** Hands out the candidates kept for a session. */
  claim(session: SessionId): readonly Candidate[] {
    if (this.#early === null || !sameSession(this.#early.session, session)) return []
    const { candidates } = this.#early
    this.#early = null
    return candidates
  }
}
