/**
 * What a build of protocol 5 said, byte by byte. These do not change: whoever has not loaded the page again for months speaks
 * so, and is understood.
 */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { parseFrame, type Frame } from '#net/link/frames'
import { Handshake, otherBuild, sayHello, type Introduction } from '#net/link/handshake'
import { newIdentity } from '../../support/identity.ts'
import { FakePeer, linkUp } from '../../support/net-harness/fake-mesh.ts'

const RECORDED = {
  hello: '010005024d01080f161d242b323940474e555c636a71787f868d949ba2a9b0b7bec5ccd3da02030a11181f262d343b424950575e656c',
  proof:
    '010101050c131a21282f363d444b525960676e757c838a91989fa6adb4bbc2c9d0d7dee5ecf3fa01080f161d242b323940474e555c636a71787f868d949ba2a9b0b7be0910171e252c333a41484f565d646b727980878e959ca3aab1b8bfc6cdd4dbe2e9f0f7fe050c131a21282f363d444b525960676e757c838a91989fa6adb4bbc2',
  capabilities: '010c010101',
  negotiate: '010800020105763d300d0a',
  turn: '010d',
  update: '01020000022001014d0004010474657874135361696420696e2070726f746f636f6c20352e00',
  question: '01020000000100',
  answer: '01020000012001014d0004010474657874135361696420696e2070726f746f636f6c20352e00',
  presence: '010200011c014d01187b2275736572223a7b226e616d65223a224f6c6761227d7d',
  chunk: '010300a09c010001080f161d242b32',
  neighbours: '0104010201ffffffff0f0103',
  have: '010500030b121920272e353c434a515803014d13',
  ping: '010609',
  pong: '010709',
  part: '010b',
  bye: '0109',
} as const

const bytes = (length: number, first: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, (_, i) => (i * 7 + first) % 256)

function heard(name: keyof typeof RECORDED): Frame {
  const frame = parseFrame(Uint8Array.from(Buffer.from(RECORDED[name], 'hex')))
  if (frame === null || frame.kind === 'unknown') throw new Error(`Not understood: ${name}`)
  return frame
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('each frame says what it said', () => {
  expect(heard('hello')).toMatchObject({ protocol: 5, schema: 2, client: 77, role: 'read', alwaysOn: true })
  expect(heard('hello')).toMatchObject({ nonce: bytes(32, 1), device: bytes(16, 3) })
  expect(heard('proof')).toEqual({ kind: 'proof', publicKeys: bytes(64, 5), signature: bytes(64, 9) })
  expect(heard('capabilities')).toEqual({ kind: 'capabilities', can: [[1, 1]] })
  expect(heard('negotiate')).toEqual({ kind: 'negotiate', is: 'offer', number: 2, seen: 1, sdp: 'v=0\r\n' })
  expect(heard('chunk')).toEqual({ kind: 'chunk', transfer: 0, total: 20_000, offset: 0, bytes: bytes(8, 1) })
  expect(heard('neighbours')).toEqual({ kind: 'neighbours', told: [1, 2 ** 32 - 1], writers: [3], spares: true })
  const stateVector = Uint8Array.of(1, 77, 19)
  const have = { kind: 'have', doc: 0, wantsReply: true, stored: true, digest: bytes(12, 11), stateVector }
  expect(heard('have')).toEqual(have)
  expect([heard('ping'), heard('pong')]).toEqual([
    { kind: 'ping', token: 9 },
    { kind: 'pong', token: 9 },
  ])
  expect((['turn', 'part', 'bye'] as const).map(heard)).toEqual([{ kind: 'turn' }, { kind: 'part' }, { kind: 'bye' }])
})

test('its hello opens a handshake, as that of one who reads', () => {
  let known: Introduction | null = null
  const identity = newIdentity('read')
  const mine = sayHello(2, 1, identity)
  const handshake = new Handshake({
    mine,
    identity,
    ends: () => ({ local: 'A', remote: 'B' }),
    send: () => undefined,
    judge: (hello) => otherBuild(hello) === null,
    dropped: (reason) => {
      throw new Error(reason)
    },
    agreed: (introduction) => (known = introduction),
  })
  handshake.begin()
  handshake.take(heard('hello'))
  expect(known).toMatchObject({ client: 77, schema: 2, role: 'read', alwaysOn: false })
})

test('its changes, questions and presence are taken', async () => {
  const [ada, olga] = [new FakePeer('Ada'), new FakePeer('Olga')]
  olga.doc.clientID = olga.awareness.clientID = 77
  linkUp(ada, olga)
  const link = ada.links.get(olga)
  if (link === undefined) throw new Error('Not linked')
  for (const name of ['presence', 'question', 'have', 'update', 'answer', 'neighbours'] as const)
    ada.mesh.received(link, heard(name))
  await vi.advanceTimersByTimeAsync(100)
  expect(ada.text.toJSON()).toBe('Said in protocol 5.')
  expect(ada.awareness.getStates().get(77)).toMatchObject({ user: { name: 'Olga' } })
  expect(link.offences).toEqual([])
  for (const peer of [ada, olga]) peer.destroy()
})
