/**
 * One to many: a presenter's voice and picture reach everybody over a tree, in which nobody sends them to more than three others
 * (compare overlay multicast: Chu, Rao, Zhang, "A Case for End System Multicast", 2000). Nobody builds it. Everyone says where
 * they stand, by presence; who has no parent asks the one that stands nearest to the presenter and has room.
 *
 * The two ends of each branch beat; a parent's beat says whether it is fed itself. Who hears none for a moment asks another one, the
 * parent's own parent first, which has then heard nothing either, and so has room.
 * Who hears that the parent has lost its own waits a little longer: most likely the whole branch is fed again with it.
 *
 * Pure: time, chance and messages come from outside, so that a thousand can be tried in one process.
 */

/** Where somebody stands, as they say. Untrusted: who lies is asked in vain, and left. */
export interface Standing {
  /** From whom they have it; null: nobody, or they are the presenter. */
  parent: number | null
  /** Steps from the presenter. */
  depth: number
  /** To how many they pass it on, and how many of those can pass it on no further: they make way for one who can. */
  children: number
  leaves: number
  /** It reaches them. */
  isFed: boolean
  /** They can pass it on. */
  canPass: boolean
}

export interface SeatOptions {
  client: number
  /** This side may and can pass on what it receives, now. */
  canPass: () => boolean
  /** Asks this client, or asks no more. A link may have to be made first. */
  ask: (client: number) => void
  part: (client: number) => void
  /** Somebody who had it from here has to ask another one, for instance one of these. */
  dismiss: (client: number, hints: readonly number[]) => void
  /** Whether there is a link already: then one who is there answers at once. */
  isLinked: (client: number) => boolean
  /** Whether something of the presenter's has come from this client since this was asked last; true at the first time. */
  isFlowing: (client: number) => boolean
  /** Keeps links with these, who may be asked one day. */
  hold: (clients: readonly number[]) => void
  /** Where this side stands is otherwise now: to be told to everyone, and to the children. */
  changed: () => void
  /** In [0, 1). */
  random: () => number
}

/** What a seat knows of the others at a moment. */
export interface Surroundings {
  /** Null: nobody presents. */
  presenter: number | null
  standings: ReadonlyMap<number, Standing>
}

/** To how many one passes it on at most. */
export const FAN_OUT = 3

/** How often a parent beats, ms, and how long without a beat until another one is asked. */
export const BEAT = 250
const SILENCE = 750

/** A child may be silent for longer: it costs little, and a machine that is busy with pictures beats late, ms. */
const CHILD_SILENCE = 1000

/** How much longer it waits for a parent that beats, but is not fed itself. */
const GRACE = 1500

/**
 * How long one who was asked may take until a beat, ms, over a link that is there, and over one that has to be made; and how long
 * one that beats may take until something comes of it.
 */
const ANSWER = { linked: 900, unlinked: 1500 }
const BEGINNING = 4000

/** Who fell silent, or refused, is not asked again for so long, ms. */
const SHUN = 4000
const RESPITE = 700

/** How often more are looked for whom to ask one day, ms. */
const PACE = 1000

/** So many steps deeper one may go where nearer places are wanted by many, and how many those are for each step: most of those who ask the nearest would ask in vain. */
const SPREAD = 2
const CROWD = 50

/** So many are asked at once: the one that answers first is taken, for who is asked may be gone. */
const AT_ONCE = 3

/** Who has to make way has it for so long all the same, ms. */
const NOTICE = 3000

/** Deeper than any tree that is needed: 3^9 are twenty thousand. */
const MAX_DEPTH = 12

/** Whom one has asked: until when they may answer, and until when it may take all in all, ms. */
type Asked = Map<number, { until: number; last: number }>

export class Seat {
  readonly #options: SeatOptions
  /** With when each beat last, ms. */
  readonly #children = new Map<number, number>()
  /** Children that have been asked to go elsewhere, with until when they have it from here all the same, ms. */
  readonly #leaving = new Map<number, number>()
  readonly #asked: Asked = new Map()
  /** Who is not asked until when, ms. */
  readonly #shunned = new Map<number, number>()
  /** Whom the one that refused has named. */
  #hints: readonly number[] = []
  /** Whom to ask when the parent is gone: links with them are kept. */
  #spares: readonly number[] = []
  /** When more of them were looked for last, ms. */
  #lookedAt = 0
  #presenter: number | null = null
  #parent: number | null = null
  /** The parent wants its place back. */
  #isDismissed = false
  /** When the parent beat last, and when it last said that it is fed; ms. */
  #heardAt = 0
  #fedAt = -Infinity
  #isFed = false
  #depth = 0
  #leaves = 0

  constructor(options: SeatOptions) {
    this.#options = options
  }

  get parent(): number | null {
    return this.#parent
  }

  /** All that this side beats to: its parent, those it has asked, and its children. */
  get branches(): number[] {
    return [...(this.#parent === null ? [] : [this.#parent]), ...this.#asked.keys(), ...this.children]
  }

  /** Those to whom this side passes it on. */
  get children(): ReadonlySet<number> {
    return new Set([...this.#children.keys(), ...this.#leaving.keys()])
  }

  get standing(): Standing {
    return {
      parent: this.#parent,
      depth: this.#depth,
      children: this.#children.size,
      leaves: this.#leaves,
      isFed: this.#isFed,
      canPass: this.#isPresenter || this.#options.canPass(),
    }
  }

  /** To be called a few times a second. */
  look(now: number, around: Surroundings): void {
    const before = JSON.stringify([this.standing, ...this.children])
    if (around.presenter !== this.#presenter) this.#begin(around.presenter)
    for (const [child, heardAt] of this.#children) if (now - heardAt > CHILD_SILENCE) this.#children.delete(child)
    for (const [child, until] of this.#leaving) if (now > until) this.#leaving.delete(child)
    if (this.#presenter !== null && !this.#isPresenter) this.#watch(now, around)
    this.#leaves = this.#leavesAmong(around).length
    if (JSON.stringify([this.standing, ...this.children]) !== before) this.#options.changed()
  }

  /** Somebody asks to have it from here. Otherwise they have to ask another one, who may be among those that are named. */
  take(client: number, now: number, around: Surroundings): true | readonly number[] {
    if (this.#children.has(client)) return true
    const { canPass, isFed } = this.standing
    if (!canPass || !isFed || this.#ancestors(around).includes(client)) return []
    if (this.#children.size >= FAN_OUT) {
      const [leaf] = around.standings.get(client)?.canPass === true ? this.#leavesAmong(around) : []
      if (leaf === undefined) return this.#passing(around)
      this.#children.delete(leaf)
      this.#leaving.set(leaf, now + NOTICE)
      this.#options.dismiss(leaf, [client, ...this.#passing(around)])
    }
    this.#leaving.delete(client)
    this.#children.set(client, now)
    this.#leaves = this.#leavesAmong(around).length
    this.#options.changed()
    return true
  }

  /** Somebody does not want to have it from here, or no more. */
  leave(client: number): void {
    const wasChild = this.#children.delete(client) || this.#leaving.delete(client)
    if (wasChild) this.#options.changed()
  }

  /** Somebody is gone. */
  lose(client: number): void {
    this.leave(client)
    if (client === this.#parent) this.#heardAt = this.#fedAt = -Infinity
    if (this.#asked.has(client)) this.#asked.set(client, { until: -Infinity, last: -Infinity })
  }

  /** Somebody on the other end of a branch beats, and it comes from there or not yet. Of anybody else it means nothing. */
  hear(client: number, isFed: boolean, now: number): void {
    if (this.#children.has(client)) this.#children.set(client, now)
    const asked = this.#asked.get(client)
    if (asked !== undefined) asked.until = Math.min(asked.last, now + SILENCE)
    if (asked !== undefined && isFed) this.#adopt(client)
    if (client !== this.#parent) return
    this.#heardAt = now
    if (isFed) this.#fedAt = now
  }

  /** One who was asked has no room, or none any more: then it goes on for a moment. */
  refused(client: number, now: number, hints: readonly number[]): void {
    if (client === this.#parent) this.#isDismissed = true
    else if (this.#asked.delete(client)) this.#options.part(client)
    else return
    this.#shunned.set(client, now + RESPITE)
    this.#hints = hints
  }

  get #isPresenter(): boolean {
    return this.#presenter === this.#options.client
  }

  #begin(presenter: number | null): void {
    for (const client of [this.#parent, ...this.#asked.keys()]) if (client !== null) this.#options.part(client)
    this.#presenter = presenter
    this.#parent = null
    this.#isDismissed = false
    this.#depth = this.#isPresenter || presenter === null ? 0 : MAX_DEPTH
    this.#isFed = this.#isPresenter
    this.#leaves = 0
    this.#hints = []
    this.#spare([])
    for (const each of [this.#children, this.#leaving, this.#asked, this.#shunned]) each.clear()
  }

  #watch(now: number, around: Surroundings): void {
    const { presenter, standings } = around
    if (this.#parent !== null) {
      // Who is too busy to beat, and passes it on all the same, is looked at again with the next beat.
      if (now - this.#heardAt > SILENCE && this.#options.isFlowing(this.#parent)) {
        this.#heardAt = this.#fedAt = Math.max(this.#heardAt, now - SILENCE + BEAT)
      }
      const isSilent = now - this.#heardAt > SILENCE
      const isStarved = now - this.#fedAt > SILENCE + GRACE
      if (isSilent || isStarved) this.#abandon(now, standings.get(this.#parent)?.parent ?? null)
    }
    for (const [client, { until }] of this.#asked) {
      if (now <= until) continue
      this.#asked.delete(client)
      this.#shunned.set(client, now + SHUN)
      this.#options.part(client)
    }
    while ((this.#parent === null || this.#isDismissed) && this.#asked.size < AT_ONCE) {
      const next = this.#choose(now, around)
      if (next === null) break
      const until = now + ANSWER[this.#options.isLinked(next) ? 'linked' : 'unlinked']
      this.#asked.set(next, { until, last: now + BEGINNING })
      this.#options.ask(next)
    }
    if (this.#isFed) this.#findSpares(now, around)
    const above = this.#parent === presenter ? 0 : (standings.get(this.#parent ?? NaN)?.depth ?? MAX_DEPTH)
    this.#depth = this.#parent === null ? MAX_DEPTH : Math.min(MAX_DEPTH, above + 1)
    this.#isFed = this.#parent !== null && now - this.#fedAt <= SILENCE
  }

  /** Has it from here from now on, and from nobody else. */
  #adopt(client: number): void {
    this.#asked.delete(client)
    for (const other of [this.#parent, ...this.#asked.keys()]) if (other !== null) this.#options.part(other)
    this.#asked.clear()
    this.#hints = []
    this.#isDismissed = false
    this.#parent = client
  }

  /** Leaves the parent; its own may have room now. */
  #abandon(now: number, above: number | null): void {
    if (this.#parent === null) return
    this.#shunned.set(this.#parent, now + SHUN)
    this.#options.part(this.#parent)
    this.#parent = null
    this.#isDismissed = false
    this.#hints = [...this.#spares, ...(above === null ? [] : [above])]
  }

  /** Whoever could take this side in, and is not below it. */
  #findSpares(now: number, around: Surroundings): void {
    const isGood = (spare: number): boolean => {
      const standing = around.standings.get(spare)
      return (
        standing?.isFed === true &&
        standing.children < FAN_OUT &&
        !ancestorsOf(spare, around.standings).includes(this.#options.client)
      )
    }
    const good = this.#spares.filter(isGood)
    const isDue = now - this.#lookedAt >= PACE
    if (good.length === this.#spares.length && (good.length === AT_ONCE || !isDue)) return
    this.#lookedAt = now
    while (good.length < AT_ONCE) {
      const next = this.#choose(now, around, good)
      if (next === null) break
      good.push(next)
    }
    if (good.join() !== this.#spares.join()) this.#spare(good)
  }

  #spare(clients: readonly number[]): void {
    this.#spares = clients
    this.#options.hold(clients)
  }

  /** One that has room, and is none of these; one near to the presenter rather than a distant one. */
  #choose(now: number, around: Surroundings, besides: readonly number[] = []): number | null {
    const { client, random } = this.#options
    const passes = this.#options.canPass()
    const spread = Math.min(SPREAD, around.standings.size / CROWD)
    let best: number | null = null
    let bestRank = Infinity
    for (const [candidate, { depth, children, leaves, isFed, canPass }] of around.standings) {
      if (candidate === client || candidate === this.#parent || besides.includes(candidate)) continue
      if (!isFed || !canPass || depth >= MAX_DEPTH) continue
      const isHint = this.#hints.includes(candidate)
      if (!isHint && children >= FAN_OUT && !(passes && leaves > 0)) continue
      if ((this.#shunned.get(candidate) ?? 0) > now || this.#asked.has(candidate) || this.#children.has(candidate))
        continue
      const rank = depth + spread * random() - (isHint ? MAX_DEPTH : 0) + (children < FAN_OUT ? 0 : spread)
      if (rank >= bestRank || ancestorsOf(candidate, around.standings).includes(client)) continue
      best = candidate
      bestRank = rank
    }
    return best
  }

  /** The children that can pass it on, and those that cannot. */
  #passing({ standings }: Surroundings): number[] {
    return [...this.#children.keys()].filter((child) => standings.get(child)?.canPass === true)
  }

  #leavesAmong({ standings }: Surroundings): number[] {
    return [...this.#children.keys()].filter((child) => standings.get(child)?.canPass === false)
  }

  #ancestors({ standings }: Surroundings): number[] {
    return this.#parent === null ? [] : [this.#parent, ...ancestorsOf(this.#parent, standings)]
  }
}

/** Those between somebody and the presenter, as all of them say. */
function ancestorsOf(client: number, standings: ReadonlyMap<number, Standing>): number[] {
  const found: number[] = []
  let next = standings.get(client)?.parent ?? null
  while (next !== null && found.length < MAX_DEPTH && !found.includes(next)) {
    found.push(next)
    next = standings.get(next)?.parent ?? null
  }
  return found
}
