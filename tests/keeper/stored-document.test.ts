import { afterEach, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import type { SaveState, StoredDocument } from '#storage/documents'
import type { Damage } from '../../src/keeper/document-file.ts'
import { Quota } from '../../src/keeper/quota.ts'
import { encodeRecord, fileHeader, readRecords } from '../../src/keeper/records.ts'
import { DocumentStore } from '../../src/keeper/stored-document.ts'
import { ATTACKS } from '../support/forged-updates.ts'
import { FragileDisk } from '../support/fragile-disk.ts'
import { seeded } from '../support/random.ts'
import { ACCEPTANCE, type Fault, type StoreRig } from '../support/store-acceptance.ts'

const PATH = '/data/document'
const QUICK = { first: 5, longest: 20 }

const stores: DocumentStore[] = []
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()))
})

interface Opened {
  doc: Y.Doc
  text: Y.Text
  store: DocumentStore
  damages: Damage[]
  states: SaveState[]
}

async function open(disk: FragileDisk, quota = new Quota(), path = PATH): Promise<Opened> {
  const doc = new Y.Doc()
  const damages: Damage[] = []
  const store = new DocumentStore({
    path,
    doc,
    disk: disk.connect(),
    quota,
    damaged: (damage) => damages.push(damage),
    retry: QUICK,
  })
  stores.push(store)
  const states: SaveState[] = []
  store.subscribe((state) => states.push(state))
  await store.loaded
  return { doc, text: doc.getText('text'), store, damages, states }
}

const stored = (store: DocumentStore) => expect.poll(() => store.isStored, { interval: 5 }).toBe(true)

const append = (text: Y.Text, words: string): void => text.insert(text.length, words)

/** The keeper's store on a disk that can be made to fail. */
class FileRig implements StoreRig {
  failures = 0
  writes = 0
  #disk = new FragileDisk(seeded(1))

  constructor() {
    this.renew()
  }

  renew(): void {
    this.#disk = new FragileDisk(seeded(1))
    this.fail('none')
  }

  open(doc: Y.Doc): StoredDocument {
    const store = new DocumentStore({
      path: PATH,
      doc,
      disk: this.#disk.connect(),
      damaged: () => undefined,
      retry: QUICK,
      gathering: 2,
    })
    stores.push(store)
    return store
  }

  fail(fault: Fault): void {
    // What is under way when it fails is the flush.
    const failing = { none: null, throws: 'write', aborts: 'sync' }[fault]
    this.#disk.fault = (step) => {
      if (step === 'write') this.writes++
      if (step !== failing) return null
      this.failures++
      return 'EIO'
    }
  }

  async rows(): Promise<Uint8Array[]> {
    return readRecords((await this.#disk.connect().read(PATH)) ?? new Uint8Array(0)).payloads
  }

  async put(rows: readonly Uint8Array[]): Promise<void> {
    const disk = this.#disk.connect()
    let end = (await disk.read(PATH))?.length ?? 0
    const file = await disk.open(PATH)
    for (const row of rows) {
      const record = encodeRecord(row)
      await file.write(record, end)
      end += record.length
    }
    await file.sync()
    await file.close()
  }
}

test.each(Object.entries(ACCEPTANCE))('%s', async (_, holds) => {
  await holds(new FileRig())
})

test('what was stored is there again, and nothing is written for reading it', async () => {
  const disk = new FragileDisk(seeded(1))
  const first = await open(disk)
  await stored(first.store)
  append(first.text, 'one ')
  expect(first.store.isStored).toBe(false)
  await stored(first.store)
  append(first.text, 'two')
  await first.store.close()
  expect(first.store.isStored).toBe(true)
  disk.losePower()
  disk.fault = (step) => (step === 'write' || step === 'create' ? 'EIO' : null)
  const second = await open(disk)
  await stored(second.store)
  expect(second.text.toJSON()).toBe('one two')
  expect(second.damages).toEqual([])
})

test('many small changes do not let the file grow without end', async () => {
  const disk = new FragileDisk(seeded(2))
  const { doc, text, store } = await open(disk)
  for (let i = 0; i < 160; i++) {
    text.delete(0, text.length)
    text.insert(0, `${i} ${'x'.repeat(2500)}`)
    if (i % 4 === 0) await stored(store)
  }
  await stored(store)
  expect(store.size).toBeLessThan(200_000)
  const again = await open(disk)
  expect(again.text.toJSON()).toBe(text.toJSON())
  expect(Y.encodeStateVector(again.doc)).toEqual(Y.encodeStateVector(doc))
})

test('300 schedules of power cuts: what was said to be stored is there', async () => {
  await Promise.all(Array.from({ length: 300 }, (_, seed) => powerCuts(seed)))
})

/** Four lives of one document, each ended by a power cut at any moment; some on a disk that fails now and then. */
async function powerCuts(seed: number): Promise<void> {
  const random = seeded(seed)
  const disk = new FragileDisk(random)
  let claimed = ''
  for (let life = 0; life < 4; life++) {
    const { text, store, damages } = await open(disk)
    expect(damages, `seed ${seed}`).toEqual([])
    expect(text.toJSON().startsWith(claimed), `seed ${seed}`).toBe(true)
    store.subscribe(({ kind }) => {
      if (kind === 'saved') claimed = text.toJSON()
    })
    const steps = random.below(12)
    for (let step = 0; step < steps; step++) {
      append(text, `${life}.${step}${'y'.repeat(random.below(random.chance(0.2) ? 40_000 : 60))} `)
      // Flushing begins 50 ms after a change; the cut comes anywhere.
      if (random.chance(0.3)) await new Promise((resolve) => setTimeout(resolve, random.below(70)))
      if (random.chance(0.1)) disk.fault = (name) => (random.chance(0.2) && name !== 'read' ? 'EIO' : null)
    }
    for (let turns = random.below(12); turns > 0; turns--) await Promise.resolve()
    disk.losePower()
    disk.fault = () => null
  }
}

describe('a full disk', () => {
  test('is told of, loses nothing, and heals by itself', async () => {
    const disk = new FragileDisk(seeded(3))
    const { text, store, states } = await open(disk)
    append(text, 'a'.repeat(1000))
    await stored(store)
    disk.capacity = store.size + 100
    append(text, 'b'.repeat(1000))
    await expect.poll(() => store.state, { interval: 5 }).toEqual({ kind: 'failed', reason: 'quota' })
    append(text, 'c')
    expect(store.isStored).toBe(false)
    expect((await disk.connect().read(PATH))?.length).toBe(store.size)
    const meanwhile = await open(disk)
    expect(meanwhile.text.toJSON()).toBe('a'.repeat(1000))
    expect(meanwhile.damages).toEqual([])
    disk.capacity = Infinity
    await stored(store)
    expect((await open(disk)).text.toJSON()).toBe(`${'a'.repeat(1000)}${'b'.repeat(1000)}c`)
    expect(states.map(({ kind }) => kind)).toContain('failed')
  })

  test('that has no room for the whole document still takes what is new', async () => {
    const disk = new FragileDisk(seeded(4))
    const { text, store } = await open(disk)
    append(text, 'a'.repeat(80_000))
    await stored(store)
    for (let i = 0; i < 9; i++) {
      append(text, 'b'.repeat(10_000))
      await stored(store)
    }
    const failures: SaveState[] = []
    store.subscribe((state) => {
      if (state.kind === 'failed') failures.push(state)
    })
    disk.capacity = store.size + 20_000
    append(text, 'end')
    await stored(store)
    expect(failures).toEqual([])
    expect((await open(disk)).text.toJSON()).toBe(text.toJSON())
  })
})

test('after a flush that failed nothing is taken to be on disk: the whole document is written', async () => {
  const disk = new FragileDisk(seeded(5))
  const { text, store } = await open(disk)
  append(text, 'before ')
  await stored(store)
  const steps: string[] = []
  disk.fault = (step) => (steps.push(step) > 0 && step === 'sync' && !steps.includes('create') ? 'EIO' : null)
  append(text, 'after')
  await stored(store)
  expect(steps.filter((step) => step === 'write' || step === 'create')).toEqual(['write', 'create', 'write'])
  disk.losePower()
  expect((await open(disk)).text.toJSON()).toBe('before after')
})

test('a file that cannot be read is not taken for an empty one', async () => {
  const disk = new FragileDisk(seeded(6))
  const first = await open(disk)
  append(first.text, 'precious ')
  await first.store.close()
  disk.fault = (step) => (step === 'read' ? 'EACCES' : null)
  const second = await open(disk)
  expect(second.store.state).toEqual({ kind: 'failed', reason: 'unavailable' })
  append(second.text, 'meanwhile')
  disk.fault = () => null
  await stored(second.store)
  expect((await open(disk)).text.toJSON()).toContain('precious')
  expect(second.text.toJSON()).toContain('meanwhile')
})

test('a file of a newer version is left alone', async () => {
  const disk = new FragileDisk(seeded(7))
  const newer = Uint8Array.of(...fileHeader().slice(0, -1), 9, 1, 2, 3)
  await put(disk, newer)
  const { text, store } = await open(disk)
  append(text, 'x')
  await store.close()
  expect(store.isStored).toBe(false)
  expect(await disk.connect().read(PATH)).toEqual(newer)
})

describe('damage', () => {
  /** Five updates, and the file that holds them. */
  function sample(): { file: Uint8Array<ArrayBuffer>; ends: number[]; texts: string[] } {
    const doc = new Y.Doc()
    const text = doc.getText('text')
    const updates: Uint8Array[] = []
    const texts = ['']
    doc.on('update', (update: Uint8Array) => updates.push(update))
    for (let i = 0; i < 5; i++) {
      append(text, `${i}${'z'.repeat(20)}`)
      texts.push(text.toJSON())
    }
    const ends = [fileHeader().length]
    const parts: Uint8Array[] = [fileHeader()]
    for (const update of updates) {
      const record = encodeRecord(update)
      parts.push(record)
      ends.push((ends.at(-1) ?? 0) + record.length)
    }
    return { file: Uint8Array.from(Buffer.concat(parts)), ends, texts }
  }

  test('cut off anywhere, a file gives all whole records, and goes on', async () => {
    const { file, ends, texts } = sample()
    for (let length = 0; length <= file.length; length++) {
      const { payloads, damaged } = readRecords(file.slice(0, length))
      expect(payloads.length).toBe(ends.filter((end) => end <= length).length - (length < (ends[0] ?? 0) ? 0 : 1))
      expect(damaged).toBe(0)
    }
    const disk = new FragileDisk(seeded(8))
    await put(disk, file.slice(0, (ends[3] ?? 0) + 7))
    const { text, store, damages } = await open(disk)
    expect([text.toJSON(), damages]).toEqual([texts[3], []])
    append(text, ' more')
    await stored(store)
    expect((await open(disk)).text.toJSON()).toBe(`${texts[3] ?? ''} more`)
  })

  test('any flipped bit costs one record at most, and is noticed', () => {
    const { file } = sample()
    const whole = readRecords(file)
    for (let at = fileHeader().length; at < file.length; at++) {
      const broken = file.slice()
      broken[at] = (broken[at] ?? 0) ^ (1 << (at % 8))
      const { payloads, damaged, end } = readRecords(broken)
      expect(payloads.length).toBe(whole.payloads.length - 1)
      // In the last record it cannot be told from a torn tail.
      expect(damaged > 0 || end < file.length).toBe(true)
    }
  })

  test('in the middle: the rest is kept, the file as it was is kept aside, and both are said', async () => {
    const { file, ends, texts } = sample()
    const healthy = new Y.Doc()
    for (const payload of readRecords(file).payloads) Y.applyUpdate(healthy, payload)
    const at = (ends[4] ?? 0) - 3
    file[at] = (file[at] ?? 0) ^ 255
    const disk = new FragileDisk(seeded(9))
    await put(disk, file)
    const { doc, store, damages } = await open(disk)
    expect(damages).toEqual([
      { bytes: (ends[4] ?? 0) - (ends[3] ?? 0), keptAs: expect.stringContaining(`${PATH}.damaged-`) as string },
    ])
    await stored(store)
    expect(await disk.connect().read(damages[0]?.keptAs ?? '')).toEqual(file)
    // What hung on the lost record waits for somebody who has it.
    const again = await open(disk)
    expect(again.damages).toEqual([])
    expect(again.text.toJSON()).toBe(texts[3])
    Y.applyUpdate(again.doc, Y.encodeStateAsUpdate(healthy, Y.encodeStateVector(doc)))
    expect(again.text.toJSON()).toBe(healthy.getText('text').toJSON())
  })

  test('something else altogether is kept aside whole', async () => {
    const disk = new FragileDisk(seeded(10))
    await put(disk, new TextEncoder().encode('This is no document of ours, and far from it.'))
    const { text, store, damages } = await open(disk)
    expect(damages.length).toBe(1)
    append(text, 'new')
    await stored(store)
    expect((await open(disk)).text.toJSON()).toBe('new')
  })
})

async function put(disk: FragileDisk, bytes: Uint8Array): Promise<void> {
  const file = await disk.connect().create(PATH)
  await file.write(bytes, 0)
  await file.sync()
}

test('records that would break the document are left out, the file is kept as it was found, and the rest is there', async () => {
  const disk = new FragileDisk(seeded(7))
  const first = await open(disk)
  append(first.text, 'sound')
  await stored(first.store)
  await first.store.close()
  const file = await disk.connect().open(PATH)
  let end = (await disk.connect().read(PATH))?.length ?? 0
  for (const attack of Object.values(ATTACKS)) {
    const record = encodeRecord(attack())
    await file.write(record, end)
    end += record.length
  }
  await file.sync()
  await file.close()
  const again = await open(disk)
  expect(again.text.toJSON()).toBe('sound')
  expect(again.damages).toHaveLength(1)
  append(again.text, ', and on')
  await stored(again.store)
  await again.store.close()
  expect((await open(disk)).text.toJSON()).toBe('sound, and on')
})

describe('what may be on disk', () => {
  test('of one document is bounded: it says so, takes what fits once there is less, and keeps what it had', async () => {
    const disk = new FragileDisk(seeded(1))
    const { text, store, states } = await open(disk, new Quota({ document: 20_000, total: 1_000_000 }))
    append(text, 'kept')
    await stored(store)
    append(text, 'x'.repeat(30_000))
    await expect.poll(() => states.at(-1), { interval: 5 }).toEqual({ kind: 'failed', reason: 'quota' })
    expect((await open(disk)).text.toJSON()).toBe('kept')
    text.delete(10, 25_000)
    append(text, '!')
    await stored(store)
    await store.close()
    expect((await open(disk)).text.toJSON()).toBe(text.toJSON())
  })

  test('of one that is written over and over is what it holds, not what was written', async () => {
    const disk = new FragileDisk(seeded(1))
    const { text, store } = await open(disk, new Quota({ document: 20_000, total: 1_000_000 }))
    for (let round = 0; round < 30; round++) {
      append(text, 'y'.repeat(3_000))
      await stored(store)
      text.delete(0, 3_000)
      await stored(store)
    }
    expect(store.size).toBeLessThanOrEqual(20_000)
  })

  test('of all documents is bounded, and one that shrinks makes room for another', async () => {
    const disk = new FragileDisk(seeded(1))
    const quota = new Quota({ document: 1_000_000, total: 50_000 })
    const [one, two] = [await open(disk, quota, '/data/one'), await open(disk, quota, '/data/two')]
    append(one.text, 'x'.repeat(40_000))
    await stored(one.store)
    append(two.text, 'y'.repeat(20_000))
    await expect.poll(() => two.states.at(-1), { interval: 5 }).toEqual({ kind: 'failed', reason: 'quota' })
    one.text.delete(0, 39_000)
    await stored(one.store)
    // The next write of a file that holds much more than it should is the whole document.
    for (let i = 0; one.store.size > 20_000 && i < 2_000; i++) {
      append(one.text, '.')
      await stored(one.store)
    }
    await stored(two.store)
  })
})
