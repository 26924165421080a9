import { afterEach, expect, test } from 'vitest'
import type { RelayOptions } from '#signaling/options'
import { createRelay, type Relay } from '#signaling/relay'
import { eventually } from '../support/eventually.ts'
import { Client } from './client.ts'

const relays: Relay[] = []

async function relayWith(options: Partial<RelayOptions> = {}): Promise<Relay> {
  const relay = await createRelay(options)
  relays.push(relay)
  return relay
}

afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.close()))
})

/** Figures by name, labels included, read as Prometheus reads them (text format 0.0.4). */
async function scrape(relay: Relay): Promise<Map<string, number>> {
  const response = await fetch(`${relay.address.url}/metrics`)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const text = await response.text()
  const typed = new Set<string>()
  const figures = new Map<string, number>()
  for (const line of text.trimEnd().split('\n')) {
    const type = /^# TYPE ([a-z_]+) (counter|gauge)$/u.exec(line)
    if (type?.[1] !== undefined) typed.add(type[1])
    if (line.startsWith('#')) continue
    const [, name = '', labels = '', figure] = /^([a-z_]+)(\{[a-z]+="[a-z_0-9]+"\})? (-?[\d.e+-]+)$/u.exec(line) ?? []
    expect(typed, line).toContain(name)
    figures.set(name + labels, Number(figure))
  }
  expect(text.endsWith('\n')).toBe(true)
  return figures
}

test('count what goes on, and what was dropped', async () => {
  const relay = await relayWith()
  const [a, b] = [await Client.join(relay, 'room'), await Client.join(relay, 'room', 'another')]
  const before = await scrape(relay)
  a.publish('room', 'x'.repeat(1000))
  a.send('nonsense')
  await a.settled()
  await b.settled()
  const after = await scrape(relay)
  const grew = (name: string): number => (after.get(name) ?? NaN) - (before.get(name) ?? NaN)
  expect(after.get('inkmesh_relay_connections')).toBe(2)
  expect(after.get('inkmesh_relay_topics')).toBe(2)
  expect(after.get('inkmesh_relay_subscriptions')).toBe(3)
  expect(grew('inkmesh_relay_messages_total{direction="in"}')).toBe(4)
  expect(grew('inkmesh_relay_messages_total{direction="out"}')).toBe(4)
  expect(grew('inkmesh_relay_bytes_total{direction="in"}')).toBeGreaterThan(1000)
  expect(grew('inkmesh_relay_bytes_total{direction="out"}')).toBeGreaterThan(2000)
  expect(grew('inkmesh_relay_dropped_total{reason="malformed"}')).toBe(1)
  expect(after.get('inkmesh_relay_dropped_total{reason="slow"}')).toBe(0)
  expect(after.get('inkmesh_relay_bus{state="alone"}')).toBe(1)
  expect(after.get('inkmesh_relay_bus{state="lost"}')).toBe(0)
  expect(after.get('process_resident_memory_bytes')).toBeGreaterThan(1e7)
  expect(after.get('process_cpu_seconds_total')).toBeGreaterThan(0)
  expect(after.get('process_start_time_seconds')).toBeCloseTo(performance.timeOrigin / 1000, 0)
  expect([...after.values()].every(Number.isFinite)).toBe(true)
  expect([...after.keys()].join()).not.toMatch(/room|another|127/u)
  await eventually(async () =>
    expect((await scrape(relay)).get('nodejs_eventloop_delay_seconds{of="mean"}')).toBeGreaterThan(0),
  )
})

const read = async (relay: Relay, headers: Record<string, string> = {}): Promise<number> =>
  (await fetch(`${relay.address.url}/metrics`, { headers })).status

test('are for this machine, and nobody whom a proxy asks for', async () => {
  const relay = await relayWith()
  expect(await read(relay)).toBe(200)
  expect(await read(relay, { 'x-forwarded-for': '127.0.0.1' })).toBe(403)
  expect(await read(relay, { forwarded: 'for=127.0.0.1' })).toBe(403)
})

test('with a token are for who has it', async () => {
  const relay = await relayWith({ metricsToken: 'correct horse' })
  expect(await read(relay)).toBe(401)
  expect(await read(relay, { authorization: 'Bearer correct horses' })).toBe(401)
  expect(await read(relay, { authorization: 'Bearer correct horse' })).toBe(200)
  expect(await read(relay, { authorization: 'Bearer correct horse', 'x-forwarded-for': '192.0.2.1' })).toBe(200)
})
