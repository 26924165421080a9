import type { IncomingMessage } from 'node:http'
import { askedHost } from './address.ts'

/**
 * Whose pages may use signaling: those of the origins named (RFC 6454), those that come from the host that was asked itself,
 * or any.
 */
export type Origins = readonly string[] | 'same' | 'any'

/**
 * Whether a page of this origin may use signaling. What is no browser says none, and could say anything. 'untold': the proxy
 * in front does not say which host was asked, so that nobody can tell.
 */
export function judgeOrigin(origins: Origins, request: IncomingMessage, trustedProxies: number): boolean | 'untold' {
  const { origin, host } = request.headers
  if (origin === undefined || origins === 'any') return true
  if (origins !== 'same') return origins.includes(origin)
  const page = URL.canParse(origin) ? new URL(origin) : null
  if (page === null) return false
  if (trustedProxies === 0) return page.host === hostIn(page.protocol, host)
  // Proxies often leave the port out.
  if (page.hostname.toLowerCase() === askedHost(request, trustedProxies)?.toLowerCase()) return true
  return request.headers['x-forwarded-host'] === undefined ? 'untold' : false
}

/** As URLs have it: without the port that goes without saying. */
function hostIn(protocol: string, host = ''): string | null {
  const url = `${protocol}//${host}`
  return URL.canParse(url) ? new URL(url).host : null
}
