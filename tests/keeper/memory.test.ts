import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as Y from 'yjs'
import { createRelay, type Relay } from '#signaling/relay'
import { nodeDisk } from '../../src/keeper/disk.ts'
import { DocumentFile } from '../../src/keeper/document-file.ts'
import { Quota } from '../../src/keeper/quota.ts'
import { proseLines } from '../support/corpus.ts'
import { newAddress } from '../support/keeper-company.ts'
import { KeeperProcess, killKeepers } from '../support/keeper-process.ts'

/** Most that a further idle document may take, in MB. */
const MOST = 15

/** Characters of each document, and how many were typed at a time: ten pages, written piecemeal. */
const LENGTH = 20_000
const STROKE = 4

let folder = ''
let relay: Relay
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inkmesh-memory-'))
  relay = await createRelay({ host: '127.0.0.1', port: 0 })
})
afterEach(async () => {
  await killKeepers()
  await relay.close()
  await rm(folder, { recursive: true })
})

/** A document written in many small steps all over it, as people write. */
function typedDocument(): Uint8Array {
  const doc = new Y.Doc()
  const body = doc.getXmlFragment('body')
  doc.transact(() => {
    for (const [index, line] of proseLines(LENGTH / 200, 200).entries()) {
      const element = new Y.XmlElement('block')
      const text = new Y.XmlText()
      element.insert(0, [text])
      body.insert(index, [element])
      // From the middle outwards, so that Yjs cannot join what was typed at different times.
      for (let at = 0; at < line.length; at += STROKE) {
        text.insert(Math.floor(text.length / 2), line.slice(at, at + STROKE))
        if (at % 20 === 0) text.delete(0, 1)
      }
    }
    doc.getMap('meta').set('created', 1)
  })
  return Y.encodeStateAsUpdate(doc)
}

/** Resident memory of a process once it has settled, in MB (proc(5)). */
async function residentMemory(pid: number): Promise<number> {
  const read = async () => Number(/VmRSS:\s+(\d+)/u.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
  let last = await read()
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 1000))
    const now = await read()
    if (Math.abs(now - last) < 1) return now
    last = now
  }
}

test.runIf(process.platform === 'linux')(
  `a further idle document takes at most ${MOST} MB`,
  { timeout: 120_000 },
  async () => {
    const update = typedDocument()
    const memory: Record<number, number> = {}
    for (const count of [1, 10, 100]) {
      const dataFolder = join(folder, String(count))
      await mkdir(dataFolder)
      const addresses: string[] = []
      for (let i = 0; i < count; i++) {
        const { link, address } = await newAddress(relay)
        const { file } = await DocumentFile.open(
          join(dataFolder, `${link.database}.updates`),
          { disk: nodeDisk, quota: new Quota() },
          () => [],
        )
        await file.replace(update)
        await file.close()
        addresses.push(address)
      }
      const keeper = await KeeperProcess.start({ links: addresses, dataFolder })
      await expect
        .poll(async () => (await keeper.reports()).every((report) => report.stored && report.relay === 'connected'), {
          timeout: 20_000,
        })
        .toBe(true)
      memory[count] = await residentMemory(keeper.pid)
      expect(await keeper.terminate()).toBe(0)
    }
    const { 1: one = 0, 10: ten = 0, 100: hundred = 0 } = memory
    const each = [(ten - one) / 9, (hundred - ten) / 90]
    console.log(
      `Keeper, documents of ${LENGTH / 1000}k characters (${(update.length / 1024).toFixed(0)} KB): ` +
        `1: ${one.toFixed(0)} MB, 10: ${ten.toFixed(0)} MB, 100: ${hundred.toFixed(0)} MB; ` +
        `each further one ${each.map((megabytes) => megabytes.toFixed(1)).join(' and ')} MB`,
    )
    for (const megabytes of each) expect(megabytes).toBeLessThanOrEqual(MOST)
  },
)
