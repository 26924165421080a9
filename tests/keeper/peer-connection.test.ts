import { afterEach, describe, expect, test } from 'vitest'
import { RTCPeerConnection } from '../../src/keeper/peer-connection.ts'
import { seeded } from '../support/random.ts'

const open: RTCPeerConnection[] = []
afterEach(() => {
  for (const pc of open.splice(0)) pc.close()
})

interface End {
  pc: RTCPeerConnection
  channel: RTCDataChannel
  candidates: RTCIceCandidate[]
}

function newEnd(configuration: RTCConfiguration = {}): End {
  const pc = new RTCPeerConnection(configuration)
  open.push(pc)
  const channel = pc.createDataChannel('inkmesh', { negotiated: true, id: 0 })
  const candidates: RTCIceCandidate[] = []
  pc.onicecandidate = ({ candidate }) => {
    if (candidate !== null) candidates.push(candidate)
  }
  return { pc, channel, candidates }
}

const withoutCandidates = ({ type, sdp = '' }: RTCSessionDescriptionInit): RTCSessionDescriptionInit => ({
  type,
  sdp: sdp.replace(/^a=(candidate|end-of-candidates).*\r?\n/gmu, ''),
})

const descriptionOf = ({ pc }: End): RTCSessionDescriptionInit => {
  if (pc.localDescription === null) throw new Error('No description')
  return pc.localDescription
}

/** Connects two, whose candidates travel apart from their descriptions. */
async function connect(a: End, b: End): Promise<void> {
  await a.pc.setLocalDescription()
  await b.pc.setRemoteDescription(withoutCandidates(descriptionOf(a)))
  await b.pc.setLocalDescription()
  await a.pc.setRemoteDescription(withoutCandidates(descriptionOf(b)))
  await expect.poll(() => a.candidates.length * b.candidates.length).toBeGreaterThan(0)
  for (const candidate of b.candidates) await a.pc.addIceCandidate(candidate)
  for (const candidate of a.candidates) await b.pc.addIceCandidate(candidate)
  await expect.poll(() => [a.channel.readyState, b.channel.readyState], { timeout: 10_000 }).toEqual(['open', 'open'])
}

test('connects, carries bytes, and tells the last of them before the end', async () => {
  const [a, b] = [newEnd(), newEnd()]
  const events: string[] = []
  b.channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => events.push(new TextDecoder().decode(data))
  b.channel.onclose = () => events.push('closed')
  await connect(a, b)
  const stats: Record<string, unknown>[] = []
  ;(await a.pc.getStats()).forEach((entry: Record<string, unknown>) => stats.push(entry))
  expect(stats.find(({ type }) => type === 'candidate-pair')?.state).toBe('succeeded')
  for (const word of ['one', 'two', 'bye']) a.channel.send(new TextEncoder().encode(word))
  a.pc.close()
  await expect.poll(() => events, { timeout: 10_000 }).toEqual(['one', 'two', 'bye', 'closed'])
  expect(a.channel.readyState).toBe('closed')
  expect(() => a.channel.send(new Uint8Array(1))).toThrow('not open')
})

test('both ends name each other by the same fingerprints', async () => {
  const [a, b] = [newEnd(), newEnd()]
  await connect(a, b)
  const printsOf = (description: RTCSessionDescription | null) =>
    description?.sdp.match(/^a=fingerprint:.*$/gmu)?.map((line) => line.toLowerCase())
  expect(printsOf(a.pc.localDescription)).toEqual(printsOf(b.pc.remoteDescription))
  expect(printsOf(b.pc.localDescription)).toEqual(printsOf(a.pc.remoteDescription))
  expect(printsOf(a.pc.localDescription)?.length).toBe(1)
})

test('what comes out of turn is refused, and does not end the process', async () => {
  const { pc } = newEnd()
  expect(pc.remoteDescription).toBeNull()
  await expect(
    pc.addIceCandidate({ candidate: 'candidate:1 1 UDP 1 127.0.0.1 9 typ host', sdpMid: '0' }),
  ).rejects.toThrow()
  await expect(pc.setLocalDescription({ type: 'answer' })).rejects.toThrow('stable')
  expect(() => pc.setConfiguration({})).toThrow()
  pc.close()
  pc.close()
  await expect(pc.setLocalDescription({ type: 'offer' })).rejects.toThrow('closed')
  await expect(pc.setRemoteDescription({ type: 'offer', sdp: '' })).rejects.toThrow()
  expect([pc.connectionState, pc.signalingState, pc.localDescription]).toEqual(['closed', 'closed', null])
  expect((await pc.getStats()).size).toBe(0)
})

test('servers are taken with their credentials, whatever is in those', () => {
  const iceServers = [
    { urls: ['stun:127.0.0.1:9', 'stun:[::1]:9'] },
    { urls: 'turn:127.0.0.1:9?transport=udp', username: '1700000000:a@b/c', credential: 'a+b/c=:@' },
    { urls: ['turns:example.invalid:443?transport=tcp'], username: 'u', credential: 'p' },
  ]
  expect(() => newEnd({ iceServers })).not.toThrow()
})

describe('hostile', () => {
  test('descriptions and candidates end the attempt, not the process', async () => {
    const sample = newEnd()
    await sample.pc.setLocalDescription()
    const lines = (descriptionOf(sample).sdp ?? '').split('\r\n')
    const random = seeded(1)
    let refused = 0
    for (let round = 0; round < 300; round++) {
      const { pc } = newEnd()
      const broken = [...lines]
      for (let wound = 0; wound <= random.below(5); wound++) {
        const at = random.below(broken.length)
        const line = broken[at] ?? ''
        const cut = random.below(line.length + 1)
        broken[at] = random.pick([
          '',
          random.pick(JUNK),
          line.slice(0, cut),
          `${line.slice(0, cut)}\0${line.slice(cut)}`,
        ])
      }
      try {
        await pc.setRemoteDescription({ type: random.pick(['offer', 'answer']), sdp: broken.join('\r\n') })
        await pc.setLocalDescription()
      } catch (error) {
        expect(error).toBeInstanceOf(Error)
        refused++
      }
      for (const candidate of CANDIDATES) await pc.addIceCandidate({ candidate, sdpMid: '0' }).catch(() => refused++)
      pc.close()
    }
    expect(refused).toBeGreaterThan(300)
  })
})

const JUNK = [
  'v=9',
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  `a=mid:${'x'.repeat(300)}`,
  'a=fingerprint:sha-256 zz',
  `a=fingerprint:sha-256 ${'AA:'.repeat(31)}AA`,
  `a=ice-ufrag:${'u'.repeat(1000)}`,
  'a=ice-pwd:x',
  'a=sctp-port:99999999999999',
  'a=max-message-size:-1',
  'a=setup:nobody',
  'a=candidate:1 1 UDP 1 ::::: 99999 typ host',
]

const CANDIDATES = [
  '',
  'candidate:',
  'candidate:\0',
  'candidate:1 1 TCP 1 127.0.0.1 9 typ host tcptype active',
  'candidate:1 99 udp 1 somebody.local 70000 typ host',
  `candidate:1 1 udp 99999999999 ${'y'.repeat(900)} 1 typ host`,
]
