import { describe, expect, test } from 'vitest'
import { createLink } from '#doc/link'
import { encodeFrame, type Frame } from '#net/link/frames'
import {
  Handshake,
  judgeHello,
  otherBuild,
  sayHello,
  type Fingerprints,
  type Hello,
  type Identity,
  type Introduction,
} from '#net/link/handshake'
import { newIdentity } from '../../support/identity.ts'

/** One side of a connection, and whatever is between it and the other one. */
class Side {
  readonly hello: Hello
  readonly sent: Frame[] = []
  readonly dropped: string[] = []
  readonly handshake: Handshake
  introduction: Introduction | null = null
  early: readonly Frame[] = []

  constructor(client: number, identity: Identity, ends: Fingerprints, judge: (hello: Hello) => boolean = () => true) {
    this.hello = sayHello(1, client, identity)
    this.handshake = new Handshake({
      mine: this.hello,
      identity,
      ends: () => ends,
      send: (frame) => this.sent.push(frame),
      judge,
      dropped: (reason) => this.dropped.push(reason),
      agreed: (introduction, early) => {
        this.introduction = introduction
        this.early = [...early]
      },
    })
    this.handshake.begin()
  }

  take(...frames: Frame[]): void {
    for (const frame of frames) this.handshake.take(frame)
  }

  async proof(): Promise<Frame> {
    return this.once(() => this.sent.find(({ kind }) => kind === 'proof'))
  }

  agreed(): Promise<Introduction> {
    return this.once(() => this.introduction ?? undefined)
  }

  private async once<T>(find: () => T | undefined): Promise<T> {
    await expect.poll(() => find() !== undefined, { interval: 1 }).toBe(true)
    const found = find()
    if (found === undefined) throw new Error('Gone again')
    return found
  }
}

const AB = { local: 'sha-256 A', remote: 'sha-256 B' }
const BA = { local: 'sha-256 B', remote: 'sha-256 A' }
const writer = newIdentity('write')
const reader = newIdentity('read')
const message: Frame = { kind: 'message', doc: 0, bytes: Uint8Array.of(3) }
const noise: Frame = { kind: 'proof', publicKeys: new Uint8Array(64), signature: new Uint8Array(64) }

/** A hello that says something else than it did. */
function altered(hello: Hello, changes: Partial<Hello>): Hello {
  const other = { ...hello, ...changes }
  return { ...other, raw: encodeFrame(other) }
}

/** A writer who waits for the other side's hello and proof. */
const victim = (judge?: (hello: Hello) => boolean): Side => new Side(1, writer, AB, judge)

describe('what must hold', () => {
  test('two writers take each other for writers, a reader for a reader', async () => {
    const [a, b] = [victim(), new Side(2, newIdentity('write'), BA)]
    a.take(b.hello)
    b.take(a.hello)
    a.take(await b.proof())
    b.take(await a.proof())
    expect([(await a.agreed()).role, (await b.agreed()).role]).toEqual(['write', 'write'])
    const [c, d] = [victim(), new Side(2, reader, BA)]
    c.take(d.hello)
    d.take(c.hello, await c.proof())
    expect([(await c.agreed()).role, (await d.agreed()).role]).toEqual(['read', 'write'])
    expect([a, b, c, d].flatMap(({ dropped }) => dropped)).toEqual([])
  })

  test('what comes while a proof is checked waits, in order, and what comes instead of one is not lost', async () => {
    const [a, b] = [victim(), new Side(2, newIdentity('write'), BA)]
    b.take(a.hello)
    const other: Frame = { kind: 'ping', token: 7 }
    a.take(b.hello, await b.proof(), message, other)
    await a.agreed()
    expect(a.early).toEqual([message, other])
    const c = victim()
    c.take(new Side(2, newIdentity('write'), BA).hello, message, other)
    expect((await c.agreed()).role).toBe('read')
    expect(c.early).toEqual([message, other])
    expect(c.dropped).toEqual(['bad-proof'])
  })
})

describe('an adversary who cannot sign', () => {
  /** The role that the victim gives to somebody who says this. */
  async function roleAfter(side: Side, ...frames: Frame[]): Promise<string> {
    side.take(...frames)
    return (await side.agreed()).role
  }
  const claim = (changes: Partial<Hello> = {}): Hello => altered(sayHello(1, 2, writer), changes)

  test('says that it is always on', async () => {
    const claims = [altered(sayHello(1, 2, reader), { alwaysOn: true }), claim({ alwaysOn: true })]
    for (const hello of claims) {
      const a = victim()
      a.take(hello, noise)
      expect(await a.agreed()).toMatchObject({ role: 'read', alwaysOn: false })
    }
  })

  test('sends the victim its own hello and proof back', async () => {
    const a = victim()
    // With another client: a hello under the victim's own is refused before.
    a.take(altered(a.hello, { client: 2 }))
    expect(await roleAfter(a, await a.proof())).toBe('read')
    // Even if it were not refused, the two ends of a connection are not the same.
    const b = victim()
    b.take(b.hello)
    expect(await roleAfter(b, await b.proof())).toBe('read')
  })

  test('has a proof made for another connection, with the same nonces', async () => {
    const a = victim()
    const b = new Side(2, newIdentity('write'), { local: 'sha-256 B', remote: 'sha-256 Mallory' })
    b.take(altered(a.hello, { client: 3 }))
    const proof = await b.proof()
    expect(await roleAfter(a, b.hello, proof)).toBe('read')
    expect(a.dropped).toEqual(['bad-proof'])
  })

  test('passes on both sides’ frames unchanged, between two connections', async () => {
    const a = new Side(1, writer, { local: 'sha-256 A', remote: 'sha-256 Mallory' })
    const b = new Side(2, newIdentity('write'), { local: 'sha-256 B', remote: 'sha-256 Mallory' })
    a.take(b.hello)
    b.take(a.hello)
    expect(await roleAfter(a, await b.proof())).toBe('read')
    expect(await roleAfter(b, await a.proof())).toBe('read')
  })

  test('replays a proof from an earlier time, from another client, or with another nonce', async () => {
    const b = new Side(2, newIdentity('write'), BA)
    const first = victim()
    b.take(first.hello)
    const proof = await b.proof()
    expect(await roleAfter(victim(), b.hello, proof)).toBe('read')
    const again = victim()
    expect(await roleAfter(again, altered(b.hello, { client: 9 }), proof)).toBe('read')
    expect(await roleAfter(first, altered(b.hello, { nonce: new Uint8Array(32) }), proof)).toBe('read')
  })

  test('claims to write and sends noise, a key of its own, or nothing of the kind', async () => {
    expect(await roleAfter(victim(), claim(), noise)).toBe('read')
    const { privateKey } = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])
    const a = victim()
    const { credential } = writer
    if (credential === null) throw new Error('a writer without a credential')
    const own = new Side(2, { ...newIdentity('write'), credential: { ...credential, signingKey: privateKey } }, BA)
    own.take(a.hello)
    expect(await roleAfter(a, own.hello, await own.proof())).toBe('read')
    // With a pair of keys of its own, which are not the document's.
    const other = await createLink()
    const stranger = new Side(2, { ...newIdentity('write'), credential: other.credential }, BA)
    const b = victim()
    stranger.take(b.hello)
    expect(await roleAfter(b, stranger.hello, await stranger.proof())).toBe('read')
  })

  test('says that it only reads, and proves all the same: it reads', async () => {
    const [a, b] = [victim(), new Side(2, newIdentity('write'), BA)]
    b.take(a.hello)
    expect(await roleAfter(a, altered(b.hello, { role: 'read' }), await b.proof())).toBe('read')
  })

  test('says hello twice: the second one changes nothing', async () => {
    const [a, b] = [victim(), new Side(2, newIdentity('write'), BA)]
    b.take(a.hello)
    const second = claim({ client: 9, alwaysOn: true })
    a.take(b.hello, await b.proof(), second)
    expect(await a.agreed()).toMatchObject({ client: 2, alwaysOn: false, role: 'write' })
    expect(a.early).toEqual([second])
    // In the place of a proof it is none.
    const c = victim()
    expect(await roleAfter(c, { ...b.hello }, second, await b.proof())).toBe('read')
    expect(c.introduction?.client).toBe(2)
  })

  test('speaks before its hello, or in floods', async () => {
    const a = victim()
    a.take(message, noise, { kind: 'bye' })
    expect(a.dropped).toEqual(Array(3).fill('frame-before-hello'))
    expect(a.introduction).toBeNull()
    const b = victim()
    b.take(claim(), noise, ...Array<Frame>(3000).fill(message))
    await b.agreed()
    expect(b.early.length).toBeLessThanOrEqual(1000)
    expect(b.dropped.filter((reason) => reason === 'flood-before-proof')).toHaveLength(2000)
  })

  test('is not let in: nothing of what it says counts', async () => {
    const a = victim(() => false)
    a.take(claim(), noise, message)
    await Promise.resolve()
    expect(a.introduction).toBeNull()
    expect(a.sent.map(({ kind }) => kind)).toEqual(['hello'])
  })

  test('has a document whose public keys are none: nobody writes, and nothing breaks', async () => {
    const a = new Side(1, { ...writer, keyDigest: new Uint8Array(31) }, AB)
    expect(await roleAfter(a, claim(), noise)).toBe('read')
    // Points of small order, for which a signature of noughts holds every few times.
    const ends = ['00'.repeat(32), `01${'00'.repeat(31)}`, `ec${'ff'.repeat(30)}7f`, `ed${'ff'.repeat(30)}ff`]
    const eighths = [
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    ]
    for (const hex of [...ends, ...eighths]) {
      const publicKeys = Uint8Array.from(Buffer.from(hex.repeat(2), 'hex'))
      const keyDigest = new Uint8Array(await crypto.subtle.digest('SHA-256', publicKeys))
      const identity = Uint8Array.from({ length: 64 }, (_, i) => (i === 0 ? 1 : 0))
      for (const signature of [new Uint8Array(64), identity]) {
        for (let turn = 0; turn < 20; turn++) {
          const b = new Side(1, { ...writer, keyDigest }, AB)
          expect(await roleAfter(b, claim(), { kind: 'proof', publicKeys, signature }), hex).toBe('read')
        }
      }
    }
  })

  test('may suggest, and claims to write', async () => {
    const suggester = newIdentity('suggest')
    const honest = new Side(2, suggester, BA)
    const a = victim()
    honest.take(a.hello)
    expect(await roleAfter(a, honest.hello, await honest.proof())).toBe('suggest')
    const { credential } = suggester
    if (credential === null) throw new Error('a suggester without a credential')
    const liar = new Side(2, { ...suggester, credential: { ...credential, right: 'write' } }, BA)
    const b = victim()
    liar.take(b.hello)
    expect(await roleAfter(b, liar.hello, await liar.proof())).toBe('read')
  })

  test('changes one claim of a writer’s hello on the way, known or not', async () => {
    const changes: Partial<Hello>[] = [{ alwaysOn: true }, { device: new Uint8Array(16) }, { schema: 9 }]
    for (const change of changes) {
      const [a, b] = [victim(), new Side(2, newIdentity('write'), BA)]
      b.take(a.hello)
      expect(await roleAfter(a, altered(b.hello, change), await b.proof())).toBe('read')
    }
    const [a, b] = [victim(), new Side(2, newIdentity('write'), BA)]
    b.take(a.hello)
    const more = { ...b.hello, raw: Uint8Array.from([...b.hello.raw, 1]) }
    expect(await roleAfter(a, more, await b.proof())).toBe('read')
  })
})

describe('a build that speaks another protocol', () => {
  const hello = sayHello(2, 7, reader)

  test('is not let in, and known for newer or older', () => {
    expect(hello.protocol).toBe(5)
    expect(judgeHello(hello, 1)).toBeNull()
    expect(otherBuild(hello)).toBeNull()
    // 0.1 spoke 2, and kept documents in another form.
    const before = { ...hello, protocol: 4 }
    expect([judgeHello(before, 1), otherBuild(before)]).toEqual(['incompatible', 'older'])
    const after = { ...hello, protocol: 6 }
    expect([judgeHello(after, 1), otherBuild(after)]).toEqual(['incompatible', 'newer'])
  })
})
