import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createRelay } from '#signaling/relay'
import { createLog, LOG_LEVELS, type LogLevel } from '../../signaling/log.ts'
import { Client, signalUrl } from './client.ts'

test.each([
  ['error', 1],
  ['warn', 2],
  ['info', 3],
  ['debug', 4],
] as const)('at %s, %d kinds of events are said', (level, count) => {
  const lines: string[] = []
  const log = createLog(level, 'json', (line) => lines.push(line))
  for (const at of LOG_LEVELS) log[at]('something', { level: 'not mine', number: 1 })
  expect(lines).toHaveLength(count)
})

test('a line is one JSON object, whatever is in it', () => {
  const lines: string[] = []
  createLog('info', 'json', (line) => lines.push(line)).warn('two\nlines', { reason: '"\r\n\u2028' })
  expect(lines).toHaveLength(1)
  expect(lines[0]).not.toMatch(/[\r\n]/u)
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/u) as string,
    level: 'warn',
    event: 'two\nlines',
    reason: '"\r\n\u2028',
  })
})

test('for people it is a sentence', () => {
  const lines: string[] = []
  const log = createLog('info', 'text', (line) => lines.push(line))
  log.info('Stopping')
  log.warn('refused', { reason: 'path', times: 2 })
  expect(lines).toEqual(['Stopping', 'refused (reason: path, times: 2)'])
})

/** All that a relay says of a few people who do a few things wrong. */
async function saidAt(level: LogLevel): Promise<string> {
  const lines: string[] = []
  const relay = await createRelay({
    log: createLog(level, 'json', (line) => lines.push(line)),
    trustedProxies: 1,
    connectionsPerAddress: 1,
    strikes: 1,
  })
  const client = await Client.join(relay, 'a secret topic')
  client.publish('a secret topic', 'a secret')
  client.send({ type: 'publish', topic: 'a secret topic' })
  await client.closed
  for (let i = 0; i < 2; i++) {
    const socket = new WebSocket(signalUrl(relay), { headers: { 'x-forwarded-for': '192.0.2.77' } })
    await new Promise((resolve) => socket.on('open', resolve).on('error', resolve))
  }
  await relay.close()
  return lines.join('\n')
}

test('an address is said at debug alone, and a topic never', async () => {
  expect(await saidAt('info')).toBe('')
  const debug = await saidAt('debug')
  expect(debug).toContain('"reason":"malformed"')
  expect(debug).toContain('"network":"192.0.2.77"')
  expect(debug).not.toContain('secret')
})
