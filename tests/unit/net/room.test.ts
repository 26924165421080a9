import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { joinAs, type NodePeer } from '../../support/net-harness/node-peers.ts'
import { createRelay, type Relay } from '#signaling/relay'

let relay: Relay
beforeAll(async () => {
  relay = await createRelay({ port: 0, host: '127.0.0.1' })
})
afterAll(() => relay.close())

const openLinks = ({ room }: NodePeer) => room.status.links.filter(({ state }) => state === 'open').length

test('two peers write together', async () => {
  const a = await joinAs({ relay, topic: 'two', name: 'Ada' })
  const b = await joinAs({ relay, topic: 'two', name: 'Bob' })
  a.text.insert(0, 'hello')
  await expect.poll(() => b.text.toJSON(), { timeout: 10_000 }).toBe('hello')
  b.text.insert(5, ' world')
  await expect.poll(() => a.text.toJSON(), { interval: 5 }).toBe('hello world')
  await expect.poll(() => a.awareness.getStates().get(b.doc.clientID)).toMatchObject({ user: { name: 'Bob' } })
  await expect.poll(() => openLinks(a)).toBe(1)
  const [report] = await a.room.report()
  expect(report?.bytesReceived).toBeGreaterThan(0)
  await b.leave()
  await expect.poll(() => a.awareness.getStates().has(b.doc.clientID)).toBe(false)
  await a.leave()
  vi.unstubAllGlobals()
})
