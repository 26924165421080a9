import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { plainAddress } from './address.ts'
import type { BusState } from './bus.ts'
import type { IceAnswer } from './ice-answer.ts'
import { METRICS_TYPE } from './metrics.ts'
import type { StaticFiles } from './static-files.ts'

/** Where the WebSocket is. */
export const SIGNAL_PATH = '/signal'

/** Answers a GET or HEAD request for one path. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** For a year, whoever came over TLS comes over nothing else (RFC 6797). */
const STRICT_TRANSPORT = 'max-age=31536000'

/** A document's link whose '#' was encoded on its way: the page puts the secret back where no server sees it. */
const STRAY_LINK = /\/(?:%23)?\/?(?:edit|suggest|view)(?:=|%3d)/iu

/** Answers a request: for the path of an answer by that, for any other by a file. */
export async function respond(
  answers: ReadonlyMap<string, Answer>,
  files: StaticFiles | null,
  request: IncomingMessage,
  response: ServerResponse,
  { isSecure, headers }: { isSecure: boolean; headers: Readonly<Record<string, string>> },
): Promise<void> {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  if (isSecure) response.setHeader('strict-transport-security', STRICT_TRANSPORT)
  const path = pathOf(request)
  const answer = answers.get(path)
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    // The body of such a request is not worth reading.
    response.setHeader('allow', 'GET, HEAD').setHeader('connection', 'close')
    say(response, 405, 'Method not allowed')
  } else if (answer !== undefined) {
    answer(request, response)
  } else if (!(await files?.respond(STRAY_LINK.test(path) ? '/' : path, request, response))) {
    say(response, 404, 'Not found')
  }
}

/** What `/healthz` says. A relay that has lost the others is still of use: it says so, and that all is well otherwise. */
export const healthAnswer =
  (stateOfBus: () => BusState): Answer =>
  (_, response) =>
    say(
      response,
      200,
      stateOfBus() === 'lost' ? 'degraded: Redis is lost, rooms are not shared with other relays' : 'ok',
    )

/** What `/ice` says; null for a network that asks too often. */
export const iceAnswerer =
  (ice: (request: IncomingMessage) => IceAnswer | null): Answer =>
  (request, response) => {
    const answer = ice(request)
    if (answer === null) tooMany(response)
    else say(response, 200, JSON.stringify(answer), 'application/json')
  }

/** What a network is told that asks too often. */
export function tooMany(response: ServerResponse): void {
  say(response.setHeader('retry-after', '10').setHeader('connection', 'close'), 429, 'Too many requests')
}

/** What the WebSocket's path says to who asks for no WebSocket. */
export const signalAnswer: Answer = (_, response) =>
  say(response.setHeader('upgrade', 'websocket'), 426, 'This is a WebSocket')

/**
 * What `/metrics` says, and to whom: with a token to whoever presents it (RFC 6750, section 2.1), without one to programs on
 * this machine, unless a proxy asks on behalf of somebody.
 */
export const metricsAnswer =
  (token: string | null, read: () => string): Answer =>
  (request, response) => {
    if (token === null && isLocal(request)) say(response, 200, read(), METRICS_TYPE)
    else if (token === null) say(response, 403, 'Only for this machine, unless METRICS_TOKEN is set')
    else if (equal(request.headers.authorization ?? '', `Bearer ${token}`)) say(response, 200, read(), METRICS_TYPE)
    else say(response.setHeader('www-authenticate', 'Bearer'), 401, 'Unauthorized')
  }

/** Headers by which a proxy says for whom it asks. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via']

function isLocal({ socket, headers }: IncomingMessage): boolean {
  const address = plainAddress(socket.remoteAddress ?? '')
  return (address === '::1' || address.startsWith('127.')) && !FORWARDED.some((name) => name in headers)
}

/** Takes as long for a near miss as for a wild guess. */
function equal(given: string, secret: string): boolean {
  const [a, b] = [given, secret].map((text) => createHash('sha256').update(text).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}

function say(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  const body = `${text}\n`
  response.writeHead(status, {
    'cache-control': 'no-store',
    'content-type': type,
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

/** Answers a request that never became one, and hangs up. */
export function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy())
  if (!socket.writable) {
    socket.destroy()
    return
  }
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
}

/** The path of a request, without its query. */
export const pathOf = (request: IncomingMessage): string => (request.url ?? '').replace(/[?#].*$/su, '')
