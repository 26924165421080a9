import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, brotliDecompress, constants, gzip } from 'node:zlib'

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}
const COMPRESSIBLE = /^text\/|json|javascript|svg|wasm|x-icon/u

/** The build gives these a name that changes with their content. */
const HASHED = /^\/assets\/.+-[\w-]{8,}\.\w+$/u

/** How the name of a file ends that holds another one, compressed by Brotli. It is not served under its own name. */
const COMPRESSED = '.br'

type Coding = 'br' | 'gzip' | 'identity'

/** How to compress, best first. */
const compressors: [Coding, (body: Buffer) => Promise<Buffer>][] = [
  ['br', (body) => promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })],
  ['gzip', (body) => promisify(gzip)(body, { level: 9 })],
]

interface StaticFile {
  type: string
  cacheControl: string
  etag: string
  body: Buffer
  /** The body in a content coding, made when first asked for. */
  coded: Map<Coding, Promise<Buffer>>
}

/** The files of a folder, read once: what is not among them cannot be asked for, whatever the path says. */
export class StaticFiles {
  readonly #files: ReadonlyMap<string, StaticFile>

  private constructor(files: ReadonlyMap<string, StaticFile>) {
    this.#files = files
  }

  /** Reads the folder; hidden files and links are left out. Rejects when it cannot be read or has no `index.html`. */
  static async read(folder: string): Promise<StaticFiles> {
    const files = new Map<string, StaticFile>()
    const compressed = new Map<string, Buffer>()
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const name = relative(folder, join(entry.parentPath, entry.name))
      if (!entry.isFile() || name.split(sep).some((part) => part.startsWith('.'))) continue
      const path = `/${name.split(sep).map(encodeURIComponent).join('/')}`
      const body = await readFile(join(folder, name))
      if (path.endsWith(COMPRESSED)) compressed.set(path.slice(0, -COMPRESSED.length), body)
      else files.set(path, describe(path, body))
    }
    for (const [path, body] of compressed) await note(files.get(path), body)
    const index = files.get('/index.html')
    if (!index) throw new Error(`no index.html in ${folder}`)
    files.set('/', index)
    return new StaticFiles(files)
  }

  /** Answers a GET or HEAD request for the path, unless there is no such file: then false. */
  async respond(path: string, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const file = this.#files.get(path)
    if (!file) return false
    const coding = COMPRESSIBLE.test(file.type) ? bestCoding(request.headers['accept-encoding']) : 'identity'
    const etag = `"${file.etag}${coding === 'identity' ? '' : `-${coding}`}"`
    response.setHeader('cache-control', file.cacheControl)
    response.setHeader('etag', etag)
    response.setHeader('vary', 'accept-encoding')
    if (matches(request.headers['if-none-match'], etag)) {
      response.writeHead(304).end()
      return true
    }
    const body = await bodyIn(file, coding)
    if (coding !== 'identity') response.setHeader('content-encoding', coding)
    response.writeHead(200, { 'content-type': file.type, 'content-length': body.length })
    response.end(request.method === 'HEAD' ? undefined : body)
    return true
  }
}

const describe = (path: string, body: Buffer): StaticFile => ({
  type: TYPES[extname(path)] ?? 'application/octet-stream',
  cacheControl: HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
  etag: createHash('sha256').update(body).digest('base64url').slice(0, 22),
  body,
  coded: new Map(),
})

/** Takes up what the build has compressed, if that is what it says to be. */
async function note(file: StaticFile | undefined, compressed: Buffer): Promise<void> {
  if (!file) return
  const maxOutputLength = Math.max(1, file.body.length)
  const body = await promisify(brotliDecompress)(compressed, { maxOutputLength }).catch(() => null)
  if (body?.equals(file.body) === true) file.coded.set('br', Promise.resolve(compressed))
}

function bodyIn(file: StaticFile, coding: Coding): Promise<Buffer> {
  const compress = compressors.find(([name]) => name === coding)?.[1]
  if (!compress) return Promise.resolve(file.body)
  const coded = file.coded.get(coding) ?? compress(file.body)
  file.coded.set(coding, coded)
  return coded
}

/** The best coding an `Accept-Encoding` header allows (RFC 9110, section 12.5.3). */
function bestCoding(header: string | string[] | undefined): Coding {
  const accepted = String(header ?? '')
    .toLowerCase()
    .split(',')
    .filter((item) => !/;\s*q=0(\.0*)?\s*$/u.test(item))
    .map((item) => item.replace(/;.*$/u, '').trim())
  return compressors.find(([coding]) => accepted.includes(coding))?.[0] ?? 'identity'
}

/** Whether an `If-None-Match` header names the tag (RFC 9110, section 13.1.2). */
function matches(header: string | undefined, etag: string): boolean {
  const tags = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//u, ''))
  return tags.includes(etag) || tags.includes('*')
}
