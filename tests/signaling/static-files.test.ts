import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { request, type IncomingMessage, type RequestOptions } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRelay, type Relay } from '#signaling/relay'

const INDEX = `<!doctype html><title>Inkmesh</title>${'<p>words, words</p>'.repeat(100)}`
const READY = 'export const words = "words, words"'
/** As nobody would compress it on the way: told by that. */
const COMPRESSED = brotliCompressSync(READY, {
  params: { [constants.BROTLI_PARAM_LGWIN]: 10, [constants.BROTLI_PARAM_QUALITY]: 0 },
})
let home: string
let relay: Relay

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'inkmesh-app-'))
  const app = join(home, 'app')
  await mkdir(join(app, 'assets'), { recursive: true })
  await Promise.all([
    writeFile(join(home, 'secret.txt'), 'secret'),
    writeFile(join(app, 'index.html'), INDEX),
    writeFile(join(app, 'sw.js'), 'self.skipWaiting()'),
    writeFile(join(app, 'manifest.webmanifest'), '{}'),
    writeFile(join(app, 'icon.png'), Buffer.from([0x89, 0x50])),
    writeFile(join(app, '.env'), 'hidden'),
    writeFile(join(app, 'assets', 'index-DiwrgTda.js'), 'export {}'),
    writeFile(join(app, 'assets', 'plain.css'), 'p{}'),
    writeFile(join(app, 'assets', 'ready-DiwrgTda.js'), READY),
    writeFile(join(app, 'assets', 'ready-DiwrgTda.js.br'), COMPRESSED),
    writeFile(join(app, 'assets', 'stale-DiwrgTda.js'), READY),
    writeFile(join(app, 'assets', 'stale-DiwrgTda.js.br'), brotliCompressSync('what it was before')),
    writeFile(join(app, 'assets', 'broken-DiwrgTda.js'), READY),
    writeFile(join(app, 'assets', 'broken-DiwrgTda.js.br'), 'not compressed'),
  ])
  await symlink(join(home, 'secret.txt'), join(app, 'link.txt'))
  relay = await createRelay({ appDir: app })
})

afterAll(async () => {
  await relay.close()
  await rm(home, { recursive: true })
})

interface Answer {
  status: number
  headers: IncomingMessage['headers']
  body: Buffer
}

/** A request whose path and headers go out exactly as written. */
function ask(path: string, options: RequestOptions = {}): Promise<Answer> {
  const { host, port } = relay.address
  return new Promise((resolve, reject) => {
    const asked = request({ host, port, path, agent: false, ...options }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) })
      })
    })
    asked.on('error', reject)
    asked.end()
  })
}

describe('the built app', () => {
  test.each([
    ['/', 'text/html; charset=utf-8', 'no-cache'],
    ['/?debug', 'text/html; charset=utf-8', 'no-cache'],
    ['/index.html', 'text/html; charset=utf-8', 'no-cache'],
    ['/sw.js', 'text/javascript; charset=utf-8', 'no-cache'],
    ['/manifest.webmanifest', 'application/manifest+json; charset=utf-8', 'no-cache'],
    ['/icon.png', 'image/png', 'no-cache'],
    ['/assets/index-DiwrgTda.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/plain.css', 'text/css; charset=utf-8', 'no-cache'],
  ])('%s is %s and %s', async (path, type, cacheControl) => {
    const { status, headers } = await ask(path)
    expect({ status, type: headers['content-type'], cacheControl: headers['cache-control'] }).toEqual({
      status: 200,
      type,
      cacheControl,
    })
  })

  test.each([
    ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
    ['gzip;q=1.0, br;q=0', 'gzip', gunzipSync],
    ['identity', undefined, (body: Buffer) => body],
  ])('goes out compressed as "%s" allows', async (accepted, coding, decode) => {
    const { headers, body } = await ask('/', { headers: { 'accept-encoding': accepted } })
    expect(headers['content-encoding']).toBe(coding)
    expect(headers.vary).toBe('accept-encoding')
    expect(Number(headers['content-length'])).toBe(body.length)
    expect(decode(body).toString()).toBe(INDEX)
    if (coding !== undefined) expect(body.length).toBeLessThan(INDEX.length / 5)
  })

  test('goes out as the build compressed it, unless that is something else', async () => {
    const bodyOf = async (name: string): Promise<Buffer> =>
      (await ask(`/assets/${name}-DiwrgTda.js`, { headers: { 'accept-encoding': 'br' } })).body
    expect(await bodyOf('ready')).toEqual(COMPRESSED)
    for (const name of ['stale', 'broken']) {
      const body = await bodyOf(name)
      expect(brotliDecompressSync(body).toString()).toBe(READY)
      expect(body).not.toEqual(COMPRESSED)
    }
    expect((await ask('/assets/ready-DiwrgTda.js.br')).status).toBe(404)
  })

  test('is not sent again to whoever has it, in the same coding', async () => {
    const coded = { 'accept-encoding': 'br' }
    const { etag } = (await ask('/', { headers: coded })).headers
    const again = await ask('/', { headers: { ...coded, 'if-none-match': `"other", W/${String(etag)}` } })
    expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, etag])
    expect((await ask('/', { headers: { 'if-none-match': String(etag) } })).status).toBe(200)
  })

  test('HEAD tells all but the content', async () => {
    const { status, headers, body } = await ask('/', { method: 'HEAD' })
    expect([status, Number(headers['content-length']), body.length]).toEqual([200, INDEX.length, 0])
  })

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND'])('%s is not allowed', async (method) => {
    const { status, headers } = await ask('/', { method })
    expect([status, headers.allow, headers.connection]).toEqual([405, 'GET, HEAD', 'close'])
  })
})

test.each(['/%23edit=AmJG0vydWL1m', '/%23/view%3DAkFjWRIVac', '/suggest=AhO2vDKRTP?x'])(
  'a link whose secret is in the path, %s, gets the page, which puts it back',
  async (path) => {
    const [page, home] = [await ask(path), await ask('/')]
    expect([page.status, page.body.toString()]).toEqual([200, home.body.toString()])
  },
)

describe('what is not there', () => {
  test.each([
    '/nothing',
    '/assets',
    '/assets/',
    '//',
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..\\secret.txt',
    '/%00',
    '/%',
    '/.env',
    '/link.txt',
    '/__proto__',
    'http://elsewhere/secret.txt',
    '*',
  ])('%s is a plain 404', async (path) => {
    const { status, headers, body } = await ask(path)
    expect([status, headers['content-type'], body.toString()]).toEqual([
      404,
      'text/plain; charset=utf-8',
      'Not found\n',
    ])
  })
})

describe('every answer', () => {
  test.each(['/', '/nothing', '/healthz', '/signal'])('%s carries the security headers', async (path) => {
    const { headers } = await ask(path)
    const policy = String(headers['content-security-policy'])
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; /u)
    expect(policy).not.toMatch(/unsafe|\*|https?:/u)
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    })
    expect(headers['permissions-policy']).toContain('camera=(self)')
  })

  test('/healthz says ok', async () => {
    const { status, headers, body } = await ask('/healthz')
    expect([status, headers['cache-control'], body.toString()]).toEqual([200, 'no-store', 'ok\n'])
  })

  test('/signal asks for a WebSocket', async () => {
    expect((await ask('/signal')).status).toBe(426)
  })
})
