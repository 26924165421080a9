import { describe, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { createDoc, formOf } from '#doc/document'
import { readFlow } from '#doc/flow/read'
import { applyWatched, Gate } from '#sync/gate'
import { Rehearsal } from '#sync/rehearsal'
import { documentOf } from '../../support/documents.ts'
import { ATTACKS, deleted, forge, gc, randomForgery, written } from '../../support/forged-updates.ts'
import { seeded } from '../../support/random.ts'

const WORDS = ['Nothing of this', 'may ever', 'be lost']
const REMOTE = Symbol('a peer')

interface Guarded {
  doc: Y.Doc
  gate: Gate
  dropped: Record<string, number>
  /** All that the document told of, as a store would keep it. */
  rows: Uint8Array[]
}

function guard(doc: Y.Doc, rehearsal: Rehearsal | null = null): Guarded {
  const dropped: Record<string, number> = {}
  const rows = [Y.encodeStateAsUpdate(doc)]
  doc.on('update', (update: Uint8Array) => rows.push(update))
  const gate = new Gate({ doc, rehearsal, dropped: (reason) => (dropped[reason] = (dropped[reason] ?? 0) + 1) })
  return { doc, gate, dropped, rows }
}

function guardedDocument(): Guarded {
  const doc = createDoc()
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(documentOf(...WORDS)))
  return guard(doc)
}

const reload = (rows: readonly Uint8Array[]): Y.Doc => {
  const doc = createDoc()
  doc.transact(() => {
    for (const row of rows) Y.applyUpdate(doc, row)
  })
  return doc
}

/** Fails when the document is deaf, cannot be compared or read, or is another one after a reload. */
function expectAlive({ doc, rows }: Guarded): void {
  const before = rows.length
  doc.getText('title').insert(0, 'x')
  expect(rows.length, 'a change is told of').toBe(before + 1)
  expect(Y.decodeStateVector(Y.encodeStateVector(doc)).size).toBe(doc.store.clients.size)
  const again = reload(rows)
  expect(readFlow(again).toJSON()).toEqual(readFlow(doc).toJSON())
  expect(readFlow(reload([Y.encodeStateAsUpdate(doc)])).toJSON()).toEqual(readFlow(doc).toJSON())
  expect(Y.encodeStateVector(again)).toEqual(Y.encodeStateVector(doc))
}

describe('attacks', () => {
  test.each(Object.keys(ATTACKS))('%s: refused or harmless, and nothing is lost', (name) => {
    const guarded = guardedDocument()
    const before = readFlow(guarded.doc).toJSON() as unknown
    const verdict = guarded.gate.take(ATTACKS[name]?.() ?? new Uint8Array(), REMOTE)
    expect(['refused', 'waiting']).toContain(verdict)
    expect(guarded.rows.length).toBe(1)
    expect(readFlow(guarded.doc).toJSON()).toEqual(before)
    expect(guarded.doc.store.pendingStructs).toBeNull()
    expect(guarded.doc.store.pendingDs).toBeNull()
    expectAlive(guarded)
  })

  test('some of them break a Y.Doc that has no gate: that is noticed', () => {
    const verdicts = Object.entries(ATTACKS).map(([name, attack]) => {
      const doc = createDoc()
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(documentOf(...WORDS)))
      return [name, applyWatched(doc, attack(), REMOTE).verdict]
    })
    expect(Object.fromEntries(verdicts)).toMatchObject({ 'deleted content of no length': 'poisoned' })
  })

  test('20,000 updates of random structs', { timeout: 120_000 }, () => {
    const verdicts: Record<string, number> = {}
    for (let round = 0; round < 200; round++) {
      const random = seeded(round)
      const guarded = guardedDocument()
      for (let i = 0; i < 100; i++) {
        const clients = Y.decodeStateVector(Y.encodeStateVector(guarded.doc))
        const verdict = guarded.gate.take(randomForgery(random, clients), REMOTE)
        verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
      }
      expectAlive(guarded)
    }
    console.info('Random structs:', JSON.stringify(verdicts))
    expect(verdicts['poisoned']).toBeUndefined()
    expect(verdicts['applied']).toBeGreaterThan(500)
  })
})

describe('what is legal', () => {
  test('an update that comes before what it stands on waits for it, outside of Yjs', () => {
    const { doc, gate, rows } = guardedDocument()
    const author = reload(rows)
    const updates: Uint8Array[] = []
    author.on('update', (update: Uint8Array) => updates.push(update))
    for (const letter of 'abc') author.getText('title').insert(author.getText('title').length, letter)
    author.getText('title').delete(0, 1)
    const verdicts = [3, 2, 1, 0].map((i) => gate.take(updates[i] ?? new Uint8Array(), REMOTE))
    expect(verdicts).toEqual(['waiting', 'waiting', 'waiting', 'applied'])
    expect(doc.getText('title').toJSON()).toBe('bc')
    expect(gate.waiting).toBe(0)
    expect(doc.store.pendingStructs).toBeNull()
  })

  test('what waits is bounded, and says so', () => {
    const { gate, dropped } = guardedDocument()
    for (let i = 0; i < 1500; i++) {
      expect(gate.take(forge([{ client: 5, clock: 10 + i, structs: [written('x')] }]), REMOTE)).toBe('waiting')
    }
    expect(gate.waiting).toBe(1000)
    expect(dropped).toEqual({ 'update: waited in vain': 500 })
  })

  test('a document of the preview, with its elements and formats, passes into an empty copy', () => {
    const preview = new Y.Doc()
    const paragraph = new Y.XmlElement('paragraph')
    const text = new Y.XmlText()
    preview.getXmlFragment('body').insert(0, [paragraph])
    paragraph.insert(0, [text])
    text.insert(0, 'bold', { strong: true })
    const { doc, gate } = guard(createDoc())
    expect(gate.take(Y.encodeStateAsUpdate(preview), REMOTE)).toBe('applied')
    expect(formOf(doc)).toBe('preview')
  })

  test('what is there already comes again without harm, also where Yjs is as it is published', () => {
    const { doc, gate } = guardedDocument()
    // There a transaction's states are plain maps, and only a walk can tell them apart.
    doc.on('beforeTransaction', (transaction) => (transaction.beforeState = new Map(transaction.beforeState)))
    expect(gate.take(Y.encodeStateAsUpdate(doc), REMOTE)).toBe('applied')
    expect(gate.take(Uint8Array.of(0, 0), REMOTE)).toBe('applied')
  })

  test('a document that a newer build has written passes, whatever it is made of', () => {
    const { doc, gate } = guardedDocument()
    doc.getMap('meta').set('schemaVersion', 99)
    const newer = reload([Y.encodeStateAsUpdate(doc)])
    const before = Y.encodeStateVector(newer)
    newer.getMap('holograms').set('x', new Y.Map([['depth', 3]]))
    expect(gate.take(Y.encodeStateAsUpdate(newer, before), REMOTE)).toBe('applied')
  })

  test('it must not be called within a transaction', () => {
    const { doc, gate } = guardedDocument()
    expect(() => doc.transact(() => gate.take(new Uint8Array([0, 0]), REMOTE))).toThrow('within a transaction')
  })
})

describe('poison', () => {
  /** What the structural walk would refuse goes straight to Yjs, as something would that it does not know yet. */
  const poison = forge([{ client: 1, clock: 0, structs: [deleted(0)] }])

  test('a poisoned document takes nothing any more', () => {
    const doc = documentOf(...WORDS)
    expect(applyWatched(doc, poison, REMOTE).verdict).toBe('poisoned')
  })

  test('a struct of which nothing is told is noticed', () => {
    const doc = documentOf(...WORDS)
    const { verdict } = applyWatched(doc, forge([{ client: 1, clock: 0, structs: [gc(0)] }]), REMOTE)
    expect(['poisoned', 'applied']).toContain(verdict)
  })

  test('what waited and is poison is told of when it is applied', () => {
    const guarded = guardedDocument()
    const author = reload(guarded.rows)
    const sent: Uint8Array[] = []
    author.on('update', (update: Uint8Array) => sent.push(update))
    for (const letter of 'ab') author.getText('title').insert(0, letter)
    expect(guarded.gate.take(sent[1] ?? new Uint8Array(), REMOTE)).toBe('waiting')
    let told = 0
    // Yjs never speaks again when a listener throws: here on the second of the two.
    guarded.doc.on('update', () => {
      if (++told === 2) throw new Error('poison')
    })
    expect(guarded.gate.take(sent[0] ?? new Uint8Array(), REMOTE)).toBe('poisoned')
  })

  test('a second copy follows what is done here after an update that changed nothing', () => {
    const doc = documentOf(...WORDS)
    const rehearsal = new Rehearsal(doc)
    expect(rehearsal.survives(Y.encodeStateAsUpdate(doc))).toBe(true)
    doc.getText('title').insert(0, 'a')
    const author = reload([Y.encodeStateAsUpdate(doc)])
    const before = Y.encodeStateVector(author)
    author.getText('title').insert(1, 'b')
    const update = Y.encodeStateAsUpdate(author, before)
    const applied = vi.spyOn(Y, 'applyUpdate')
    expect(rehearsal.survives(update)).toBe(true)
    const [copy] = applied.mock.lastCall ?? []
    expect(copy?.getText('title').toJSON()).toBe('ab')
    applied.mockRestore()
  })

  test('an observer that throws is not poison', () => {
    const doc = createDoc()
    doc.getText('title').observe(() => {
      throw new TypeError('an observer of ours')
    })
    const author = new Y.Doc()
    author.getText('title').insert(0, 'a')
    const guarded = guard(doc)
    expect(guarded.gate.take(Y.encodeStateAsUpdate(author), REMOTE)).toBe('applied')
    expect(guarded.dropped).toEqual({ 'failed: TypeError': 1 })
    expect(doc.getText('title').toJSON()).toBe('a')
  })

  test('a careful gate keeps its second copy up with what is done here, and with what passes', () => {
    const doc = documentOf(...WORDS)
    const guarded = guard(doc, new Rehearsal(doc))
    const author = reload(guarded.rows)
    let sent: Uint8Array[] = []
    author.on('update', (update: Uint8Array) => sent.push(update))
    for (const letter of 'abcdef') {
      author.getText('title').insert(0, letter)
      guarded.doc.getText('title').insert(0, letter.toUpperCase())
      expect(sent.map((update) => guarded.gate.take(update, REMOTE))).toEqual(['applied'])
      sent = []
      // What is there already changes nothing, and hides nothing that comes after it.
      expect(guarded.gate.take(Y.encodeStateAsUpdate(guarded.doc), REMOTE)).toBe('applied')
    }
    expect(guarded.doc.getText('title').length).toBe(12)
    expectAlive(guarded)
  })
})
