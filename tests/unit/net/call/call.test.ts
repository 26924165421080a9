import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { Call } from '#net/call/call'
import { obstacleOf } from '#net/call/devices'
import { parseStatement, SILENT, writeStatement, type Statement } from '#net/call/statement'
import type { CallLink, CallListener } from '#net/link/call-link'
import { VoiceKey } from '#net/call/voice-key'
import type { Role } from '#net/link/frames'
import type { Room } from '#net/room'

// A browser's connection is tried in the browser tests; here is what is decided about it.

class FakeTransceiver {
  direction: RTCRtpTransceiverDirection = 'recvonly'
  currentDirection: RTCRtpTransceiverDirection | null = 'recvonly'
  readonly receiver = { track: { kind: 'audio' }, getSynchronizationSources: () => [] }
  readonly mid: string
  constructor(mid: string) {
    this.mid = mid
  }
  setCodecPreferences(): void {}
}

/** A description of an end that has this certificate. */
const end = (name: string) => ({ sdp: `v=0\r\na=fingerprint:sha-256 ${name}\r\n` })

class FakePeer extends EventTarget {
  signalingState = 'stable'
  localDescription: object
  remoteDescription: object
  constructor(local: string, remote: string) {
    super()
    this.localDescription = end(local)
    this.remoteDescription = end(remote)
  }
  readonly all: FakeTransceiver[] = []
  getTransceivers = (): FakeTransceiver[] => this.all
}

interface FakeLink extends CallLink {
  readonly peer: FakePeer
  readonly said: string[]
  readonly offences: string[]
}

/** A connection as its two ends see it. */
let connections = 0

function link(client: number, role: Role): FakeLink {
  connections++
  const peer = new FakePeer(`OURS:${connections}`, `THEIRS:${connections}`)
  const [said, offences]: [string[], string[]] = [[], []]
  return {
    introduction: { client, schema: 2, role, alwaysOn: false, device: '' },
    pc: peer as unknown as RTCPeerConnection,
    calls: true,
    sendFrame: ({ text }) => said.push(text) > 0,
    offend: (reason) => void offences.push(reason),
    peer,
    said,
    offences,
  }
}

/** A call of somebody with this role, and the links that the room has. */
function callWith(writes: boolean, links: FakeLink[]) {
  const awareness = new Awareness(new Y.Doc())
  const held: number[][] = []
  let listener: CallListener | null = null
  const room: Pick<Room, 'attend' | 'hold'> = {
    attend: (one) => {
      listener = one
      return { links, dropped: () => undefined, stop: () => (listener = null) }
    },
    hold: (clients) => held.push([...clients]),
  }
  const call = new Call({ room, awareness, writes, canPass: () => true })
  const arrive = (client: number, presence: object): void => {
    awareness.states.set(client, { call: presence })
    awareness.emit('change', [{ added: [client], updated: [], removed: [] }, 'test'])
  }
  return { call, held, arrive, isAttended: () => listener !== null }
}

const say = (call: Call, one: CallLink, statement: Partial<Statement>): void =>
  call.said(one, writeStatement({ ...SILENT, isIn: true, ...statement }))

/** What shows, at the other end of a link, that its holder has this key. */
const claimOver = (key: VoiceKey, { peer }: FakeLink) =>
  key.claim({
    localDescription: peer.remoteDescription,
    remoteDescription: peer.localDescription,
  } as RTCPeerConnection)

const VOICE = new Map([['1', { source: 'voice', of: null }]] as const)
const PRESENT = { since: 1 }

/** Somebody begins to send, as the browser tells of it. */
function send(call: Call, one: FakeLink, mid = '1'): boolean {
  const transceiver = new FakeTransceiver(mid)
  one.peer.all.push(transceiver)
  const isTaken = call.admits(one, transceiver as unknown as RTCRtpTransceiver)
  if (!isTaken) transceiver.direction = transceiver.currentDirection = 'inactive'
  one.peer.dispatchEvent(new Event('signalingstatechange'))
  return isTaken
}

const heardOf = (call: Call, client: number): string[] => [
  ...(call.state.members.find((member) => member.client === client)?.tracks.keys() ?? []),
]

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('MediaStream', EventTarget)
  vi.stubGlobal('navigator', {})
  vi.stubGlobal('RTCRtpReceiver', { getCapabilities: () => null })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

test('what a writer sends is heard; before one has joined, nothing is', () => {
  const mina = link(2, 'write')
  const { call, arrive, isAttended, held } = callWith(true, [mina])
  arrive(2, PRESENT)
  expect(call.state.isIn).toBe(false)
  expect(call.state.members.map(({ client }) => client)).toEqual([2])
  expect(isAttended()).toBe(false)
  call.join({ isMuted: true })
  expect(held.at(-1)).toEqual([2])
  say(call, mina, { tracks: VOICE })
  expect(send(call, mina)).toBe(true)
  expect(heardOf(call, 2)).toEqual(['voice'])
  call.leave()
  expect(isAttended()).toBe(false)
  expect(mina.peer.all.map(({ direction }) => direction)).toEqual(['inactive'])
  expect(parseStatement(mina.said.at(-1) ?? '')?.isIn).toBe(false)
})

test('what somebody sends who only reads is not taken until a writer lets them speak, and not after it is taken back', async () => {
  const [rex, mina] = [link(3, 'read'), link(2, 'write')]
  const { call, arrive } = callWith(true, [rex, mina])
  for (const client of [2, 3]) arrive(client, PRESENT)
  call.join({ isMuted: true })
  const key = await VoiceKey.draw()
  const lets = [key.name]
  const claim = await claimOver(key, rex)
  const maySpeak = () => call.state.members.find(({ client }) => client === 3)?.maySpeak
  say(call, rex, { tracks: VOICE, lets, claim })
  expect(send(call, rex)).toBe(false)
  expect(heardOf(call, 3)).toEqual([])
  expect(maySpeak()).toBe(false)

  say(call, mina, { lets })
  await vi.waitFor(() => expect(maySpeak()).toBe(true))
  expect(rex.peer.all[0]?.direction).toBe('recvonly')
  const again = rex.peer.all[0]
  if (again !== undefined) again.currentDirection = 'recvonly'
  rex.peer.dispatchEvent(new Event('signalingstatechange'))
  expect(heardOf(call, 3)).toEqual(['voice'])

  say(call, mina, { lets: [] })
  expect(rex.peer.all[0]?.direction).toBe('inactive')
  expect(heardOf(call, 3)).toEqual([])
  call.letSpeak(3, true)
  expect(parseStatement(mina.said.at(-1) ?? '')?.lets).toEqual(lets)
  expect(heardOf(call, 3)).toEqual(['voice'])
  // The word of somebody who has left counts no more.
  call.letSpeak(3, false)
  say(call, mina, { lets })
  expect(heardOf(call, 3)).toEqual(['voice'])
  call.closed(mina)
  say(call, rex, { tracks: VOICE, claim })
  expect(heardOf(call, 3)).toEqual([])
})

test('nobody speaks in the place of whom a writer has let in: a word is for who holds a key, on each connection anew', async () => {
  const [rex, eve, mina] = [link(3, 'read'), link(3, 'read'), link(2, 'write')]
  const { call, arrive } = callWith(true, [rex, eve, mina])
  for (const client of [2, 3]) arrive(client, PRESENT)
  call.join({ isMuted: true })
  const [key, other] = [await VoiceKey.draw(), await VoiceKey.draw()]
  say(call, mina, { lets: [key.name] })
  const claim = await claimOver(key, rex)
  say(call, rex, { tracks: VOICE, claim })
  await vi.waitFor(() => expect(send(call, rex)).toBe(true))

  // What Rex has shown over his connection, and a signature of another key, show nothing over Eve's.
  const { signature } = await claimOver(other, eve)
  const forged = [claim, { key: key.name, signature }, { key: 'ff'.repeat(32), signature }]
  for (const [i, one] of forged.entries()) {
    say(call, eve, { tracks: VOICE, claim: one })
    await vi.waitFor(() => expect(eve.offences).toHaveLength(i + 1))
    expect(send(call, eve, `${i}`)).toBe(false)
  }
  expect(new Set(eve.offences)).toEqual(new Set(['bad-claim']))
  say(call, eve, { tracks: VOICE, claim: await claimOver(other, eve) })
  say(call, eve, { tracks: VOICE })
  expect(send(call, eve, '9')).toBe(false)
  expect(eve.peer.all.map(({ direction }) => direction)).toEqual(Array(4).fill('inactive'))

  // Another connection of Rex's has other ends.
  const next = new FakePeer('OURS:next', 'THEIRS:next')
  Object.assign(rex, { pc: next, peer: next })
  call.ready(rex)
  expect(send(call, rex)).toBe(false)
  say(call, rex, { tracks: VOICE, claim: await claimOver(key, rex) })
  await vi.waitFor(() => expect(send(call, rex, '2')).toBe(true))
})

test('one who only reads shows a key on each connection, speaks when a writer has named it, and lets nobody speak', async () => {
  const [rex, mina] = [link(3, 'read'), link(2, 'write')]
  const { call, arrive } = callWith(false, [rex, mina])
  for (const client of [2, 3]) arrive(client, PRESENT)
  call.join({ isMuted: true })
  expect(call.state.maySpeak).toBe(false)
  const claimTo = ({ said }: FakeLink) => parseStatement(said.at(-1) ?? '')?.claim ?? null
  await vi.waitFor(() => expect(claimTo(mina)).not.toBeNull())
  const { key: own = '', signature } = claimTo(mina) ?? {}
  expect(claimTo(rex)).toMatchObject({ key: own })
  expect(claimTo(rex)?.signature).not.toBe(signature)
  say(call, mina, { lets: [own] })
  expect(call.state.maySpeak).toBe(true)
  say(call, mina, { lets: [] })
  say(call, rex, { lets: [own] })
  expect(call.state.maySpeak).toBe(false)

  const key = await VoiceKey.draw()
  say(call, rex, { tracks: VOICE, claim: await claimOver(key, rex) })
  await vi.waitFor(() => {
    call.letSpeak(3, true)
    expect(rex.said.length).toBeGreaterThan(0)
  })
  expect(send(call, rex)).toBe(false)
})

test('what is no statement is nobody’s, and counts as an offence', () => {
  const mina = link(2, 'write')
  const { call } = callWith(true, [mina])
  call.join({ isMuted: true })
  for (const text of ['', '{}', 'null', '{"in":1}']) call.said(mina, text)
  expect(mina.offences).toEqual(Array(4).fill('malformed-call'))
})

test('who joins later is told again what they could not hear', () => {
  const mina = link(2, 'write')
  const { call } = callWith(true, [mina])
  call.join({ isMuted: true })
  const told = mina.said.length
  expect(told).toBeGreaterThan(0)
  say(call, mina, {})
  expect(mina.said.length).toBeGreaterThan(told)
})

test('what browsers say when there is no device', () => {
  const named = (name: string): Error => Object.assign(new Error(name), { name })
  expect(obstacleOf(named('NotAllowedError'))).toBe('denied')
  expect(obstacleOf(named('NotFoundError'))).toBe('missing')
  expect(obstacleOf(named('OverconstrainedError'))).toBe('missing')
  expect(obstacleOf(named('NotReadableError'))).toBe('busy')
  expect(obstacleOf(named('NotSupportedError'))).toBe('unsupported')
  expect(obstacleOf(named('SomethingElse'))).toBe('unknown')
  expect(obstacleOf('no error')).toBe('unknown')
})
