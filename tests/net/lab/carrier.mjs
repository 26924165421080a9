/**
 * Carries packets between two TUN devices, open as descriptors 3 and 4, late and with loss. Each line on standard input is
 * a new `LineManner` as JSON. No dependencies, and no TypeScript: it starts at once.
 */
import { read, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** More than the devices' largest packet. */
const PACKET = 2048

/** What waits longer than this for its turn is lost, in milliseconds: what a home router holds. */
const QUEUE = 250

let manner = { delay: 0, loss: 0, rate: 0, down: false }
createInterface({ input: process.stdin })
  .on('line', (line) => {
    manner = JSON.parse(line)
  })
  .on('close', () => process.kill(process.pid, 'SIGKILL'))

carry(3, 4, { freeAt: 0 })
carry(4, 3, { freeAt: 0 })
console.log('ready')

/** `way`: when it is free for the next packet, in milliseconds of `performance.now()`. */
function carry(from, to, way) {
  const packet = Buffer.allocUnsafe(PACKET)
  read(from, packet, 0, PACKET, null, (error, length) => {
    if (error !== null) throw error
    const now = performance.now()
    const waits = manner.rate === 0 ? 0 : Math.max(0, way.freeAt - now)
    const isLost = manner.down || Math.random() < manner.loss || waits > QUEUE
    if (!isLost) {
      const takes = manner.rate === 0 ? 0 : (length * 8000) / manner.rate
      way.freeAt = now + waits + takes
      setTimeout(deliver, manner.delay + waits + takes, to, packet.subarray(0, length))
    }
    carry(from, to, way)
  })
}

/** A packet to a device that is being set up or taken down is one more lost packet. */
function deliver(to, packet) {
  try {
    writeSync(to, packet)
  } catch (error) {
    if (error.code !== 'EIO' && error.code !== 'EINVAL' && error.code !== 'ENETDOWN') throw error
  }
}
