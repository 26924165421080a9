/** What a peer with a changed client may write into a document: the editor shows what it can, and nothing breaks. */
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { createDoc, excerptOf } from '#doc/document'
import { atomToken, breakToken, closeToken, openToken, slotToken } from '#doc/flow/grammar'
import { lines, open, same } from '../../support/company.ts'
import { documentOf, readAnew } from '../../support/documents.ts'
import type { HeadlessEditor } from '../../support/headless-editor.ts'

/** Deep enough to overflow the stack of whoever follows it. */
const DEPTH = 6_000

const LINE = 'line'

/** A document with one line, and its editor. */
function begin(): HeadlessEditor {
  const doc = createDoc()
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(documentOf(LINE)))
  return open(doc, { clientId: 1 })
}

/** Writes as a peer does: in a document of its own, whose update then comes in whole. */
function receive({ source }: HeadlessEditor, write: (peer: Y.Doc) => void): void {
  const peer = createDoc()
  Y.applyUpdate(peer, Y.encodeStateAsUpdate(source))
  peer.transact(() => write(peer))
  Y.applyUpdate(source, Y.encodeStateAsUpdate(peer, Y.encodeStateVector(source)))
}

/** Writes where the name leads to nothing yet: a peer may take another sort of type for it. */
function receiveFromStranger({ source }: HeadlessEditor, write: (peer: Y.Doc) => void): void {
  const peer = new Y.Doc()
  peer.transact(() => write(peer))
  Y.applyUpdate(source, Y.encodeStateAsUpdate(peer))
}

/** Puts types into each other, that deep. */
function nest(peer: Y.Doc): void {
  let within = new Y.XmlElement('a')
  flowOf(peer).insertEmbed(1, within)
  for (let i = 0; i < DEPTH; i++) {
    const child = new Y.XmlElement('a')
    within.insert(0, [child])
    within = child
  }
}

const flowOf = (doc: Y.Doc): Y.Text => doc.getText('flow')

/** A unit of the flow as a pair. */
function unit(doc: Y.Doc, index: number): [client: number, clock: number] {
  let left = index
  for (let item = flowOf(doc)._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue
    if (left < item.length) return [item.id.client, item.id.clock + left]
    left -= item.length
  }
  throw new RangeError(`No unit ${index}`)
}

/** The id of the first block. */
function firstId(doc: Y.Doc): string {
  const [first] = flowOf(doc).toDelta() as { insert: { o: string } }[]
  return first?.insert.o ?? ''
}

const spans = (doc: Y.Doc, ...values: unknown[]): void => doc.getArray('spans').push(values)

describe('content of a peer with a changed client', () => {
  test.each<[what: string, write: (peer: Y.Doc) => void, shown?: string[]]>([
    ['types within types', nest],
    [
      'a map, an array and a text',
      (peer) => {
        for (const type of [new Y.Map(), new Y.Array(), new Y.Text('inner')]) flowOf(peer).insertEmbed(2, type)
      },
    ],
    ['a document', (peer) => flowOf(peer).insertEmbed(1, new Y.Doc())],
    [
      'formats',
      (peer) => {
        flowOf(peer).format(1, 2, { bold: true, strong: { a: 1 } })
        flowOf(peer).insert(3, 'X', { em: true })
      },
      ['liXne'],
    ],
    ['keys of the text', (peer) => flowOf(peer).setAttribute('o', { a: 1 })],
    [
      'words that nobody knows',
      (peer) => {
        const words: object[] = [
          { o: 7 },
          { c: null },
          { a: [] },
          { m: 'a' },
          { m: 'a', t: 1, by: 1, s: [1, 2], e: [1] },
          { t: 'brr' },
          {},
          [],
          { constructor: 1, __proto__: { o: 'x' } },
        ]
        for (const word of words) flowOf(peer).insertEmbed(2, word)
      },
    ],
    ['a block within a block', (peer) => flowOf(peer).insertEmbed(2, openToken('x')), ['l', 'ine']],
    ['an end that ends nothing', (peer) => flowOf(peer).insertEmbed(0, closeToken('x'))],
    ['text before all blocks', (peer) => flowOf(peer).insert(0, 'loose'), ['loose', LINE]],
    ['line breaks before all blocks', (peer) => flowOf(peer).insertEmbed(0, breakToken()), ['|', LINE]],
    [
      'the same block again',
      (peer) => {
        const o = firstId(peer)
        for (const token of [closeToken(o), openToken(o)]) flowOf(peer).insertEmbed(0, token)
      },
      ['', LINE],
    ],
    ['a thing of no type', (peer) => flowOf(peer).insertEmbed(0, atomToken('x'))],
    [
      'a thing of a type that is none',
      (peer) => {
        flowOf(peer).insertEmbed(0, atomToken('x'))
        peer.getMap('blocks').set('x', { type: 'constructor' })
      },
    ],
    [
      'a thing that is a text',
      (peer) => {
        flowOf(peer).insertEmbed(0, atomToken('x'))
        peer.getMap('blocks').set('x', { type: 'block' })
      },
    ],
    [
      'attributes that are no words',
      (peer) => {
        const o = firstId(peer)
        peer.getMap('blocks').set(o, {
          kind: { not: 'a kind' },
          level: [1],
          indent: 1e300,
          quote: -1,
          checked: 'yes',
          start: 0.5,
          from: {},
        })
      },
    ],
    [
      'attributes that are shared types',
      (peer) => {
        const o = firstId(peer)
        peer.getMap('blocks').set(o, new Y.Map([['kind', new Y.Doc()]]))
      },
    ],
    [
      'attributes named as what objects have',
      (peer) => {
        const o = firstId(peer)
        peer
          .getMap('blocks')
          .set(o, JSON.parse('{"__proto__": {"level": 2}, "toString": 3, "hasOwnProperty": 4}') as object)
      },
    ],
    [
      'a block of the name of what objects have',
      (peer) => {
        for (const token of [closeToken('__proto__'), openToken('__proto__')]) flowOf(peer).insertEmbed(0, token)
        peer.getMap('blocks').set('__proto__', { kind: 'heading', level: 3 })
      },
      ['', LINE],
    ],
    ['half a character', (peer) => flowOf(peer).insert(2, '\ud83d'), ['l\ufffdine']],
    [
      'spans to nowhere',
      (peer) => spans(peer, ['strong', true, 7, 7, null, null, 1, 1], ['strong', true, ...unit(peer, 1), 7, 7, 1, 1]),
    ],
    [
      'spans that end before they begin',
      (peer) => spans(peer, ['strong', true, ...unit(peer, 3), ...unit(peer, 1), 1, 1]),
    ],
    [
      'spans of what is no mark',
      (peer) =>
        spans(
          peer,
          ['constructor', true, ...unit(peer, 1), null, null, 1, 1],
          ['strong', 'x', ...unit(peer, 1), null, null, 1, 1],
          ['link', { href: { a: 1 } }, ...unit(peer, 1), null, null, 1, 1],
          ['link', 1, ...unit(peer, 1), null, null, 1, 1],
        ),
    ],
    [
      'spans with clocks that are none',
      (peer) =>
        spans(
          peer,
          ['strong', true, -1, 0.5, null, null, 1, 1],
          ['strong', true, ...unit(peer, 1), null, null, -1, 1],
          ['strong', true, ...unit(peer, 1), null, null, 0.5, 1],
          ['strong', true, ...unit(peer, 1), null, null, 2 ** 60, 1],
          ['strong', true, '1', null],
          [],
        ),
    ],
    ['spans that are no lists', (peer) => spans(peer, 1, 'strong', null, true, { name: 'strong' }, new Uint8Array(9))],
    [
      'attributes of no family',
      (peer) =>
        spans(
          peer,
          ['kind', 'heading', ...unit(peer, 0), null, null, 9, 1],
          ['kind', 'heading', ...unit(peer, 0), null, null, 9, 1, 7],
          ['toString', 1, ...unit(peer, 0), null, null, 9, 1, 'x'],
        ),
    ],
    [
      'slots to nowhere',
      (peer) =>
        flowOf(peer).insertEmbed(
          0,
          slotToken({ id: 'x', t: 1, by: 1, start: { client: 7, clock: 7 }, end: { client: 8, clock: 8 } }),
        ),
    ],
    [
      'slots of the time of all times',
      (peer) => {
        const o = firstId(peer)
        const [client, clock] = unit(peer, 0)
        flowOf(peer).insertEmbed(
          0,
          slotToken({ id: o, t: Number.MAX_SAFE_INTEGER, by: 1, start: { client, clock }, end: { client, clock } }),
        )
      },
    ],
    [
      'aliases in a circle',
      (peer) => {
        const [one, two] = [unit(peer, 1), unit(peer, 2)]
        peer
          .getArray('aliases')
          .push([
            [...one, ...two, 1],
            [...two, ...one, 1],
            [...one, ...one, 9],
            [7, 7, 8, 8, 1e15],
            [7, 7, 8, 8, -1],
            'x',
          ])
      },
    ],
  ])('%s', (_what, write, shown = [LINE]) => {
    const editor = begin()
    receive(editor, write)
    expect(lines(editor).map((text) => text.toWellFormed())).toEqual(shown)
    goOn(editor)
  })

  test.each<[what: string, write: (peer: Y.Doc) => void]>([
    [
      'an array for the flow',
      (peer) => peer.getArray('flow').insert(0, [1, 'two', { o: 'x' }, new Y.Map(), new Uint8Array(3), new Y.Doc()]),
    ],
    ['a map for the flow', (peer) => peer.getMap('flow').set('o', 'x')],
    [
      'elements for the flow',
      (peer) =>
        peer.getXmlFragment('flow').insert(0, [new Y.XmlElement('p'), new Y.XmlHook('h'), new Y.XmlText('t')] as never),
    ],
    [
      'texts for the rest',
      (peer) => {
        for (const name of ['blocks', 'spans', 'aliases', 'meta', 'authors'])
          peer.getText(name).insert(0, 'text', { a: 1 })
      },
    ],
    [
      'maps for the rest',
      (peer) => {
        for (const name of ['spans', 'aliases', 'title']) peer.getMap(name).set('a', new Y.Map([['b', 1]]))
      },
    ],
    [
      'lists for the rest',
      (peer) => {
        for (const name of ['blocks', 'meta', 'authors', 'title'])
          peer.getArray(name).insert(0, [[1], null, new Y.Array()])
      },
    ],
  ])('%s', (_what, write) => {
    const editor = begin()
    receiveFromStranger(editor, write)
    expect(lines(editor).at(-1)).toBe(LINE)
    goOn(editor)
  })

  /** What is written afterwards, here and by peers, is shown; so is the same to whoever opens the document anew. */
  function goOn(editor: HeadlessEditor): void {
    same(editor)
    const before = lines(editor)
    editor.select(editor.state.doc.content.size - 1)
    editor.type('!')
    receive(editor, (peer) => {
      for (const token of [closeToken('new'), openToken('new')]) flowOf(peer).insertEmbed(0, token)
      flowOf(peer).insert(1, 'new')
    })
    const after = ['new', ...before.with(-1, `${before.at(-1) ?? ''}!`)]
    expect(lines(editor)).toEqual(after)
    same(editor)
    expect(excerptOf(editor.source, 2000)).toContain('new')
    expect(editor.undo()).toBe(true)
    expect(same(editor)).toEqual(['new', ...before])
    editor.redo()
    expect(same(editor)).toEqual(after)
  }

  test('that is nested deeply and deleted leaves the document able to tell of changes', () => {
    const editor = begin()
    receive(editor, nest)
    try {
      receive(editor, (peer) => flowOf(peer).delete(1, 1))
    } catch (error) {
      // Deleting may overflow the stack, too; the mesh then goes on, and so must the document.
      expect(error).toBeInstanceOf(RangeError)
    }
    let told = 0
    editor.source.on('update', () => told++)
    editor.select(1)
    editor.type('!')
    expect(told).toBe(1)
    expect(excerptOf(editor.source, 2000)).toBe(`!${LINE}`)
  })

  test('that is very much of everything at once is read in one go', () => {
    const editor = begin()
    receive(editor, (peer) => {
      const id = unit(peer, 1)
      spans(peer, ...Array.from({ length: 5000 }, (_, t) => ['strong', t % 2 === 0, ...id, null, null, t, 1]))
      peer.getArray('aliases').push(Array.from({ length: 5000 }, (_, k) => [7, k, 7, k + 1, 1]))
      for (let i = 0; i < 500; i++) flowOf(peer).insertEmbed(0, openToken('x'))
    })
    expect(lines(editor)).toEqual([...Array.from({ length: 500 }, () => ''), LINE])
    expect(readAnew(editor.source).eq(editor.state.doc)).toBe(true)
  })
})
