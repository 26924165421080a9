/** What the editor shows of a document, and what it writes into it. */
import { Fragment, Slice, type Node } from 'prosemirror-model'
import { AllSelection, Plugin, TextSelection } from 'prosemirror-state'
import { ReplaceAroundStep } from 'prosemirror-transform'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { blockAttrs, blockOf, schema, SCHEMA_VERSION, type Block } from '#doc/schema'
import { writeFlow } from '#doc/flow/write'
import { moveBlocks, setKind, toggleQuote } from '#editor/block-commands'
import { redo, undo } from '#editor/binding/undo'
import { toggle } from '#editor/mark-commands'
import { at, backspace, caret, enter, lines, open, remoteSteps, same, settle, two } from '../../support/company.ts'
import { block, copyOf, documentOf, merge, readAnew } from '../../support/documents.ts'
import type { HeadlessEditor } from '../../support/headless-editor.ts'

const flowOf = (doc: Y.Doc): Y.Text => doc.getText('flow')

describe('the empty document', () => {
  test('shows one paragraph and writes nothing until somebody types', () => {
    const doc = new Y.Doc()
    const editor = open(doc, { clientId: 1 })
    expect(lines(editor)).toEqual([''])
    editor.select(1)
    editor.run(backspace)
    editor.dispatch(editor.state.tr.setMeta('anything', true))
    expect(Y.encodeStateVector(doc)).toEqual(Y.encodeStateVector(new Y.Doc()))
    editor.type('a')
    expect(flowOf(doc).toDelta()).toMatchObject([{ insert: { o: '1.0' } }, { insert: 'a' }, { insert: { c: '1.0' } }])
    expect(same(editor)).toEqual(['a'])
  })

  test('is not written either when others have emptied it', () => {
    const [a, b] = two(documentOf('gone'))
    a.dispatch(a.state.tr.delete(0, a.state.doc.content.size))
    expect(settle(a, b)).toEqual([''])
    const before = Y.encodeStateVector(b.source)
    b.select(1)
    b.dispatch(b.state.tr.setMeta('anything', true))
    expect(Y.encodeStateVector(b.source)).toEqual(before)
    b.run(setKind('heading', 1))
    expect(settle(a, b)).toEqual([''])
    expect(blockOf(a.state.doc.child(0)).kind).toBe('heading')
  })

  test('takes text that arrives', () => {
    const doc = new Y.Doc()
    const editor = open(doc)
    editor.select(1)
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(documentOf('one', 'two')))
    expect(lines(editor)).toEqual(['one', 'two'])
  })

  test('begun by two people at once holds what both have typed', () => {
    const [a, b] = two(new Y.Doc())
    for (const letter of 'aaa') a.type(letter)
    for (const letter of 'bbb') b.type(letter)
    expect(settle(a, b).toSorted()).toEqual(['aaa', 'bbb'])
  })

  test('takes several blocks at once, and what is pasted over it', () => {
    const editor = open(new Y.Doc())
    const nodes = [block('one', { kind: 'heading', level: 2 }), block('two'), schema.nodes.divider.create()]
    editor.dispatch(editor.state.tr.replace(0, 2, new Slice(Fragment.from(nodes), 0, 0)))
    expect(same(editor)).toEqual(['one', 'two', ''])
    expect(editor.state.doc.eq(schema.topNodeType.create(null, nodes))).toBe(true)
  })
})

describe('a document that was written by a newer Inkmesh', () => {
  /** A block, a mark, an attribute and an inline thing of which this one knows nothing. */
  function laterDocument(): Y.Doc {
    const doc = documentOf('known', 'second')
    const flow = flowOf(doc)
    flow.insert(6, ' sparkling')
    flow.insertEmbed(1, { i: 'mention' })
    flow.insertEmbed(0, { a: 'poll', question: 'Why?' })
    doc.getMap('blocks').set('poll', { type: 'poll', mood: 'calm' })
    const { client, clock } = (flow._start as Y.Item).id
    doc.getArray('spans').push([['sparkle', { color: 'gold' }, client, clock, null, null, 7, client]])
    return doc
  }

  test('opens read-only and comes back byte for byte', () => {
    const doc = laterDocument()
    doc.getMap('meta').set('schemaVersion', SCHEMA_VERSION + 1)
    const before = Y.encodeStateAsUpdate(doc)
    const editor = open(doc)
    expect(editor.binding.frozen).toBe(true)
    expect(lines(editor)).toEqual(['known sparkling', 'second'])
    editor.select(2)
    editor.type('x')
    editor.run(enter)
    editor.run(undo)
    editor.run(moveBlocks(1))
    expect(lines(editor)).toEqual(['known sparkling', 'second'])
    expect(Y.encodeStateAsUpdate(doc)).toEqual(before)
  })

  test('needs a newer one as soon as it has something new in it, and goes on doing so', () => {
    const version = (): unknown => editor.source.getMap('meta').get('schemaVersion')
    const editor = open(documentOf('106'))
    editor.select(1, 4)
    editor.run(toggle('strong'))
    expect(version()).toBeUndefined()
    editor.select(3, 4)
    editor.run(toggle('superscript'))
    expect(version()).toBe(3)
    editor.run(undo)
    expect(editor.state.doc.rangeHasMark(1, 4, schema.marks.superscript)).toBe(false)
    expect(version()).toBe(3)

    const imported = new Y.Doc()
    writeFlow(
      imported,
      schema.node('doc', null, schema.node('block', null, schema.text('2', [schema.mark('subscript')]))),
    )
    expect(imported.getMap('meta').get('schemaVersion')).toBe(3)
  })

  test('that becomes newer while it is open is not written to any more', () => {
    const doc = documentOf('known')
    let frozen = 0
    const editor = open(doc, { onFrozen: () => frozen++ })
    editor.select(6)
    editor.type('!')
    doc.getMap('meta').set('schemaVersion', SCHEMA_VERSION + 1)
    flowOf(doc).insertEmbed(0, { a: 'poll' })
    const before = Y.encodeStateAsUpdate(doc)
    editor.type('x')
    editor.run(undo)
    expect(frozen).toBe(1)
    expect(lines(editor)).toEqual(['known!'])
    expect(Y.encodeStateAsUpdate(doc)).toEqual(before)
  })

  test('survives editing around it, even where the version does not tell', () => {
    const doc = laterDocument()
    const editor = open(doc)
    editor.select(3)
    editor.type('X')
    editor.run(setKind('heading', 2))
    editor.select(editor.state.doc.content.size - 1)
    editor.type('Y')
    expect(lines(editor)).toEqual(['knXown sparkling', 'secondY'])
    expect(JSON.stringify(flowOf(doc).toDelta())).toMatch(/"a":"poll".*"i":"mention".*knXown/u)
    expect(doc.getMap('blocks').get('poll')).toEqual({ type: 'poll', mood: 'calm' })
    expect(JSON.stringify(doc.getArray('spans'))).toContain('sparkle')
    expect(settle(editor, open(copyOf(doc)))).toEqual(['knXown sparkling', 'secondY'])
  })

  test('survives arriving while one writes', () => {
    const doc = documentOf('known', 'second')
    const later = laterDocument()
    const editor = open(doc)
    editor.select(3)
    editor.type('X')
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(later))
    editor.type('Y')
    expect(lines(editor)).toContain('knXYown')
    expect(lines(editor)).toContain('known sparkling')
    expect(JSON.stringify(flowOf(doc).toDelta())).toContain('"a":"poll"')
    same(editor)
  })
})

describe('writing', () => {
  test('is refused where one may only read', () => {
    const [reader, writer] = [open(documentOf('one'), { editable: false }), open(documentOf('one'))]
    reader.select(2)
    reader.type('x')
    expect(lines(reader)).toEqual(['one'])
    merge(writer.source, reader.source)
    writer.select(4)
    writer.type(' more')
    expect(settle(writer, reader)).toContain('one more')
  })

  test('keeps characters whole that take two units', () => {
    const [a, b] = two(documentOf('😀😁'))
    a.dispatch(a.state.tr.insertText('😂', 1, 3))
    b.dispatch(b.state.tr.insertText('😄', 3, 5))
    expect(settle(a, b)).toEqual(['😂😄'])
    a.dispatch(a.state.tr.insertText('😀', 3))
    expect(settle(a, b)).toEqual(['😂😀😄'])
  })

  test('knows which of two like letters is the new one', () => {
    const [a, b] = two(documentOf('book'))
    a.select(3)
    a.type('o')
    b.select(3)
    b.type('X')
    expect(['boXook', 'booXok']).toContain(settle(a, b)[0])
    const [c, d] = two(documentOf('aab'))
    const { tr } = c.state
    tr.delete(1, 2)
    c.dispatch(tr.setSelection(TextSelection.create(tr.doc, 1)))
    d.select(2)
    d.type('X')
    expect(settle(c, d)).toEqual(['Xab'])
  })

  test('replaces everything', () => {
    const [a, b] = two(documentOf('one', 'two', 'three'))
    const nodes = ['drei', 'two', 'eins', ''].map((text) => block(text))
    a.dispatch(a.state.tr.replaceWith(0, a.state.doc.content.size, nodes))
    expect(settle(a, b)).toEqual(['drei', 'two', 'eins', ''])
  })

  test('changes the kind of many blocks in place', () => {
    const attributes: Partial<Block> = { kind: 'task' }
    const [a, b] = two(documentOf(...Array.from({ length: 250 }, (_, i) => `line ${i % 7}`)))
    const items = flowOf(a.source).toDelta() as unknown
    const tr = a.state.tr
    a.state.doc.forEach((_node, offset) => tr.setNodeMarkup(offset, null, blockAttrs(attributes)))
    a.dispatch(tr)
    expect(flowOf(a.source).toDelta()).toEqual(items)
    b.select(3)
    b.type('typed')
    expect(settle(a, b)[0]).toBe('litypedne 0')
    expect(a.state.doc.children.every((node) => blockOf(node).kind === 'task')).toBe(true)
  })

  test('marks a line break like the text around it', () => {
    const [a, b] = two(documentOf('ab'))
    a.dispatch(a.state.tr.insert(2, schema.nodes.hard_break.create()))
    a.select(1, 4)
    a.run(toggle('strong'))
    expect(settle(a, b)).toEqual(['a|b'])
    a.select(1, 4)
    a.run(toggle('strong'))
    settle(a, b)
    expect(b.state.doc.child(0).child(1).marks).toEqual([])
  })

  test('takes several transactions that reach it at once', () => {
    const doc = documentOf('one', 'two')
    const growth = (before: Node, now: Node): number => now.childCount - before.childCount
    const marks = ({ textContent }: Node): number => textContent.split('!').length
    /** Puts a line before all others when somebody types an exclamation mark. */
    const prepending = new Plugin({
      appendTransaction: (_transactions, before, { tr, doc: now }) =>
        marks(now) > marks(before.doc) ? tr.insert(0, block('new')) : null,
    })
    const renaming = new Plugin({
      appendTransaction: (_transactions, before, { tr, doc: now }) =>
        growth(before.doc, now) > 0 ? tr.insertText('er', 4) : null,
    })
    const plugins = () => [prepending, renaming]
    const [a, b] = [open(doc, { clientId: 1, plugins }), open(copyOf(doc), { clientId: 2 })]
    b.select(at(b, 1, 3))
    b.type('?')
    a.select(4)
    a.type('!')
    expect(settle(a, b)).toEqual(['newer', 'one!', 'two?'])
    a.undo()
    expect(settle(a, b)).toEqual(['one', 'two?'])
  })

  test('takes steps that wrap, and leaves the text to whoever writes in it', () => {
    const [a, b] = two(documentOf('one', 'two'))
    b.select(at(b, 1, 3))
    b.type('!')
    const start = at(a, 1, 0)
    const heading = schema.nodes.block.create(blockAttrs({ kind: 'heading', level: 3 }))
    const slice = new Slice(Fragment.from(heading), 0, 0)
    a.dispatch(a.state.tr.step(new ReplaceAroundStep(start - 1, start + 4, start, start + 3, slice, 1, true)))
    expect(settle(a, b)).toEqual(['one', 'two!'])
    expect(blockOf(b.state.doc.child(1))).toMatchObject({ kind: 'heading', level: 3 })
  })

  test('never makes two blocks of one id, however often a slice is pasted', () => {
    const [a, b] = two(documentOf('one', 'two'))
    const slice = a.state.doc.slice(0, a.state.doc.content.size)
    a.dispatch(a.state.tr.replace(0, 0, slice))
    b.dispatch(b.state.tr.replace(5, 5, slice))
    a.undo()
    a.redo()
    a.dispatch(a.state.tr.replace(a.state.doc.content.size, a.state.doc.content.size, slice))
    settle(a, b)
    const ids = (flowOf(a.source).toDelta() as { insert: unknown }[]).flatMap(({ insert }) =>
      typeof insert === 'object' && insert !== null && 'o' in insert ? [insert.o] : [],
    )
    expect(ids.length).toBe(8)
    expect(new Set(ids).size).toBe(8)
  })

  test('by whoever listens to the document, while it is being written, is shown too', () => {
    const doc = documentOf('one')
    const editor = open(doc, { clientId: 3 })
    let told = 0
    doc.on('beforeObserverCalls', () => {
      if (told++ > 0) return
      flowOf(doc).insert(flowOf(doc).length - 1, ' (heard)')
    })
    editor.select(1)
    editor.type('X')
    expect(same(editor)).toEqual(['Xone (heard)'])
  })

  test('of a document made from content reads as that content', () => {
    const nodes = [
      block('a heading', { kind: 'heading', level: 3 }),
      block('done', { kind: 'task', checked: true, indent: 2, quote: 1 }),
      schema.nodes.divider.create({ quote: 1 }),
      schema.nodes.code_block.create({ language: 'ts' }, schema.text('a\nb')),
      schema.nodes.block.create(null, [
        schema.text('plain '),
        schema.text('bold ', [schema.marks.strong.create()]),
        schema.text('both', [schema.marks.strong.create(), schema.marks.em.create()]),
        schema.nodes.hard_break.create(),
        schema.text('link', [schema.marks.link.create({ href: 'https://example.org/', title: 'Title' })]),
      ]),
      block(''),
    ]
    const content = schema.topNodeType.createChecked(null, nodes)
    const doc = new Y.Doc()
    writeFlow(doc, content)
    expect(readAnew(doc).toJSON()).toEqual(content.toJSON())
    expect(open(doc).state.doc.toJSON()).toEqual(content.toJSON())
  })
})

describe('a command over very many blocks', () => {
  const many = Array.from({ length: 300 }, (_, i) => `line ${i}`)
  const selectAll = (editor: HeadlessEditor): void =>
    editor.dispatch(editor.state.tr.setSelection(new AllSelection(editor.state.doc)))

  test.each([
    ['kind', setKind('heading', 1)],
    ['quote', toggleQuote],
    ['mark', toggle('strong')],
  ])('is one step that leaves the text to whoever writes in it: %s', (_name, command) => {
    const [ada, ben] = two(documentOf(...many))
    ben.select(ben.state.doc.content.size - 1)
    ben.type(' by Ben')
    selectAll(ada)
    ada.run(command)
    expect(ada.transactions.at(-1)?.steps.length).toBe(1)
    const expected = many.with(-1, 'line 299 by Ben')
    expect(settle(ada, ben)).toEqual(expected)
    expect(remoteSteps(ben).length).toBe(1)
    expect(caret(ben)).toEqual([299, 'line 299 by Ben'.length])
    const done = ada.state.doc
    ada.run(undo)
    expect(settle(ada, ben)).toEqual(expected)
    expect(ada.state.doc.child(7).eq(block('line 7'))).toBe(true)
    ada.run(redo)
    settle(ada, ben)
    expect(ada.state.doc.eq(done)).toBe(true)
  })

  test('moving them leaves each where whoever writes in it finds it', () => {
    const [ada, ben] = two(documentOf(...many))
    ben.select(4)
    ben.type('!')
    ada.select(1, ada.state.doc.content.size - 'line 299'.length - 3)
    ada.run(moveBlocks(1))
    expect(settle(ada, ben)).toEqual(['line 299', 'lin!e 0', ...many.slice(1, -1)])
  })
})
