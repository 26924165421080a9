import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as Y from 'yjs'
import { createRelay, type Relay } from '#signaling/relay'
import { DocumentFile } from '../../src/keeper/document-file.ts'
import { nodeDisk } from '../../src/keeper/disk.ts'
import { arrive, newAddress } from '../support/keeper-company.ts'
import { KeeperProcess } from '../support/keeper-process.ts'
import { seeded } from '../support/random.ts'

const KILLS = 50

let folder = ''
let relay: Relay
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inkmesh-sigkill-'))
  relay = await createRelay({ host: '127.0.0.1', port: 0 })
})
afterEach(async () => {
  await relay.close()
  await rm(folder, { recursive: true })
})

/** What a document's file holds, read as the next keeper will. */
async function readFile(path: string): Promise<Y.Doc> {
  const doc = new Y.Doc()
  const { file, damage } = await DocumentFile.open(path, nodeDisk, (update) => Y.applyUpdate(doc, update))
  await file.close()
  expect(damage).toBeNull()
  return doc
}

test(`killed ${KILLS} times while writing, a keeper has all that it said it had`, { timeout: 120_000 }, async () => {
  const random = seeded(50)
  const { link, address } = await newAddress(relay)
  const { text, room, doc, leave } = await arrive(relay, address)
  let claims = 0
  let words = 0
  for (let kill = 0; kill < KILLS; kill++) {
    const keeper = await KeeperProcess.start({ links: [address], dataFolder: folder })
    // Writes all the time, now and then much at once, and remembers what was said to be on the keeper's disk.
    let claimed = Y.encodeStateVector(new Y.Doc())
    let hasClaimed = false
    const stop = room.subscribe(({ copies }) => {
      if (copies.devices === 0) return
      claimed = Y.encodeStateVector(doc)
      hasClaimed = true
      claims++
    })
    const write = (): void =>
      text.insert(random.below(text.length + 1), `${words++}${'w'.repeat(random.chance(0.1) ? 5000 : 5)} `)
    write()
    await expect.poll(() => hasClaimed, { timeout: 20_000, interval: 5 }).toBe(true)
    const writing = setInterval(write, 3)
    await new Promise((resolve) => setTimeout(resolve, random.below(150)))
    await keeper.kill()
    clearInterval(writing)
    stop()
    const held = await readFile(join(folder, `${link.database}.updates`))
    const lacking = [...Y.decodeStateVector(claimed)].filter(
      ([client, clock]) => Y.getState(held.store, client) < clock,
    )
    expect(lacking).toEqual([])
  }
  expect(claims).toBeGreaterThanOrEqual(KILLS)

  const last = await KeeperProcess.start({ links: [address], dataFolder: folder })
  await expect.poll(() => room.status.copies.devices, { timeout: 20_000 }).toBeGreaterThan(0)
  expect(await last.terminate()).toBe(0)
  const held = await readFile(join(folder, `${link.database}.updates`))
  expect(held.getText('text').toJSON()).toBe(text.toJSON())
  expect((await readdir(folder)).filter((name) => name.includes('damaged'))).toEqual([])
  await leave()
})
