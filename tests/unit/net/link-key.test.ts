import { expect, test } from 'vitest'
import { LinkKey } from '#net/link/link-key'
import { parseSignal, parseVouch, type Signal } from '#net/link/signal'

const secret = crypto.getRandomValues(new Uint8Array(64))
const session = { epoch: 3, owner: 'ab'.repeat(12) }
const from = 'cd'.repeat(12)
const signals: Signal[] = [
  { type: 'link', from: session.owner, session, kind: 'offer', number: 2, seen: 1, sdp: 'v=0' },
  { type: 'link', from, session, kind: 'answer', number: 2, seen: 2, sdp: 'v=0' },
  { type: 'link', from, session, kind: 'restart' },
  {
    type: 'link',
    from,
    session,
    kind: 'candidates',
    candidates: [{ candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 }],
  },
]

/** What comes of a signal on its way through the relay. */
const carried = (signal: object): Signal => {
  const parsed = parseSignal(structuredClone(signal))
  if (parsed === null) throw new Error('Not a signal')
  return parsed
}

test('what one end says the other knows for its own, each once', async () => {
  const [a, b] = [new LinkKey(secret), new LinkKey(secret)]
  for (const signal of signals) {
    const said = { ...signal, vouch: await a.sign(signal) }
    const vouch = parseVouch(said)
    if (vouch === null) throw new Error('Nothing vouches for it')
    expect(await b.isFromOtherEnd(carried(said), vouch)).toBe(true)
    expect(await b.isFromOtherEnd(carried(said), vouch)).toBe(false)
  }
})

test('with another secret, another number, or one thing changed it is not', async () => {
  const a = new LinkKey(secret)
  const stranger = new LinkKey(crypto.getRandomValues(new Uint8Array(64)))
  for (const signal of signals) {
    const vouch = await a.sign(signal)
    expect(await stranger.isFromOtherEnd(signal, vouch)).toBe(false)
    const b = new LinkKey(secret)
    expect(await b.isFromOtherEnd(signal, { ...vouch, number: vouch.number + 1 })).toBe(false)
    const changes: object[] = [
      {
        from: 'ef'.repeat(12),
        session: { ...session, owner: signal.kind === 'offer' ? 'ef'.repeat(12) : session.owner },
      },
      { session: { ...session, epoch: 4 } },
      ...('sdp' in signal ? [{ sdp: 'v=1' }, { number: 3 }, { seen: 0 }] : []),
      ...('candidates' in signal ? [{ candidates: [] }] : []),
    ]
    for (const change of changes) expect(await b.isFromOtherEnd(carried({ ...signal, ...change }), vouch)).toBe(false)
    expect(await b.isFromOtherEnd(signal, vouch)).toBe(true)
  }
})

test('whatever stands there, reading what vouches is total', () => {
  for (const vouch of [
    undefined,
    null,
    7,
    'x',
    [],
    {},
    { number: 1 },
    { number: -1, code: 'a' },
    { number: 0.5, code: '' },
  ])
    expect(parseVouch({ vouch })).toBeNull()
  for (const value of [undefined, null, 7, 'x']) expect(parseVouch(value)).toBeNull()
})
