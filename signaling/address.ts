import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

/**
 * The network a request comes from. Behind proxies of ours it is what the outermost of them wrote into
 * `X-Forwarded-For`; what stands left of that anyone may have written.
 */
export function clientNetwork(request: IncomingMessage, trustedProxies: number): string {
  const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',')
  const client = trustedProxies > 0 ? forwarded.at(-trustedProxies)?.trim() : undefined
  return networkOf(client && isIP(client) !== 0 ? client : request.socket.remoteAddress)
}

/** What limits count as one: an IPv4 address, or the 64-bit prefix of an IPv6 address, which is one household's. */
export function networkOf(address = ''): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/iu.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (isIP(address) !== 6) return address
  const [head = '', tail] = address.replace(/%.*$/u, '').split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail ? tail.split(':') : []
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length
  const groups = [...left, ...Array<string>(Math.max(0, zeros)).fill('0'), ...right]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
