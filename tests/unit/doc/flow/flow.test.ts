/** How a flow is read, and kept up while the document changes. */
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { Flow, type Shown } from '#doc/flow/flow'
import { breakToken } from '#doc/flow/grammar'
import { documentOf as nodeOf, linesOf, readFlow } from '#doc/flow/read'
import { blockOf, schema } from '#doc/schema'
import { moveBlocks, setKind } from '#editor/block-commands'
import { toggle } from '#editor/mark-commands'
import { at, backspace, enter, open as openEditor } from '../../../support/company.ts'
import { block as paragraph, copyOf, documentOf } from '../../../support/documents.ts'
import type { HeadlessEditor } from '../../../support/headless-editor.ts'
import { atom, block, close, open, rawFlow, slot, told } from '../../../support/raw-flow.ts'

const read = (...pieces: (string | object)[]): string => told(readFlow(rawFlow(...pieces)))

describe('a sequence is read', () => {
  test.each<[what: string, pieces: (string | object)[], shown: string]>([
    ['nothing: an empty paragraph', [], ''],
    ['blocks', [...block('a', 'one'), ...block('b', ''), ...block('c', 'three')], 'one /  / three'],
    ['text without a beginning, which an end ends', ['one', close('a'), ...block('b', 'two')], 'one / two'],
    ['text without a beginning, which a beginning ends', ['one', ...block('b', 'two')], 'one / two'],
    [
      'text without a beginning behind a block',
      [...block('a', 'one'), 'two', close('x'), 'three'],
      'one / two / three',
    ],
    ['text alone', ['one'], 'one'],
    [
      'a beginning without an end, which the next beginning ends',
      [open('a'), 'one', ...block('b', 'two')],
      'one / two',
    ],
    ['a beginning at the very end', [...block('a', 'one'), open('b')], 'one / '],
    ['an end without a beginning: nothing', [close('x'), ...block('a', 'one'), close('a'), close('y')], 'one'],
    ['an end of another block: it ends the block all the same', [open('a'), 'one', close('x'), 'two'], 'one / two'],
    ['nothing but ends: an empty paragraph', [close('a'), close('b')], ''],
    ['line breaks', [open('a'), 'one', breakToken(), 'two', breakToken(), close('a')], 'one|two|'],
    ['line feeds as line breaks', [open('a'), 'one\ntwo\n', close('a')], 'one|two|'],
    ['a line break alone', [breakToken()], '|'],
    ['what is unknown: nothing', [open('a'), 'on', { later: 1 }, 'e', close('a'), { i: 'inline' }], 'one'],
    ['a block twice', [...block('a', 'one'), ...block('a', 'two')], 'one / two'],
    [
      'a thing that is not known: nothing, but it ends what stands before it',
      [open('a'), 'one', atom('x'), 'two', close('a')],
      'one / two',
    ],
  ])('%s', (_what, pieces, shown) => {
    expect(read(...pieces)).toBe(shown)
  })

  test('a divider, among text, too', () => {
    const doc = rawFlow(open('a'), 'one', atom('d'), 'two', close('a'))
    doc.getMap('blocks').set('d', { type: 'divider', indent: 2 })
    const node = readFlow(doc)
    expect(told(node)).toBe('one / --- / two')
    expect(node.child(1).attrs.indent).toBe(2)
  })

  test('text that lost its beginning, as what its end says', () => {
    const doc = rawFlow('one', close('a'), open('b'), 'two', close('a'))
    doc.getMap('blocks').set('a', { kind: 'heading', level: 2 })
    expect(told(readFlow(doc))).toBe('##one / two')
  })

  test('code as code, whatever of it is marked or broken', () => {
    const doc = rawFlow(open('a'), 'one\ntwo', breakToken(), 'three', close('a'), 'x\ny', breakToken(), close('a'))
    doc.getMap('blocks').set('a', { kind: 'code', language: 'js' })
    doc.getArray('spans').push([['strong', true, 1, 1, 1, 4, 1, 1]])
    const node = readFlow(doc)
    expect(told(node)).toBe('`one⏎two⏎three / `x⏎y⏎')
    expect(node.child(0).attrs.language).toBe('js')
  })

  test('attributes that a family of blocks has got from a span, whole and split', () => {
    const doc = rawFlow(...block('a', 'one'), ...block('b', 'two'), ...block('c', 'three'))
    doc.getMap('blocks').set('b', { from: 'a', kind: 'bullet' })
    doc.getArray('spans').push([['kind', 'heading', 1, 0, 1, 14, 1, 1, 'a']])
    expect(told(readFlow(doc))).toBe('#one / #two / three')
    // A newer one says that they are nothing.
    doc.getArray('spans').push([['kind', null, 1, 5, 1, 9, 2, 1, 'a']])
    expect(told(readFlow(doc))).toBe('#one / two / three')
  })

  test('slots within a block behind it, and those that count alone', () => {
    // Clocks: a 0 to 4, b 5 to 9, c 10 to 16.
    const text = [...block('a', 'one'), ...block('b', 'two'), ...block('c', 'three')]
    expect(read(...text, slot('a', 1, 0, 4))).toBe('two / three / one')
    expect(read(...text, slot('a', 1, 0, 4), slot('b', 2, 5, 9))).toBe('three / one / two')
    expect(read(...text, slot('a', 2, 0, 4), slot('b', 1, 5, 9), slot('a', 1, 0, 4))).toBe('three / one / two')
    expect(read(open('a'), 'one', close('a'), open('b'), 'tw', slot('a', 1, 0, 4), 'o', close('b'))).toBe('two / one')
    // What stands where a block is said to have stood goes along, be the block gone or not.
    expect(read(...text, slot('x', 1, 0, 4))).toBe('two / three / one')
    expect(read(...text, slot('x', 1, 0, 9), slot('a', 1, 0, 4))).toBe('three / two / one')
  })

  test('by its lines without its order, as cheaply as that', () => {
    const doc = rawFlow(
      ...block('a', 'one'),
      open('b'),
      'tw',
      breakToken(),
      'o',
      close('b'),
      'three',
      slot('a', 1, 0, 4),
    )
    expect([...linesOf(doc)]).toEqual(['one', 'tw o', 'three'])
  })
})

describe('records', () => {
  /** What a document stores beside its text. */
  const stored = (doc: Y.Doc): Record<string, unknown> => ({
    blocks: doc.getMap('blocks').toJSON(),
    spans: doc.getArray('spans').toJSON(),
    aliases: doc.getArray('aliases').toJSON(),
  })

  function write(acts: (editor: HeadlessEditor) => void): Y.Doc {
    const doc = new Y.Doc()
    const editor = openEditor(doc, { clientId: 7 })
    editor.type('one two')
    acts(editor)
    return doc
  }

  test('of a paragraph are none', () => {
    const doc = write(() => undefined)
    expect(stored(doc)).toEqual({ blocks: {}, spans: [], aliases: [] })
    expect(doc.getText('flow').toDelta()).toEqual([
      { insert: { o: '7.0' } },
      { insert: 'one two' },
      { insert: { c: '7.0' } },
    ])
  })

  test('of a mark: name, value, first item, item that it ends before, time, author', () => {
    const doc = write((editor) => {
      editor.select(1, 4)
      editor.run(toggle('strong'))
    })
    const [span] = doc.getArray('spans').toJSON() as unknown[][]
    expect(span?.slice(0, 2)).toEqual(['strong', true])
    expect(span?.slice(6)).toEqual([1, 7])
    expect(told(readFlow(doc))).toBe('*one* two')
  })

  test('of a link, its address and its title', () => {
    const doc = write((editor) =>
      editor.dispatch(
        editor.state.tr.addMark(1, 4, schema.marks.link.create({ href: 'https://a.example/', title: 'A' })),
      ),
    )
    const [span] = doc.getArray('spans').toJSON() as unknown[][]
    expect(span?.slice(0, 2)).toEqual(['link', { href: 'https://a.example/', title: 'A' }])
  })

  test('of an attribute: with the family, and its default is null', () => {
    const doc = write((editor) => editor.run(setKind('heading', 2)))
    expect(doc.getArray('spans').toJSON()).toMatchObject([
      ['kind', 'heading', 7, 0, 7, 1, 1, 7, '7.0'],
      ['level', 2, 7, 0, 7, 1, 1, 7, '7.0'],
    ])
    const editor = openEditor(doc, { clientId: 8 })
    editor.run(setKind('paragraph'))
    // What covers the older ones takes their place.
    expect(doc.getArray('spans').toJSON()).toMatchObject([
      ['kind', null, 7, 0, 7, 1, 2, 8, '7.0'],
      ['level', null, 7, 0, 7, 1, 2, 8, '7.0'],
    ])
  })

  test('of a block that was split off: what is not the default, and where it comes from', () => {
    const doc = write((editor) => {
      editor.select(5)
      editor.run(enter)
    })
    const [id, record] = Object.entries(doc.getMap('blocks').toJSON())[0] ?? []
    expect(id).toMatch(/^7\./u)
    expect(record).toEqual({ from: '7.0' })
  })

  test('of a divider: its type', () => {
    const doc = documentOf('one', schema.nodes.divider.create({ quote: 1 }))
    expect(Object.values(doc.getMap('blocks').toJSON())).toEqual([{ quote: 1, type: 'divider' }])
  })

  test('of a block go with it, and come back with it', () => {
    const doc = documentOf(paragraph('one', { kind: 'heading', level: 1 }), 'two')
    const editor = openEditor(doc, { clientId: 7 })
    editor.dispatch(editor.state.tr.delete(0, 5))
    expect(stored(doc)).toEqual({ blocks: {}, spans: [], aliases: [] })
    editor.undo()
    expect(Object.values(doc.getMap('blocks').toJSON())).toEqual([{ kind: 'heading', level: 1 }])
    expect(blockOf(readFlow(doc).child(0)).level).toBe(1)
  })
})

describe('a flow that is kept up', () => {
  /** A flow on a document, and what the last change of it came to. */
  function keep(doc: Y.Doc): { flow: Flow; last: () => Shown } {
    const flow = new Flow(doc)
    let last: Shown | null = null
    doc.on('afterTransaction', (transaction) => {
      last = flow.update(transaction)
    })
    return {
      flow,
      last: () => {
        if (last === null) throw new RangeError('Nothing has changed')
        return last
      },
    }
  }

  const base = (): Y.Doc =>
    documentOf('one', paragraph('two', { kind: 'heading', level: 2 }), schema.nodes.divider.create(), 'three', 'four')

  test.each<[what: string, act: (editor: HeadlessEditor) => void, sameOrder: boolean, changed: number]>([
    ['a key', (editor) => editor.dispatch(editor.state.tr.insertText('X', 2)), true, 1],
    ['a deleted character', (editor) => editor.dispatch(editor.state.tr.delete(2, 3)), true, 1],
    ['a mark', (editor) => editor.dispatch(editor.state.tr.addMark(1, 3, schema.marks.em.create())), true, 1],
    [
      'a kind',
      (editor) => {
        editor.select(2)
        editor.run(setKind('bullet'))
      },
      true,
      1,
    ],
    [
      'a split',
      (editor) => {
        editor.select(3)
        editor.run(enter)
      },
      false,
      2,
    ],
    [
      'a join',
      (editor) => {
        editor.select(at(editor, 4, 0))
        editor.run(backspace)
      },
      false,
      1,
    ],
    ['a new block', (editor) => editor.dispatch(editor.state.tr.insert(5, paragraph('new'))), false, 1],
    ['a deleted block', (editor) => editor.dispatch(editor.state.tr.delete(5, 10)), false, 0],
    ['a deleted divider', (editor) => editor.dispatch(editor.state.tr.delete(10, 11)), false, 0],
    [
      'a move',
      (editor) => {
        editor.select(2)
        editor.run(moveBlocks(1))
      },
      false,
      0,
    ],
    [
      'everything',
      (editor) => editor.dispatch(editor.state.tr.replaceWith(0, editor.state.doc.content.size, paragraph('all'))),
      false,
      1,
    ],
  ])('is what it is when it is read anew, and tells what has changed: %s', (_what, act, sameOrder, changed) => {
    const doc = base()
    const watched = copyOf(doc)
    const { flow, last } = keep(watched)
    const nodes = new Map(flow.shown.map((part) => [part, part.node]))
    const editor = openEditor(doc, { clientId: 7 })
    const meet = (): void => Y.applyUpdate(watched, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(watched)))
    act(editor)
    meet()
    expect(nodeOf(flow).toJSON()).toEqual(editor.state.doc.toJSON())
    expect(nodeOf(flow).toJSON()).toEqual(readFlow(watched).toJSON())
    expect(last().sameOrder).toBe(sameOrder)
    expect([...last().changed].filter((part) => flow.indexOf(part) >= 0).length).toBe(changed)
    // Whatever has not changed is the very same node.
    for (const part of flow.shown) {
      const before = nodes.get(part)
      if (before !== undefined && !last().changed.has(part)) expect(part.node).toBe(before)
    }
    editor.undo()
    meet()
    expect(nodeOf(flow).toJSON()).toEqual(readFlow(base()).toJSON())
    editor.redo()
    meet()
    expect(nodeOf(flow).toJSON()).toEqual(readFlow(watched).toJSON())
  })

  test('knows what it shows by index, and which ids are in use', () => {
    const { flow } = keep(rawFlow(...block('a', 'one'), 'bare', close('b'), ...block('c', 'two')))
    expect(flow.shown.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['block a', 'bare b', 'block c'])
    expect(flow.shown.map((part) => flow.indexOf(part))).toEqual([0, 1, 2])
    expect(['a', 'b', 'c', 'd'].map((id) => flow.hasBlock(id))).toEqual([true, true, true, false])
    flow.doc.getText('flow').delete(0, 1)
    expect(flow.shown.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['bare a', 'bare b', 'block c'])
    flow.doc.getText('flow').delete(0, 4)
    expect(['a', 'b', 'c'].map((id) => flow.hasBlock(id))).toEqual([false, true, true])
  })

  test('shows a divider whose record comes later, and no more when it goes', () => {
    const doc = rawFlow(...block('a', 'one'), atom('d'))
    const { flow } = keep(doc)
    expect(told(nodeOf(flow))).toBe('one')
    doc.getMap('blocks').set('d', { type: 'divider' })
    expect(told(nodeOf(flow))).toBe('one / ---')
    doc.getMap('blocks').delete('d')
    expect(told(nodeOf(flow))).toBe('one')
  })

  test('shows a mark when the text that it names comes later', () => {
    const doc = rawFlow(...block('a', 'one'))
    doc.getArray('spans').push([['strong', true, 2, 0, 2, 2, 1, 1]])
    const { flow } = keep(doc)
    const other = copyOf(doc)
    other.clientID = 2
    other.getText('flow').insert(2, 'XYZ')
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other))
    expect(told(nodeOf(flow))).toBe('o*XY*Zne')
  })

  test('moves a block when what its slot names comes later', () => {
    const doc = rawFlow(...block('a', 'one'), ...block('b', 'two'), ...block('c', 'three'))
    const { flow } = keep(doc)
    const other = copyOf(doc)
    other.clientID = 2
    // From the first block up to something that is not there yet: what stands between goes along.
    doc.getText('flow').insertEmbed(doc.getText('flow').length, { m: 'a', t: 1, by: 1, s: [1, 0], e: [2, 0] })
    expect(told(nodeOf(flow))).toBe('two / three / one')
    other.getText('flow').insert(7, 'X')
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other))
    expect(told(nodeOf(flow))).toBe('three / one / tXwo')
    expect(told(readFlow(doc))).toBe('three / one / tXwo')
  })

  test('reads very much at once, and it is the same', () => {
    const doc = base()
    const { flow, last } = keep(doc)
    const many = copyOf(doc)
    const editor = openEditor(many, { clientId: 7 })
    const nodes = Array.from({ length: 3000 }, (_, i) => paragraph(`line ${i}`))
    editor.dispatch(editor.state.tr.insert(5, nodes))
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(many))
    expect(nodeOf(flow).eq(editor.state.doc)).toBe(true)
    expect(last().sameOrder).toBe(false)
    expect(last().changed.size).toBe(3000)
  })

  test('takes in what is written while a transaction is open, and again when it is over', () => {
    const doc = base()
    const flow = new Flow(doc)
    doc.on('afterTransaction', (transaction) => void flow.update(transaction))
    doc.transact((transaction) => {
      doc.getText('flow').insert(1, 'X')
      flow.update(transaction)
      expect(told(nodeOf(flow))).toBe('Xone / ##two / --- / three / four')
      doc.getText('flow').delete(2, 1)
      flow.update(transaction)
      expect(told(nodeOf(flow))).toBe('Xne / ##two / --- / three / four')
      doc.getText('flow').insert(2, 'Y')
    })
    expect(told(nodeOf(flow))).toBe('XYne / ##two / --- / three / four')
  })
})
