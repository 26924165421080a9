import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Signal } from '#net/link/signal'
import { newIdentity } from '../support/identity.ts'
import { QUICK, Wire, WiredPeer } from '../support/net-harness/wired-peers.ts'

// With no network but its own, a machine connects through its loopback, where the wire is.
vi.mock('node:os', async (original) => ({ ...(await original<object>()), networkInterfaces: () => ({}) }))

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

function pair(timing = QUICK): { a: WiredPeer; b: WiredPeer; wire: Wire } {
  const a = new WiredPeer('Ada', timing)
  const b = new WiredPeer('Ben', timing)
  const wire = new Wire(a, b)
  cleanups.push(() => {
    a.destroy()
    b.destroy()
    wire.close()
  })
  return { a, b, wire }
}

const until = (condition: () => boolean, timeout = 10_000) =>
  expect.poll(condition, { interval: 10, timeout }).toBe(true)
const bothOpen = (a: WiredPeer, b: WiredPeer) => until(() => a.isOpen && b.isOpen)

/** Holds back what each side says until both have made an offer. */
function meetHalfway(a: WiredPeer, b: WiredPeer): void {
  const held: (() => void)[] = []
  const offered = new Set<WiredPeer>()
  for (const peer of [a, b]) {
    const { publish } = peer
    peer.publish = (signal) => {
      if (JSON.stringify(signal).includes('"offer"')) offered.add(peer)
      held.push(() => {
        publish(signal)
      })
      if (offered.size === 2) for (const say of held.splice(0)) say()
    }
  }
}

test('one side begins, both connect', async () => {
  const { a, b } = pair()
  a.text.insert(0, 'hello')
  a.begin(true)
  await until(() => b.text.toJSON() === 'hello')
  expect(a.mesh.counts.connections).toBe(1)
  // A way was found: that it ends says nothing of the network.
  expect([a, b].map(({ context }) => context.paths.record.opened)).toEqual([1, 1])
})

test('both begin at once: one of the two sessions is kept, on both sides the same', async () => {
  for (let round = 0; round < 6; round++) {
    const { a, b } = pair()
    meetHalfway(a, b)
    a.begin(true)
    b.begin(true)
    await bothOpen(a, b)
    a.text.insert(0, 'x')
    await until(() => b.text.toJSON() === 'x')
    b.text.insert(0, 'y')
    await until(() => a.text.toJSON() === 'yx')
    // One side made its own attempt and took the other's; nobody needed a third.
    expect(a.mesh.counts.connections + b.mesh.counts.connections).toBe(3)
  }
})

test('24 broken connections, cut in one direction or both: 24 recover, both ways', async () => {
  const results = await Promise.all(
    Array.from({ length: 4 }, async (_, pairNumber) => {
      const { a, b, wire } = pair()
      a.begin(true)
      await bothOpen(a, b)
      let recovered = 0
      for (let round = 0; round < 6; round++) {
        const isBoth = (round + pairNumber) % 2 === 0
        wire.cut({ ab: true, ba: isBoth })
        await until(() => !a.isOpen || !b.isOpen)
        if (isBoth) await until(() => a.awareness.getStates().size === 1)
        a.text.insert(0, `a${round} `)
        b.text.insert(0, `b${round} `)
        wire.heal()
        await until(() => a.text.toJSON().includes(`b${round}`) && b.text.toJSON().includes(`a${round}`))
        await bothOpen(a, b)
        await until(() => a.awareness.getStates().size === 2 && b.awareness.getStates().size === 2)
        recovered++
      }
      expect(a.text.toJSON()).toBe(b.text.toJSON())
      expect(a.closed + b.closed).toBe(0)
      expect(a.context.links.size).toBe(1)
      return recovered
    }),
  )
  expect(results.reduce((sum, recovered) => sum + recovered)).toBe(24)
})

test('after a cut that only one side noticed, that side gets presence and neighbours again', async () => {
  const { a, b, wire } = pair()
  a.begin(true)
  await bothOpen(a, b)
  await until(() => b.awareness.getStates().size === 2)
  // No other connection can be made: the old one must come back.
  a.publish = b.publish = () => undefined
  wire.cut({ ab: true, ba: false })
  await until(() => b.awareness.getStates().size === 1)
  expect(a.isOpen).toBe(true)
  wire.heal()
  await until(() => b.isOpen)
  await until(() => b.awareness.getStates().size === 2, 1000)
})

test('a side that forgets the link and begins anew is taken back', async () => {
  const { a, b } = pair()
  a.begin(true)
  await bothOpen(a, b)
  a.link?.destroy()
  a.begin(true)
  await until(() => a.isOpen && b.isOpen && a.link?.hello?.client === b.doc.clientID)
  a.text.insert(0, 'again')
  await until(() => b.text.toJSON() === 'again')
  expect(b.closed).toBe(0)
})

test('after a change of addresses, where no ICE restart can be, another connection is made', async () => {
  const { a, b, wire } = pair({ ...QUICK, dead: 60_000 })
  a.begin(true)
  await bothOpen(a, b)
  const connections = a.mesh.counts.connections
  wire.move()
  await until(() => {
    b.link?.probe(false)
    return a.link?.state === 'interrupted' || b.link?.state === 'interrupted'
  })
  await bothOpen(a, b)
  b.text.insert(0, 'x')
  await until(() => a.text.toJSON() === 'x')
  expect(a.mesh.counts.connections).toBeGreaterThan(connections)
  expect(a.closed + b.closed).toBe(0)
})

test('an offer that was lost is made again as soon as the other side calls', async () => {
  const { a, b } = pair({ ...QUICK, attempt: 60_000 })
  const publish = a.publish
  a.publish = () => undefined
  a.begin(true)
  await until(() => {
    a.publish = publish
    a.link?.calledAgain()
    return a.isOpen && b.isOpen
  })
})

test('an offer that went out while the relay was gone as well is made again when it is back', async () => {
  // An attempt that nobody ended would go on for longer than this test.
  const { a, b, wire } = pair({ ...QUICK, attempt: 60_000, giveUp: 120_000 })
  a.begin(true)
  await bothOpen(a, b)
  const ways = [a.publish, b.publish] as const
  const offering = new Set<WiredPeer>()
  for (const peer of [a, b]) {
    peer.publish = (signal) => {
      if (JSON.stringify(signal).includes('"offer"')) offering.add(peer)
    }
  }
  // Not restarted but made anew: nothing comes through at the old addresses.
  wire.move()
  const attempts = () => a.mesh.counts.connections + b.mesh.counts.connections
  await until(() => !a.isOpen && !b.isOpen && attempts() >= 4 && offering.size === 2)
  ;[a.publish, b.publish] = ways
  await new Promise((resolve) => setTimeout(resolve, 2 * QUICK.unheard))
  a.link?.probe(false)
  await bothOpen(a, b)
  a.text.insert(0, 'x')
  await until(() => b.text.toJSON() === 'x')
})

test('who leaves is gone at once; who is cut off for too long is given up', async () => {
  const { a, b, wire } = pair({ ...QUICK, giveUp: 1500 })
  a.begin(true)
  await bothOpen(a, b)
  await until(() => b.awareness.getStates().size === 2)
  a.link?.leave()
  await until(() => b.closed === 1, 500)
  await until(() => b.awareness.getStates().size === 1, 500)
  a.begin(true)
  await bothOpen(a, b)
  wire.cut({ ab: true, ba: true })
  a.publish = b.publish = () => undefined
  await until(() => a.closed === 2 && b.closed === 2)
  expect(a.context.links.size).toBe(0)
})

test('a probe ends the link to a peer that left and does not answer, and spares a living one', async () => {
  const { a, b, wire } = pair({ ...QUICK, dead: 60_000 })
  a.begin(true)
  await bothOpen(a, b)
  a.link?.probe(true)
  await new Promise((resolve) => setTimeout(resolve, 2 * QUICK.probe))
  expect(a.isOpen).toBe(true)
  wire.cut({ ab: true, ba: true })
  a.publish = b.publish = () => undefined
  a.link?.probe(true)
  await until(() => a.awareness.getStates().size === 1, 2 * QUICK.probe)
  expect(a.closed).toBe(0)
  await until(() => a.closed === 1, 3000)
})

test('a peer too busy to answer a probe keeps its link', async () => {
  const { a, b, wire } = pair({ ...QUICK, dead: 60_000, linger: 8_000 })
  a.begin(true)
  await bothOpen(a, b)
  wire.cut({ ab: true, ba: true })
  // What was under way when the wire was cut still counts as an answer.
  await until(() => {
    a.link?.probe(true)
    return a.link?.state === 'interrupted'
  })
  wire.heal()
  await until(() => a.isOpen && a.awareness.getStates().size === 2)
  expect(a.closed).toBe(0)
})

test('one who slept until the other gave up meets it again at once, whatever was said meanwhile', async () => {
  for (const begins of ['a', 'b'] as const) {
    const a = new WiredPeer('Ada', { ...QUICK, attempt: 8_000, dead: 60_000, giveUp: 60_000 })
    const b = new WiredPeer('Ben', { ...QUICK, attempt: 8_000 })
    const wire = new Wire(a, b)
    cleanups.push(() => {
      a.destroy()
      b.destroy()
      wire.close()
    })
    if (begins === 'a') a.begin(true)
    else b.begin(true)
    await bothOpen(a, b)

    wire.cut({ ab: true, ba: true })
    const meanwhile: (() => void)[] = []
    const { publish } = b
    b.publish = (signal) => {
      meanwhile.push(() => publish(signal))
    }
    await until(() => b.link?.state === 'interrupted' && b.mesh.counts.connections >= 2)
    await until(() => meanwhile.length >= 3)
    b.link?.destroy()
    b.publish = publish
    wire.heal()
    for (const say of meanwhile) say()
    a.link?.probe(false)
    await expect.poll(() => a.isOpen && b.isOpen, { interval: 10, timeout: 4_000 }).toBe(true)
  }
})

test('one who slept takes up what the other, who has begun anew, offered while it seemed to be heard', async () => {
  const { a, b, wire } = pair({ ...QUICK, attempt: 60_000, dead: 60_000, giveUp: 60_000 })
  a.begin(true)
  await bothOpen(a, b)
  wire.cut({ ab: true, ba: true })
  const { publish } = b
  b.publish = () => undefined
  b.link?.destroy()
  b.text.insert(0, 'x')
  const offered = new Promise<void>((resolve) => {
    b.publish = (signal) => {
      publish(signal)
      resolve()
    }
  })
  b.begin(true)
  await offered
  expect(a.isOpen).toBe(true)
  wire.heal()
  await until(() => a.text.toJSON() === 'x' && b.isOpen)
  expect([a, b].map(({ mesh }) => mesh.counts.connections)).toEqual([2, 2])
})

test('an offer nobody answers is repeated, and given up in the end', async () => {
  const { a } = pair({ ...QUICK, attempt: 200, giveUp: 1200 })
  let offers = 0
  a.publish = (signal) => {
    if (JSON.stringify(signal).includes('"offer"')) offers++
  }
  a.begin(true)
  await until(() => a.closed === 1)
  expect(offers).toBeGreaterThan(2)
})

describe('hostile', () => {
  test('signals neither throw nor count as a peer', async () => {
    const { a, b } = pair()
    const link = a.begin(true)
    const name = 'ab'.repeat(12)
    const session = { epoch: 1, owner: name }
    const junk: unknown[] = [
      null,
      42,
      'offer',
      [],
      { type: 'offer', sdp: 'v=0' },
      { type: 'link' },
      { type: 'link', from: name, session: { epoch: -1, owner: name }, kind: 'offer', number: 1, seen: 0, sdp: '' },
      {
        type: 'link',
        from: name,
        session: { epoch: 1, owner: 'cd'.repeat(12) },
        kind: 'offer',
        number: 1,
        seen: 0,
        sdp: '',
      },
      { type: 'link', from: name, session, kind: 'candidates', candidates: [{ candidate: 7 }] },
      { type: 'link', from: name, session, kind: 'offer', number: 1, seen: 0, sdp: 'x'.repeat(40_000) },
      { type: 'link', from: name, session, kind: 'offer', number: -1, seen: 0, sdp: 'v=0' },
      { type: 'link', from: name, session, kind: 'answer', number: 1, seen: 'all', sdp: 'v=0' },
    ]
    for (const signal of junk) link.signal(signal)
    expect(a.mesh.counts.dropped['malformed-signal']).toBe(junk.length)
    const offered = { kind: 'offer', number: 1, seen: 0 }
    link.signal({ type: 'link', from: name, session: { epoch: 900, owner: name }, ...offered, sdp: 'not SDP' })
    await until(() => a.mesh.counts.dropped['bad-description'] === 1)
    b.begin(true)
    await bothOpen(a, b)
  })

  test('an offer in the name of a connection that is cut, by somebody with another certificate, is ignored', async () => {
    const { a, b, wire } = pair()
    const offers: Signal[] = []
    const publish = a.publish
    a.publish = (signal) => {
      offers.push(signal as Signal)
      publish(signal)
    }
    a.begin(true)
    await bothOpen(a, b)
    const offer = offers.find(({ kind }) => kind === 'offer')
    if (offer?.kind !== 'offer') throw new Error('No offer')
    wire.cut({ ab: true, ba: true })
    await until(() => b.link?.state === 'interrupted')
    const sdp = offer.sdp.replace(/(a=fingerprint:\S+ )\S+/u, `$1${'00:'.repeat(31)}00`)
    b.take({ ...offer, number: 2, sdp })
    await until(() => b.mesh.counts.dropped.impostor === 1)
    wire.heal()
    await bothOpen(a, b)
    a.text.insert(0, 'x')
    await until(() => b.text.toJSON() === 'x')
  })

  test('a description that spells its fingerprint in a way of its own is never set', async () => {
    const { a, b } = pair()
    const other = `${'00:'.repeat(31)}00`
    const spellings = [
      (print: string) => `a=FINGERPRINT:sha-256 ${print}`,
      (print: string) => `a=fingerprint: sha-256 ${print}`,
      (print: string) => `a=fingerprint:sha-256\t${print}`,
      (print: string) => ` a=fingerprint:sha-256 ${print}`,
      (print: string) => `a=fingerprint:sha-256 ${print}\u0000`,
      (print: string) => `a=fingerprint:sha-256 ${print} `,
      (print: string) => `a=fingerprint:sha-1 ${print.slice(0, 59)}`,
      (print: string) => `a=fingerprint:sha-256 ${print}\r\na=fingerprint:sha-256 ${other}`,
      (print: string) => `a=fingerprint:sha-256 ${print}\r\ni=Fingerprint`,
      () => 'a=setup:actpass',
    ]
    let spell: (print: string) => string = (print) => print
    const publish = a.publish
    a.publish = (signal) => {
      const said = signal as Signal
      if (said.kind === 'offer')
        said.sdp = said.sdp.replace(/^a=fingerprint:\S+ (\S+)/mu, (_, print: string) => spell(print))
      publish(said)
    }
    for (const [i, spelling] of spellings.entries()) {
      spell = spelling
      a.begin(true)
      await until(() => b.mesh.counts.dropped['bad-description'] === i + 1)
      for (const { link } of [a, b]) link?.destroy()
    }
    spell = (print) => `a=fingerprint:sha-256 ${print.toLowerCase()}`
    a.begin(true)
    await bothOpen(a, b)
  })

  test('signals forged by who holds a view link leave a proven link as it is, and one that breaks comes back', async () => {
    const { a, b, wire } = pair()
    const said: unknown[] = []
    const { publish } = b
    b.publish = (signal) => {
      said.push(signal)
      publish(signal)
    }
    a.begin(true)
    await bothOpen(a, b)
    await until(() => a.link?.introduction?.role === 'write')
    const { connections } = a.mesh.counts
    const before = a.link?.hello
    const name = 'ef'.repeat(12)
    const described = { number: 1, seen: 0, sdp: 'v=0' }
    for (let i = 0; i < 300; i++) {
      const session = { epoch: 2 + i, owner: name }
      a.take({ type: 'link', nonsense: i })
      a.take({ type: 'link', from: name, session, kind: 'offer', ...described })
      a.take({ type: 'link', from: `${i}`.padStart(24, '0'), session, kind: 'restart' })
      a.take({ type: 'link', from: `${i}`.padStart(24, 'a'), session, kind: 'answer', ...described })
      a.take({ type: 'link', from: name, session: { epoch: 1_000_000_000, owner: name }, kind: 'offer', ...described })
      // In its own name, and with what it has said before.
      for (const signal of said) {
        a.take({ ...(signal as Signal), number: 2 + i })
        a.take({ ...(signal as Signal), vouch: { number: 1 + i, code: 'ab'.repeat(32) } })
      }
    }
    expect(a.mesh.counts.dropped['malformed-signal']).toBe(300)
    await until(() => (a.mesh.counts.dropped['unvouched-signal'] ?? 0) > 1500)

    // Somebody takes part in an attempt in Ben's name, and says what Ben never would.
    const mallory = new WiredPeer('Mallory', QUICK, newIdentity('read'))
    cleanups.push(() => mallory.destroy())
    mallory.doc.clientID = a.doc.clientID
    mallory.publish = (signal) => a.take(signal)
    a.publish = (signal) => {
      mallory.take(structuredClone(signal))
      wire.carry('ab', signal, b)
    }
    const dropped = a.mesh.counts.dropped['unvouched-signal'] ?? 0
    mallory.begin(true)
    await until(() => (a.mesh.counts.dropped['unvouched-signal'] ?? 0) > dropped)
    expect(a.mesh.counts.connections).toBe(connections)
    a.text.insert(0, 'x')
    await until(() => b.text.toJSON() === 'x')

    // Where the link is cut it may be anybody: it takes part, and cannot prove that it writes.
    wire.cut({ ab: true, ba: true })
    await until(() => !a.isOpen && !b.isOpen)
    mallory.link?.destroy()
    mallory.begin(true)
    await until(() => (a.mesh.counts.dropped.impostor ?? 0) > 0)
    mallory.destroy()
    wire.heal()
    await bothOpen(a, b)
    expect([a.link?.refusal, a.link?.hello]).toEqual([null, before])
    b.text.insert(0, 'y')
    await until(() => a.text.toJSON() === 'yx')
    expect(a.closed + b.closed).toBe(0)
  })

  test('of what is said of a call there is a measure', async () => {
    const { a, b } = pair()
    a.begin(true)
    await bothOpen(a, b)
    for (let i = 0; i < 250; i++) b.link?.sendFrame({ kind: 'call', text: `${i}` })
    await until(() => (a.mesh.counts.dropped['too-much: call'] ?? 0) > 10)
    expect(a.link?.state).toBe('open')
  })

  test('ten thousand frames end the link, not the process, and the sender is ignored from then on', async () => {
    const { a, b } = pair()
    a.begin(true)
    await bothOpen(a, b)
    const stats = await a.link?.stats()
    expect(stats).toBeDefined()
    const before = process.memoryUsage().rss
    const link = b.link
    for (let i = 0; i < 10_000; i++) {
      const clients = Array.from({ length: i % 50 }, (_, k) => k)
      if (i % 3 === 0)
        link?.sendFrame({ kind: 'message', doc: 0, bytes: crypto.getRandomValues(new Uint8Array(i % 999)) })
      else if (i % 3 === 1)
        link?.sendFrame({
          kind: 'have',
          doc: 0,
          wantsReply: false,
          stored: false,
          digest: new Uint8Array(16),
          stateVector: Uint8Array.of(9, 9),
        })
      else link?.sendFrame({ kind: 'neighbours', told: clients, writers: [], spares: false })
    }
    await until(() => a.link?.state === 'refused')
    expect(a.link?.refusal).toBe('hostile')
    expect(a.mesh.counts.dropped['malformed-message']).toBeGreaterThan(10)
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6)
    await until(() => a.awareness.getStates().size === 1)
    const { connections } = a.mesh.counts
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(a.link?.state).toBe('refused')
    expect(a.mesh.counts.connections).toBe(connections)
  })

  test('a peer of another protocol, or with our own client id, is refused', async () => {
    const { a, b } = pair()
    b.doc.clientID = a.doc.clientID
    a.begin(true)
    await until(() => a.link?.refusal === 'same-client')
  })
})
