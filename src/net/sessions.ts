/**
 * Which of the two sides' attempts at a connection counts. Both sides keep these books alike, so both come to the same
 * end whatever crosses on the way.
 */
import { isLater, sameSession, type Candidate, type SessionId } from './signal.ts'

/** Candidates kept of a session whose offer has not come yet, and former remote links remembered. */
const MAX_EARLY = 64
const MAX_FORMER = 16

export class Sessions {
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

  /** Whether an offer of the other side counts; `pending` is the attempt under way here, be it whose it may. */
  takes(session: SessionId, pending: SessionId | null): boolean {
    const from = session.owner
    const isGlare = pending?.owner === this.#owner
    // When both sides have offered, both compare the same two sessions. Else any offer counts that is no old one.
    const isNews = isGlare ? isLater(session, pending) : from !== this.#remote || session.epoch > this.#remoteEpoch
    if (!isNews) return false
    this.meet(from)
    this.#remoteEpoch = session.epoch
    this.#epoch = Math.max(this.#epoch, session.epoch)
    return true
  }

  /** Notes who is at the other side. Another link than before has taken the former one's place. */
  meet(remote: string): void {
    if (this.#remote === remote) return
    if (this.#remote !== null) this.#former.push(this.#remote)
    if (this.#former.length > MAX_FORMER) this.#former.shift()
    this.#remote = remote
    this.#remoteEpoch = 0
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
