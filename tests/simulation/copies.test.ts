/**
 * 'On 2 other devices' is never untrue. Peers with disks that lag, fail and are lost in crashes write, erase, leave and
 * come back over links that are late and break; after every step what each of them says is held against all disks.
 */
import { Clock } from './clock.ts'
import { afterEach, expect, test } from 'vitest'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import type { Frame } from '#net/link/frames'
import type { Taken } from '#sync/replication'
import { inHex } from '#doc/hex'
import { Mesh } from '#net/mesh/mesh'
import type { MeshLink } from '#net/link/host'
import { introduce, newIdentity } from '../support/identity.ts'
import type { Random } from '../support/random.ts'

/** What lies on one device, whoever is running there. */
interface Disk {
  bytes: Uint8Array
  taken: Taken | null
}

class Device {
  readonly role: 'write' | 'read'
  readonly identity
  readonly disk: Disk = { bytes: Y.encodeStateAsUpdate(new Y.Doc()), taken: null }
  app: App | null = null
  #stored = contentOf(this.disk.bytes)

  constructor(role: 'write' | 'read') {
    this.role = role
    this.identity = newIdentity(role)
  }

  /** Adds to what is stored: a later write that was quicker is not undone. */
  write(bytes: Uint8Array): void {
    this.disk.bytes = Y.mergeUpdates([this.disk.bytes, bytes])
    this.#stored = contentOf(this.disk.bytes)
  }

  /** Whether the disk holds all of this: insertions and deletions. */
  holds({ clocks, deleted }: Content): boolean {
    const stored = this.#stored
    return (
      [...clocks].every(([client, clock]) => (stored.clocks.get(client) ?? 0) >= clock) &&
      [...deleted].every((id) => stored.deleted.has(id))
    )
  }
}

/** What a document holds: how far the insertions of each client go, and which are deleted. */
interface Content {
  clocks: Map<number, number>
  deleted: Set<string>
}

function contentOf(bytes: Uint8Array): Content {
  const deleted = new Set<string>()
  for (const [client, ranges] of Y.decodeUpdate(bytes).ds.clients) {
    for (const { clock, len } of ranges) for (let i = 0; i < len; i++) deleted.add(`${client} ${clock + i}`)
  }
  return { clocks: Y.decodeStateVector(Y.encodeStateVectorFromUpdate(bytes)), deleted }
}

/** One run of the app on a device. */
class App {
  readonly device: Device
  readonly doc = new Y.Doc()
  readonly text = this.doc.getText('text')
  readonly awareness: Awareness
  readonly mesh: Mesh
  readonly links = new Map<App, Link>()
  /** What the document held when a change was last made here; null once that is on another disk. */
  made: Content | null = null
  #isStored = true
  #content: Content | null = null

  constructor(device: Device, clock: Clock) {
    this.device = device
    this.doc.clientID = clock.random.below(2 ** 32)
    Y.applyUpdate(this.doc, device.disk.bytes, 'disk')
    this.doc.on('update', () => {
      this.#isStored = false
      this.#content = null
    })
    this.awareness = new Awareness(this.doc)
    this.mesh = new Mesh({
      doc: this.doc,
      awareness: this.awareness,
      schemaVersion: 1,
      writes: device.role === 'write',
      device: inHex(device.identity.device),
      isStored: () => this.#isStored,
      taken: device.disk.taken,
      announce: () => undefined,
      changed: () => undefined,
    })
  }

  get content(): Content {
    this.#content ??= contentOf(Y.encodeStateAsUpdate(this.doc))
    return this.#content
  }

  edit(random: Random): void {
    const { text } = this
    if (text.length > 0 && random.chance(0.4)) text.delete(random.below(text.length), 1)
    else text.insert(random.below(text.length + 1), 'x')
    this.made = this.content
  }

  /** Takes some milliseconds, in which the document may change again; now and then it fails. */
  store(clock: Clock): void {
    const bytes = Y.encodeStateAsUpdate(this.doc)
    const { content } = this
    const hasFailed = clock.random.chance(0.2)
    clock.after(clock.random.below(2000), () => {
      if (hasFailed || this.device.app !== this) return
      this.device.write(bytes)
      this.#isStored ||= this.content === content
      this.device.disk.taken = this.mesh.copies.taken
      if (this.#isStored) this.mesh.noteStored()
    })
  }

  end(): void {
    this.device.app = null
    for (const other of [...this.links.keys()]) unlink(this, other)
    this.mesh.destroy()
    this.awareness.destroy()
  }
}

class Link implements MeshLink {
  readonly queued = 0
  readonly receiving = null
  readonly #clock: Clock
  readonly #owner: App
  readonly #other: App
  #lastArrival = 0

  constructor(clock: Clock, owner: App, other: App) {
    this.#clock = clock
    this.#owner = owner
    this.#other = other
  }

  sendFrame(frame: Frame): boolean {
    if (this.#clock.random.chance(0.05)) return false
    this.#lastArrival = Math.max(this.#lastArrival, this.#clock.now + this.#clock.random.below(300))
    this.#clock.after(this.#lastArrival - this.#clock.now, () => {
      const back = this.#other.links.get(this.#owner)
      if (this.#owner.links.get(this.#other) === this && back !== undefined) this.#other.mesh.received(back, frame)
    })
    return true
  }

  offend(reason: string): void {
    throw new Error(`A peer of ours offends: ${reason}`)
  }

  refuse(refusal: string): void {
    throw new Error(`A peer of ours is refused: ${refusal}`)
  }

  part(): void {
    throw new Error('A peer of ours parts in a full mesh')
  }
}

function link(clock: Clock, a: App, b: App): void {
  const ends = [new Link(clock, a, b), new Link(clock, b, a)] as const
  a.links.set(b, ends[0])
  b.links.set(a, ends[1])
  a.mesh.opened(ends[0], introduce(b.doc.clientID, b.device.identity))
  b.mesh.opened(ends[1], introduce(a.doc.clientID, a.device.identity))
}

function unlink(a: App, b: App): void {
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const end = one.links.get(other)
    one.links.delete(other)
    if (end !== undefined) one.mesh.lost(end, 'silent')
  }
}

let clock: Clock | null = null
afterEach(() => {
  clock?.stop()
  clock = null
})

interface Outcome {
  claims: number
  most: number
}

/** One random schedule; every claim on the way is checked. */
function run(seed: number): Outcome {
  const time = new Clock(seed)
  clock = time
  const { random } = time
  const devices = Array.from({ length: 4 }, (_, i) => new Device(i === 3 ? 'read' : 'write'))
  const outcome: Outcome = { claims: 0, most: 0 }
  const check = (): void => {
    for (const { app } of devices) {
      if (app === null) continue
      const { copies } = app.mesh
      const others = devices.filter((device) => device !== app.device)
      const holders = others.filter((device) => device.role === 'write' && device.holds(app.content))
      if (copies.devices > holders.length)
        throw new Error(`Seed ${seed}: ${copies.devices} devices, not ${holders.length}`)
      if (copies.devices > 0) outcome.claims++
      outcome.most = Math.max(outcome.most, copies.devices)
      if (app.made === null) continue
      const { made } = app
      if (others.some((device) => device.holds(made))) app.made = null
      else if (!copies.unsent) throw new Error(`Seed ${seed}: what was made here is nowhere else`)
    }
  }
  for (let step = 0; step < 60; step++) {
    const device = random.pick(devices)
    const { app } = device
    const others = devices.flatMap((one) => (one.app === null || one === device ? [] : [one.app]))
    if (app === null) {
      device.app = new App(device, time)
      for (const other of others) link(time, device.app, other)
    } else if (random.chance(0.35)) {
      if (device.role === 'write') app.edit(random)
    } else if (random.chance(0.4)) {
      app.store(time)
    } else if (random.chance(0.15)) {
      app.end()
    } else if (others.length > 0) {
      const other = random.pick(others)
      if (!app.links.has(other)) link(time, app, other)
      else if (random.chance(0.3)) unlink(app, other)
    }
    check()
    const end = time.now + random.pick([10, 200, 1500, 5000])
    while (time.now < end) {
      time.pass(Math.min(100, end - time.now))
      check()
    }
  }
  for (const { app } of devices) app?.end()
  time.stop()
  clock = null
  return outcome
}

test('who is said to hold everything has it on disk, whatever happens', { timeout: 120_000 }, () => {
  let claims = 0
  let most = 0
  for (let seed = 1; seed <= 300; seed++) {
    const outcome = run(seed)
    claims += outcome.claims
    most = Math.max(most, outcome.most)
  }
  // Otherwise nothing was tested.
  expect(claims).toBeGreaterThan(1000)
  expect(most).toBe(3)
})
