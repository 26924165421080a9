import { describe, expect, test } from 'vitest'
import { OfferOrder } from '#net/link/offer-order'
import { seeded } from '../../support/random.ts'

const [ada, ben, successor] = ['a'.repeat(24), 'b'.repeat(24), 'c'.repeat(24)] as const

test('of two offers that cross, both sides keep the same one', () => {
  const [a, b] = [new OfferOrder(ada), new OfferOrder(ben)]
  const [fromA, fromB] = [a.next(), b.next()]
  expect(a.takes(fromB, fromA)).toBe(true)
  expect(b.takes(fromA, fromB)).toBe(false)
})

test('a later attempt wins over an earlier one, whoever makes it', () => {
  const [a, b] = [new OfferOrder(ada), new OfferOrder(ben)]
  a.next()
  const [fromA, fromB] = [a.next(), b.next()]
  expect(a.takes(fromB, fromA)).toBe(false)
  expect(b.takes(fromA, fromB)).toBe(true)
})

test('an offer heard twice, or late, is no news', () => {
  const [a, b] = [new OfferOrder(ada), new OfferOrder(ben)]
  const [first, second] = [b.next(), b.next()]
  expect(a.takes(second, null)).toBe(true)
  expect(a.takes(second, second)).toBe(false)
  expect(a.takes(first, null)).toBe(false)
  expect(a.next().epoch).toBeGreaterThan(second.epoch)
})

test('an offer from far ahead is none: our own would be out of range from then on', () => {
  const a = new OfferOrder(ada)
  expect(a.takes({ epoch: 1_000_000_000, owner: ben }, null)).toBe(false)
  expect(a.next().epoch).toBe(1)
  expect(a.takes({ epoch: 900, owner: ben }, null)).toBe(true)
})

test('while the other side is known, an offer in its name does not take its place', () => {
  const [a, b] = [new OfferOrder(ada), new OfferOrder(ben)]
  expect(a.takes(b.next(), null)).toBe(true)
  expect(a.takes({ epoch: 2, owner: successor }, null, true)).toBe(true)
  expect(a.isFormer(ben)).toBe(false)
  // It was the other side after all.
  a.meet(successor, 2)
  expect(a.isFormer(ben)).toBe(true)
  expect(a.takes({ epoch: 2, owner: successor }, null)).toBe(false)
})

test('a link that replaces another is heard, the replaced one no more', () => {
  const [a, b, c] = [new OfferOrder(ada), new OfferOrder(ben), new OfferOrder(successor)]
  for (let i = 0; i < 5; i++) expect(a.takes(b.next(), null)).toBe(true)
  expect(a.takes(c.next(), null)).toBe(true)
  expect(a.isFormer(ben)).toBe(true)
  expect(a.isFormer(successor)).toBe(false)
})

describe('candidates that overtake their offer', () => {
  test('wait for it, but not without end', () => {
    const [a, b] = [new OfferOrder(ada), new OfferOrder(ben)]
    const session = b.next()
    const candidate = { candidate: 'c', sdpMid: '0', sdpMLineIndex: 0 }
    for (let i = 0; i < 100; i++) a.keep(session, [candidate])
    expect(a.claim(b.next())).toEqual([])
    expect(a.claim(session)).toHaveLength(64)
    expect(a.claim(session)).toEqual([])
  })
})

test('whatever is delayed or dropped on the way, once both sides hear each other they agree', () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = seeded(seed)
    const sides = [ada, ben].map((owner) => ({
      books: new OfferOrder(owner),
      pending: null as ReturnType<OfferOrder['next']> | null,
    }))
    const waiting: { to: number; offer: ReturnType<OfferOrder['next']> }[] = []
    const offer = (from: number): void => {
      const side = sides[from]
      if (side === undefined) return
      side.pending = side.books.next()
      waiting.push({ to: 1 - from, offer: side.pending })
    }
    const hear = (): void => {
      const [heard] = waiting.splice(0, 1)
      const side = heard && sides[heard.to]
      if (heard && side?.books.takes(heard.offer, side.pending)) side.pending = heard.offer
    }
    for (let step = 0; step < 30; step++) {
      if (random.chance(0.4)) offer(random.below(2))
      else if (random.chance(0.3)) waiting.splice(0, 1)
      else hear()
    }
    // From here on nothing is lost, and both try once more at the same time.
    offer(0)
    offer(1)
    while (waiting.length > 0) hear()
    expect(sides[0]?.pending, `seed ${seed}`).toEqual(sides[1]?.pending)
  }
})
