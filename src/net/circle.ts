/** The open links of a peer: whom they reach, which of them changes are told over, and whether there are enough of them. */
import type { Introduction } from './handshake.ts'
import { MAX_NEIGHBOURS, type Frame } from './frames.ts'
import type { MeshLink } from './mesh.ts'
import type { Timing } from './timing.ts'
import { between } from './timing.ts'
import {
  chanceToAnswer,
  isCrowded,
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
}

export interface CircleOptions {
  self: Self
  timing: Timing
  /** How many are present in the room, as far as is known, ourselves included. */
  presence: () => Iterable<number>
  /** Says in the room that more links are wanted. */
  announce: (announcement: Announcement) => void
}

type Neighbours = Extract<Frame, { kind: 'neighbours' }>

/** Most that one announcement asks for. */
const MAX_WANTS = 1000

export class Circle {
  /** Clients in other tabs of this browser. */
  readonly tabs = new Set<number>()
  readonly #options: CircleOptions
  readonly #members = new Map<MeshLink, Member>()
  #isCrowded = false
  /** Whom changes are told, until something changes. */
  #toldNow: ReadonlySet<Member> | null = null
  #telling: ReturnType<typeof setTimeout> | null = null
  #lastTold = new Map<MeshLink, string>()
  #tending: ReturnType<typeof setTimeout> | null = null
  /** Announcements since there were links enough. */
  #tries = 0

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
    const member: Member = { ...introduction, link, told: new Set(), writers: new Set() }
    this.#members.set(link, member)
    this.#sizeUp()
    // At once, so that what we pass on of others is believed.
    this.#tellNeighboursTo(member)
    this.changed()
    return member
  }

  delete(link: MeshLink): void {
    this.#members.delete(link)
    this.#lastTold.delete(link)
    this.changed()
  }

  /** Takes what a member says of its links. Returns whom it does not reach any more, in a crowd nobody: it may reach them in other ways. */
  received(member: Member, { told, writers }: Neighbours): number[] {
    const gone = [...member.told].filter((client) => !told.includes(client))
    member.told = new Set(told)
    member.writers = new Set(writers)
    if (!this.#isCrowded) return gone
    this.changed()
    return []
  }

  /** Notes that links, tabs or the room have changed: everyone is told whom we reach, once for all changes of one turn. */
  changed(): void {
    this.#toldNow = null
    this.#telling ??= setTimeout(() => {
      this.#telling = null
      for (const member of this.#members.values()) this.#tellNeighboursTo(member)
    }, 0)
  }

  /** Whether changes go over this link. */
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

  /** Whether this client itself tells us of its changes. */
  isHeard(client: number): boolean {
    for (const member of this.#members.values()) if (member.client === client) return this.tells(member)
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

  /** Whether to make a link with somebody who announced himself in a room of `listeners`, as the relay counts them. */
  answers(announcement: Announcement | null, listeners: number): boolean {
    const peers = Math.max(listeners, this.#peers)
    return Math.random() < chanceToAnswer(this.#options.self, [...this.#members.values()], announcement, peers)
  }

  /** The room turns out to be larger than known: asks for links as a crowd does. */
  noteListeners(listeners: number): void {
    if (this.#tries === 0 && isCrowded(listeners, false)) this.#seek()
  }

  destroy(): void {
    for (const timer of [this.#telling, this.#tending]) if (timer !== null) clearTimeout(timer)
    this.#members.clear()
  }

  /** How many are in the room at least. */
  get #peers(): number {
    const present = [...this.#options.presence()].length
    return Math.max(present, this.#members.size + this.tabs.size + 1)
  }

  #sizeUp(): void {
    const crowded = isCrowded(this.#peers, this.#isCrowded)
    if (crowded === this.#isCrowded) return
    this.#isCrowded = crowded
    this.changed()
  }

  #whomToTell(): ReadonlySet<Member> {
    const members = [...this.#members.values()]
    if (!this.#isCrowded) return new Set(members)
    return new Set(members.filter((member) => tells(this.#options.self, member, members)))
  }

  #tellNeighboursTo({ link, client: own }: Member): void {
    const told = new Set(this.tabs)
    const writers: number[] = []
    for (const member of this.#members.values()) {
      if (member.client === own) continue
      if (this.tells(member)) told.add(member.client)
      if (member.role === 'write') writers.push(member.client)
    }
    const frame: Neighbours = {
      kind: 'neighbours',
      told: [...told].slice(0, MAX_NEIGHBOURS),
      writers: writers.slice(0, MAX_NEIGHBOURS),
    }
    const text = JSON.stringify(frame)
    if (this.#lastTold.get(link) === text) return
    this.#lastTold.set(link, text)
    link.sendFrame(frame)
  }

  /** Now and then: seeks links where there are too few, and parts from one where there are too many. */
  #tend(): void {
    const { self, timing } = this.#options
    this.#tending = setTimeout(
      () => {
        this.#sizeUp()
        const members = [...this.#members.values()]
        if (this.#missing() > 0) {
          // More and more rarely.
          if (Math.random() < 2 / (this.#tries + 2)) this.#seek()
        } else {
          this.#tries = 0
          if (this.#isCrowded) surplus(self, members)?.link.part()
        }
        this.#tend()
      },
      between(timing.tendLeast, timing.tendMost),
    )
  }

  #seek(): void {
    const { self, announce } = this.#options
    const missing = Math.max(1, this.#missing())
    announce({ wants: Math.min(MAX_WANTS, missing * 2 ** this.#tries), writes: self.writes })
    this.#tries++
  }

  /** How many links are missing: of a crowd a few, else everyone who is present. */
  #missing(): number {
    const { self, presence } = this.#options
    const members = [...this.#members.values()]
    if (this.#isCrowded) return wantedLinks(self, members)
    if (members.length === 0) return 1
    const linked = new Set([self.client, ...this.tabs, ...members.map(({ client }) => client)])
    return [...presence()].filter((client) => !linked.has(client)).length
  }
}
