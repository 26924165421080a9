import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as Y from 'yjs'
import { createRelay, type Relay } from '#signaling/relay'
import { DocumentFile } from '../../src/keeper/document-file.ts'
import { Quota } from '../../src/keeper/quota.ts'
import { nodeDisk } from '../../src/keeper/disk.ts'
import { applyUpdates } from '../../src/keeper/stored-document.ts'
import { arrive, newAddress } from '../support/keeper-company.ts'
import { KeeperProcess, killKeepers } from '../support/keeper-process.ts'
import { seeded } from '../support/random.ts'

/** Keepers side by side, since most of a life is waiting for the network; and how often each is killed. */
const KEEPERS = 5
const KILLS = 10

let folder = ''
let relay: Relay
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inkmesh-sigkill-'))
  relay = await createRelay({ host: '127.0.0.1', port: 0 })
})
afterEach(async () => {
  await killKeepers()
  await relay.close()
  await rm(folder, { recursive: true })
})

/** What a document's file holds, read as the next keeper will. */
async function readFile(path: string): Promise<Y.Doc> {
  const doc = new Y.Doc()
  const { file, damage } = await DocumentFile.open(path, { disk: nodeDisk, quota: new Quota() }, (updates) =>
    applyUpdates(doc, updates),
  )
  await file.close()
  expect(damage).toBeNull()
  return doc
}

test(
  `killed ${KEEPERS * KILLS} times while writing, keepers have all that they said they had`,
  { timeout: 120_000 },
  async () => {
    await Promise.all(Array.from({ length: KEEPERS }, (_, seed) => killAgainAndAgain(seed)))
  },
)

async function killAgainAndAgain(seed: number): Promise<void> {
  const random = seeded(seed)
  const { link, address } = await newAddress(relay)
  const dataFolder = join(folder, String(seed))
  const file = join(dataFolder, `${link.database}.updates`)
  const start = () => KeeperProcess.start({ links: [address], dataFolder })
  const person = await arrive(relay, address)
  const { text, room, doc } = person
  let words = 0
  const write = (): void => {
    text.insert(random.below(text.length + 1), `${words++}${'w'.repeat(random.chance(0.1) ? 5000 : 5)} `)
  }
  for (let kill = 0; kill < KILLS; kill++) {
    const keeper = await start()
    // What was said to be on the keeper's disk.
    const claims: Uint8Array[] = []
    const stop = room.subscribe(({ copies }) => {
      if (copies.devices > 0) claims.push(Y.encodeStateVector(doc))
    })
    write()
    await expect.poll(() => claims.length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(0)
    const writing = setInterval(write, 3)
    await new Promise((resolve) => setTimeout(resolve, random.below(150)))
    await keeper.kill()
    clearInterval(writing)
    stop()
    const { store } = await readFile(file)
    const claimed = claims.flatMap((claim) => [...Y.decodeStateVector(claim)])
    const lacking = claimed.filter(([client, clock]) => Y.getState(store, client) < clock)
    expect(lacking).toEqual([])
  }
  const last = await start()
  await expect.poll(() => room.status.copies.devices, { timeout: 20_000 }).toBeGreaterThan(0)
  expect(await last.terminate()).toBe(0)
  expect((await readFile(file)).getText('text').toJSON()).toBe(text.toJSON())
  expect((await readdir(dataFolder)).filter((name) => name.includes('damaged'))).toEqual([])
  await person.leave()
}
