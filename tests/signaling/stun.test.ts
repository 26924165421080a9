import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { crc32 } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { answerTo, parseBindingRequest, type BindingRequest } from '../../signaling/stun-message.ts'
import { createStunServer, type StunOptions, type StunServer } from '../../signaling/stun.ts'
import { seeded } from '../support/random.ts'

const bytes = (hex: string): Buffer => Buffer.from(hex.replace(/\s/gu, ''), 'hex')

const TRANSACTION = 'b7e7a701 bc34d686 fa87dfae'

/** RFC 5769, section 2.1: a request of ICE, with PRIORITY (0x0024), which is no matter of ours. */
const RFC_REQUEST = bytes(`00010058 2112a442 ${TRANSACTION}
  80220010 5354554e 20746573 7420636c 69656e74  00240004 6e0001ff  80290008 932ff9b1 51263b36
  00060009 6576746a 3a683676 59202020  00080014 9aeaa70c bfd8cb56 781ef2b5 b2d3f249 c1b571a2  80280004 e57a3bcf`)

/** The same, sections 2.2 and 2.3: XOR-MAPPED-ADDRESS in the answers to it. */
const RFC_IPV4 = bytes('00200008 0001a147 e112a643')
const RFC_IPV6 = bytes('00200014 0002a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9')

/** A binding request with attributes given as hex. */
function request(attributes = ''): Buffer {
  const body = bytes(attributes)
  const head = bytes(`0001 0000 2112a442 ${TRANSACTION}`)
  head.writeUInt16BE(body.length, 2)
  return Buffer.concat([head, body])
}

function parsed(message: Buffer): BindingRequest {
  const found = parseBindingRequest(message)
  if (found === null) throw new Error('no request')
  return found
}

describe('messages', () => {
  test('the sample request of RFC 5769 is read, its fingerprint checked', () => {
    expect(parsed(RFC_REQUEST)).toMatchObject({ unknown: [0x24], fingerprint: true })
    for (let at = 0; at < RFC_REQUEST.length; at++) {
      // Under another name it is another attribute, not a wrong fingerprint.
      if (at === RFC_REQUEST.length - 8 || at === RFC_REQUEST.length - 7) continue
      const damaged = Buffer.from(RFC_REQUEST)
      damaged.writeUInt8(RFC_REQUEST.readUInt8(at) ^ 1, at)
      expect(parseBindingRequest(damaged)).toBeNull()
    }
  })

  test('addresses are veiled as in the sample answers of RFC 5769', () => {
    const plain = parsed(request())
    expect(answerTo(plain, '192.0.2.1', 32853)).toEqual(
      Buffer.concat([bytes(`0101000c 2112a442 ${TRANSACTION}`), RFC_IPV4]),
    )
    expect(answerTo(plain, '2001:db8:1234:5678:11:2233:4455:6677', 32853)).toEqual(
      Buffer.concat([bytes(`01010018 2112a442 ${TRANSACTION}`), RFC_IPV6]),
    )
    expect(answerTo(plain, '::ffff:192.0.2.1', 32853)).toEqual(answerTo(plain, '192.0.2.1', 32853))
  })

  test('a fingerprint is answered with a fingerprint', () => {
    // 0x5354554e over a message that counts the attribute to come (RFC 8489, section 14.7).
    const head = bytes(`00010008 2112a442 ${TRANSACTION}`)
    const seal = (message: Buffer): Buffer => {
      const value = Buffer.alloc(4)
      value.writeUInt32BE((crc32(message) ^ 0x5354554e) >>> 0)
      return Buffer.concat([message, bytes('80280004'), value])
    }
    const answer = answerTo(parsed(seal(head)), '192.0.2.1', 32853)
    expect(answer).toEqual(seal(Buffer.concat([bytes(`01010014 2112a442 ${TRANSACTION}`), RFC_IPV4])))
  })

  test('an attribute that must be understood and is not is refused by name', () => {
    // CHANGE-REQUEST and RESPONSE-PORT of RFC 5780.
    const answer = answerTo(parsed(request('00030004 00000006 00270004 12340000')), '192.0.2.1', 1)
    expect(answer).toEqual(bytes(`01110010 2112a442 ${TRANSACTION} 00090004 00000414 000a0004 00030027`))
  })

  test('credentials, which nobody asked for, and optional attributes are passed over', () => {
    const message = request('00060003 61626300 00080014 0000000000000000000000000000000000000000 80220003 61626300')
    expect(parsed(message)).toMatchObject({ unknown: [], fingerprint: false })
  })

  test.each([
    ['nothing', ''],
    ['a header cut short', '0001 0000 2112a442 b7e7a701 bc34d686'],
    ['another cookie', `0001 0000 2112a443 ${TRANSACTION}`],
    ['an indication', `0011 0000 2112a442 ${TRANSACTION}`],
    ['an answer', `0101 0000 2112a442 ${TRANSACTION}`],
    ['a request to allocate', `0003 0000 2112a442 ${TRANSACTION}`],
    ['a length that is not so', `0001 0004 2112a442 ${TRANSACTION}`],
    ['an attribute past the end', `0001 0004 2112a442 ${TRANSACTION} 80220004`],
    ['a fingerprint too short', `0001 0004 2112a442 ${TRANSACTION} 80280000`],
    ['a fingerprint before the end', `0001 000c 2112a442 ${TRANSACTION} 80280004 00000000 80220000`],
  ])('%s is no request', (_, hex) => {
    expect(parseBindingRequest(bytes(hex))).toBeNull()
  })

  test('any bytes are a request or none, and no answer is more than 24 bytes longer', () => {
    const random = seeded(8489)
    let requests = 0
    for (let round = 0; round < 20_000; round++) {
      const message = Buffer.from(random.chance(0.5) ? RFC_REQUEST : request('00030004 00000006'))
      if (random.chance(0.2)) message.fill(random.below(256), random.below(message.length))
      else for (let n = random.below(4); n > 0; n--) message[random.below(message.length)] = random.below(256)
      const cut = random.chance(0.2) ? message.subarray(0, random.below(message.length + 1)) : message
      const found = parseBindingRequest(cut)
      if (found === null) continue
      requests++
      expect(answerTo(found, '2001:db8::1', random.below(65_536)).length).toBeLessThanOrEqual(cut.length + 24)
    }
    expect(requests).toBeGreaterThan(1000)
  })
})

describe('the server', () => {
  const open: { close(): unknown }[] = []

  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()))
  })

  async function serve(options: Partial<StunOptions> = {}): Promise<StunServer> {
    const server = await createStunServer({ port: 0, host: '127.0.0.1', ...options })
    open.push(server)
    return server
  }

  async function client(family: 'udp4' | 'udp6' = 'udp4'): Promise<Socket> {
    const socket = createSocket(family)
    socket.bind(0, family === 'udp4' ? '127.0.0.1' : '::1')
    await once(socket, 'listening')
    open.push(socket)
    return socket
  }

  async function ask(socket: Socket, server: StunServer, message = request()): Promise<Buffer> {
    const answer = once(socket, 'message')
    socket.send(message, server.port, socket.address().address)
    const [data] = (await answer) as [Buffer]
    return data
  }

  test('tells a client the address and port it has', async () => {
    const server = await serve()
    const socket = await client()
    expect(await ask(socket, server)).toEqual(answerTo(parsed(request()), '127.0.0.1', socket.address().port))
    expect(server.counters()).toEqual({ answered: 1, throttled: 0, ignored: 0 })
  })

  test('listens on IPv4 and IPv6 at once when told no address', async (context) => {
    const server = await serve({ host: null })
    const four = await client('udp4')
    expect(await ask(four, server)).toEqual(answerTo(parsed(request()), '127.0.0.1', four.address().port))
    const six = await client('udp6').catch(() => context.skip('This machine has no IPv6.'))
    expect(await ask(six, server)).toEqual(answerTo(parsed(request()), '::1', six.address().port))
  })

  test('says nothing to what is no request', async () => {
    const server = await serve()
    const socket = await client()
    const heard: Buffer[] = []
    socket.on('message', (data) => heard.push(data))
    for (const nonsense of [Buffer.alloc(0), Buffer.alloc(1400, 1), request('80280004 00000000')])
      socket.send(nonsense, server.port, '127.0.0.1')
    await ask(socket, server)
    expect(heard).toHaveLength(1)
    expect(server.counters()).toEqual({ answered: 1, throttled: 0, ignored: 3 })
  })

  test('answers one network, and all of them, so often and no more', async () => {
    const stingy = { burst: 3, rate: 0.001 }
    for (const options of [{ perNetwork: stingy }, { inAll: stingy }]) {
      const server = await serve(options)
      const socket = await client()
      for (let n = 0; n < 3; n++) await ask(socket, server)
      for (let n = 0; n < 5; n++) socket.send(request(), server.port, '127.0.0.1')
      await expect.poll(() => server.counters()).toEqual({ answered: 3, throttled: 5, ignored: 0 })
    }
  })

  test('does not start on a port that is taken', async () => {
    const { port } = await serve()
    await expect(serve({ port })).rejects.toThrow('EADDRINUSE')
  })
})
