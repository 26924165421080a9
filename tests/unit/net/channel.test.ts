import { describe, expect, test, vi } from 'vitest'
import { Channel, type ChannelEvents, type Pipe } from '#net/link/channel'
import { newCounts } from '#net/diagnostics/counters'
import { CHUNK_BYTES, encodeFrame, MAX_FRAME, parseFrame, type Frame } from '#net/link/frames'

type Bytes = Uint8Array<ArrayBuffer>

/** A pipe whose other end takes bytes only when told to. */
class SlowPipe implements Pipe {
  readyState: RTCDataChannelState = 'open'
  bufferedAmount = 0
  bufferedAmountLowThreshold = 0
  onbufferedamountlow: (() => unknown) | null = null
  readonly held: Bytes[] = []
  most = 0

  send(data: Bytes): void {
    this.held.push(data)
    this.bufferedAmount += data.length
    this.most = Math.max(this.most, this.bufferedAmount)
  }

  /** The network takes one message. */
  take(): Bytes | null {
    const data = this.held.shift() ?? null
    if (data === null) return null
    const before = this.bufferedAmount
    this.bufferedAmount -= data.length
    const low = this.bufferedAmountLowThreshold
    if (before > low && this.bufferedAmount <= low) this.onbufferedamountlow?.()
    return data
  }

  takeAll(): Bytes[] {
    const all: Bytes[] = []
    for (let data = this.take(); data !== null; data = this.take()) all.push(data)
    return all
  }
}

function setUp(role: 'read' | 'write' | null = 'write') {
  const pipe = new SlowPipe()
  const events = { frame: vi.fn<ChannelEvents['frame']>(), fault: vi.fn<ChannelEvents['fault']>(), progress: vi.fn() }
  const channel = new Channel(pipe, newCounts(), events)
  if (role !== null) channel.bound(role)
  return { pipe, events, channel }
}

const message = (length: number) => ({ kind: 'message' as const, doc: 0, bytes: new Uint8Array(length) })
const kindOf = (bytes: Bytes | null): string | undefined => (bytes === null ? undefined : parseFrame(bytes)?.kind)

test('a large message arrives whole, in frames that every browser delivers', () => {
  const { pipe, channel, events } = setUp()
  const large = message(1_000_000)
  for (let i = 0; i < large.bytes.length; i++) large.bytes[i] = (i * 31) % 251
  channel.send(large)
  const sent = pipe.takeAll()
  expect(Math.max(...sent.map(({ length }) => length))).toBeLessThanOrEqual(MAX_FRAME)
  for (const [i, bytes] of sent.entries()) {
    channel.receive(bytes.buffer)
    if (i === 9) expect(channel.receiving).toEqual({ received: 10 * CHUNK_BYTES, total: 1_000_003 })
  }
  const [arrived] = events.frame.mock.calls[0] ?? []
  expect(events.frame).toHaveBeenCalledOnce()
  expect(arrived?.kind === 'message' && Buffer.compare(arrived.bytes, large.bytes)).toBe(0)
  expect(channel.receiving).toBeNull()
  expect(events.fault).not.toHaveBeenCalled()
})

test('little is handed over ahead of time, and a keystroke overtakes a document', () => {
  const { pipe, channel } = setUp()
  channel.send(message(5_000_000))
  expect(pipe.most).toBeLessThan(100_000)
  const ahead = pipe.held.length
  channel.send(message(40))
  channel.send({ kind: 'pong', token: 1 })
  const kinds = Array.from({ length: ahead + 2 }, () => kindOf(pipe.take()))
  expect(kinds.indexOf('message')).toBeLessThanOrEqual(ahead)
  expect(kinds.slice(-2)).toEqual(['message', 'pong'])
  expect(pipe.most).toBeLessThan(100_000)
})

test('signs of life overtake even small messages that wait', () => {
  const { pipe, channel } = setUp()
  pipe.bufferedAmount = 2_000_000
  channel.send(message(40))
  channel.send({ kind: 'ping', token: 1 })
  pipe.bufferedAmount = 0
  pipe.onbufferedamountlow?.()
  expect(pipe.takeAll().map(kindOf)).toEqual(['ping', 'message'])
})

test('without an event for a low buffer the channel looks for itself', async () => {
  const pipe: Partial<SlowPipe> = new SlowPipe()
  delete pipe.onbufferedamountlow
  const channel = new Channel(pipe as SlowPipe, newCounts(), { frame: vi.fn(), fault: vi.fn(), progress: vi.fn() })
  channel.send(message(300_000))
  let received = 0
  await vi.waitFor(() => {
    pipe.onbufferedamountlow = null
    for (let data = pipe.take?.() ?? null; data !== null; data = pipe.take?.() ?? null) received += data.length
    expect(received).toBeGreaterThan(300_000)
  })
  channel.close()
})

test('what waits for a slow peer is bounded', () => {
  const { pipe, channel } = setUp()
  pipe.bufferedAmount = 2_000_000
  const large = message(16_000_000)
  const taken = Array.from({ length: 6 }, () => channel.send(large))
  expect(taken).toEqual([true, true, true, true, false, false])
  expect(channel.queued).toBeLessThanOrEqual(64 * 1024 * 1024)
  channel.close()
  expect(channel.queued).toBe(0)
})

describe('a hostile sender', () => {
  const chunk = (fields: Partial<Extract<Frame, { kind: 'chunk' }>>): ArrayBuffer =>
    encodeFrame({
      kind: 'chunk',
      transfer: 0,
      total: 100_000,
      offset: 0,
      bytes: new Uint8Array(CHUNK_BYTES),
      ...fields,
    }).buffer

  test.each([
    ['no bytes', chunk({ bytes: new Uint8Array(0) })],
    ['bytes in crumbs', chunk({ bytes: new Uint8Array(1) })],
    ['a beginning in the middle', chunk({ offset: CHUNK_BYTES })],
    ['more than announced', chunk({ total: 10 })],
    ['text', 'hello'],
    ['nothing', new ArrayBuffer(0)],
    ['too large a frame', encodeFrame(message(MAX_FRAME)).buffer],
  ])('that sends %s is told off', (_, data) => {
    const { channel, events } = setUp()
    channel.receive(data)
    expect(events.fault).toHaveBeenCalledOnce()
    expect(events.frame).not.toHaveBeenCalled()
    expect(channel.receiving).toBeNull()
  })

  test('that announces gigabytes, or many transfers at once, gets no memory', () => {
    const { channel, events } = setUp()
    channel.receive(chunk({ total: 2 ** 40 }))
    expect(events.fault).toHaveBeenLastCalledWith('oversized-transfer')
    for (let transfer = 0; transfer < 100; transfer++) channel.receive(chunk({ transfer, total: 60_000_000 }))
    expect(events.fault).toHaveBeenCalledTimes(97)
  })

  test.each([
    ['read', 64 * 1024],
    [null, 1024 * 1024],
  ] as const)('whose role is %s gets no memory for more than %i bytes', (role, most) => {
    const { channel, events } = setUp(role)
    channel.receive(chunk({ total: most + 1 }))
    expect(events.fault).toHaveBeenCalledExactlyOnceWith('oversized-transfer')
    expect(channel.receiving).toBeNull()
    channel.receive(chunk({ transfer: 1, total: most }))
    expect(channel.receiving).toEqual({ received: CHUNK_BYTES, total: most })
  })

  test('that changes its mind in mid-transfer loses the transfer', () => {
    const { channel, events } = setUp()
    channel.receive(chunk({}))
    channel.receive(chunk({ offset: CHUNK_BYTES, total: 200_000 }))
    expect(events.fault).toHaveBeenLastCalledWith('malformed-chunk')
    expect(channel.receiving).toBeNull()
  })

  test('that wraps a chunk in chunks is told off', () => {
    const { channel, events } = setUp()
    const inner = encodeFrame({ kind: 'chunk', transfer: 9, total: 5, offset: 0, bytes: new Uint8Array(5) })
    channel.receive(chunk({ total: inner.length, bytes: inner }))
    expect(events.fault).toHaveBeenLastCalledWith('malformed-chunk')
  })
})
