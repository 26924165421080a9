/** The open links of a peer: whom they reach, which of them changes are told over, and whether there are enough of them. */
import { MAX_NEIGHBOURS, type Frame } from '../link/frames.ts'
import type { Introduction } from '../link/handshake.ts'
import type { MeshLink } from '../link/host.ts'
import type { Timing } from '../link/timing.ts'
import { between } from '../link/timing.ts'
import { FRESH } from './presence.ts'
import {
  chanceToAnswer,
  isCrowd,
  feeding,
  surplus,
  tells,
  wantedLinks,
  type Announcement,
  type Neighbour,
  type Self,
} from './topology.ts'

/** A link that is open: both sides have shown who they are. */
export interface Member extends Introduction, Neighbour {
  readonly link: MeshLink
  /** Clients that this peer tells of every change without us. */
  told: ReadonlySet<number>
  writers: ReadonlySet<number>
  /** This peer can do without our changes. */
  spares: boolean
  /** How many changes came first over other links since the last one over this. */
  idle: number
  /** When it last said itself that it is there, ms since the epoch; at first, when the link opened. */
  spokeAt: number
}

export interface CircleOptions {
  self: Self
  timing: Timing
  /** Who is present in the room, as far as is known, ourselves included. */
  presence: Pick<ReadonlyMap<number, unknown>, 'size' | 'has' | 'keys'>
  /** Says in the room that more links are wanted. */
  announce: (announcement: Announcement) => void
}

type Feeding = ReturnType<typeof feeding<Member>>

type Neighbours = Extract<Frame, { kind: 'neighbours' }>

/** Most that one announcement asks for. */
const MAX_WANTS = 1000

/** A link that was not the first to bring any of so many changes can be done without. */
const IDLE = 20

/** A new link carries changes at once where there are fewer than this. */
const FED_LEAST = 2

export class Circle {
  /** Clients in other tabs of this browser. */
  readonly tabs = new Set<number>()
  /** Clients that a link is kept with, or sought, however many there are. */
  #held: ReadonlySet<number> = new Set()
  readonly #options: CircleOptions
  readonly #members = new Map<MeshLink, Member>()
  /** Whether there were too many a moment ago, and when; ms since the epoch. Who comes and goes does not count. */
  #isCrowded = false
  #crowdedAt = -Infinity
  /** Whom presence and changes are told, until something changes. */
  #feedingNow: Feeding | null = null
  #toldNow: ReadonlySet<Member> | null = null
  #telling: ReturnType<typeof setTimeout> | null = null
  #lastTold = new Map<MeshLink, string>()
  #tending: ReturnType<typeof setTimeout> | null = null
  /** Announcements since there were links enough, how many of the last ones brought none, and how many there were then. */
  #tries = 0
  #fruitless = 0
  #sizeBefore = 0

  constructor(options: CircleOptions) {
    this.#options = options
    this.#tend()
  }

  /** The open links. */
  get members(): Iterable<Member> {
    return this.#members.values()
  }

  get size(): number {
    return this.#members.size
  }

  /** Whether there are too many here for everyone to be linked with everyone. */
  get isCrowded(): boolean {
    return this.#isCrowded
  }

  get(link: MeshLink): Member | undefined {
    return this.#members.get(link)
  }

  add(link: MeshLink, introduction: Introduction): Member {
    const fed = [...this.#members.values()].filter((member) => this.feeds(member)).length
    const idle = fed < FED_LEAST ? 0 : IDLE
    const member: Member = {
      ...introduction,
      link,
      told: new Set(),
      writers: new Set(),
      spares: false,
      idle,
      spokeAt: Date.now(),
    }
    this.#members.set(link, member)
    this.#sizeUp()
    // At once, so that what we pass on of others is believed.
    this.#tellNeighboursTo(member)
    this.changed()
    return member
  }

  delete(link: MeshLink): void {
    const member = this.#members.get(link)
    if (member === undefined) return
    // What came this way may come over any other now.
    if (this.feeds(member)) for (const other of this.#members.values()) other.idle = 0
    this.#members.delete(link)
    this.#lastTold.delete(link)
    this.changed()
  }

  /** A change came first over this link. */
  noteNews(member: Member): void {
    if (!this.#isCrowded) return
    for (const other of this.#members.values()) {
      if (other !== member && ++other.idle === IDLE) this.changed()
    }
    this.need(member)
  }

  /** Something was missing that this link could have brought, here or there. */
  need(member: Member): void {
    if (member.idle >= IDLE) this.changed()
    member.idle = 0
  }

  /** Takes what a member says of its links. Returns whom it does not reach any more, in a crowd nobody: it may reach them in other ways. */
  received(member: Member, { told, writers, spares }: Neighbours): number[] {
    const gone = [...member.told].filter((client) => !told.includes(client))
    member.told = new Set(told)
    member.writers = new Set(writers)
    member.spares = spares
    this.#sizeUp()
    if (!this.#isCrowded) return gone
    this.changed()
    return []
  }

  /** Notes that links, tabs or the room have changed: everyone is told whom we reach, once for all changes of one turn. */
  changed(): void {
    this.#toldNow = null
    this.#feedingNow = null
    this.#telling ??= setTimeout(() => {
      this.#telling = null
      for (const member of this.#members.values()) this.#tellNeighboursTo(member)
    }, 0)
  }

  /** Whether changes of the document go over this link. What breaks, comparison mends. */
  feeds(member: Member): boolean {
    return !this.#isCrowded || this.#feeding.fed.has(member)
  }

  /** Whether presence goes over this link: wherever changes do, and where it has no comparison to mend it. */
  tells(member: Member): boolean {
    this.#toldNow ??= this.#whomToTell()
    return this.#toldNow.has(member)
  }

  /** Whether `member` hears without us what `source` tells us; null: another tab of this browser. */
  hears(member: Member, source: Member | null): boolean {
    if (source !== null) return member === source || source.told.has(member.client)
    return this.tabs.size > 0 && [...this.tabs].every((tab) => member.told.has(tab))
  }

  /** Whether one of our links leads to this client. */
  isLinked(client: number): boolean {
    for (const member of this.#members.values()) if (member.client === client) return true
    return false
  }

  /**
   * Whether this client itself tells us that it is there. One that is silent takes the room for a crowd, which we do not, and
   * leaves it to others.
   */
  isHeard(client: number): boolean {
    for (const member of this.#members.values()) {
      if (member.client === client) return this.tells(member) && Date.now() - member.spokeAt < FRESH
    }
    return false
  }

  /** Whether anyone we hear says that this client is there. */
  isWithinReach(client: number): boolean {
    if (this.tabs.has(client)) return true
    for (const member of this.#members.values()) {
      if (member.client === client || member.told.has(client) || member.writers.has(client)) return true
    }
    return false
  }

  /** From now on a link with each of these clients is kept, and sought where there is none. */
  hold(clients: ReadonlySet<number>): void {
    this.#held = clients
    if (this.#isCrowded && this.#unlinked > 0) this.#announce(0)
  }

  /** Whether to make a link with somebody who announced himself in a room of `listeners`, as the relay counts them. */
  answers(announcement: Announcement | null, listeners: number): boolean {
    const { self, presence } = this.#options
    if (announcement !== null && this.#held.has(announcement.client) && !this.isLinked(announcement.client)) return true
    const chance = chanceToAnswer(self, [...this.#members.values()], announcement, {
      peers: Math.max(listeners, this.#peers),
      seen: presence.size,
      isSeen: announcement !== null && presence.has(announcement.client),
    })
    return Math.random() < chance
  }

  /** The room turns out to be larger than known: asks for links as a crowd does. */
  noteListeners(listeners: number): void {
    const wanted = wantedLinks(this.#options.self, [...this.#members.values()])
    if (wanted > 0 && this.#tries === 0 && isCrowd(listeners)) this.#seek(wanted)
  }

  destroy(): void {
    for (const timer of [this.#telling, this.#tending]) if (timer !== null) clearTimeout(timer)
    this.#members.clear()
  }

  /** How many are in the room at least. */
  get #peers(): number {
    return Math.max(this.#options.presence.size, this.#members.size + this.tabs.size + 1)
  }

  /** How many of those that a link is kept with have none. */
  get #unlinked(): number {
    return [...this.#held].filter((client) => !this.isLinked(client) && !this.tabs.has(client)).length
  }

  #sizeUp(): void {
    const now = Date.now()
    if (isCrowd(this.#peers)) this.#crowdedAt = now
    const crowded = now - this.#crowdedAt < this.#options.timing.calm
    if (crowded === this.#isCrowded) return
    this.#isCrowded = crowded
    this.changed()
  }

  #whomToTell(): ReadonlySet<Member> {
    const members = [...this.#members.values()]
    if (!this.#isCrowded) return new Set(members)
    return new Set(members.filter((member) => this.feeds(member) || tells(this.#options.self, member, members)))
  }

  get #feeding(): Feeding {
    this.#feedingNow ??= feeding(this.#options.self, [...this.#members.values()], ({ idle }) => idle >= IDLE)
    return this.#feedingNow
  }

  #tellNeighboursTo(to: Member): void {
    const others = [...this.#members.values()].filter((member) => member.client !== to.client)
    const clientsOf = (members: Member[]) => members.map(({ client }) => client)
    const told = [...this.tabs, ...clientsOf(others.filter((member) => this.feeds(member)))].slice(0, MAX_NEIGHBOURS)
    const writers = clientsOf(others.filter(({ role }) => role === 'write')).slice(0, MAX_NEIGHBOURS)
    const spares = this.#isCrowded && this.#feeding.spared.has(to)
    const text = `${told.join()} ${writers.join()} ${spares}`
    if (this.#lastTold.get(to.link) === text) return
    if (to.link.sendFrame({ kind: 'neighbours', told, writers, spares })) this.#lastTold.set(to.link, text)
  }

  /** Now and then: seeks links where there are too few, and parts from one where there are too many. */
  #tend(): void {
    const { self, timing } = this.#options
    this.#tending = setTimeout(
      () => {
        this.#sizeUp()
        const missing = this.#missing()
        if (missing > 0) {
          // More and more rarely.
          if (Math.random() < 2 / (this.#tries + 2)) this.#seek(missing)
        } else {
          this.#tries = 0
          this.#fruitless = 0
          if (Math.random() < timing.tendMost / timing.call / this.#peers) this.#announce(0)
          if (this.#isCrowded) {
            if (this.#unlinked > 0) this.#announce(0)
            const parted = [...this.#members.values()].filter(({ client }) => !this.#held.has(client))
            surplus(self, parted, (member) => this.feeds(member))?.link.part()
          }
        }
        // Somebody may have taken too little to be told.
        this.changed()
        this.#tend()
      },
      between(timing.tendLeast, timing.tendMost),
    )
  }

  /** Asks for so many links, and for more when that has brought none. */
  #seek(missing: number): void {
    this.#fruitless = this.#tries > 0 && this.#members.size <= this.#sizeBefore ? this.#fruitless + 1 : 0
    this.#sizeBefore = this.#members.size
    this.#tries++
    this.#announce(Math.min(MAX_WANTS, missing * 2 ** this.#fruitless))
  }

  /** With 0 wants, only those answer who do not see us. */
  #announce(wants: number): void {
    const { self, announce } = this.#options
    announce({ client: self.client, wants, writes: self.writes })
  }

  /** How many links are missing: of a crowd a few, else everyone who is present. */
  #missing(): number {
    const { self, presence } = this.#options
    const members = [...this.#members.values()]
    if (this.#isCrowded) return wantedLinks(self, members)
    if (members.length === 0) return 1
    const linked = new Set([self.client, ...this.tabs, ...members.map(({ client }) => client)])
    return [...presence.keys()].filter((client) => !linked.has(client)).length
  }
}
