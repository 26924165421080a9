import { expect, test } from 'vitest'
import { encodeFrame, MAX_NEIGHBOURS, parseFrame, type Frame } from '#net/frames'
import { seeded } from '../../support/random.ts'

const bytes = (length: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length }, (_, i) => (i * 37) % 256)

const HELLO: Frame = {
  kind: 'hello',
  protocol: 1,
  schema: 7,
  client: 2 ** 32 - 1,
  nonce: bytes(32),
  writes: true,
  alwaysOn: false,
  device: bytes(16),
}

const frames: Frame[] = [
  HELLO,
  { ...HELLO, writes: false, alwaysOn: true },
  { kind: 'proof', signature: bytes(64) },
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

test('a frame cut short, or with something behind it, is none', () => {
  const open = new Set(['message', 'chunk', 'have'])
  for (const frame of frames) {
    const whole = encodeFrame(frame)
    if (!open.has(frame.kind)) {
      expect(parseFrame(Uint8Array.from([...whole, 0]))).toBeNull()
      expect(parseFrame(whole.subarray(0, whole.length - 1))).toBeNull()
    }
    expect(parseFrame(whole.slice(0, 1))).toBeNull()
  }
})

test('a frame does not read beyond its own bytes', () => {
  const memory = encodeFrame(HELLO)
  expect(parseFrame(memory.subarray(0, 20))).toBeNull()
})

test('absurd counts cost nothing', () => {
  expect(parseFrame(Uint8Array.of(1, 4, 0xff, 0xff, 0xff, 0xff, 0x0f))).toBeNull()
  const many = Array.from({ length: MAX_NEIGHBOURS + 1 }, () => 1)
  expect(parseFrame(encodeFrame({ kind: 'neighbours', told: [], writers: many, spares: false }))).toBeNull()
})

test('whatever the bytes, the parser neither throws nor reads what was not written', () => {
  const random = seeded(20)
  for (let round = 0; round < 20_000; round++) {
    const source = encodeFrame(random.pick(frames))
    const damaged = random.chance(0.5) ? source : Uint8Array.from({ length: random.below(80) }, () => random.below(256))
    for (let flips = random.below(4); flips > 0; flips--) damaged[random.below(damaged.length)] = random.below(256)
    const frame = parseFrame(damaged.slice(0, random.chance(0.3) ? random.below(damaged.length) : damaged.length))
    if (frame === null) continue
    const again = parseFrame(encodeFrame(frame))
    if (JSON.stringify(again) !== JSON.stringify(frame)) expect(again).toEqual(frame)
  }
})
