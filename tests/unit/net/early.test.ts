import { deriveKey } from 'y-webrtc/crypto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Link } from '#doc/link'
import type * as Early from '#net/signaling/early'

/** A socket to which happens what the test says. */
class Socket {
  static readonly OPEN = 1
  static all: Socket[] = []
  readyState = 0
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  readonly url: string

  constructor(url: string) {
    this.url = url
    Socket.all.push(this)
  }

  open(): void {
    this.readyState = 1
    this.onopen?.()
  }

  say(data: string): void {
    this.onmessage?.({ data })
  }

  close(): void {
    this.readyState = 2
  }
}

const RELAY = 'wss://inkmesh.example/signal'
const link = { topic: 'topic', signalingKey: 'secret' } as Link

let early: typeof Early

beforeEach(async () => {
  vi.useFakeTimers()
  vi.stubEnv('PROD', true)
  vi.stubGlobal('WebSocket', Socket)
  vi.stubGlobal('location', { origin: 'https://inkmesh.example' })
  vi.resetModules()
  Socket.all = []
  early = await import('#net/signaling/early')
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
  vi.useRealTimers()
})

/** What whoever takes a connection to the relay hears of it. */
function take(): string[] {
  const events: string[] = []
  const socket = early.openSocket(RELAY)
  socket.onopen = () => events.push('open')
  socket.onmessage = ({ data }: MessageEvent<string>) => events.push(data)
  return events
}

test('who takes a connection that stands is told of all that has come over it, in order, and then of the rest', async () => {
  early.callAhead(link)
  const [socket] = Socket.all
  socket?.open()
  socket?.say('a')
  socket?.say('b')
  const events = take()
  expect(events).toEqual([])
  await Promise.resolve()
  socket?.say('c')
  expect(events).toEqual(['open', 'a', 'b', 'c'])
  expect(Socket.all).toHaveLength(1)
})

test('one that is not made yet is told of as it is made', async () => {
  early.callAhead(link)
  const events = take()
  await Promise.resolve()
  expect(events).toEqual([])
  Socket.all[0]?.open()
  Socket.all[0]?.say('a')
  expect(events).toEqual(['open', 'a'])
})

test('each is taken once; one that has ended, or leads elsewhere, is not taken', () => {
  early.callAhead(link)
  expect(early.openSocket('wss://elsewhere.example/')).toBe(Socket.all[1])
  expect(early.openSocket(RELAY)).toBe(Socket.all[0])
  expect(early.openSocket(RELAY)).toBe(Socket.all[2])
  early.callAhead(link)
  Socket.all[3]?.close()
  expect(early.openSocket(RELAY)).toBe(Socket.all[4])
})

test('one that nobody takes is ended', () => {
  early.callAhead(link)
  vi.advanceTimersByTime(14_000)
  expect(Socket.all[0]?.readyState).toBe(0)
  vi.advanceTimersByTime(2000)
  expect(Socket.all[0]?.readyState).toBe(2)
  take()
  expect(Socket.all).toHaveLength(2)
})

test("the key is y-webrtc's, derived ahead or not", async () => {
  const raw = async (key: CryptoKey): Promise<Buffer> => Buffer.from(await crypto.subtle.exportKey('raw', key))
  const theirs = await raw(await deriveKey('secret', 'topic'))
  const alone = early.takeKey('secret', 'topic')
  early.callAhead(link)
  const ahead = early.takeKey('secret', 'topic')
  expect(await Promise.all([alone, ahead].map(async (key) => raw(await key)))).toEqual([theirs, theirs])
})
