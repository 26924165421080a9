import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { IceAnswer } from './ice-answer.ts'
import { securityHeaders } from './security-headers.ts'
import type { StaticFiles } from './static-files.ts'

/** Where the WebSocket is. */
export const SIGNAL_PATH = '/signal'

/** Answers a request. */
export async function respond(
  files: StaticFiles | null,
  ice: (request: IncomingMessage) => IceAnswer | null,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
  const path = pathOf(request)
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    // The body of such a request is not worth reading.
    response.setHeader('allow', 'GET, HEAD').setHeader('connection', 'close')
    say(response, 405, 'Method not allowed')
  } else if (path === '/healthz') {
    say(response, 200, 'ok')
  } else if (path === '/ice') {
    const answer = ice(request)
    if (answer === null) say(response.setHeader('retry-after', '10'), 429, 'Too many requests')
    else say(response, 200, JSON.stringify(answer), 'application/json')
  } else if (path === SIGNAL_PATH) {
    response.setHeader('upgrade', 'websocket')
    say(response, 426, 'This is a WebSocket')
  } else if (!(await files?.respond(path, request, response))) {
    say(response, 404, 'Not found')
  }
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
