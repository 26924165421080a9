/**
 * What a keeper has to say, to a browser on the same machine: `/` for people, `/status.json` for programs. It names
 * documents by their titles, and nothing on it opens one.
 */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { DocumentReport } from './kept-document.ts'

const HOST = '127.0.0.1'

/** How often the page loads itself again, in seconds. */
const REFRESH = 5

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }
  table { border-collapse: collapse; width: 100% }
  th, td { text-align: start; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #ddd; vertical-align: top }
  .bad { color: #a40000; font-weight: 600 }
  small { color: #666 }
  @media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818 } th, td { border-color: #444 } .bad { color: #ff8a80 } small { color: #aaa } }
`

const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

export class StatusPage {
  readonly url: string
  readonly #server: Server

  private constructor(server: Server, url: string) {
    this.#server = server
    this.url = url
  }

  /** Serves on this machine's loopback; port 0 takes a free one. Rejects when it cannot listen. */
  static open(port: number, reports: () => DocumentReport[]): Promise<StatusPage> {
    const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 })
    server.maxConnections = 64
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, HOST, () => {
        const address = server.address()
        if (address === null || typeof address === 'string') throw new Error('The status page has no port')
        server.off('error', reject)
        server.on('request', (request, response) => respond(request, response, address.port, reports))
        resolve(new StatusPage(server, `http://${HOST}:${address.port}/`))
      })
    })
  }

  close(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }
}

function respond(
  request: IncomingMessage,
  response: ServerResponse,
  port: number,
  reports: () => DocumentReport[],
): void {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
  if (!isForUs(request.headers.host, port)) {
    // A site of somebody else's, whose name was made to lead here (DNS rebinding), would read the page otherwise.
    answer(response, 421, 'text/plain', 'This page is only for this machine.\n')
  } else if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD').setHeader('connection', 'close')
    answer(response, 405, 'text/plain', 'Method not allowed\n')
  } else if (request.url === '/') {
    response.setHeader('refresh', String(REFRESH))
    answer(response, 200, 'text/html', pageOf(reports()))
  } else if (request.url === '/status.json') {
    answer(response, 200, 'application/json', `${JSON.stringify({ documents: reports() }, null, 2)}\n`)
  } else {
    answer(response, 404, 'text/plain', 'Not found\n')
  }
}

const isForUs = (host: string | undefined, port: number): boolean =>
  [HOST, 'localhost'].some((name) => host === `${name}:${port}`)

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

const pageOf = (documents: readonly DocumentReport[]): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Inkmesh keeper</title>
<style>${STYLE}</style>
<h1>Inkmesh keeper</h1>
<table>
<thead><tr><th>Document<th>Stored<th>Size<th>Linked<th>Relay<th>Last change</thead>
<tbody>
${documents.map(rowOf).join('\n')}
</tbody>
</table>
</html>
`

const rowOf = (report: DocumentReport): string =>
  `<tr><td>${titleOf(report)}<td>${storedOf(report)}<td>${sizeOf(report.size)}<td>${report.peers}<td>${report.relay}` +
  `<td>${report.changed === null ? 'not since it runs' : new Date(report.changed).toISOString()}`

function titleOf({ id, title, arrived, newer }: DocumentReport): string {
  const name = arrived ? escape(title.trim()) || 'Untitled' : 'Not arrived yet: nobody who has it was online'
  const remark = newer ? '<br>Written with a newer Inkmesh: kept and served, not exported.' : ''
  return `${name} <small>${escape(id)}</small>${remark}`
}

function storedOf({ stored, trouble, damagedFile, exportTrouble }: DocumentReport): string {
  const troubles = [
    trouble === null ? null : `Not stored: ${trouble}`,
    damagedFile === null ? null : `Its file was damaged, and is kept as ${damagedFile}`,
    exportTrouble === null ? null : `Not exported: ${exportTrouble}`,
  ].filter((each) => each !== null)
  if (troubles.length === 0) return stored ? 'yes' : 'in a moment'
  return troubles.map((each) => `<span class="bad">${escape(each)}</span>`).join('<br>')
}

const sizeOf = (bytes: number): string =>
  bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escape = (text: string): string => text.replace(/[&<>"']/gu, (character) => ESCAPES[character] ?? '')
