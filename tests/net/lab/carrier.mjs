/**
 * Carries packets between two TUN devices, open as descriptors 3 and 4, late and with loss. Each line on standard input is
 * a new `LineManner` as JSON. No dependencies, and no TypeScript: it starts at once.
 */
import { read, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** More than the devices' largest packet. */
const PACKET = 2048

let manner = { delay: 0, loss: 0, down: false }
createInterface({ input: process.stdin })
  .on('line', (line) => {
    manner = JSON.parse(line)
  })
  .on('close', () => process.kill(process.pid, 'SIGKILL'))

carry(3, 4)
carry(4, 3)
console.log('ready')

function carry(from, to) {
  const packet = Buffer.allocUnsafe(PACKET)
  read(from, packet, 0, PACKET, null, (error, length) => {
    if (error !== null) throw error
    const isLost = manner.down || Math.random() < manner.loss
    if (!isLost) setTimeout(deliver, manner.delay, to, packet.subarray(0, length))
    carry(from, to)
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
