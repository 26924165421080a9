import { createHmac } from 'node:crypto'
import { request } from 'node:http'
import { json } from 'node:stream/consumers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { parseIceAnswer, type IceAnswer } from '#signaling/ice-answer'
import type { RelayOptions } from '#signaling/options'
import { createRelay, type Relay } from '#signaling/relay'
import { noIceServers, readIceSettings, stunAnswer, turnAnswer, type IceSettings } from '../../signaling/ice.ts'
import { createStunServer } from '../../signaling/stun.ts'
import { Client } from './client.ts'

const NOW = Date.UTC(2026, 0, 1)
const TURN_URLS = 'turn:turn.example.org:3478?transport=udp, turns:turn.example.org:5349'

function turnOf({ turn }: IceSettings) {
  if (turn === null) throw new Error('no TURN server')
  return turn
}

describe('configuration', () => {
  test('without any, no server is named', () => {
    expect(readIceSettings({})).toEqual(noIceServers)
    expect(readIceSettings({ STUN_URLS: '', TURN_URLS: '', TURN_SECRET: '', PUBLIC_HOST: '' })).toEqual(noIceServers)
    expect(stunAnswer(noIceServers, null)).toEqual({ iceServers: [], lifetime: null })
  })

  test("a shared secret gives credentials as coturn's use-auth-secret wants them", () => {
    const settings = readIceSettings({ TURN_URLS, TURN_SECRET: 'north', TURN_TTL: '600' })
    const { iceServers, lifetime } = turnAnswer(turnOf(settings), NOW)
    const [server] = iceServers
    expect(iceServers).toHaveLength(1)
    expect(server?.urls).toEqual(['turn:turn.example.org:3478?transport=udp', 'turns:turn.example.org:5349'])
    expect(server?.username).toMatch(new RegExp(`^${NOW / 1000 + 600}:[\\w-]{8}$`, 'u'))
    expect(server?.credential).toBe(createHmac('sha1', 'north').update(String(server?.username)).digest('base64'))
    expect(lifetime).toBe(600_000)
    expect(turnAnswer(turnOf(settings), NOW).iceServers[0]?.username).not.toBe(server?.username)
  })

  test('fixed credentials are handed on, and do not expire', () => {
    const settings = readIceSettings({ TURN_URLS: 'turn:10.0.0.1', TURN_USERNAME: 'ink', TURN_PASSWORD: 'mesh' })
    expect(turnAnswer(turnOf(settings))).toEqual({
      iceServers: [{ urls: ['turn:10.0.0.1'], username: 'ink', credential: 'mesh' }],
      lifetime: null,
    })
  })

  test('our own STUN server comes first', () => {
    const settings = readIceSettings({ STUN_URLS: 'stun:stun.example.org,stuns:[2001:db8::1]:5349' })
    expect(stunAnswer(settings, 'here.example:3478').iceServers).toEqual([
      { urls: ['stun:here.example:3478', 'stun:stun.example.org', 'stuns:[2001:db8::1]:5349'] },
    ])
  })

  test.each([
    [{ STUN_URLS: 'stun.example.org' }, 'STUN_URLS must be addresses such as stun:'],
    [{ STUN_URLS: 'stun:a, turn:b' }, 'not turn:b'],
    [{ STUN_URLS: 'stun:a?transport=udp' }, 'STUN_URLS must be'],
    [{ TURN_URLS: 'turn:a:99999', TURN_SECRET: 'x' }, 'TURN_URLS must be addresses such as turn:'],
    [{ TURN_URLS: 'turn:a?transport=sctp', TURN_SECRET: 'x' }, 'TURN_URLS must be'],
    [{ TURN_URLS }, 'TURN_URLS needs TURN_SECRET'],
    [{ TURN_SECRET: 'x' }, 'TURN_URLS is missing'],
    [{ TURN_URLS, TURN_USERNAME: 'x' }, 'TURN_USERNAME and TURN_PASSWORD go together'],
    [{ TURN_URLS, TURN_SECRET: 'x', TURN_USERNAME: 'x', TURN_PASSWORD: 'x' }, 'exclude each other'],
    [{ TURN_URLS, TURN_SECRET: 'x', TURN_TTL: 'soon' }, 'TURN_TTL must be a whole number of seconds'],
    [{ TURN_URLS, TURN_SECRET: 'x', TURN_TTL: '1' }, 'TURN_TTL must be'],
    [{ PUBLIC_HOST: 'https://example.org' }, 'PUBLIC_HOST must be a name or an address'],
  ])('%j is explained', (env, words) => {
    expect(() => readIceSettings(env)).toThrow(words)
  })
})

describe('an answer', () => {
  test('is read as it was written', () => {
    const settings = readIceSettings({ TURN_URLS, TURN_SECRET: 'north' })
    const answer = turnAnswer(turnOf(settings))
    expect(parseIceAnswer(JSON.parse(JSON.stringify(answer)))).toEqual(answer)
  })

  test.each([
    undefined,
    null,
    'stun:a',
    [],
    {},
    { iceServers: {}, lifetime: null },
    { iceServers: [] },
    { iceServers: [], lifetime: 0 },
    { iceServers: [], lifetime: '1' },
    { iceServers: [null], lifetime: null },
    { iceServers: [{ urls: 'stun:a' }], lifetime: null },
    { iceServers: [{ urls: [] }], lifetime: null },
    { iceServers: [{ urls: ['http://a'] }], lifetime: null },
    { iceServers: [{ urls: ['stun:a:0'] }], lifetime: null },
    { iceServers: [{ urls: ['stun:a:70000'] }], lifetime: null },
    { iceServers: [{ urls: [['stun:a']] }], lifetime: null },
    { iceServers: [{ urls: ['turn:a'] }], lifetime: null },
    { iceServers: [{ urls: ['turn:a'], username: 'x', credential: 1 }], lifetime: null },
  ])('%j is none', (value) => {
    expect(parseIceAnswer(value)).toBeNull()
  })
})

describe('/ice', () => {
  const relays: Relay[] = []

  afterEach(async () => {
    await Promise.all(relays.splice(0).map((relay) => relay.close()))
  })

  async function relayWith(options: Partial<RelayOptions>): Promise<Relay> {
    const relay = await createRelay(options)
    relays.push(relay)
    return relay
  }

  /** Asks with headers that `fetch` does not let one choose. */
  function ask(relay: Relay, headers: Record<string, string> = {}): Promise<IceAnswer | null> {
    return new Promise((resolve, reject) => {
      request(`${relay.address.url}/ice`, { headers }, (response) => {
        json(response).then((value) => resolve(parseIceAnswer(value)), reject)
      })
        .on('error', reject)
        .end()
    })
  }

  const stunOf = (answer: IceAnswer | null): string[] => answer?.iceServers[0]?.urls ?? []

  test('is for pages of its own origin, and not to be kept', async () => {
    const { headers } = await fetch(`${(await relayWith({})).address.url}/ice`, {
      headers: { origin: 'https://a.example' },
    })
    expect(headers.get('content-type')).toBe('application/json')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })

  test('names our own STUN server by the name we were asked for', async () => {
    const relay = await relayWith({ stunPort: 0 })
    const { port } = relay.stun
    expect(stunOf(await ask(relay))).toEqual([`stun:127.0.0.1:${String(port)}`])
    expect(stunOf(await ask(relay, { host: 'ink.example:443' }))).toEqual([`stun:ink.example:${String(port)}`])
    expect(stunOf(await ask(relay, { host: '[2001:db8::1]' }))).toEqual([`stun:[2001:db8::1]:${String(port)}`])
    expect(await ask(relay, { host: 'a b"c' })).toEqual({ iceServers: [], lifetime: null })
  })

  test('believes X-Forwarded-Host from a proxy of ours only', async () => {
    const headers = { host: 'inside', 'x-forwarded-host': 'lie.example, ink.example' }
    const [open, behind] = [await relayWith({ stunPort: 0 }), await relayWith({ stunPort: 0, trustedProxies: 1 })]
    expect(stunOf(await ask(open, headers))).toEqual([`stun:inside:${String(open.stun.port)}`])
    expect(stunOf(await ask(behind, headers))).toEqual([`stun:ink.example:${String(behind.stun.port)}`])
  })

  test('prefers the name we are told to have', async () => {
    const relay = await relayWith({ stunPort: 0, ice: { ...noIceServers, publicHost: 'out.example' } })
    expect(stunOf(await ask(relay))).toEqual([`stun:out.example:${String(relay.stun.port)}`])
  })

  test('is refused to a network that asks without end, and to no other', async () => {
    const relay = await relayWith({ trustedProxies: 1 })
    const from = async (address: string): Promise<number> => {
      const { status } = await fetch(`${relay.address.url}/ice`, { headers: { 'x-forwarded-for': address } })
      return status
    }
    const answers = await Promise.all(Array.from({ length: 500 }, () => from('192.0.2.1')))
    expect(answers.filter((status) => status === 200).length).toBeGreaterThanOrEqual(300)
    expect(answers).toContain(429)
    expect(await from('192.0.2.2')).toBe(200)
  })

  test('names no STUN server where its port was taken, and the relay says why', async () => {
    const other = await createStunServer({ port: 0, host: '127.0.0.1' })
    const relay = await relayWith({ stunPort: other.port })
    expect(relay.stun).toEqual({ port: null, trouble: expect.stringContaining('EADDRINUSE') as string })
    expect(await ask(relay)).toEqual({ iceServers: [], lifetime: null })
    await other.close()
  })
})

describe('TURN credentials', () => {
  const relays: Relay[] = []
  const clients: Client[] = []

  afterEach(async () => {
    vi.useRealTimers()
    for (const client of clients.splice(0)) client.socket.terminate()
    await Promise.all(relays.splice(0).map((relay) => relay.close()))
  })

  async function relayWith(env: Record<string, string>): Promise<Relay> {
    const relay = await createRelay({ ice: readIceSettings({ TURN_URLS, ...env }), heartbeat: 86_400_000 })
    relays.push(relay)
    return relay
  }

  async function join(relay: Relay): Promise<Client> {
    const client = await Client.join(relay, 'topic')
    clients.push(client)
    return client
  }

  const usersOf = ({ received }: Client): unknown[] =>
    received.flatMap((message) => (message.type === 'ice' ? [message.iceServers[0]?.username] : []))

  test('come unasked, first of all, and to each connection its own; /ice gives none', async () => {
    const relay = await relayWith({ TURN_SECRET: 'north' })
    const [ada, ben] = [await join(relay), await join(relay)]
    expect(ada.received[0]).toMatchObject({ type: 'ice', lifetime: 3_600_000 })
    expect([...usersOf(ada), ...usersOf(ben)]).toHaveLength(2)
    expect(usersOf(ada)).not.toEqual(usersOf(ben))
    expect(await (await fetch(`${relay.address.url}/ice`)).json()).toEqual({ iceServers: [], lifetime: null })
  })

  test('are renewed before they expire: two an hour for a connection', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
    const relay = await relayWith({ TURN_SECRET: 'north' })
    const ada = await join(relay)
    for (let half = 0; half < 4; half++) vi.advanceTimersByTime(1_800_000)
    await ada.settled()
    expect(new Set(usersOf(ada)).size).toBe(5)
  })

  test('are few for one network, however often it comes; what is fixed is no secret to keep count of', async () => {
    const relay = await relayWith({ TURN_SECRET: 'north' })
    let given = 0
    for (let round = 0; round < 8; round++) {
      const crowd = await Promise.all(Array.from({ length: 50 }, () => join(relay)))
      for (const client of crowd) {
        given += usersOf(client).length
        client.socket.terminate()
      }
    }
    expect(given).toBeGreaterThanOrEqual(300)
    expect(given).toBeLessThan(310)
    expect(relay.counters().dropped.credentials).toBe(400 - given)

    const fixed = await relayWith({ TURN_USERNAME: 'ink', TURN_PASSWORD: 'mesh' })
    expect(usersOf(await join(fixed))).toEqual(['ink'])
  })
})
