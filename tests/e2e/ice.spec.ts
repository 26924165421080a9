/** What a real browser makes of the servers that the relay names: the relay's own STUN server, and coturn from Debian. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import type { RelayOptions } from '#signaling/options'
import { createRelay, type Relay } from '#signaling/relay'
import { noIceServers, readIceSettings } from '../../signaling/ice.ts'
import { freePort } from '../support/ports.ts'
import { APP } from '../support/relay.ts'
import { traceUdp } from '../support/trace.ts'

/** How to end what a test has started. */
const ending: (() => unknown)[] = []

test.afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end()
})

async function startRelay(options: Partial<RelayOptions>): Promise<Relay> {
  const relay = await createRelay({ appDir: APP, ...options })
  ending.push(() => relay.close())
  return relay
}

/** The configuration we recommend, as somebody would change it who has no certificate. */
async function ourConfiguration(port: number): Promise<string> {
  const recommended = await readFile(new URL('../../deploy/turnserver.conf', import.meta.url), 'utf8')
  const changed = recommended
    .replace(/^(realm)=.*$/mu, '$1=ink')
    .replace(/^(static-auth-secret)=.*$/mu, '$1=north')
    .replace(/^(listening-port)=.*$/mu, `$1=${port}`)
    .replace(/^(cert|pkey|tls-listening-port)=.*$/gmu, '')
  return `${changed}\nlistening-ip=127.0.0.1\nrelay-ip=127.0.0.1\nno-tls\nno-dtls\n`
}

/** Candidates that a connection finds with the servers that the relay tells of, as `type port`. */
function candidates(page: Page, iceTransportPolicy: RTCIceTransportPolicy): Promise<string[]> {
  return page.evaluate(async (iceTransportPolicy) => {
    interface Told {
      iceServers: RTCIceServer[]
    }
    const { iceServers: stun } = (await (await fetch('/ice')).json()) as Told
    const socket = new WebSocket('/signal')
    // Who has TURN servers tells of them first of all; who has not answers.
    socket.onopen = () => socket.send('{"type":"ping"}')
    const first = await new Promise<string>((resolve) => (socket.onmessage = ({ data }) => resolve(String(data))))
    socket.close()
    const { iceServers: turn = [] } = JSON.parse(first) as Partial<Told>
    const iceServers = [...stun, ...turn]
    const connection = new RTCPeerConnection({ iceServers, iceTransportPolicy })
    const found: string[] = []
    const gathered = new Promise((resolve) => {
      connection.onicecandidate = ({ candidate }) => {
        if (candidate) found.push(`${String(candidate.type)} ${String(candidate.port)}`)
        else resolve(undefined)
      }
    })
    connection.createDataChannel('')
    await connection.setLocalDescription()
    await gathered
    connection.close()
    return found
  }, iceTransportPolicy)
}

test('a browser learns from the relay the address it has on the outside', async ({ page }) => {
  test.skip(process.platform !== 'linux', 'needs a second address of this machine')
  const relay = await startRelay({
    stunPort: 0,
    stunHost: '127.0.0.1',
    ice: { ...noIceServers, publicHost: '127.0.0.2' },
  })
  const port = relay.stun.port ?? 0
  // Stands between them as a home's router does.
  const router = await traceUdp(port, '127.0.0.2', port)
  ending.push(() => router.close())
  await page.goto(relay.address.url)
  const found = await candidates(page, 'all')
  expect(found.filter((candidate) => candidate.startsWith('srflx')).length).toBeGreaterThan(0)
  expect(router.answered.length).toBeGreaterThan(0)
})

test('coturn, set up as we recommend, lets a browser in with the credentials of the relay, and with no others', async ({
  page,
}) => {
  test.skip(spawnSync('turnserver', ['--version']).error !== undefined, 'coturn (turnserver) is not installed')
  const folder = await mkdtemp(join(tmpdir(), 'inkmesh-turn-'))
  const port = await freePort()
  await writeFile(join(folder, 'turnserver.conf'), await ourConfiguration(port))
  const coturn = spawn('turnserver', ['-c', 'turnserver.conf', '--pidfile=pid', '--userdb=users'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  ending.push(() => rm(folder, { recursive: true, force: true }))
  ending.push(() => coturn.kill('SIGKILL'))
  let log = ''
  coturn.stdout.on('data', (data: Buffer) => (log += data.toString()))
  await expect.poll(() => log, { timeout: 30_000 }).toMatch(/Total General servers/u)
  expect(log).not.toMatch(/bad configuration|unknown/iu)

  const TURN_URLS = `turn:127.0.0.1:${port}?transport=udp,turn:127.0.0.1:${port}?transport=tcp`
  for (const [secret, letIn] of [
    ['north', true],
    ['south', false],
  ] as const) {
    const relay = await startRelay({ ice: readIceSettings({ TURN_URLS, TURN_SECRET: secret }) })
    await page.goto(relay.address.url)
    expect((await candidates(page, 'relay')).length > 0).toBe(letIn)
  }
})
