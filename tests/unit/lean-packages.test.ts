/** What is taken out of packages for the app is missed by nobody. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { lean } from '../../scripts/lean-packages.ts'
import { seeded, type Random } from '../support/random.ts'

const PATH = 'yjs/dist/yjs.mjs'
const source = readFileSync(join('node_modules', PATH), 'utf8')

// Beside the packages that it imports.
const folder = mkdtempSync(join('node_modules', '.lean-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Yjs as the app has it. It complains that there is another one. */
const leanYjs = await (async (): Promise<typeof Y> => {
  const file = join(process.cwd(), folder, 'yjs.mjs')
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  writeFileSync(file, lean(PATH, source) ?? '')
  return (await import(file)) as typeof Y
})()

/** The updates of three people who write and delete, in any order, some of them lost. */
function updatesOf(random: Random): Uint8Array[] {
  const updates: Uint8Array[] = []
  const docs = [1, 2, 3].map((clientID) => {
    const doc = new Y.Doc()
    doc.clientID = clientID
    doc.on('update', (update: Uint8Array) => updates.push(update))
    return doc
  })
  for (let i = 0; i < 60; i++) {
    const doc = random.pick(docs)
    const text = doc.getText('flow')
    const at = random.below(text.length + 1)
    if (random.chance(0.3) && at < text.length) text.delete(at, 1)
    else text.insert(at, String(i))
    if (random.chance(0.2)) Y.applyUpdate(random.pick(docs), Y.encodeStateAsUpdate(doc))
  }
  return updates
    .filter(() => random.chance(0.95))
    .map((update) => ({ update, place: random.below(1000) }))
    .sort((a, b) => a.place - b.place)
    .map(({ update }) => update)
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('Yjs', () => {
  test.each([...Array(20).keys()])('keeps what came too early, and passes it on, session %i', (seed) => {
    const [stocked, leaned] = [new Y.Doc(), new leanYjs.Doc()]
    let waited = false
    for (const update of updatesOf(seeded(seed))) {
      Y.applyUpdate(stocked, update)
      leanYjs.applyUpdate(leaned, update)
      waited ||= leaned.store.pendingStructs !== null
      expect(hex(leanYjs.encodeStateAsUpdate(leaned))).toBe(hex(Y.encodeStateAsUpdate(stocked)))
      expect(leaned.getText('flow').toJSON()).toBe(stocked.getText('flow').toJSON())
    }
    expect(waited).toBe(true)
  })
})

test('another version ends the build', () => {
  expect(() => lean(PATH, source.replace('createTreeWalker (', 'walk ('))).toThrow('places instead of')
  expect(lean('yjs/package.json', '{}')).toBeNull()
})
