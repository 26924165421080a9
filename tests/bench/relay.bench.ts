/** Our relay beside what it was, and beside y-webrtc's own server, each in a process of its own, taking turns. */
import { test } from '@playwright/test'
import { FrugalClient, saying } from './support/frugal-client.ts'
import { RelayProcess, relayPrograms, type RelayProgram } from './support/relay-process.ts'
import { median, ms, printTable, quantile } from './support/table.ts'

const ROUNDS = 3
const ROOM = 4

/** About what an encrypted offer takes. */
const DATA = 'x'.repeat(1000)

const publication = (room: number): Buffer => saying({ type: 'publish', topic: topicOf(room), data: DATA })
const topicOf = (room: number): string => `${room}`.padStart(43, 'topic')
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** So many clients, by fours in a room, all settled. */
async function gather(relay: RelayProcess, count: number): Promise<FrugalClient[]> {
  const clients: FrugalClient[] = []
  while (clients.length < count) {
    const next = Array.from({ length: Math.min(100, count - clients.length) }, (_, i) => clients.length + i)
    clients.push(...(await Promise.all(next.map((n) => FrugalClient.connect(relay, n)))))
  }
  for (const [n, client] of clients.entries()) {
    client.send(saying({ type: 'subscribe', topics: [topicOf(Math.floor(n / ROOM))] }))
  }
  for (const client of clients) await client.settled()
  return clients
}

/** Everybody says the next thing as soon as they have heard so many. Messages delivered a second, and CPU time for each. */
async function throughput(relay: RelayProcess): Promise<{ perSecond: number; cpu: number }> {
  const clients = await gather(relay, 200)
  let delivered = 0
  for (const [n, client] of clients.entries()) {
    const words = publication(Math.floor(n / ROOM))
    let heard = 0
    client.heard = () => {
      delivered++
      if (++heard % ROOM === 0) client.send(words)
    }
    client.send(words)
    client.send(words)
  }
  await pause(1000)
  const [before, began, cpuBefore] = [delivered, performance.now(), (await relay.usage()).cpu]
  await pause(4000)
  const [after, ended, cpuAfter] = [delivered, performance.now(), (await relay.usage()).cpu]
  for (const client of clients) client.close()
  return {
    perSecond: ((after - before) / (ended - began)) * 1000,
    cpu: ((cpuAfter - cpuBefore) / (after - before)) * 1000,
  }
}

/** One in each of 50 rooms says 80 things a second, evenly spread; how long each took to the others, in ms. */
async function latency(relay: RelayProcess): Promise<number[]> {
  const [rooms, each] = [50, 80]
  const clients = await gather(relay, rooms * ROOM)
  const took: number[] = []
  const speakers = Array.from({ length: rooms }, (_, room) => {
    const sent: number[] = []
    for (const listener of clients.slice(room * ROOM + 1, (room + 1) * ROOM)) {
      let heard = 0
      listener.heard = () => {
        took.push(performance.now() - (sent[heard++] ?? NaN))
      }
    }
    const [words, client] = [publication(room), clients[room * ROOM]]
    return () => {
      sent.push(performance.now())
      client?.send(words)
    }
  })
  const began = performance.now()
  for (let n = 0; n < rooms * each * 5;) {
    const due = ((performance.now() - began) / 1000) * rooms * each
    for (; n < due; n++) speakers[n % rooms]?.()
    await pause(1)
  }
  await Promise.all(clients.map((client) => client.settled()))
  for (const client of clients) client.close()
  // The first second warms up.
  return took.slice(took.length / 5)
}

/** Bytes that the process holds for each of 5,000 clients who listen to one topic and say nothing. */
async function memory(relay: RelayProcess): Promise<number> {
  const count = 5000
  // What is made for the first connections is made once.
  for (const client of await gather(relay, 200)) client.close()
  await pause(500)
  const before = await relay.usage()
  const clients = await gather(relay, count)
  await pause(500)
  const after = await relay.usage()
  for (const client of clients) client.close()
  return (after.rss - before.rss) / count
}

type Results<T> = Map<RelayProgram, T[]>

async function alternately<T>(
  programs: readonly RelayProgram[],
  measure: (relay: RelayProcess) => Promise<T>,
): Promise<Results<T>> {
  const results: Results<T> = new Map(programs.map((program) => [program, []]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const program of programs) {
      const relay = await RelayProcess.start(program)
      results.get(program)?.push(await measure(relay))
      await relay.stop()
    }
  }
  return results
}

test("the relay, beside y-webrtc's server", async () => {
  const programs = relayPrograms()
  const through = await alternately(programs, throughput)
  const delays = await alternately(programs, latency)
  const bytes = await alternately(programs, memory)
  const of = <T, R>(results: Results<T>, program: RelayProgram, pick: (value: T) => R): R[] =>
    (results.get(program) ?? []).map(pick)
  printTable(`Medians of ${ROUNDS} turns each; rooms of ${ROOM}, 1,000 characters a message`, [
    ['', 'delivered a second', 'CPU each', 'under load: median', 'p99', 'idle connection'],
    ...programs.map((program) => [
      program.name,
      median(of(through, program, ({ perSecond }) => perSecond)).toFixed(0),
      `${median(of(through, program, ({ cpu }) => cpu)).toFixed(1)} µs`,
      ms(median(of(delays, program, median))),
      ms(median(of(delays, program, (all) => quantile(all, 0.99)))),
      `${(median(of(bytes, program, (each) => each)) / 1024).toFixed(1)} KB`,
    ]),
  ])
})
