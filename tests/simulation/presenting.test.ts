/** One presents to many, who come and go: the tree is the real one; links, presence and beats take the time that they take. */
import { expect, test } from 'vitest'
import { BEAT, FAN_OUT, Seat, type Standing, type Surroundings } from '#net/call/tree'
import { seeded, type Random } from '../support/random.ts'

/** Milliseconds: of a step, of a message over a link, of presence through the room, of a link that has to be made. */
const STEP = 50
const MESSAGE = 60
const PRESENCE = 200
const LINKING = 700

/** What the browser needs from a granted ask to a picture: a round of negotiation, and a key frame. */
const PICTURE = 500

/** How long they come and go. */
const SECONDS = 15

/** Nobody who stays is without a parent for longer. */
const PATIENCE = 3000

interface Viewer {
  client: number
  seat: Seat
  since: number
  /** When a picture came last, and when there was a parent last; and how long there was none at most. */
  seenAt: number
  heldAt: number
  hadParent: boolean
  /** Since when each parent sends to it. */
  sentSince: Map<number, number>
  /** How often it has said where it stands, and the last of it that has come to everyone. */
  clock: number
  told: number
}

const nameOf = (a: number, b: number): string => [a, b].sort((one, other) => one - other).join()

class Room {
  now = 0
  readonly viewers = new Map<number, Viewer>()
  readonly #random: Random
  readonly #standings = new Map<number, Standing>()
  /** What happens in each step to come, by its number. */
  readonly #queue = new Map<number, (() => void)[]>()
  readonly #linked = new Set<string>()
  #next = 1
  /** The longest time that somebody was without a parent after they had one; how long each waited for the first; all times without a picture; ms. */
  longestGap = 0
  readonly arrivals: number[] = []
  left = 0
  readonly pictureGaps: number[] = []
  attachments = 0

  constructor(random: Random) {
    this.#random = random
    this.add()
  }

  get presenter(): number {
    return 1
  }

  get #around(): Surroundings {
    return { presenter: this.presenter, standings: this.#standings }
  }

  add(): void {
    const client = this.#next++
    const passes = client === this.presenter || this.#random.chance(0.6)
    const viewer: Viewer = {
      client,
      since: this.now,
      seenAt: this.now,
      heldAt: this.now,
      hadParent: false,
      sentSince: new Map(),
      clock: 0,
      told: 0,
      seat: new Seat({
        client,
        canPass: () => passes,
        random: () => this.#random.below(1_000_000) / 1_000_000,
        ask: (parent) => this.#ask(client, parent),
        part: (parent) => {
          viewer.sentSince.delete(parent)
          this.#send(parent, MESSAGE, (one) => one.seat.leave(client))
        },
        hold: (others) => {
          for (const other of others) this.#after(LINKING, () => this.#linked.add(nameOf(client, other)))
        },
        isLinked: (other) => this.#linked.has(nameOf(client, other)),
        isFlowing: () => false,
        dismiss: (child, hints) => this.#send(child, MESSAGE, (one) => one.seat.refused(client, this.now, hints)),
        changed: () => {
          const { standing } = viewer.seat
          const clock = ++viewer.clock
          this.#after(PRESENCE, () => {
            // What is older than what is known is no news.
            if (!this.viewers.has(client) || clock < viewer.told) return
            viewer.told = clock
            this.#standings.set(client, standing)
          })
        },
      }),
    }
    this.viewers.set(client, viewer)
  }

  /** Somebody's browser is gone, without a word. Presence notices when its links have fallen silent. */
  kill(client: number): void {
    this.left++
    this.viewers.delete(client)
    this.#after(10_000, () => {
      this.#standings.delete(client)
      for (const { seat } of this.viewers.values()) seat.lose(client)
    })
  }

  run(until: number): void {
    while (this.now < until) {
      this.now += STEP
      const step = this.now / STEP
      for (const run of this.#queue.get(step) ?? []) run()
      this.#queue.delete(step)
      for (const viewer of this.viewers.values()) {
        if ((this.now + viewer.client * 37) % 100 < STEP) viewer.seat.look(this.now, this.#around)
        if ((this.now + viewer.client * 53) % BEAT < STEP) this.#beat(viewer)
      }
      for (const viewer of this.viewers.values()) this.#watch(viewer)
    }
  }

  get depth(): number {
    return Math.max(...[...this.viewers.values()].map(({ client }) => this.#depthOf(client)))
  }

  /** A viewer has a picture when each on the way up to the presenter is there and sends to the next. */
  #hasPicture({ client, seat, sentSince }: Viewer): boolean {
    if (client === this.presenter) return true
    if (seat.parent === null || this.now - (sentSince.get(seat.parent) ?? Infinity) < PICTURE) return false
    const parent = this.viewers.get(seat.parent)
    return parent !== undefined && parent.seat.children.has(client) && this.#hasPicture(parent)
  }

  #depthOf(client: number): number {
    let depth = 0
    for (let at = this.viewers.get(client); at !== undefined && at.client !== this.presenter; depth++) {
      if (depth > 50) throw new Error(`${client} stands in a circle`)
      at = this.viewers.get(at.seat.parent ?? NaN)
    }
    return depth
  }

  #watch(viewer: Viewer): void {
    const { seat, client } = viewer
    if (this.#hasPicture(viewer)) {
      this.pictureGaps.push(this.now - viewer.seenAt)
      viewer.seenAt = this.now
    }
    const parent = this.viewers.get(seat.parent ?? NaN)
    if (client === this.presenter || parent?.seat.children.has(client) === true) {
      if (!viewer.hadParent) this.arrivals.push(this.now - viewer.since)
      viewer.hadParent = true
      viewer.heldAt = this.now
    } else if (viewer.hadParent) this.longestGap = Math.max(this.longestGap, this.now - viewer.heldAt)
  }

  #ask(child: number, parent: number): void {
    this.attachments++
    const name = nameOf(child, parent)
    const delay = this.#linked.has(name) ? MESSAGE : LINKING
    this.#linked.add(name)
    this.#send(parent, delay, (one) => {
      const answer = one.seat.take(child, this.now, this.#around)
      if (answer === true) {
        this.#send(child, MESSAGE, (asker) => asker.sentSince.set(parent, this.now))
        this.#beatTo(one, child)
      } else this.#send(child, MESSAGE, (asker) => asker.seat.refused(parent, this.now, answer))
    })
  }

  #beat(viewer: Viewer): void {
    for (const other of viewer.seat.branches) this.#beatTo(viewer, other)
  }

  #beatTo({ client, seat }: Viewer, child: number): void {
    const { isFed } = seat.standing
    this.#send(child, MESSAGE, (one) => one.seat.hear(client, isFed, this.now))
  }

  #send(to: number, delay: number, run: (viewer: Viewer) => void): void {
    this.#after(delay, () => {
      const viewer = this.viewers.get(to)
      if (viewer !== undefined) run(viewer)
    })
  }

  #after(delay: number, run: () => void): void {
    const step = Math.ceil((this.now + delay * (0.5 + this.#random.below(1000) / 1000)) / STEP)
    const runs = this.#queue.get(step) ?? []
    this.#queue.set(step, runs)
    runs.push(run)
  }
}

for (const size of [100, 1000]) {
  test(`${size} watch, one in two hundred goes and comes every second, and nobody who stays is long without a parent`, () => {
    const random = seeded(size)
    const room = new Room(random)
    room.run(1000)
    // They come within twenty seconds.
    for (let i = 0; i < size; i++) {
      room.add()
      if (i % Math.ceil(size / 100) === 0) room.run(room.now + 200)
    }
    room.run(room.now + 5000)
    const arriving = { depth: room.depth, attachments: room.attachments }
    room.longestGap = 0
    room.pictureGaps.length = 0
    for (let second = 0; second < SECONDS; second++) {
      for (let i = 0; i < size / 200; i++) {
        const all = [...room.viewers.keys()].filter((client) => client !== room.presenter)
        room.kill(random.pick(all))
        room.add()
      }
      room.run(room.now + 1000)
    }
    room.run(room.now + 5000)
    const attachments = room.attachments - arriving.attachments
    const last = Math.max(...room.arrivals)
    const gaps = room.pictureGaps.filter((gap) => gap > 2 * STEP).sort((a, b) => a - b)
    console.log(
      `${size} watch: ${arriving.depth} steps deep (${room.depth} after), ${attachments} attachments for ${room.left} who left, nobody more than ${room.longestGap} ms without a parent, ${last} until the first; a picture stood still for ${gaps[gaps.length >> 1]} ms (95 of 100 times at most ${gaps[Math.floor(gaps.length * 0.95)]})`,
    )
    const fed = [...room.viewers.values()].filter(({ seat }) => seat.standing.isFed).length
    expect(fed).toBe(room.viewers.size)
    for (const { seat } of room.viewers.values()) expect(seat.children.size).toBeLessThanOrEqual(FAN_OUT)
    expect(room.depth).toBeLessThanOrEqual(Math.ceil(Math.log(size) / Math.log(FAN_OUT)) + 5)
    expect(room.longestGap).toBeLessThanOrEqual(PATIENCE)
    expect(last).toBeLessThanOrEqual(2 * PATIENCE)
  })
}
