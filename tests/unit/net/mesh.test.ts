import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { encodeFrame } from '#net/link/frames'
import { awarenessMessage, step1Message, updateMessage } from '#net/mesh/messages'
import { encodeEntries } from '#net/mesh/presence'
import { ATTACKS, forge, written } from '../../support/forged-updates.ts'
import { cut, FakePeer, linkAll, linkUp } from '../../support/net-harness/fake-mesh.ts'

let peers: FakePeer[] = []

beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  for (const peer of peers) peer.destroy()
  vi.useRealTimers()
})

function people(...names: string[]): FakePeer[] {
  peers = names.map((name) => new FakePeer(name))
  return peers
}

const after = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const five = () => people('Ada', 'Ben', 'Cora', 'Dan', 'Eve') as [FakePeer, FakePeer, FakePeer, FakePeer, FakePeer]
const two = () => people('Ada', 'Ben') as [FakePeer, FakePeer]
const three = () => people('Ada', 'Ben', 'Cora') as [FakePeer, FakePeer, FakePeer]
const texts = () => new Set(peers.map(({ text }) => text.toJSON()))
const total = (count: (peer: FakePeer) => number) => peers.reduce((sum, peer) => sum + count(peer), 0)
const linkOf = (from: FakePeer, to: FakePeer) => {
  const link = from.links.get(to)
  if (link === undefined) throw new Error('No such link')
  return link
}
const documentMessages = () => total(({ mesh }) => mesh.counts.document.sent + mesh.counts.document.forwarded)

describe('what is passed on', () => {
  test('in a full mesh of five, one update costs exactly four document messages', async () => {
    const [ada] = five()
    linkAll(peers)
    await after(2000)
    ada.text.insert(0, 'x')
    await after(2000)
    expect(texts()).toEqual(new Set(['x']))
    expect(documentMessages()).toBe(4)
    expect(total(({ mesh }) => mesh.counts.document.suppressed)).toBe(4 * 4)
    expect(total(({ mesh }) => mesh.counts.sync.asked)).toBe(0)
  })

  test('so does one cursor movement', async () => {
    const [ada] = five()
    linkAll(peers)
    await after(2000)
    const messages = () => total(({ mesh }) => mesh.counts.awareness.sent + mesh.counts.awareness.forwarded)
    const before = messages()
    ada.awareness.setLocalStateField('cursor', 1)
    await after(100)
    expect(messages() - before).toBe(4)
  })

  test('along a chain everything reaches the end', async () => {
    const [a, b, c, d, e] = five()
    linkUp(a, b)
    linkUp(b, c)
    linkUp(c, d)
    linkUp(d, e)
    await after(2000)
    a.text.insert(0, 'x')
    e.text.insert(0, 'y')
    await after(100)
    expect(texts().size).toBe(1)
    expect(a.present).toEqual(['Ada', 'Ben', 'Cora', 'Dan', 'Eve'])
  })

  test('when one link of a full mesh is missing, a third peer passes things on', async () => {
    const [a, b, c] = three()
    linkAll(peers)
    await after(1000)
    cut(a, b)
    await after(1000)
    a.text.insert(0, 'x')
    await after(50)
    expect(b.text.toJSON()).toBe('x')
    expect(c.mesh.counts.document.forwarded).toBe(1)
  })

  test('what a listener writes while a remote change is applied goes to everyone, its author included', async () => {
    const [a, b, c] = three()
    linkAll(peers)
    await after(1000)
    b.doc.on('update', (_, origin) => {
      if (origin !== null && b.text.length === 1) b.text.insert(1, '!')
    })
    b.awareness.on('change', (_: unknown, origin: unknown) => {
      if (origin !== 'local') b.awareness.setLocalStateField('seen', true)
    })
    a.text.insert(0, 'x')
    a.awareness.setLocalStateField('cursor', 1)
    await after(50)
    expect(texts()).toEqual(new Set(['x!']))
    expect(a.awareness.getStates().get(b.doc.clientID)).toMatchObject({ seen: true })
    expect(c.awareness.getStates().get(b.doc.clientID)).toMatchObject({ seen: true })
  })

  test('a large update that came from elsewhere is not passed on but compared', async () => {
    const [a, b, c] = three()
    linkUp(a, b)
    linkUp(b, c)
    await after(1000)
    a.text.insert(0, 'x'.repeat(100_000))
    await after(1500)
    expect(c.text.length).toBe(100_000)
    expect(b.mesh.counts.sync.deferred).toBe(1)
    expect(b.mesh.counts.document.forwarded).toBe(0)
  })
})

describe('tabs of one browser', () => {
  test('what one tab tells another is not told again to whoever hears both', async () => {
    const [tab, other, far] = three()
    tab.mesh.tabJoined(other.doc.clientID)
    other.mesh.tabJoined(tab.doc.clientID)
    linkUp(tab, far)
    linkUp(other, far)
    await after(1000)
    other.text.insert(0, 'x')
    tab.mesh.receivedFromTab(Uint8Array.from(Y.encodeStateAsUpdate(other.doc)))
    await after(50)
    expect(far.text.toJSON()).toBe('x')
    expect(tab.mesh.counts.document).toMatchObject({ forwarded: 0, suppressed: 1 })
  })

  test('what one tab tells another reaches a peer that only the other is linked with', async () => {
    const [tab, other, far] = three()
    tab.mesh.tabJoined(other.doc.clientID)
    linkUp(tab, far)
    await after(1000)
    other.text.insert(0, 'x')
    tab.mesh.receivedFromTab(Uint8Array.from(Y.encodeStateAsUpdate(other.doc)))
    await after(50)
    expect(far.text.toJSON()).toBe('x')
  })

  test('a link with another tab is ended, a closed tab is gone', async () => {
    const [tab, other] = two()
    linkUp(tab, other)
    await after(1000)
    const link = linkOf(tab, other)
    tab.mesh.tabJoined(other.doc.clientID)
    expect(link.offences).toEqual(['same-browser'])
    await after(10)
    expect(tab.present).toEqual(['Ada'])
  })
})

describe('comparison', () => {
  test('a newcomer among four asks one of them for the document', async () => {
    const [newcomer, ...others] = five()
    others[0].text.insert(0, 'x'.repeat(50_000))
    linkAll(others)
    await after(20_000)
    expect(others.map(({ text }) => text.length)).toEqual([50_000, 50_000, 50_000, 50_000])
    for (const other of others) linkUp(newcomer, other)
    await after(2000)
    expect(newcomer.text.length).toBe(50_000)
    expect(newcomer.mesh.counts.sync.asked).toBe(1)
    for (const link of newcomer.links.values()) expect(newcomer.mesh.isSynced(link)).toBe(true)
  })

  test('edits made on both sides of a cut are merged when it heals', async () => {
    const [a, b] = two()
    linkUp(a, b)
    await after(1000)
    cut(a, b)
    a.text.insert(0, 'a')
    b.text.insert(0, 'b')
    linkUp(a, b)
    await after(1000)
    expect(texts().size).toBe(1)
    expect(a.text.length).toBe(2)
  })

  test('deletions alone are noticed, which no state vector shows', async () => {
    const [a, b] = two()
    a.text.insert(0, 'abc')
    linkUp(a, b)
    await after(1000)
    cut(a, b)
    a.text.delete(0, 1)
    expect(Y.encodeStateVector(a.doc)).toEqual(Y.encodeStateVector(b.doc))
    linkUp(a, b)
    await after(1500)
    expect(b.text.toJSON()).toBe('bc')
  })

  test('a message lost on the way is found out within a round', async () => {
    const [a, b] = two()
    linkUp(a, b)
    await after(1000)
    const link = linkOf(a, b)
    const lossy = vi.spyOn(link, 'sendFrame').mockReturnValueOnce(true)
    a.text.insert(0, 'x')
    lossy.mockRestore()
    await after(500)
    expect(b.text.toJSON()).toBe('')
    await after(17_000)
    expect(b.text.toJSON()).toBe('x')
  })

  test('when the peer that was asked stays silent, or goes, another one is asked', async () => {
    const [newcomer, silent, other] = three()
    silent.text.insert(0, 'document')
    linkUp(silent, other)
    await after(1000)
    linkUp(newcomer, silent)
    vi.spyOn(linkOf(silent, newcomer), 'sendFrame').mockImplementation(({ kind }) => kind !== 'message')
    await after(100)
    linkUp(newcomer, other)
    await after(5000)
    expect(newcomer.text.toJSON()).toBe('')
    await after(6000)
    expect(newcomer.text.toJSON()).toBe('document')
  })

  test('while two write at once, nobody asks for what is under way', async () => {
    const [a, b, c] = three()
    linkAll(peers)
    await after(1000)
    for (let i = 0; i < 600; i++) {
      a.text.insert(0, 'a')
      c.text.insert(c.text.length, 'c')
      await after(50)
    }
    expect(total(({ mesh }) => mesh.counts.sync.asked)).toBe(0)
    await after(1000)
    expect(texts().size).toBe(1)
    expect(b.text.length).toBe(1200)
  })

  test('idle peers say little', async () => {
    five()
    linkAll(peers)
    await after(5000)
    const frames = () => total(({ links }) => [...links.values()].reduce((sum, { sent }) => sum + sent.length, 0))
    const before = frames()
    await after(60_000)
    const perLinkAndMinute = (frames() - before) / 10
    // Two sides × (a digest every 10 to 15 s and a sign of presence every 15 s).
    expect(perLinkAndMinute).toBeLessThanOrEqual(2 * (6 + 5))
  })
})

describe('presence', () => {
  test('everyone sees everyone', async () => {
    five()
    linkAll(peers)
    await after(1000)
    for (const peer of peers) expect(peer.present).toEqual(['Ada', 'Ben', 'Cora', 'Dan', 'Eve'])
  })

  test('who says goodbye is gone at once', async () => {
    const [a, b] = two()
    linkUp(a, b)
    await after(1000)
    a.mesh.lost(linkOf(a, b), 'left')
    await after(1)
    expect(a.present).toEqual(['Ada'])
  })

  test('who is lost on every side is gone soon, also for someone who only heard of them', async () => {
    const [a, b, c] = three()
    linkUp(a, b)
    linkUp(b, c)
    await after(1000)
    expect(a.present).toEqual(['Ada', 'Ben', 'Cora'])
    cut(b, c)
    await after(2500)
    expect(a.present).toEqual(['Ada', 'Ben'])
    expect(b.present).toEqual(['Ada', 'Ben'])
    expect(c.present).toEqual(['Cora'])
  })

  test('whom another peer still reaches stays, and comes back with the same clock', async () => {
    const [a, b, c] = three()
    linkAll(peers)
    await after(1000)
    cut(a, b)
    await after(2500)
    expect(a.present).toEqual(['Ada', 'Ben', 'Cora'])
    cut(a, c)
    await after(2500)
    expect(a.present).toEqual(['Ada'])
    linkUp(a, b)
    await after(100)
    expect(a.present).toEqual(['Ada', 'Ben', 'Cora'])
  })
})

describe('a hostile peer', () => {
  function attacked() {
    const [victim, hostile] = two()
    linkUp(victim, hostile)
    const link = linkOf(hostile, victim)
    const back = linkOf(victim, hostile)
    const say = async (bytes: Uint8Array<ArrayBuffer>) => {
      link.sendFrame({ kind: 'message', doc: 0, bytes })
      await after(20)
    }
    return { victim, hostile, back, say }
  }

  test.each([
    ['nothing', []],
    ['an unknown type', [9]],
    ['what is meant for tabs', [4, 1, 1, 65]],
    ['an unknown sync message', [0, 7, 1, 0]],
    ['an update that is none', [0, 2, 3, 200, 200, 200]],
    ['a state vector that is none', [0, 0, 2, 255, 255]],
    ['something behind the message', [3, 3]],
    ['awareness that is none', [1, 3, 1, 1, 1]],
  ])('that sends %s is told off', async (_, bytes) => {
    const { victim, back, say } = attacked()
    victim.text.insert(0, 'sound')
    await say(Uint8Array.from(bytes))
    expect(back.offences).toHaveLength(1)
    expect(victim.text.toJSON()).toBe('sound')
  })

  test('cannot speak for us, end others, or fill the room with ghosts', async () => {
    const { victim, hostile, say } = attacked()
    await after(100)
    const own = victim.doc.clientID
    const cora = new FakePeer('Cora')
    peers.push(cora)
    linkUp(victim, cora)
    await after(100)
    const state = JSON.stringify({ user: { name: 'Mallory' } })
    const end = cora.doc.clientID
    const tell = (entries: Parameters<typeof encodeEntries>[0]) => say(awarenessMessage(encodeEntries(entries)))
    await tell([{ client: own, clock: 99, state }])
    await tell([{ client: end, clock: 99, state: 'null' }])
    await tell([{ client: end, clock: 99, state }])
    cora.awareness.setLocalStateField('cursor', 1)
    await after(100)
    expect(victim.present).toEqual(['Ada', 'Ben', 'Cora'])
    expect(victim.awareness.getStates().get(end)).toMatchObject({ cursor: 1 })
    for (let i = 0; i < 5; i++) {
      await tell(Array.from({ length: 400 }, (_, k) => ({ client: 1000 + i * 400 + k, clock: 1, state })))
    }
    expect(victim.awareness.getStates().size).toBeLessThanOrEqual(500)
    expect(victim.mesh.counts.dropped['awareness-not-admitted']).toBeGreaterThan(2)
    expect(hostile.present).toContain('Ada')
  })

  test('that makes applying throw does not break the link', async () => {
    const { victim, back, say } = attacked()
    await after(100)
    victim.awareness.once('change', () => {
      throw new RangeError('our own mistake')
    })
    await say(awarenessMessage(encodeEntries([{ client: 7, clock: 3, state: '{}' }])))
    expect(victim.mesh.counts.dropped['failed: RangeError']).toBe(1)
    expect(back.offences).toEqual([])
  })

  test('whose update Yjs would choke on is told off, and the document goes on', async () => {
    const { victim, hostile, back, say } = attacked()
    for (const attack of Object.values(ATTACKS)) await say(updateMessage(attack()))
    expect(back.offences.length).toBeGreaterThan(20)
    expect(new Set(back.offences)).toEqual(new Set(['bad-update']))
    hostile.text.insert(0, 'sound')
    await after(100)
    expect(victim.text.toJSON()).toBe('sound')
  })

  test('that sends what stands on nothing is asked for it, once in a while', async () => {
    const { victim, say } = attacked()
    await after(2000)
    const { compared } = victim.mesh.counts.sync
    for (let clock = 5; clock < 105; clock++) {
      await say(updateMessage(forge([{ client: 77, clock, structs: [written('x')] }])))
    }
    await after(2000)
    expect(victim.mesh.counts.dropped).toEqual({})
    expect(victim.mesh.counts.sync.compared - compared).toBeLessThanOrEqual(5)
  })
})

describe('a hostile reader', () => {
  function attacked() {
    const ada = new FakePeer('Ada')
    const reader = new FakePeer('Rae', 'read')
    peers = [ada, reader]
    linkUp(ada, reader)
    const link = linkOf(reader, ada)
    const back = linkOf(ada, reader)
    return { ada, reader, link, back, answered: () => ada.mesh.counts.sync.answered }
  }

  test('that asks 1,000 questions gets a few answers, and is told off for the rest', async () => {
    const { ada, reader, link, back, answered } = attacked()
    ada.text.insert(0, 'The document')
    await after(2000)
    const before = answered()
    for (let i = 0; i < 1000; i++)
      link.sendFrame({
        kind: 'message',
        doc: 0,
        bytes: step1Message(Y.encodeStateVector(new Y.Doc()) as Uint8Array<ArrayBuffer>),
      })
    await after(100)
    expect(answered() - before).toBeLessThanOrEqual(10)
    expect(back.offences.length).toBeGreaterThanOrEqual(990)
    expect(reader.text.toJSON()).toBe('The document')
  })

  test('speaks for nobody but itself', async () => {
    const { ada, link } = attacked()
    await after(100)
    const entries = Array.from({ length: 480 }, (_, i) => ({
      client: 1000 + i,
      clock: 1,
      state: '{"user":{"name":"Nobody"}}',
    }))
    link.sendFrame({ kind: 'message', doc: 0, bytes: awarenessMessage(encodeEntries(entries)) })
    await after(100)
    expect(ada.present).toEqual(['Ada', 'Rae'])
    expect(ada.mesh.counts.dropped['awareness-of-others']).toBe(1)
  })

  test('that sends changes is told off before anybody looks into them', async () => {
    const { ada, link, back } = attacked()
    await after(100)
    for (let i = 0; i < 50; i++) {
      link.sendFrame({ kind: 'message', doc: 0, bytes: updateMessage(crypto.getRandomValues(new Uint8Array(200))) })
    }
    await after(100)
    expect(back.offences).toEqual(Array(50).fill('update-without-proof'))
    expect(ada.mesh.counts.dropped).toEqual({})
  })

  test('of a document that this build does not know, nothing is said', async () => {
    const { ada, link, back } = attacked()
    await after(100)
    link.sendFrame({ kind: 'message', doc: 1, bytes: updateMessage(new Uint8Array([0, 0])) })
    await after(100)
    expect(ada.mesh.counts.dropped).toEqual({ 'another-document': 1 })
    expect(back.offences).toEqual([])
  })

  test('one who reads, and moves the cursor all day, is never told off', async () => {
    const { ada, reader, back } = attacked()
    for (let second = 0; second < 600; second++) {
      for (let i = 0; i < 5; i++) reader.awareness.setLocalStateField('cursor', second * 5 + i)
      ada.text.insert(0, 'x')
      await after(1000)
    }
    expect(back.offences).toEqual([])
    expect(reader.text.length).toBe(600)
  })

  test('of a document of 12,000 client ids, who changes it meanwhile, is told off for nothing and gets all of it', async () => {
    const { ada, reader, link, back } = attacked()
    const many = Array.from({ length: 12_000 }, (_, client) => {
      const doc = new Y.Doc()
      doc.clientID = 2 ** 31 + client
      doc.getMap('map').set(String(client % 10), client)
      return Y.encodeStateAsUpdate(doc)
    })
    Y.applyUpdate(ada.doc, Y.mergeUpdates(many))
    await after(15_000)
    reader.doc.getText('own').insert(0, 'not to be told')
    await after(15_000)
    ada.text.insert(0, 'more')
    await after(15_000)
    expect(reader.text.toJSON()).toBe('more')
    expect(Math.max(...link.sent.map((frame) => encodeFrame(frame).length))).toBeLessThan(64 * 1024)
    expect(link.sent.length).toBeLessThan(100)
    expect(back.offences).toEqual([])
  })
})

describe('two who hold other words under the same ids', () => {
  test('are both told, and no more once they part', async () => {
    const [ada, ben] = two()
    for (const { peer, words } of [
      { peer: ada, words: 'ours' },
      { peer: ben, words: 'them' },
    ]) {
      const doc = new Y.Doc()
      doc.clientID = 7
      doc.getText('text').insert(0, words)
      Y.applyUpdate(peer.doc, Y.encodeStateAsUpdate(doc))
    }
    linkUp(ada, ben)
    await after(2000)
    ada.text.insert(0, 'and on: ')
    await after(2000)
    expect(texts()).toEqual(new Set(['and on: ours', 'and on: them']))
    for (const { mesh } of [ada, ben]) expect(mesh.copies).toMatchObject({ unlike: 1, devices: 0 })
    cut(ada, ben)
    for (const { mesh } of [ada, ben]) expect(mesh.copies.unlike).toBe(0)
  })

  test('nobody is told so of copies that are on their way to be equal', async () => {
    const [ada, ben] = two()
    linkUp(ada, ben)
    let worst = 0
    for (let round = 0; round < 200; round++) {
      for (const [peer, word] of [
        [ada, 'a'],
        [ben, 'b'],
      ] as const) {
        peer.text.insert(round % (peer.text.length + 1), word.repeat(3))
        if (round % 3 === 0) peer.text.delete(0, 2)
        peer.mesh.compare()
      }
      await after(round % 20)
      worst = Math.max(worst, ada.mesh.copies.unlike, ben.mesh.copies.unlike)
    }
    expect(worst).toBe(0)
  })
})
