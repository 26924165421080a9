/**
 * What every store of a document promises, whatever it keeps it in. The same cases are run on the browser's, within a page, and on
 * the keeper's: so nothing here is of one of them.
 */
import * as Y from 'yjs'
import type { SaveState, StoredDocument } from '#storage/documents'
import { ATTACKS } from './forged-updates.ts'
import { seeded } from './random.ts'

/** How writes fail: at once, or when they were under way. */
export type Fault = 'none' | 'throws' | 'aborts'

/** A store with a disk of its own that can be made to fail. */
export interface StoreRig {
  /** From now on another document is kept, of which nothing is stored. */
  renew(): void
  /** Keeps this Y.Doc where all others of its document are kept. */
  open(doc: Y.Doc): StoredDocument
  /** From now on writes fail so. */
  fail(fault: Fault): void
  /** How many writes have failed so far, and how many there were. */
  readonly failures: number
  readonly writes: number
  /** What lies on the disk now, read past the store. */
  rows(): Promise<Uint8Array[]>
  /** Puts something on the disk, past the store, while nothing is open. */
  put(rows: readonly Uint8Array[]): Promise<void>
}

interface Kept {
  doc: Y.Doc
  text: Y.Text
  stored: StoredDocument
  states: SaveState[]
}

class Failure extends Error {}

function assert(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Failure(what)
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

function begin(rig: StoreRig): Kept {
  const doc = new Y.Doc()
  const stored = rig.open(doc)
  const states: SaveState[] = []
  stored.subscribe((state) => states.push(state))
  return { doc, text: doc.getText('text'), stored, states }
}

async function keep(rig: StoreRig): Promise<Kept> {
  const kept = begin(rig)
  await kept.stored.loaded
  return kept
}

const type = ({ text }: Kept, words: string): void => text.insert(text.length, words)

/** Waits until it is in such a state. */
async function reaches({ stored }: Kept, kind: SaveState['kind']): Promise<void> {
  const end = Date.now() + 15_000
  while (stored.state.kind !== kind) {
    assert(Date.now() < end, `It is ${JSON.stringify(stored.state)} instead of ${kind}`)
    await pause(2)
  }
}

/** What lies on the disk, as somebody reads it who knows nothing else. */
async function onDisk(rig: StoreRig): Promise<string> {
  const doc = new Y.Doc()
  for (const row of await rig.rows()) Y.applyUpdate(doc, row)
  return doc.getText('text').toJSON()
}

/** What a store that is opened anew reads. */
async function readAgain(rig: StoreRig): Promise<string> {
  const kept = await keep(rig)
  const words = kept.text.toJSON()
  await kept.stored.close()
  return words
}

/** Fewest claims and failures of 300 schedules for which they say anything. */
const ENOUGH = 200

/** By what is promised. Each rejects when it is not kept. */
export const ACCEPTANCE: Readonly<Record<string, (rig: StoreRig) => Promise<void>>> = {
  'what is saved is there when it is opened again': async (rig) => {
    const kept = await keep(rig)
    await reaches(kept, 'saved')
    type(kept, 'one ')
    type(kept, 'two')
    await reaches(kept, 'saved')
    const told = kept.states.map(({ kind }) => kind).slice(0, 3)
    assert(told.join() === 'saved,saving,saved', `Told: ${told.join()}`)
    assert((await onDisk(rig)) === 'one two', 'It is not on the disk')
    await kept.stored.close()
    assert((await readAgain(rig)) === 'one two', 'It is not read')
  },

  'nothing is written for reading': async (rig) => {
    const kept = await keep(rig)
    type(kept, 'words')
    await reaches(kept, 'saved')
    await kept.stored.close()
    const before = rig.writes
    const again = await keep(rig)
    await reaches(again, 'saved')
    await again.stored.close()
    assert(rig.writes === before, `${rig.writes - before} writes`)
  },

  'what is written before it is loaded is saved whole': async (rig) => {
    const first = await keep(rig)
    type(first, 'stored ')
    await reaches(first, 'saved')
    await first.stored.close()
    const early = begin(rig)
    early.text.insert(0, 'early ')
    assert(early.stored.state.kind !== 'saved', 'It is called saved')
    await reaches(early, 'saved')
    await early.stored.close()
    const words = await readAgain(rig)
    assert(words.includes('early ') && words.includes('stored '), `There is only: ${words}`)
  },

  'it is not called saved from the moment of a change on, whoever asks': async (rig) => {
    const kept = await keep(rig)
    await reaches(kept, 'saved')
    const heard: string[] = []
    // Within the transaction, while others are told, and right after.
    kept.doc.on('afterTransaction', () => heard.push(kept.stored.state.kind))
    kept.doc.on('update', () => heard.push(kept.stored.state.kind))
    kept.text.insert(0, 'x')
    heard.push(kept.stored.state.kind)
    assert(!heard.includes('saved'), heard.join(', '))
    await reaches(kept, 'saved')
    await kept.stored.close()
  },

  'closing writes what is unsaved': async (rig) => {
    const kept = await keep(rig)
    for (let i = 0; i < 50; i++) {
      type(kept, 'x')
      // Later ones gather while the first is being written.
      await Promise.resolve()
    }
    await kept.stored.close()
    assert((await readAgain(rig)) === 'x'.repeat(50), 'Some of it is missing')
  },

  'a write that fails is told of, loses nothing, and is made again': async (rig) => {
    const kept = await keep(rig)
    type(kept, 'kept ')
    await reaches(kept, 'saved')
    for (const fault of ['throws', 'aborts'] as const) {
      rig.fail(fault)
      type(kept, `${fault} `)
      await reaches(kept, 'failed')
      type(kept, 'on ')
      assert(kept.stored.state.kind !== 'saved', 'It is called saved')
      rig.fail('none')
      await reaches(kept, 'saved')
      assert((await onDisk(rig)) === kept.text.toJSON(), 'It is not on the disk')
    }
    await kept.stored.close()
    assert((await readAgain(rig)) === 'kept throws on aborts on ', 'It is not read')
  },

  'in 300 schedules of writes that fail, what it is said to hold, it holds': async (rig) => {
    const random = seeded(1)
    let claims = 0
    for (let schedule = 0; schedule < 300; schedule++) {
      rig.renew()
      const kept = await keep(rig)
      for (let step = 0; step < 8; step++) {
        rig.fail(random.pick(['none', 'none', 'none', 'throws', 'aborts'] as const))
        for (let letters = random.below(3); letters >= 0; letters--) {
          type(kept, `${schedule}.${step} `.repeat(1 + random.below(50)))
          assert(kept.stored.state.kind !== 'saved', `${schedule}: said within the change`)
        }
        const wait = random.below(6)
        if (wait > 0) await pause(2 * wait - 2)
        if (kept.stored.state.kind !== 'saved') continue
        const claimed = kept.text.toJSON()
        claims++
        assert((await onDisk(rig)).startsWith(claimed), `${schedule}: after step ${step}`)
      }
      rig.fail('none')
      await kept.stored.close()
      assert((await readAgain(rig)) === kept.text.toJSON(), `${schedule}: something else is read than was closed`)
    }
    assert(claims > ENOUGH && rig.failures > ENOUGH, `Only ${claims} claims and ${rig.failures} failures`)
  },

  'many small changes do not let it grow without end': async (rig) => {
    const kept = await keep(rig)
    for (let i = 0; i < 160; i++) {
      kept.text.delete(0, kept.text.length)
      kept.text.insert(0, `${i} ${'x'.repeat(2500)}`)
      if (i % 4 === 0) await reaches(kept, 'saved')
    }
    await reaches(kept, 'saved')
    await kept.stored.close()
    assert((await readAgain(rig)) === kept.text.toJSON(), 'Something else is read')
  },

  'what would break the document is left out, and the rest is there, and goes on': async (rig) => {
    const kept = await keep(rig)
    type(kept, 'sound')
    await reaches(kept, 'saved')
    await kept.stored.close()
    await rig.put(Object.values(ATTACKS).map((attack) => attack()))
    const again = await keep(rig)
    assert(again.text.toJSON() === 'sound', `It reads ${again.text.toJSON()}`)
    type(again, ', and on')
    await reaches(again, 'saved')
    await again.stored.close()
    assert((await readAgain(rig)) === 'sound, and on', 'It is not read')
  },

  'of a document that is broken, what it told of before is stored': async (rig) => {
    const kept = await keep(rig)
    type(kept, 'sound')
    await reaches(kept, 'saved')
    type(kept, ', to the last')
    // Yjs never speaks again when a listener throws.
    kept.doc.once('update', () => {
      throw new Failure('broken')
    })
    try {
      type(kept, ' word')
    } catch (error) {
      if (!(error instanceof Failure)) throw error
    }
    await kept.stored.abandon()
    assert((await readAgain(rig)).startsWith('sound, to the last'), 'It is not')
  },
}
