import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from '@playwright/test'
import { createLink } from '#doc/link'
import { parseIceAnswer } from '#signaling/ice-answer'
import { freeUdpPort } from '../support/ports.ts'

/** How long a process may take to start. */
const PATIENT = { timeout: 30_000 }

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

let folder = ''
const running: ChildProcess[] = []

test.beforeAll(async () => {
  test.setTimeout(120_000)
  folder = await mkdtemp(join(tmpdir(), 'inkmesh-package-'))
  const elsewhere = join(folder, 'elsewhere')
  await mkdir(elsewhere)
  // Packs what the tests' own build has made.
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: root,
  })
  const [{ filename = '' } = {}] = JSON.parse(stdout) as { filename?: string }[]
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock']
  await run('npm', ['install', ...options, join(folder, filename)], { cwd: elsewhere })
})

test.afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

test.afterAll(() => rm(folder, { recursive: true, force: true }))

/** Runs the installed command to its end. */
async function outcome(...args: string[]): Promise<{ code: number; said: string }> {
  const { child, said } = inkmesh(args)
  const [code] = (await once(child, 'close')) as [number]
  return { code, said: said() }
}

/** Starts the installed command. */
function inkmesh(args: string[], env: Record<string, string> = {}): { child: ChildProcess; said: () => string } {
  const elsewhere = join(folder, 'elsewhere')
  const child = spawn(join(elsewhere, 'node_modules/.bin/inkmesh'), args, {
    cwd: elsewhere,
    env: { PATH: process.env.PATH, ...env },
  })
  running.push(child)
  let text = ''
  const listen = (data: Buffer): void => {
    text += data.toString()
  }
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)
  return { child, said: () => text }
}

test('the package serves, and keeps documents, with no build step', async () => {
  const stunPort = String(await freeUdpPort())
  const server = inkmesh([], { PORT: '0', HOST: '127.0.0.1', STUN_PORT: stunPort })
  await expect.poll(server.said, PATIENT).toMatch(/http:\/\/127\.0\.0\.1:\d+/u)
  const [url = ''] = /http:\/\/[\d.:]+/u.exec(server.said()) ?? []

  const page = await (await fetch(url)).text()
  const [, script = ''] = /<script[^>]+src="([^"]+)"/u.exec(page) ?? []
  expect((await fetch(url + script)).headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  expect(parseIceAnswer(await (await fetch(`${url}/ice`)).json())).toEqual({
    iceServers: [{ urls: [`stun:127.0.0.1:${stunPort}`] }],
    lifetime: null,
  })

  const link = `${url}/${String((await createLink()).editFragment)}`
  const keeper = inkmesh(['keep', '--data', join(folder, 'kept'), '--status', 'off'], { INKMESH_LINKS: link })
  await expect.poll(keeper.said, PATIENT).toContain('Keeping 1 document')
  await expect.poll(async () => (await fetch(`${url}/metrics`)).text(), PATIENT).toMatch(/^inkmesh_relay_topics 1$/mu)

  for (const { child } of [keeper, server]) {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  }
})

test('the package tells what it is and can do', async () => {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
  const { stdout } = await run('npx', ['inkmesh', '--version'], { cwd: join(folder, 'elsewhere') })
  expect(stdout).toBe(`${version}\n`)
  const help = await outcome('--help')
  expect(help.code).toBe(0)
  expect(help.said).toContain('inkmesh keep LINK')
  const song = await outcome('sing')
  expect(song.code).toBe(2)
  expect(song.said).toContain('Unknown command: sing')
})
