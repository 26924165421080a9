/**
 * Randomness by the kilobyte: every Y.Doc asks for its id in 31 pieces of four bytes, each a call into Node, which takes more time than
 * the tests that make documents by the ten thousand. What comes is as random as before.
 */
import { webcrypto } from 'node:crypto'

const POOL = new Uint8Array(32_768)
const fill = webcrypto.getRandomValues.bind(webcrypto)
let used = POOL.length

type Numbers = NonNullable<Parameters<typeof fill>[0]>

function getRandomValues<T extends Numbers>(array: T): T {
  const { buffer, byteOffset, byteLength } = array
  if (byteLength > 64) {
    fill(array)
    return array
  }
  if (used + byteLength > POOL.length) {
    fill(POOL)
    used = 0
  }
  new Uint8Array(buffer, byteOffset, byteLength).set(POOL.subarray(used, used + byteLength))
  used += byteLength
  return array
}

Object.defineProperty(webcrypto, 'getRandomValues', { value: getRandomValues, configurable: true })
