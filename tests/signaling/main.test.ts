import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createRelay } from '#signaling/relay'
import { createStunServer } from '../../signaling/stun.ts'

const children: ChildProcess[] = []

/** Starts the relay as its own process, and gathers what it says. */
function start(env: Record<string, string>): { child: ChildProcess; said: () => string } {
  const child = spawn(process.execPath, ['--import', 'tsx', 'signaling/main.ts'], {
    env: { ...process.env, HOST: '127.0.0.1', ...env },
  })
  children.push(child)
  let text = ''
  const listen = (data: Buffer): void => {
    text += data.toString()
  }
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)
  return { child, said: () => text }
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

test.each(['SIGTERM', 'SIGINT'] as const)('it says where it is, and goes quietly on %s', async (signal) => {
  const { child, said } = start({ PORT: '0' })
  while (!said().includes('\n')) await once(child.stdout ?? child, 'data')
  const url = /http:\/\/127\.0\.0\.1:\d+/u.exec(said())?.[0]
  expect((await fetch(`${String(url)}/healthz`)).status).toBe(200)
  child.kill(signal)
  expect(await once(child, 'close')).toEqual([0, null])
  const lines = said().trimEnd().split('\n')
  const events = lines.map((line) => JSON.parse(line) as { time: string; level: string; event: string })
  expect(events.at(0)).toMatchObject({ level: 'info', event: `Inkmesh is at ${String(url)}` })
  expect(events.at(-1)).toMatchObject({ level: 'info', event: 'Stopping' })
})

test('a taken port is explained', async () => {
  const relay = await createRelay()
  const { port } = relay.address
  const { child, said } = start({ PORT: String(port) })
  expect(await once(child, 'close')).toEqual([1, null])
  expect(said()).toBe(
    `Port ${port} is in use by another program. Choose another by setting PORT, as in PORT=${port + 1}.\n`,
  )
  await relay.close()
})

test('it runs without STUN where that port is taken, and says so', async () => {
  const other = await createStunServer({ port: 0, host: '127.0.0.1' })
  const { said } = start({ PORT: '0', STUN_HOST: '127.0.0.1', STUN_PORT: String(other.port) })
  await expect.poll(said, { timeout: 10_000 }).toMatch(/STUN is not answered \(bind EADDRINUSE/u)
  expect(said()).toContain('Inkmesh is at')
  await other.close()
})

test('what browsers are told of STUN and TURN comes from the environment', async () => {
  const TURN = { TURN_URLS: 'turn:turn.example.org', TURN_USERNAME: 'ink', TURN_PASSWORD: 'mesh' }
  const { said } = start({ PORT: '0', STUN_PORT: 'off', STUN_URLS: 'stun:stun.example.org', ...TURN })
  await expect.poll(said, { timeout: 10_000 }).toContain('Inkmesh is at')
  const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/u.exec(said()) ?? []
  expect(await (await fetch(`${url}/ice`)).json()).toEqual({
    iceServers: [{ urls: ['stun:stun.example.org'] }],
    lifetime: null,
  })
  const socket = new WebSocket(`${url.replace('http', 'ws')}/signal`)
  const [data] = (await once(socket, 'message')) as [Buffer]
  socket.terminate()
  expect(JSON.parse(data.toString())).toEqual({
    type: 'ice',
    iceServers: [{ urls: ['turn:turn.example.org'], username: 'ink', credential: 'mesh' }],
    lifetime: null,
  })
})

test('where nobody is to talk, browsers are told so and give no page a microphone', async () => {
  const { said } = start({ PORT: '0', STUN_PORT: 'off', HUDDLES: 'off' })
  await expect.poll(said, { timeout: 10_000 }).toContain('Inkmesh is at')
  const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/u.exec(said()) ?? []
  const answer = await fetch(`${url}/ice`)
  expect(await answer.json()).toEqual({ iceServers: [], lifetime: null, huddles: false })
  expect(answer.headers.get('permissions-policy')).toMatch(/^camera=\(\), microphone=\(\), display-capture=\(\), /u)
})

test.each([
  [{ TURN_URLS: 'turn:a' }, 'TURN_URLS needs TURN_SECRET, or TURN_USERNAME and TURN_PASSWORD\n'],
  [{ STUN_PORT: 'none' }, 'STUN_PORT must be a whole number, not none\n'],
  [{ HUDDLES: 'no' }, 'HUDDLES must be on or off, not no\n'],
  [{ PORT: 'http' }, 'PORT must be a whole number, not http\n'],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of error, warn, info, debug, not loud\n'],
  [{ REDIS_URL: 'localhost' }, /redisUrl must be redis:/u],
  [{ ORIGINS: 'https://a.example, b.example' }, /origins must be like .*'b.example'/u],
  [{ APP_DIR: '/there/is/no/such/folder' }, /appDir cannot be served.*no such file or directory/u],
])('%j is explained', async (env, words) => {
  const { child, said } = start(env)
  expect(await once(child, 'close')).toEqual([1, null])
  if (typeof words === 'string') expect(said()).toBe(words)
  else expect(said()).toMatch(words)
})
