import { describe, expect, test } from 'vitest'
import { parseClientMessage, parseServerMessage } from '#signaling/protocol'

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)

describe('messages of a browser', () => {
  test.each([
    [{ type: 'subscribe', topics: ['a', 'b'] }],
    [{ type: 'subscribe', topics: [] }],
    [{ type: 'unsubscribe', topics: ['__proto__', 'constructor'] }],
    [{ type: 'publish', topic: 'a', data: 'text' }],
    [{ type: 'publish', topic: 'a', data: null }],
    [{ type: 'publish', topic: 'a', data: { from: 'x', signal: { candidate: { candidate: '' } } } }],
    [{ type: 'ping' }],
  ])('%j is understood', (message) => {
    expect(parseClientMessage(JSON.stringify({ ...message, extra: 1 }))).toEqual(message)
  })

  test.each(
    [
      '',
      '{',
      'null',
      '[]',
      '"ping"',
      '1e999',
      '{}',
      '{"type":"pong"}',
      '{"type":["ping"]}',
      '{"__proto__":{"type":"ping"}}',
      '{"type":"subscribe"}',
      '{"type":"subscribe","topics":"a"}',
      '{"type":"subscribe","topics":["a",1]}',
      '{"type":"subscribe","topics":[""]}',
      '{"type":"subscribe","topics":[["a"]]}',
      '{"type":"subscribe","topics":{"length":1,"0":"a"}}',
      '{"type":"publish","topic":"a"}',
      '{"type":"publish","topic":{},"data":1}',
      '{"type":"publish","topic":"","data":1}',
      `{"type":"publish","topic":"a","data":${nested(17)}}`,
      `{"type":"publish","topic":"a","data":${nested(30_000)}}`,
      nested(1_000_000),
    ].map((text) => [text.slice(0, 60), text] as const),
  )('%s is not', (_, text) => {
    expect(parseClientMessage(text)).toBeNull()
  })
})

describe('messages of the relay', () => {
  test.each([
    [{ type: 'publish', topic: 'a', data: 'text', clients: 2 }],
    [{ type: 'leave', topic: 'a' }],
    [{ type: 'pong' }],
  ])('%j is understood', (message) => {
    expect(parseServerMessage({ ...message, extra: 1 })).toEqual(message)
  })

  test.each([
    [null],
    ['pong'],
    [undefined],
    [{}],
    [{ type: 'leave' }],
    [{ type: 'leave', topic: 5 }],
    [{ type: 'publish', topic: 'a', data: '', clients: '2' }],
    [{ type: 'subscribe', topics: [] }],
  ])('%j is not', (value) => {
    expect(parseServerMessage(value)).toBeNull()
  })
})
