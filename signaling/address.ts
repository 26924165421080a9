import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

/**
 * The network a request comes from. Behind proxies of ours it is what the outermost of them wrote into
 * `X-Forwarded-For`; what stands left of that anyone may have written.
 */
export function clientNetwork(request: IncomingMessage, trustedProxies: number): string {
  const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',')
  const written = trustedProxies > 0 ? (forwarded.at(-trustedProxies)?.trim() ?? '') : ''
  // Some proxies write the port as well.
  const client = /^\[(.+)\](?::\d+)?$/u.exec(written)?.[1] ?? /^([\d.]+):\d+$/u.exec(written)?.[1] ?? written
  return networkOf(isIP(client) !== 0 ? client : request.socket.remoteAddress)
}

/**
 * The name or address under which the browser asked for us, without the port. Behind proxies of ours it is what the
 * innermost wrote into `X-Forwarded-Host`, if it did. Null when it is none that could stand in a URL.
 */
export function askedHost(request: IncomingMessage, trustedProxies: number): string | null {
  const forwarded = String(request.headers['x-forwarded-host'] ?? '')
  const host = trustedProxies > 0 && forwarded !== '' ? (forwarded.split(',').at(-1) ?? '') : request.headers.host
  return /^(?<name>[\w.-]{1,253}|\[[\da-f:.]{2,45}\])(?::\d+)?$/iu.exec((host ?? '').trim())?.groups?.name ?? null
}

/** Whether the browser asked over TLS, as the proxy of ours in front says. */
export const isSecure = (request: IncomingMessage, trustedProxies: number): boolean =>
  trustedProxies > 0 &&
  String(request.headers['x-forwarded-proto'] ?? '')
    .split(',')
    .at(-1)
    ?.trim() === 'https'

/** What limits count as one: an IPv4 address, or the 64-bit prefix of an IPv6 address, which is one household's. */
export function networkOf(address = ''): string {
  const plain = plainAddress(address)
  if (isIP(plain) !== 6) return plain
  return groupsOf(plain)
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')
}

/** The IPv4 address that an IPv6 address of a dual-stack socket stands for (RFC 4291, section 2.5.5.2), or what was given. */
export function plainAddress(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/iu.exec(address)?.[1] ?? address
}

/** The eight 16-bit groups of an IPv6 address. */
export function groupsOf(address: string): number[] {
  const [head = '', tail] = address.replace(/%.*$/u, '').split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail ? tail.split(':') : []
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length
  const groups = [...left, ...Array<string>(Math.max(0, zeros)).fill('0'), ...right]
  return groups.map((group) => Number.parseInt(group, 16))
}
