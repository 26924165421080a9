import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Circle } from '#net/mesh/circle'
import type { Frame } from '#net/link/frames'
import type { MeshLink } from '#net/link/host'
import { TIMING } from '#net/link/timing'
import type { Announcement } from '#net/mesh/topology'
import { seeded } from '../../support/random.ts'

let circle: Circle
let present: Map<number, unknown>
let announced: Announcement[]

beforeEach(() => {
  vi.useFakeTimers()
  const random = seeded(1)
  vi.spyOn(Math, 'random').mockImplementation(() => random.below(2 ** 30) / 2 ** 30)
  present = new Map([[1, {}]])
  announced = []
  circle = new Circle({
    self: { client: 1, writes: true, alwaysOn: false },
    timing: TIMING,
    presence: present,
    announce: (announcement) => announced.push(announcement),
  })
})
afterEach(() => {
  circle.destroy()
  vi.restoreAllMocks()
  vi.useRealTimers()
})

class FakeLink implements MeshLink {
  readonly queued = 0
  readonly receiving = null
  readonly told: Frame[] = []
  takes = true
  parted = 0

  sendFrame(frame: Frame): boolean {
    if (this.takes) this.told.push(frame)
    return this.takes
  }

  part(): void {
    this.parted++
  }

  offend(): void {
    throw new Error('Nobody offends')
  }

  refuse(): void {
    throw new Error('Nobody is refused')
  }
}

const after = (ms: number) => vi.advanceTimersByTime(ms)

/** Somebody with links enough of their own arrives, and is linked with us. */
function arrive(client: number, link = new FakeLink()): FakeLink {
  present.set(client, {})
  const member = circle.add(link, { client, schema: 1, role: 'write', alwaysOn: false, device: String(client) })
  const others = Array.from({ length: 8 }, (_, i) => 1000 + client * 10 + i)
  circle.received(member, { kind: 'neighbours', told: others, writers: others, spares: true })
  return link
}

const gather = (count: number) => Array.from({ length: count }, (_, i) => arrive(i + 2))

test('a list of neighbours that was not taken is told again', () => {
  const slow = new FakeLink()
  arrive(2, slow)
  after(1)
  slow.takes = false
  arrive(3)
  after(1)
  expect(slow.told.at(-1)).toMatchObject({ told: [] })
  slow.takes = true
  after(TIMING.tendMost)
  expect(slow.told.at(-1)).toMatchObject({ told: [3], writers: [3] })
})

test('a room counts as crowded from the thirteenth on, and for a while after', () => {
  gather(11)
  expect(circle.isCrowded).toBe(false)
  const last = arrive(13)
  expect(circle.isCrowded).toBe(true)
  circle.delete(last)
  present.delete(13)
  after(TIMING.calm / 2)
  expect(circle.isCrowded).toBe(true)
  after(TIMING.calm / 2 + TIMING.tendMost)
  expect(circle.isCrowded).toBe(false)
})

test('who has links enough parts from some, one at a time, and keeps those in use', () => {
  const links = gather(14)
  const used = new Set(links.filter((link) => circle.feeds(circle.get(link) ?? never())))
  const parted = () => links.filter((link) => link.parted > 0)
  after(TIMING.tendMost)
  expect(parted().length).toBeLessThanOrEqual(2)
  expect(parted().length).toBeGreaterThan(0)
  for (const link of parted()) expect(used.has(link)).toBe(false)
})

test('a newcomer to a crowd asks once for all it wants, and a room that says nothing new is asked nothing', () => {
  circle.noteListeners(40)
  circle.noteListeners(40)
  expect(announced).toEqual([{ client: 1, wants: 6, writes: true }])
  gather(14)
  after(TIMING.tendMost)
  announced.length = 0
  circle.noteListeners(40)
  expect(announced).toEqual([])
})

test('who finds nobody asks for more, and more and more rarely', () => {
  circle.noteListeners(40)
  after(60_000)
  const first = announced.length
  expect(announced.at(-1)?.wants).toBeGreaterThan(6)
  expect(announced.at(-1)?.wants).toBeLessThanOrEqual(1000)
  after(60_000)
  expect(announced.length - first).toBeLessThan(first)
})

test('a link in use that is lost makes the others be used, until changes come again', () => {
  const links = gather(14)
  const members = links.map((link) => circle.get(link) ?? never())
  const fed = members.filter((member) => circle.feeds(member))
  expect(fed.length).toBeLessThan(14)
  const [lost] = fed
  circle.delete((lost ?? never()).link)
  expect(members.filter((member) => member !== lost && circle.feeds(member)).length).toBe(13)
  const source = members.find((member) => member !== lost) ?? never()
  for (let i = 0; i < 30; i++) circle.noteNews(source)
  expect(members.filter((member) => member !== lost && circle.feeds(member))).toEqual([source])
})

function never(): never {
  throw new Error('This is there')
}
