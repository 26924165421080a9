import { afterEach, expect, test } from 'vitest'
import Peer from '#net/link/peer'
import { WiredPeer } from '../../support/net-harness/wired-peers.ts'

/** A connection that nobody ever answers. */
class Unanswered extends EventTarget {
  localDescription = null
  remoteDescription = null
  createDataChannel(): EventTarget {
    return new EventTarget()
  }
  setLocalDescription(): Promise<void> {
    return new Promise(() => undefined)
  }
  close(): void {}
}

const ada = new WiredPeer('Ada')
afterEach(() => {
  for (const link of [...ada.context.links]) link.destroy()
  ada.destroy()
})

test('30,000 made-up announcements leave a hundred links behind', async () => {
  ada.context.RTCPeerConnection = Unanswered as unknown as typeof RTCPeerConnection
  let closed = 0
  const announce = (): void => {
    const link = new Peer({ initiator: true, context: ada.context })
    link.on('close', () => closed++)
  }
  // What is made once is made by the first of them.
  for (let i = 0; i < 1000; i++) announce()
  await Promise.resolve()
  const before = process.memoryUsage().heapUsed
  const began = performance.now()
  for (let i = 0; i < 30_000; i++) {
    announce()
    if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await new Promise((resolve) => setImmediate(resolve))
  console.info(
    `An announcement takes ${((performance.now() - began) / 30).toFixed(1)} µs, ${((process.memoryUsage().heapUsed - before) / 2 ** 20).toFixed(1)} MB are more in use after all`,
  )
  expect(ada.context.links.size).toBeLessThanOrEqual(100)
  expect(closed).toBeGreaterThan(30_000)
  expect(ada.mesh.counts.dropped['refused: crowded']).toBe(closed)
})
