/** coturn with the file that we ship: what it must not do for whoever has credentials. */
import { spawn, type ChildProcess } from 'node:child_process'
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/ports.ts'
import { isInstalled } from '../support/programs.ts'

const SECRET = 'a secret of the test'
const REALM = 'turn.example.org'

/** RFC 8489 and RFC 8656. */
const COOKIE = 0x2112a442
const ALLOCATE = 0x0003
const CREATE_PERMISSION = 0x0008
const USERNAME = 0x0006
const MESSAGE_INTEGRITY = 0x0008
const ERROR_CODE = 0x0009
const XOR_PEER_ADDRESS = 0x0012
const REALM_ATTRIBUTE = 0x0014
const NONCE = 0x0015
const REQUESTED_ADDRESS_FAMILY = 0x0017
const REQUESTED_TRANSPORT = 0x0019

const UDP = 17
const TCP = 6

type Attributes = readonly (readonly [type: number, value: Buffer])[]

const attribute = ([type, value]: Attributes[number]): Buffer => {
  const head = Buffer.alloc(4)
  head.writeUInt16BE(type, 0)
  head.writeUInt16BE(value.length, 2)
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)])
}

function message(type: number, attributes: Attributes, key: Buffer | null): Buffer {
  const body = Buffer.concat(attributes.map(attribute))
  const head = Buffer.alloc(20)
  head.writeUInt16BE(type, 0)
  head.writeUInt16BE(body.length + (key === null ? 0 : 24), 2)
  head.writeUInt32BE(COOKIE, 4)
  randomBytes(12).copy(head, 8)
  const whole = Buffer.concat([head, body])
  if (key === null) return whole
  return Buffer.concat([whole, attribute([MESSAGE_INTEGRITY, createHmac('sha1', key).update(whole).digest()])])
}

function parse(answer: Buffer): { isSuccess: boolean; error: number | null; nonce: Buffer } {
  let error: number | null = null
  let nonce: Buffer = Buffer.alloc(0)
  for (let at = 20; at + 4 <= answer.length;) {
    const [type, length] = [answer.readUInt16BE(at), answer.readUInt16BE(at + 2)]
    const value = answer.subarray(at + 4, at + 4 + length)
    if (type === ERROR_CODE) error = (value[2] ?? 0) * 100 + (value[3] ?? 0)
    if (type === NONCE) nonce = Buffer.from(value)
    at += 4 + length + ((4 - (length % 4)) % 4)
  }
  return { isSuccess: (answer.readUInt16BE(0) & 0x0110) === 0x0100, error, nonce }
}

/** An address as bytes. */
function bytesOf(address: string): Buffer {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number))
  const { hostname } = new URL(`http://[${address}]`)
  const [left = '', right] = hostname.slice(1, -1).split('::')
  const groups = (text: string): string[] => text.split(':').filter((group) => group !== '')
  const before = groups(left)
  const after = right === undefined ? [] : groups(right)
  const all = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after]
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex')
}

function peer(address: string, transaction: Buffer): Buffer {
  const bytes = bytesOf(address)
  const mask = Buffer.concat([Buffer.from('2112a442', 'hex'), transaction])
  const head = Buffer.from([0, bytes.length === 4 ? 1 : 2, 0, 0])
  head.writeUInt16BE(9 ^ (COOKIE >>> 16), 2)
  return Buffer.concat([head, bytes.map((byte, i) => byte ^ (mask[i] ?? 0))])
}

/** Somebody who has credentials, on one TCP connection. */
class Client {
  readonly #socket: Socket
  readonly #username = `${Math.floor(Date.now() / 1000) + 3600}:somebody`
  readonly #key: Buffer
  #nonce: Buffer = Buffer.alloc(0)

  private constructor(socket: Socket) {
    this.#socket = socket
    // It may be cut off when the server ends.
    socket.on('error', () => socket.destroy())
    const password = createHmac('sha1', SECRET).update(this.#username).digest('base64')
    this.#key = createHash('md5').update(`${this.#username}:${REALM}:${password}`).digest()
  }

  static async connect(port: number): Promise<Client> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new Client(socket)
  }

  async #ask(request: Buffer): Promise<ReturnType<typeof parse>> {
    this.#socket.write(request)
    const [answer] = (await once(this.#socket, 'data')) as [Buffer]
    return parse(answer)
  }

  async #askAs(type: number, attributes: Attributes): Promise<ReturnType<typeof parse>> {
    const named: Attributes = [
      ...attributes,
      [USERNAME, Buffer.from(this.#username)],
      [REALM_ATTRIBUTE, Buffer.from(REALM)],
      [NONCE, this.#nonce],
    ]
    return this.#ask(message(type, named, this.#key))
  }

  async allocate(transport: number, family = 1): Promise<ReturnType<typeof parse>> {
    const wanted: Attributes = [
      [REQUESTED_TRANSPORT, Buffer.from([transport, 0, 0, 0])],
      ...(family === 2 ? ([[REQUESTED_ADDRESS_FAMILY, Buffer.from([2, 0, 0, 0])]] as const) : []),
    ]
    const first = await this.#ask(message(ALLOCATE, wanted, null))
    this.#nonce = first.nonce
    return this.#askAs(ALLOCATE, wanted)
  }

  /** The error code of a permission for an address; null when it is given. */
  async permit(address: string): Promise<number | null> {
    // The transaction is part of what an IPv6 address is hidden with, so it is made here.
    const transaction = randomBytes(12)
    const named: Attributes = [
      [XOR_PEER_ADDRESS, peer(address, transaction)],
      [USERNAME, Buffer.from(this.#username)],
      [REALM_ATTRIBUTE, Buffer.from(REALM)],
      [NONCE, this.#nonce],
    ]
    const request = message(CREATE_PERMISSION, named, null)
    transaction.copy(request, 8)
    request.writeUInt16BE(request.length - 20 + 24, 2)
    const signed = attribute([MESSAGE_INTEGRITY, createHmac('sha1', this.#key).update(request).digest()])
    return (await this.#ask(Buffer.concat([request, signed]))).error
  }

  close(): void {
    this.#socket.destroy()
  }
}

const hasIPv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'))

describe.skipIf(!isInstalled('turnserver'))('coturn with the shipped file', () => {
  let folder: string
  let server: ChildProcess
  let port: number

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inkmesh-turn-'))
    port = await freePort()
    const shipped = await readFile(new URL('../../deploy/turnserver.conf', import.meta.url), 'utf8')
    // What belongs to the place: ports, certificate, secret and addresses.
    const own = shipped
      .replace(/^(cert|pkey|tls-listening-port|listening-port|min-port|max-port)=.*$/gmu, '')
      .replace('static-auth-secret=change-this', `static-auth-secret=${SECRET}`)
    const addresses = hasIPv6 ? 'relay-ip=127.0.0.1\nrelay-ip=::1' : 'relay-ip=127.0.0.1'
    const file = join(folder, 'turnserver.conf')
    await writeFile(file, `${own}\nlistening-port=${port}\nlistening-ip=127.0.0.1\n${addresses}\nno-tls\nno-dtls\n`)
    server = spawn('turnserver', ['-c', file, '--pidfile', join(folder, 'pid'), '--userdb', join(folder, 'db')])
    await eventually(async () => (await Client.connect(port)).close())
  }, 20_000)

  afterAll(async () => {
    server.kill()
    if (server.exitCode === null) await once(server, 'exit')
    await rm(folder, { recursive: true })
  })

  async function allocated(
    transport: number,
    family = 1,
  ): Promise<{ client: Client; isSuccess: boolean; error: number | null }> {
    const client = await Client.connect(port)
    return { client, ...(await client.allocate(transport, family)) }
  }

  test('it relays datagrams, and opens no connections to third parties (RFC 6062)', async () => {
    const datagrams = await allocated(UDP)
    expect(datagrams.isSuccess).toBe(true)
    const connections = await allocated(TCP)
    expect(connections.isSuccess).toBe(false)
    expect(connections.error).toBe(442)
    for (const { client } of [datagrams, connections]) client.close()
  })

  test('it reaches addresses of the Internet, and none of its own networks', async () => {
    const { client } = await allocated(UDP)
    expect(await client.permit('9.9.9.9')).toBeNull()
    const denied = [
      '0.0.0.1 10.1.2.3 100.64.0.1 127.0.0.1 169.254.169.254 172.16.0.1 172.31.255.254 192.0.0.8 192.88.99.1',
      '192.168.0.1 198.18.0.1 224.0.0.1 240.0.0.1 255.255.255.255',
    ].flatMap((line) => line.split(' '))
    for (const address of denied) expect([address, await client.permit(address)]).toEqual([address, 403])
    client.close()
  })

  test.skipIf(!hasIPv6)('nor by addresses of IPv6 that stand for them', async () => {
    const { client, isSuccess } = await allocated(UDP, 2)
    expect(isSuccess).toBe(true)
    expect(await client.permit('2620:fe::fe')).toBeNull()
    const denied = [
      '::1 :: ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::10.0.0.1 64:ff9b::a00:1 64:ff9b:1::a00:1 2002:a00:1:: 2002:7f00:1::1',
      '2001:0:a00:1::1 fc00::1 fdff::1 fe80::1 fec0::1 ff02::1',
    ].flatMap((line) => line.split(' '))
    for (const address of denied) expect([address, await client.permit(address)]).toEqual([address, 403])
    client.close()
  })
})
