import { expect, test } from 'vitest'
import { encodeFrame, MAX_NEIGHBOURS, parseFrame, type Frame } from '#net/link/frames'
import { seeded } from '../../support/random.ts'

const bytes = (length: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length }, (_, i) => (i * 37) % 256)

const hello = {
  kind: 'hello' as const,
  protocol: 1,
  schema: 7,
  client: 2 ** 32 - 1,
  nonce: bytes(32),
  role: 'write' as const,
  alwaysOn: false,
  device: bytes(16),
}

/** A hello, with its own bytes in it. */
function greeting(changes: Partial<typeof hello> | { role: 'suggest' | 'read' } = {}): Frame {
  const said = { ...hello, ...changes, raw: bytes(0) }
  return { ...said, raw: encodeFrame(said) }
}
const HELLO = greeting()

const frames: Frame[] = [
  HELLO,
  greeting({ role: 'read' }),
  greeting({ role: 'suggest' }),
  greeting({ alwaysOn: true }),
  { kind: 'proof', publicKeys: bytes(64), signature: bytes(64).reverse() },
  {
    kind: 'capabilities',
    can: [
      [1, 1],
      [77, 2 ** 40],
    ],
  },
  { kind: 'negotiate', is: 'offer', number: 3, seen: 2, sdp: 'v=0\r\n한' },
  { kind: 'turn' },
  { kind: 'call', text: '{"in":true}' },
  { kind: 'negotiate', is: 'answer', number: 300, seen: 0, sdp: '' },
  { kind: 'part' },
  { kind: 'message', doc: 0, bytes: bytes(300) },
  { kind: 'message', doc: 0, bytes: bytes(0) },
  { kind: 'chunk', transfer: 3, total: 70_000, offset: 16_000, bytes: bytes(1000) },
  { kind: 'neighbours', told: [1, 2], writers: [2, 2 ** 32], spares: true },
  { kind: 'neighbours', told: [], writers: [], spares: false },
  { kind: 'have', doc: 0, wantsReply: true, stored: false, digest: bytes(12), stateVector: bytes(20) },
  { kind: 'have', doc: 1, wantsReply: false, stored: true, digest: bytes(12), stateVector: null },
  { kind: 'ping', token: 9 },
  { kind: 'pong', token: 2 ** 40 },
  { kind: 'bye' },
]

test.each(frames)('$kind comes back as it was', (frame) => {
  expect(parseFrame(encodeFrame(frame))).toEqual(frame)
})

test('a frame cut short is none', () => {
  const open = new Set(['message', 'chunk'])
  for (const frame of frames) {
    const whole = encodeFrame(frame)
    if (!open.has(frame.kind) && whole.length > 2) expect(parseFrame(whole.subarray(0, whole.length - 1))).toBeNull()
    expect(parseFrame(whole.slice(0, 1))).toBeNull()
  }
})

test('what a newer build says besides costs nothing: fields behind those that are known, flags, frames, proofs', () => {
  const open = new Set(['message', 'chunk', 'hello'])
  for (const frame of frames) {
    if (!open.has(frame.kind)) expect(parseFrame(Uint8Array.from([...encodeFrame(frame), 7, 7]))).toEqual(frame)
  }
  const longer = Uint8Array.from([...encodeFrame(HELLO), 7])
  expect(parseFrame(longer)).toEqual({ ...HELLO, raw: longer })
  const flagged = (frame: Frame, at: number): Uint8Array<ArrayBuffer> => {
    const whole = encodeFrame(frame)
    whole[at] = (whole[at] ?? 0) | 0xf0
    return whole
  }
  const spares: Frame = { kind: 'neighbours', told: [], writers: [], spares: true }
  expect(parseFrame(flagged(spares, 2))).toEqual(spares)
  const have: Frame = { kind: 'have', doc: 0, wantsReply: true, stored: false, digest: bytes(12), stateVector: null }
  expect(parseFrame(flagged(have, 3))).toEqual(have)
  const [kind, flags, sdp] = [8, 0xf1, 0]
  expect(parseFrame(Uint8Array.of(1, kind, flags, 5, 4, sdp))).toMatchObject({ kind: 'negotiate', is: 'answer' })
  const claims = flagged(HELLO, encodeFrame(HELLO).length - 17)
  expect(parseFrame(claims)).toMatchObject({ kind: 'hello', role: 'write', alwaysOn: false })
  expect(parseFrame(Uint8Array.of(1, 10, 1, 2, 3))).toEqual({ kind: 'unknown' })
  expect(parseFrame(Uint8Array.of(1, 255))).toEqual({ kind: 'unknown' })
  const [proofKind, version] = [1, 2]
  expect(parseFrame(Uint8Array.of(1, proofKind, version, 9))).toEqual({ kind: 'unknown' })
})

test('a frame does not read beyond its own bytes', () => {
  const memory = encodeFrame(HELLO)
  expect(parseFrame(memory.subarray(0, 20))).toBeNull()
})

test('absurd counts cost nothing', () => {
  expect(parseFrame(Uint8Array.of(1, 4, 0xff, 0xff, 0xff, 0xff, 0x0f))).toBeNull()
  const many = Array.from({ length: MAX_NEIGHBOURS + 1 }, () => 1)
  expect(parseFrame(encodeFrame({ kind: 'neighbours', told: [], writers: many, spares: false }))).toBeNull()
  const can = Array.from({ length: 65 }, () => [1, 1] as const)
  expect(parseFrame(encodeFrame({ kind: 'capabilities', can }))).toBeNull()
})

test('whatever the bytes, the parser neither throws nor reads what was not written', () => {
  const random = seeded(20)
  for (let round = 0; round < 20_000; round++) {
    const source = encodeFrame(random.pick(frames))
    const damaged = random.chance(0.5) ? source : Uint8Array.from({ length: random.below(80) }, () => random.below(256))
    for (let flips = random.below(4); flips > 0; flips--) damaged[random.below(damaged.length)] = random.below(256)
    const frame = parseFrame(damaged.slice(0, random.chance(0.3) ? random.below(damaged.length) : damaged.length))
    if (frame === null || frame.kind === 'unknown') continue
    const again = parseFrame(encodeFrame(frame))
    // What was read over is not written again.
    const known = frame.kind === 'hello' ? { ...frame, raw: encodeFrame(frame) } : frame
    if (JSON.stringify(again) !== JSON.stringify(known)) expect(again).toEqual(known)
  }
})
