/** Whatever stands in a document: reading it, and writing in it, costs no more than its size. */
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { Flow } from '#doc/flow/flow'
import { openHeadless } from '../../../support/headless-editor.ts'

const SMALL = 1500
/** What is four times as large costs four times as much, not sixteen times; up to 8 is the machine's doing. */
const LARGE = 4 * SMALL
const MOST = 8
/** Less than this is not told from nothing, ms. */
const FLOOR = 12

const LINE = 'x'

const textOf = (doc: Y.Doc): Y.Text => doc.getText('flow')

/** Appends characters and words of the flow. */
function append(doc: Y.Doc, count: number, piece: (i: number) => string | object): void {
  const text = textOf(doc)
  const pieces = Array.from({ length: count }, (_, i) => ({ insert: piece(i) }))
  text.applyDelta([...(text.length === 0 ? [] : [{ retain: text.length }]), ...pieces], { sanitize: false })
}

function line(doc: Y.Doc, length: number): void {
  append(doc, 1, () => ({ o: LINE }))
  append(doc, 1, () => 'x'.repeat(length))
  append(doc, 1, () => ({ c: LINE }))
}

const records = (doc: Y.Doc, name: 'spans' | 'aliases', count: number, record: (i: number) => unknown[]): void =>
  doc.getArray(name).push(Array.from({ length: count }, (_, i) => record(i)))

const slot = (id: string, from: number, to: number): object => ({ m: id, t: 1, by: 1, s: [1, from], e: [1, to] })

/** Documents of size `n`; everything in them is of client 1, from clock 0 on. */
const shapes: Record<string, (doc: Y.Doc, n: number) => void> = {
  'beginnings of one block': (doc, n) => append(doc, n, () => ({ o: 'a' })),
  'beginnings of blocks': (doc, n) => append(doc, n, (i) => ({ o: `a${i}` })),
  'ends of one block': (doc, n) => append(doc, n, () => ({ c: 'a' })),
  'texts without a beginning': (doc, n) => append(doc, n, (i) => (i % 2 === 0 ? 'x' : { c: 'a' })),
  'things that nobody knows': (doc, n) => append(doc, n, () => ({ x: 1 })),
  formats: (doc, n) => {
    line(doc, n)
    for (let i = 1; i < n; i += 2) textOf(doc).format(i, 1, { b: i })
  },
  'characters typed here and there': (doc, n) => {
    for (let i = 0; i < n; i++) textOf(doc).insert((i * 7919) % (i + 1), 'x')
  },
  'slots to nowhere': (doc, n) => append(doc, n, (i) => ({ m: `a${i}`, t: 1, by: 1, s: [7, i], e: [7, i] })),
  'slots that name each other': (doc, n) => append(doc, n, (i) => slot(`a${i}`, i, n - 1)),
  'slots among texts without a beginning': (doc, n) =>
    append(doc, n, (i) => (i % 3 === 0 ? 'x' : i % 3 === 1 ? { c: 'a' } : slot(`a${i}`, i, n - 1))),
  'slots of all blocks, within each other': (doc, n) => {
    append(doc, n, (i) => ({ o: `a${i}` }))
    append(doc, n, (i) => slot(`a${i}`, i, n - 1))
  },
  'slots of all blocks, before them': (doc, n) => {
    append(doc, n, (i) => slot(`a${n - i}`, n + i, n + i))
    append(doc, n, (i) => ({ o: `a${i}` }))
  },
  'slots of one block': (doc, n) => {
    append(doc, 1, () => ({ o: 'a' }))
    append(doc, n, () => slot('a', 0, 0))
  },
  'spans on one character': (doc, n) => {
    line(doc, 1)
    records(doc, 'spans', n, (i) => ['strong', i % 2 === 0, 1, 1, null, null, i, 1])
  },
  'spans within spans': (doc, n) => {
    line(doc, n)
    records(doc, 'spans', n, (i) => ['link', { href: `a${i}` }, 1, 1 + i, 1, n - i, i, 1])
  },
  'spans over many blocks': (doc, n) => {
    append(doc, n, (i) => (i % 2 === 0 ? { o: `a${i}` } : 'x'))
    records(doc, 'spans', n, (i) => ['strong', i % 2 === 0, 1, i, 1, n - 1, i, 1])
  },
  'attributes over many blocks': (doc, n) => {
    append(doc, n, (i) => ({ o: `a${i}` }))
    records(doc, 'spans', n, (i) => ['kind', 'heading', 1, i, null, null, i, 1, `a${i}`])
  },
  'spans to nowhere': (doc, n) => {
    line(doc, 1)
    records(doc, 'spans', n, (i) => ['strong', true, 7, i, null, null, i, 1])
  },
  'aliases of one character': (doc, n) => {
    line(doc, 1)
    records(doc, 'aliases', n, (i) => [7, 0, 8, i, 2 ** 50])
  },
  'aliases from the last to the first': (doc, n) => {
    line(doc, 1)
    records(doc, 'aliases', n, (i) => [7, n - i, 8, i, 1])
  },
  'aliases of what is alive': (doc, n) => {
    line(doc, n)
    records(doc, 'aliases', n, (i) => [1, i, 1, n - i, n])
    records(doc, 'spans', n, (i) => ['strong', true, 1, i, null, null, i, 1])
  },
  'blocks that come from each other in a circle': (doc, n) => {
    append(doc, n, (i) => ({ o: `a${i}` }))
    for (let i = 0; i < n; i++) doc.getMap('blocks').set(`a${i}`, { from: `a${(i + 1) % n}` })
  },
}

/** Of several times the shortest, ms of the processor. */
function cost(times: number, work: () => void): number {
  let least = Infinity
  for (let i = 0; i < times; i++) {
    const start = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(start)
    least = Math.min(least, (user + system) / 1000)
  }
  return least
}

interface Costs {
  /** Reading the whole of it. */
  read: number
  /** Taking it in as one update. */
  arrive: number
  /** A key at its end, and its undo. */
  key: number
  undo: number
  /** A key of a peer's at its beginning. */
  remote: number
}

function costsOf(build: (doc: Y.Doc, n: number) => void, n: number): Costs {
  const made = new Y.Doc()
  made.clientID = 1
  made.transact(() => build(made, n))
  const update = Y.encodeStateAsUpdate(made)
  const doc = new Y.Doc()
  Y.applyUpdate(doc, update)
  const plain = cost(2, () => Y.applyUpdate(new Y.Doc(), update))
  const read = cost(3, () => new Flow(doc))
  const arrive = cost(2, () => {
    const empty = new Y.Doc()
    const flow = new Flow(empty)
    empty.on('afterTransaction', (transaction) => void flow.update(transaction))
    Y.applyUpdate(empty, update)
  })
  const editor = openHeadless(doc, { clientId: 50 })
  editor.select(editor.state.doc.content.size - 1)
  const key = cost(4, () => editor.type('x'))
  const undo = cost(1, () => editor.undo())
  const peer = new Y.Doc()
  peer.clientID = 60
  Y.applyUpdate(peer, Y.encodeStateAsUpdate(doc))
  const remote = cost(4, () => {
    const before = Y.encodeStateVector(peer)
    textOf(peer).insert(Math.min(1, textOf(peer).length), 'r')
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(peer, before))
  })
  expect(editor.binding.failures).toBe(0)
  editor.destroy()
  return { read, arrive: arrive - plain, key, undo, remote }
}

test.each(Object.keys(shapes))('a document of %s', { timeout: 60_000 }, (name) => {
  const build = shapes[name] ?? (() => undefined)
  const [small, large] = [costsOf(build, SMALL), costsOf(build, LARGE)]
  const tooMuch = Object.entries(large).filter(
    ([work, ms]: [string, number]) => ms > MOST * Math.max(FLOOR, small[work as keyof Costs]),
  )
  expect(
    tooMuch.map(([work, ms]: [string, number]) => `${work}: ${small[work as keyof Costs]} ms, then ${ms} ms`),
  ).toEqual([])
})
