/** What a relay learns of the documents written through it: nothing. A session is held through a trace of its network. */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { constants } from 'node:fs'
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@playwright/test'
import { WebSocket } from 'ws'
import { openLink } from '#doc/link'
import { Needles, type Secrets } from '../support/needles.ts'
import { Person } from '../support/person.ts'
import { freeUdpPort } from '../support/ports.ts'
import { memoryOf } from '../support/process-memory.ts'
import { APP } from '../support/relay.ts'
import { traceTcp, traceUdp, webSocketPayloads, type TcpTrace, type UdpTrace } from '../support/trace.ts'

test.skip(process.platform !== 'linux', 'reads the memory of a process as Linux shows it')

/** A word that stands nowhere else, so that finding it means something. */
const canary = (): string => `canary${randomBytes(8).toString('hex')}`

const WORDS = {
  body: canary(),
  'later words': canary(),
  title: canary(),
  "Ada's name": canary(),
  "Ben's name": canary(),
}

/** What the relay is told in clear by the test itself. */
const TOLD = canary()

/** The address at which the relay tells browsers to ask for STUN. */
const STUN_HOST = '127.0.0.2'

/** What it says when it runs. */
const PLACE = /http:\/\/127\.0\.0\.1:(\d+)/u

/** How to end what has been started. */
const ending: (() => unknown)[] = []

let relay: ChildProcess
let said = ''
let folder: string
let tcp: TcpTrace
let udp: UdpTrace
let topic: string
let secrets: Secrets

test.beforeAll(async ({ browser }) => {
  folder = await mkdtemp(join(tmpdir(), 'inkmesh-relay-'))
  ending.push(() => rm(folder, { recursive: true, force: true }))
  const stunPort = await freeUdpPort()
  relay = await startRelay(folder, stunPort)
  tcp = await traceTcp(Number(PLACE.exec(said)?.[1]))
  ending.push(() => tcp.close())
  udp = await traceUdp(stunPort, STUN_HOST, stunPort)
  ending.push(() => udp.close())

  const site = { url: `http://localhost:${tcp.port}` }
  const ada = await Person.arrive(browser, site, { name: WORDS["Ada's name"] })
  const ben = await Person.arrive(browser, site, { name: WORDS["Ben's name"] })
  const link = await ada.startDocument()
  await ben.open(link)
  await ada.title.fill(WORDS.title)
  await ada.type(`${WORDS.body} `)
  await ben.sees(WORDS.body)
  await ben.type(WORDS['later words'])
  await ada.sees(WORDS['later words'])
  await expect(ben.title).toHaveValue(WORDS.title)
  await expect(ben.others).toContainText(WORDS["Ada's name"])
  await expect(ada.others).toContainText(WORDS["Ben's name"])
  ;({ topic, secrets } = await secretsOf(link))
  await tell(site.url, TOLD)
  await Promise.all([ada.context.close(), ben.context.close()])
})

test.afterAll(async () => {
  for (const end of ending.reverse()) await end()
})

test('nothing of it is in what went over the network', () => {
  const payloads = tcp.asked.flatMap(({ bytes }) => webSocketPayloads(bytes))
  const trace = Buffer.concat([
    ...[...tcp.asked, ...tcp.answered].map(({ bytes }) => bytes),
    ...payloads,
    ...udp.asked,
    ...udp.answered,
  ])
  expect(udp.asked.length, 'STUN requests').toBeGreaterThan(0)
  expect(new Needles({ topic, told: TOLD }).foundIn(trace), 'what it has to know').toEqual(['told', 'topic'])
  // The mask of a WebSocket hides from a search what clients send; without it the words must be there.
  expect(new Needles({ told: TOLD }).foundIn(Buffer.concat(payloads))).toEqual(['told'])
  expect(new Needles({ ...WORDS, ...secrets }).foundIn(trace)).toEqual([])
})

test('nothing of it is in its memory', async () => {
  const needles = new Needles({ ...WORDS, ...secrets, topic, told: TOLD })
  const found = new Set<string>()
  try {
    for await (const piece of memoryOf(relay.pid ?? 0, 1024)) for (const name of needles.foundIn(piece)) found.add(name)
  } catch (error) {
    test.skip(/EACCES|EPERM/u.test(String(error)), 'may not read the memory of another process: needs root')
    throw error
  }
  expect([...found].sort()).toEqual(['told', 'topic'])
})

test('it writes nothing to disk, and logs none of it', async () => {
  expect(await readdir(folder, { recursive: true })).toEqual([])
  expect(await openFiles(relay.pid ?? 0)).toEqual([])
  expect(new Needles({ ...WORDS, ...secrets, topic, told: TOLD }).foundIn(Buffer.from(said))).toEqual([])
})

/** Runs the relay with nowhere to write but `home`. */
async function startRelay(home: string, stunPort: number): Promise<ChildProcess> {
  const main = fileURLToPath(new URL('../../signaling/main.ts', import.meta.url))
  const environment = { HOME: home, TMPDIR: home, TSX_DISABLE_CACHE: '1', APP_DIR: APP }
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), main], {
    cwd: home,
    env: {
      ...environment,
      HOST: '127.0.0.1',
      PORT: '0',
      STUN_PORT: String(stunPort),
      STUN_HOST: '127.0.0.1',
      PUBLIC_HOST: STUN_HOST,
    },
  })
  ending.push(() => child.kill('SIGKILL'))
  const listen = (data: Buffer): void => {
    said += data.toString()
  }
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)
  await expect.poll(() => said, { timeout: 30_000 }).toMatch(PLACE)
  return child
}

/** Publishes a word as a client would that encrypts nothing. */
async function tell(url: string, word: string): Promise<void> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/signal`)
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'subscribe', topics: ['a room of its own'] }))
  socket.send(JSON.stringify({ type: 'publish', topic: 'a room of its own', data: word }))
  await once(socket, 'message')
  socket.close()
}

/** What a link holds that the relay must never learn, and the topic, which it must. */
async function secretsOf(url: string): Promise<{ topic: string; secrets: Secrets }> {
  const edit = await openLink(new URL(url).hash)
  if (edit === null || edit.editFragment === null) throw new Error('no edit link')
  const payload = (fragment: string): Buffer => Buffer.from(fragment.replace(/^#\w+=/u, ''), 'base64url')
  return {
    topic: edit.topic,
    secrets: {
      // Behind the version, and without the check.
      'edit secret': payload(edit.editFragment).subarray(1, 33),
      'read secret': payload(edit.viewFragment).subarray(1, 33),
      'edit link': edit.editFragment.slice(1),
      'view link': edit.viewFragment.slice(1),
      'signaling key': edit.signalingKey,
      'signaling key bytes': Buffer.from(edit.signalingKey, 'base64url'),
      'digest of the public keys': edit.keyDigest,
    },
  }
}

/** Files that a process has open for writing. */
async function openFiles(pid: number): Promise<string[]> {
  const files: string[] = []
  for (const fd of await readdir(`/proc/${pid}/fd`)) {
    try {
      const path = await readlink(`/proc/${pid}/fd/${fd}`)
      const [, flags = ''] = /^flags:\s*(\d+)/mu.exec(await readFile(`/proc/${pid}/fdinfo/${fd}`, 'utf8')) ?? []
      const writable = (Number.parseInt(flags, 8) & (constants.O_WRONLY | constants.O_RDWR)) !== 0
      if (writable && path.startsWith('/') && !path.startsWith('/dev/')) files.push(path)
    } catch (error) {
      // Closed since the folder was read, as sockets of those who leave are.
      if (!String(error).includes('ENOENT')) throw error
    }
  }
  return files
}
