import { request } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import type { DocumentReport } from '../../src/keeper/kept-document.ts'
import { StatusPage } from '../../src/keeper/status-page.ts'

const report: DocumentReport = {
  id: 'abc_-1',
  title: '<script>alert("x")</script> & co',
  size: 2048,
  peers: 2,
  relay: 'connected',
  stored: true,
  trouble: null,
  damagedFile: null,
  exportTrouble: null,
  arrived: true,
  newer: false,
  changed: 0,
}

let page: StatusPage | null = null
afterEach(() => page?.close())

const open = async (...reports: DocumentReport[]) => (page = await StatusPage.open(0, () => reports))

/** Asks as a browser would that believes the page to be at `host`. */
function ask(
  url: string,
  { host = new URL(url).host, method = 'GET' } = {},
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }> {
  return new Promise((resolve, reject) => {
    request(url, { method, headers: { host } }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (part: string) => (body += part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
      .on('error', reject)
      .end()
  })
}

test('shows the documents to people and to programs', async () => {
  const { url } = await open(
    report,
    { ...report, title: ' ', stored: false, trouble: 'ENOSPC: no space left' },
    { ...report, arrived: false },
  )
  const { body, headers } = await ask(url)
  expect(body).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; co')
  expect(body).not.toContain('<script>')
  expect(body).toContain('Untitled')
  expect(body).toContain('ENOSPC: no space left')
  expect(body).toContain('Not arrived yet')
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; /u)
  const json = await ask(`${url}status.json`)
  expect((JSON.parse(json.body) as { documents: unknown[] }).documents[0]).toEqual(report)
  expect(json.headers['access-control-allow-origin']).toBeUndefined()
})

test('is for this machine alone, whatever name led there', async () => {
  const { url } = await open(report)
  const { port } = new URL(url)
  expect((await ask(url, { host: `localhost:${port}` })).status).toBe(200)
  for (const host of [`evil.example:${port}`, 'evil.example', `127.0.0.1.evil.example:${port}`, '127.0.0.1']) {
    const { status, body } = await ask(`${url}status.json`, { host })
    expect(status).toBeGreaterThanOrEqual(400)
    expect(body).not.toContain('co')
  }
})

test('only reads, and knows two addresses', async () => {
  const { url } = await open(report)
  expect((await ask(url, { method: 'POST' })).status).toBe(405)
  expect((await ask(`${url}other`)).status).toBe(404)
  expect((await ask(url, { method: 'HEAD' })).body).toBe('')
})
