import { expect, test } from 'vitest'
import { seeded } from '../../../support/random.ts'
import {
  parsePointer,
  parsePresence,
  parseStatement,
  SILENT,
  writePointer,
  writeStatement,
  type Pointer,
  type Statement,
} from '#net/call/statement'

const SAID: Statement = {
  isIn: true,
  tracks: new Map([
    ['1', { source: 'voice', of: null }],
    ['4', { source: 'screen', of: 99 }],
  ]),
  wants: { camera: 180, screen: 1080 },
  lets: ['0'.repeat(64), '9f'.repeat(32)],
  claim: { key: 'ab'.repeat(32), signature: '01'.repeat(64) },
  asks: true,
  refuses: [5],
}

test('a statement says what it said', () => {
  for (const statement of [SAID, SILENT]) expect(parseStatement(writeStatement(statement))).toEqual(statement)
})

const spoilt = (change: Record<string, unknown>): string =>
  JSON.stringify({ in: true, tracks: [], wants: { camera: 0, screen: 0 }, lets: [], ...change })

test('what is no statement is none', () => {
  const bad = [
    '',
    'null',
    '[]',
    '{',
    spoilt({ in: 'yes' }),
    spoilt({ tracks: {} }),
    spoilt({ tracks: [['1', 'smell']] }),
    spoilt({ tracks: [[1, 'voice']] }),
    spoilt({ tracks: [['1'.repeat(17), 'voice']] }),
    spoilt({ tracks: Array.from({ length: 17 }, (_, i) => [String(i), 'voice']) }),
    spoilt({ wants: null }),
    spoilt({ wants: { camera: -1, screen: 0 } }),
    spoilt({ wants: { camera: 1e9, screen: 0 } }),
    spoilt({ wants: { camera: 1.5, screen: 0 } }),
    spoilt({ tracks: [['1', 'voice', 'x']] }),
    spoilt({ tracks: [['1', 'voice', 1, 2]] }),
    spoilt({ refuses: 'all' }),
    spoilt({ refuses: [0.5] }),
    spoilt({ lets: 'everyone' }),
    spoilt({ lets: [7] }),
    spoilt({ lets: ['AB'.repeat(32)] }),
    spoilt({ lets: Array.from({ length: 101 }, () => 'ab'.repeat(32)) }),
  ]
  for (const text of bad) expect(parseStatement(text), text).toBeNull()
  expect(parseStatement(spoilt({ newer: 'builds say more' }))).not.toBeNull()
})

test('a statement that was changed anywhere does no harm', () => {
  const random = seeded(12)
  const said = writeStatement(SAID)
  let read = 0
  for (let i = 0; i < 20_000; i++) {
    const at = random.below(said.length)
    const changed = said.slice(0, at) + String.fromCharCode(32 + random.below(96)) + said.slice(at + random.below(3))
    if (parseStatement(changed) !== null) read++
  }
  // Some changes leave a statement: another number, another name of what nobody knows.
  expect(read).toBeGreaterThan(100)
})

test('whatever stands in a state, it says something of a call or nothing', () => {
  const values = [undefined, null, 0, NaN, '', 'x', true, [], {}, { since: -1 }, { since: '5' }, { since: 1.5 }]
  for (const value of values) {
    expect(parsePresence(value)).toBeNull()
    expect(parsePresence({ call: value })).toBeNull()
  }
})

test('presence is read as it is meant, and nothing else of it', () => {
  const call = { since: 5, isMuted: true, hasCamera: 1, reaction: { count: 2, face: '👏' } }
  expect(parsePresence({ call })).toEqual({
    since: 5,
    isMuted: true,
    hasCamera: false,
    hasScreen: false,
    hasHand: false,
    reaction: { count: 2, face: '👏' },
    presents: false,
    records: false,
    spotlight: null,
    standing: null,
  })
  const standing = { parent: 7, depth: 2, children: 1, leaves: 0, isFed: true, canPass: false }
  expect(parsePresence({ call: { since: 5, standing } })?.standing).toEqual(standing)
  expect(parsePresence({ call: { since: 5, standing: { ...standing, depth: -1 } } })?.standing).toBeNull()
  expect(parsePresence({ call: { since: 5, reaction: { count: 1, face: '<b>' } } })?.reaction).toBeNull()
  expect(parsePresence({ call: { isMuted: true } })).toBeNull()
  expect(parsePresence({ user: { name: 'Ada' } })).toBeNull()
})

test('what somebody points at is read as it was written, and nothing else', () => {
  const pointer: Pointer = { at: { client: 7, clock: 12, side: 'before' }, x: 0.25, y: 1 }
  expect(parsePointer(writePointer(pointer))).toEqual(pointer)
  expect(parsePointer(writePointer(null))).toBeNull()
  for (const text of [
    '*',
    '*[]',
    '*{"at":{"client":1,"clock":2},"x":2,"y":0}',
    '*{"x":0,"y":0}',
    '*{"at":1,"x":0,"y":0}',
  ])
    expect(parsePointer(text)).toBeNull()
})
