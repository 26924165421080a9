import { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { Batch } from '../../signaling/batch.ts'

/** A socket that notes how many bytes leave it at once. */
function socket() {
  const left: number[] = []
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _, done) => {
      left.push(chunk.length)
      done()
    },
    writev: (chunks, done) => {
      left.push(chunks.reduce((sum, { chunk }) => sum + (chunk as Buffer).length, 0))
      done()
    },
  })
  return { stream, left }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('what is written to a socket in one turn leaves in one piece, when the turn ends', async () => {
  const batch = new Batch()
  const [a, b] = [socket(), socket()]
  for (let i = 0; i < 3; i++) {
    for (const { stream } of [a, b]) {
      batch.hold(stream)
      stream.write(Buffer.alloc(10))
    }
  }
  expect([a.left, b.left]).toEqual([[], []])
  await turn()
  expect([a.left, b.left]).toEqual([[30], [30]])
  batch.hold(a.stream)
  a.stream.write(Buffer.alloc(5))
  await turn()
  expect(a.left).toEqual([30, 5])
})

test('much does not wait', async () => {
  const batch = new Batch()
  const { stream, left } = socket()
  for (let i = 0; i < 10; i++) {
    batch.hold(stream)
    stream.write(Buffer.alloc(30_000))
  }
  expect(left).toEqual([90_000, 90_000, 90_000])
  await turn()
  expect(left).toEqual([90_000, 90_000, 90_000, 30_000])
})

test('a socket that ends or breaks meanwhile harms nobody', async () => {
  const batch = new Batch()
  const [ended, broken, sound] = [socket(), socket(), socket()]
  for (const { stream } of [ended, broken, sound]) {
    batch.hold(stream)
    stream.write(Buffer.alloc(10))
  }
  ended.stream.end()
  broken.stream.destroy()
  await turn()
  expect([ended.left, broken.left, sound.left]).toEqual([[10], [], [10]])
})
