import { chainCommands } from 'prosemirror-commands'
import { AllSelection, TextSelection, type Command, type EditorState } from 'prosemirror-state'
import { AttrStep, ReplaceStep } from 'prosemirror-transform'
import { afterEach, describe, expect, test } from 'vitest'
import { yXmlFragmentToProseMirrorRootNode } from 'y-prosemirror'
import * as Y from 'yjs'
import { bodyOf } from '#doc/document'
import { blockAttrs, blockOf, schema, type Block } from '#doc/schema'
import { isRemote } from '#editor/binding'
import { moveBlocks, setKind, toggleCodeBlock, toggleQuote } from '#editor/block-commands'
import { backspaceCommands, enterCommands } from '#editor/block-edges'
import { closeUndoStep, redo, undo } from '#editor/history'
import { toggle } from '#editor/mark-commands'
import { block, copyOf, documentOf, merge } from '../../support/documents.ts'
import { openHeadless, type HeadlessEditor, type HeadlessOptions } from '../../support/headless-editor.ts'

const enter = chainCommands(...enterCommands)
const backspace = chainCommands(...backspaceCommands)

const opened: HeadlessEditor[] = []

function open(doc: Y.Doc, options?: HeadlessOptions): HeadlessEditor {
  const editor = openHeadless(doc, options)
  opened.push(editor)
  return editor
}

/** Two people with the same document; what one does reaches the other at `merge` only. */
function two(doc: Y.Doc): [HeadlessEditor, HeadlessEditor] {
  return [open(doc), open(copyOf(doc))]
}

const lines = ({ state }: HeadlessEditor): string[] => {
  const texts: string[] = []
  state.doc.forEach((node) => texts.push(node.textBetween(0, node.content.size, null, '|')))
  return texts
}

/** Merges, and sees that everybody, and whoever opens the document anew, has the same. Returns the lines. */
function settle(...editors: HeadlessEditor[]): string[] {
  merge(...editors.map(({ source }) => source))
  const expected = editors[0]?.state.doc.toJSON() as unknown
  for (const { state, source } of editors) {
    state.doc.check()
    expect(state.doc.toJSON()).toEqual(expected)
    expect(open(copyOf(source)).state.doc.toJSON()).toEqual(expected)
  }
  const [first] = editors
  return first === undefined ? [] : lines(first)
}

/** The caret as an offset in the line it is in. */
const caret = ({ selection }: EditorState): [line: number, offset: number] => [
  selection.$head.index(0),
  selection.$head.parentOffset,
]

const remoteSteps = ({ transactions }: HeadlessEditor) => transactions.filter(isRemote).flatMap(({ steps }) => steps)

afterEach(() => {
  for (const editor of opened.splice(0)) editor.destroy()
})

describe('the empty document', () => {
  test('shows one paragraph and writes nothing until somebody types', () => {
    const doc = new Y.Doc()
    const editor = open(doc)
    expect(lines(editor)).toEqual([''])
    editor.select(1)
    editor.run(backspace)
    editor.dispatch(editor.state.tr.setMeta('anything', true))
    expect(Y.encodeStateVector(doc)).toEqual(Y.encodeStateVector(new Y.Doc()))
    editor.type('a')
    expect(bodyOf(doc).toJSON()).toBe('<block>a</block>')
    expect(settle(editor)).toEqual(['a'])
  })

  test('is not written either when others have emptied it', () => {
    const doc = documentOf('gone')
    const editor = open(doc)
    bodyOf(doc).delete(0, 1)
    const before = Y.encodeStateVector(doc)
    expect(lines(editor)).toEqual([''])
    editor.select(1)
    expect(Y.encodeStateVector(doc)).toEqual(before)
    editor.run(setKind('heading', 1))
    expect(bodyOf(doc).length).toBe(1)
  })

  test('takes text that arrives', () => {
    const doc = new Y.Doc()
    const editor = open(doc)
    editor.select(1)
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(documentOf('one', 'two')))
    expect(lines(editor)).toEqual(['one', 'two'])
  })
})

describe('what the editor cannot show', () => {
  /** As a later Inkmesh might write it: a node, a mark and an attribute of which this one knows nothing. */
  function laterDocument(): Y.Doc {
    const doc = documentOf('known', 'second')
    const [known] = bodyOf(doc).toArray() as Y.XmlElement[]
    const poll = new Y.XmlElement('poll')
    poll.setAttribute('question', 'Why?')
    poll.insert(0, [new Y.XmlText('because')])
    bodyOf(doc).insert(1, [poll])
    known?.setAttribute('mood', 'calm')
    const text = known?.get(0) as unknown as Y.XmlText
    text.insert(5, ' sparkling', { sparkle: { color: 'gold' } })
    text.insertEmbed(0, { widget: 1 })
    return doc
  }

  test('a document of a newer schema opens read-only and comes back byte for byte', () => {
    const doc = laterDocument()
    doc.getMap('meta').set('schemaVersion', 2)
    const before = Y.encodeStateAsUpdate(doc)
    const editor = open(doc)
    expect(editor.replica.frozen).toBe(true)
    expect(lines(editor)).toEqual(['known sparkling', 'second'])
    editor.select(2)
    editor.type('x')
    editor.run(enter)
    editor.run(undo)
    expect(lines(editor)).toEqual(['known sparkling', 'second'])
    expect(Y.encodeStateAsUpdate(doc)).toEqual(before)
  })

  test('a document that becomes newer while it is open is not written to any more', () => {
    const doc = documentOf('known')
    let frozen = 0
    const editor = open(doc, { onFrozen: () => frozen++ })
    editor.select(6)
    editor.type('!')
    doc.getMap('meta').set('schemaVersion', 2)
    bodyOf(doc).insert(0, [new Y.XmlElement('poll')])
    const before = Y.encodeStateAsUpdate(doc)
    editor.type('x')
    editor.run(undo)
    expect(frozen).toBe(1)
    expect(lines(editor)).toEqual(['known!'])
    expect(Y.encodeStateAsUpdate(doc)).toEqual(before)
  })

  test('even where the version does not tell, it survives editing around it', () => {
    const doc = laterDocument()
    const editor = open(doc)
    expect(lines(editor)).toEqual(['known sparkling', 'second'])
    editor.select(3)
    editor.type('X')
    editor.run(setKind('heading', 2))
    editor.select(editor.state.doc.content.size - 1)
    editor.type('Y')
    expect(lines(editor)).toEqual(['knXown sparkling', 'secondY'])
    const [first, poll] = bodyOf(doc).toArray() as Y.XmlElement[]
    expect(poll?.toJSON()).toBe('<poll question="Why?">because</poll>')
    expect(first?.getAttributes()).toEqual({ kind: 'heading', level: 2, mood: 'calm' })
    expect((first?.get(0) as unknown as Y.XmlText).toDelta()).toEqual([
      { insert: { widget: 1 } },
      { insert: 'knXown' },
      { insert: ' sparkling', attributes: { sparkle: { color: 'gold' } } },
    ])
    expect(settle(editor, open(copyOf(doc)))).toEqual(['knXown sparkling', 'secondY'])
  })

  test('even when it arrives while one writes', () => {
    const doc = documentOf('known', 'second')
    const editor = open(doc)
    editor.select(3)
    editor.type('X')
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(laterDocument()))
    editor.type('Y')
    expect(lines(editor)).toContain('knXYown')
    expect(lines(editor)).toContain('known sparkling')
    expect(bodyOf(doc).toJSON()).toContain('<poll question="Why?">because</poll>')
    expect(bodyOf(editor.replica.doc).toJSON()).not.toContain('poll')
  })

  test('nothing a peer may have written stops the editor', () => {
    const doc = documentOf('sane')
    const body = bodyOf(doc)
    const nested = new Y.XmlElement('block')
    nested.insert(0, [new Y.XmlElement('block'), new Y.XmlText('inner'), new Y.XmlElement('divider')])
    const code = new Y.XmlElement('code_block')
    code.insert(0, [new Y.XmlElement('hard_break'), new Y.XmlText('code')])
    const divider = new Y.XmlElement('divider')
    divider.insert(0, [new Y.XmlText('text in a line')])
    const link = new Y.XmlElement('block')
    const linkText = new Y.XmlText()
    linkText.insert(0, 'link', { link: { title: 1 }, strong: true, em: null, code: 'x' })
    link.insert(0, [linkText])
    body.insert(0, [new Y.XmlText('loose'), nested, code, divider, link, new Y.XmlElement('hard_break')] as never)
    ;(nested as unknown as Y.XmlElement<Record<string, object>>).setAttribute('kind', { not: 'a kind' })
    const before = body.toJSON()
    const editor = open(doc)
    expect(lines(editor)).toEqual(['inner', '\ncode', '', 'link', 'sane'])
    expect(editor.state.doc.child(3).firstChild?.marks.map(({ type }) => type.name)).toEqual(['strong', 'code'])
    expect(body.toJSON()).toBe(before)
    editor.select(3)
    editor.type('X')
    expect(settle(editor, open(copyOf(doc)))).toEqual(['inXner', '\ncode', '', 'link', 'sane'])
  })

  test('y-prosemirror reads the same document', () => {
    const doc = documentOf(block('one', { kind: 'task', checked: true }), 'two', '')
    const editor = open(doc)
    editor.select(2, 4)
    editor.run(toggle('strong'))
    editor.select(3)
    editor.dispatch(editor.state.tr.insert(3, schema.nodes.hard_break.create()))
    expect(yXmlFragmentToProseMirrorRootNode(bodyOf(copyOf(doc)), schema).toJSON()).toEqual(editor.state.doc.toJSON())
  })
})

describe('two people in one block', () => {
  test.each([
    ['a heading', setKind('heading', 1), 'heading'],
    ['a list item', setKind('bullet'), 'bullet'],
    ['a task', setKind('task'), 'task'],
    ['a quote', toggleQuote, 'paragraph'],
    ['code', toggleCodeBlock, 'code'],
  ] as const)('no letter is lost when one makes it %s while the other types', (_name, command: Command, kind) => {
    const [a, b] = two(documentOf('one two'))
    for (const letter of ' three') {
      b.select(b.state.doc.content.size - 1)
      b.type(letter)
      if (letter === 'r') a.run(command)
      if (letter === 'e') settle(a, b)
    }
    expect(settle(a, b)).toEqual(['one two three'])
    const { doc } = b.state
    if (kind === 'code') expect(doc.child(0).type).toBe(schema.nodes.code_block)
    else expect(blockOf(doc.child(0)).kind).toBe(kind)
    expect(blockOf(doc.child(0)).quote).toBe(command === toggleQuote ? 1 : 0)
  })

  test('code that was a line with marks and breaks becomes one again without surprises', () => {
    const [a, b] = two(documentOf('one two three'))
    a.run(toggleCodeBlock)
    b.select(5, 8)
    b.run(toggle('strong'))
    b.dispatch(b.state.tr.insert(9, schema.nodes.hard_break.create()))
    expect(settle(a, b)).toEqual(['one two \nthree'])
    expect(b.state.doc.child(0).type).toBe(schema.nodes.code_block)
    a.run(toggleCodeBlock)
    settle(a, b)
    expect(b.state.doc.textContent).toMatch(/^one two .?three$/su)
    expect(JSON.stringify(b.state.doc)).not.toContain('strong')
  })

  test('the block is not doubled when both change it at once', () => {
    const [a, b] = two(documentOf('text'))
    a.run(setKind('heading', 1))
    b.run(setKind('bullet'))
    b.select(5)
    b.type('!')
    expect(settle(a, b)).toEqual(['text!'])
  })

  test('nothing else goes when both empty the same list', () => {
    const item = (text: string) => block(text, { kind: 'bullet' })
    const [a, b] = two(documentOf('before', item('one'), item('two'), 'after'))
    const { doc } = a.state
    const [from, to] = [doc.child(0).nodeSize + 1, doc.content.size - doc.child(3).nodeSize - 1]
    for (const editor of [a, b]) {
      editor.select(from, to)
      editor.run(backspace)
    }
    expect(settle(a, b)).toEqual(['before', '', 'after'])
  })

  test('both texts are there once when both type into the same empty one', () => {
    const [a, b] = two(documentOf('', 'next'))
    for (const [editor, text] of [
      [a, 'aaa'],
      [b, 'bbb'],
    ] as const) {
      editor.select(1)
      for (const letter of text) editor.type(letter)
    }
    expect(['aaabbb', 'bbbaaa']).toContain(settle(a, b)[0])
    a.select(4)
    a.type('-')
    b.select(4)
    b.type('+')
    expect(settle(a, b)[0]).toMatch(/^(aaa[-+]{2}bbb|bbb[-+]{2}aaa)$/u)
  })

  test('texts side by side, as y-prosemirror makes them, are never moved into each other', () => {
    const doc = new Y.Doc()
    const element = new Y.XmlElement('block')
    element.insert(0, [new Y.XmlText('one '), new Y.XmlText(''), new Y.XmlText('two')])
    bodyOf(doc).insert(0, [element])
    const [a, b] = two(doc)
    a.select(4)
    a.type('A')
    b.select(6)
    b.type('B')
    b.select(2, 7)
    b.run(toggle('strong'))
    expect(settle(a, b)).toEqual(['oneA tBwo'])
    a.select(3, 8)
    a.dispatch(a.state.tr.deleteSelection())
    expect(settle(a, b)).toEqual(['onwo'])
  })

  test('words typed at one place at the same time stay whole', () => {
    const [a, b] = two(documentOf('start '))
    for (const editor of [a, b]) editor.select(7)
    for (let i = 0; i < 4; i++) {
      a.type('aaaa'.charAt(i))
      b.type('bbbb'.charAt(i))
      merge(a.source, b.source)
    }
    expect(['start aaaabbbb', 'start bbbbaaaa']).toContain(settle(a, b)[0])
  })

  test('splitting in different halves doubles nothing', () => {
    const [a, b] = two(documentOf('one two three four'))
    a.select(4)
    a.run(enter)
    b.select(15)
    b.run(enter)
    expect(settle(a, b)).toEqual(['one', ' two three ', 'four'])
  })

  test('what is typed at the far end of a block that is split stays in the larger part', () => {
    const [a, b] = two(documentOf('one two three four'))
    a.select(4)
    a.run(enter)
    b.select(19)
    b.type('!')
    expect(settle(a, b)).toEqual(['one', ' two three four!'])
  })

  test('marking with typed signs keeps what is typed inside', () => {
    const [a, b] = two(documentOf('a **bold** b'))
    const tr = a.state.tr.delete(9, 11).delete(3, 5)
    a.dispatch(tr.addMark(3, 7, schema.marks.strong.create()))
    b.select(7)
    b.type('X')
    expect(settle(a, b)).toEqual(['a boXld b'])
  })
})

describe('changes from elsewhere', () => {
  test('touch nothing but what has changed', () => {
    const [a, b] = two(documentOf('one', 'two', 'three', 'four'))
    const before = b.state.doc
    a.select(8)
    a.type('XY')
    a.run(setKind('heading', 1))
    settle(a, b)
    const after = b.state.doc
    for (const i of [0, 2, 3]) expect(after.child(i)).toBe(before.child(i))
    const steps = remoteSteps(b)
    expect(steps.filter((step) => step instanceof AttrStep)).toHaveLength(2)
    const [replaced] = steps.filter((step) => step instanceof ReplaceStep)
    expect(replaced).toMatchObject({ from: 8, to: 8 })
  })

  test('map positions as an edit made here would', () => {
    const [a, b] = two(documentOf('one', 'two', 'three'))
    a.select(2)
    a.type('1')
    a.select(a.state.doc.content.size - 1)
    a.run(enter)
    a.dispatch(a.state.tr.delete(6, 11))
    settle(a, b)
    let position = 13
    for (const { mapping } of b.transactions) position = mapping.map(position)
    expect(lines(b)).toEqual(['o1ne', 'three', ''])
    expect(b.state.doc.textBetween(position, position + 3)).toBe('ree')
  })

  test('make no transaction when nothing to be seen has changed', () => {
    const doc = documentOf('one')
    const editor = open(doc)
    doc.getText('title').insert(0, 'A title')
    ;(bodyOf(doc).get(0) as unknown as Y.XmlElement).setAttribute('mood', 'calm')
    doc.transact(() => {
      bodyOf(doc).insert(0, [new Y.XmlElement('block')])
      bodyOf(doc).delete(0, 1)
    })
    expect(editor.transactions).toEqual([])
  })

  test('leave the caret where it was, and the view unscrolled', () => {
    const [a, b] = two(documentOf('one two', 'three'))
    b.select(5)
    a.select(1)
    a.type('zero ')
    a.select(a.state.doc.content.size - 1)
    a.run(enter)
    settle(a, b)
    expect(caret(b.state)).toEqual([0, 9])
    a.select(4, 8)
    a.run(backspace)
    settle(a, b)
    expect(lines(b)[0]).toBe('zere two')
    expect(caret(b.state)).toEqual([0, 5])
    expect(b.transactions.some(({ scrolledIntoView }) => scrolledIntoView)).toBe(false)
  })

  test('in great number arrive in one piece', () => {
    const [a, b] = two(documentOf(...Array.from({ length: 300 }, (_, i) => `line ${i}`)))
    b.select(500)
    const before = caret(b.state)
    a.dispatch(a.state.tr.setSelection(new AllSelection(a.state.doc)))
    a.run(setKind('bullet'))
    settle(a, b)
    expect(remoteSteps(b)).toHaveLength(1)
    expect(caret(b.state)).toEqual(before)
    expect(blockOf(b.state.doc.child(150)).kind).toBe('bullet')
  })

  test('wait for a composition, and what is composed is exact', () => {
    const [a, b] = two(documentOf('ab'))
    b.select(2)
    b.composing = true
    b.type('ㅎ')
    a.select(1)
    a.type('before ')
    a.select(a.state.doc.content.size - 1)
    a.type(' behind')
    merge(a.source, b.source)
    b.dispatch(b.state.tr.insertText('하', 2, 3))
    b.dispatch(b.state.tr.insertText('한', 2, 3))
    expect(lines(b)).toEqual(['a한b'])
    b.composing = false
    b.replica.release()
    expect(settle(a, b)).toEqual(['before a한b behind'])
    expect(caret(b.state)).toEqual([0, 9])
  })
})

describe('undo', () => {
  test("takes back one's own changes only, and restores the caret", () => {
    const [a, b] = two(documentOf('one', 'two'))
    a.select(4)
    a.type('!')
    b.select(1)
    b.type('zero ')
    settle(a, b)
    a.select(a.state.doc.content.size - 1)
    a.run(undo)
    expect(settle(a, b)).toEqual(['zero one', 'two'])
    expect(caret(a.state)).toEqual([0, 8])
    expect(a.transactions.at(-1)?.scrolledIntoView).toBe(true)
    a.run(redo)
    expect(settle(a, b)).toEqual(['zero one!', 'two'])
    b.run(undo)
    expect(settle(a, b)).toEqual(['one!', 'two'])
    expect(a.run(redo)).toBe(false)
  })

  test('goes step by step, and typing without a pause is one step', () => {
    const editor = open(documentOf(''))
    editor.select(1)
    for (const letter of 'word') editor.type(letter)
    closeUndoStep(editor.state)
    editor.run(enter)
    editor.run(undo)
    expect(lines(editor)).toEqual(['word'])
    editor.run(undo)
    expect(lines(editor)).toEqual([''])
    expect(editor.run(undo)).toBe(false)
    editor.run(redo)
    editor.run(redo)
    expect(lines(editor)).toEqual(['word', ''])
  })

  test('of making a block leaves what somebody else wrote in it', () => {
    const [a, b] = two(documentOf('one'))
    a.select(4)
    a.run(enter)
    settle(a, b)
    b.select(b.state.doc.content.size - 1)
    b.type('from b')
    settle(a, b)
    a.run(undo)
    expect(settle(a, b)).toEqual(['one', 'from b'])
  })

  test('of a deletion brings back text, marks and kind', () => {
    const [a, b] = two(documentOf(block('head', { kind: 'heading', level: 2 }), 'text'))
    a.select(2, 4)
    a.run(toggle('em'))
    const before = a.state.doc.toJSON() as unknown
    closeUndoStep(a.state)
    a.select(3, a.state.doc.content.size - 2)
    a.run(backspace)
    settle(a, b)
    a.run(undo)
    settle(a, b)
    expect(b.state.doc.toJSON()).toEqual(before)
  })
})

describe('writing', () => {
  test('is refused where one may only read', () => {
    const editor = open(documentOf('one'), { editable: false })
    editor.select(2)
    editor.type('x')
    expect(lines(editor)).toEqual(['one'])
    ;(bodyOf(editor.source).get(0) as unknown as Y.XmlElement).insert(1, [new Y.XmlText(' more')])
    expect(lines(editor)).toEqual(['one more'])
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
    const before = bodyOf(a.source).toArray()
    const tr = a.state.tr
    a.state.doc.forEach((_node, offset) => tr.setNodeMarkup(offset, null, blockAttrs(attributes)))
    a.dispatch(tr)
    b.select(3)
    b.type('typed')
    expect(settle(a, b)[0]).toBe('litypedne 0')
    expect(bodyOf(a.source).toArray()).toEqual(before)
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
    expect(caret(ben.state)).toEqual([299, 'line 299 by Ben'.length])
    const done = ada.state.doc
    ada.run(undo)
    expect(settle(ada, ben)).toEqual(expected)
    expect(ada.state.doc.child(7).eq(block('line 7'))).toBe(true)
    ada.run(redo)
    settle(ada, ben)
    expect(ada.state.doc.eq(done)).toBe(true)
  })

  test('moving them moves the one block they pass', () => {
    const [ada, ben] = two(documentOf(...many))
    ben.select(4)
    ben.type('!')
    ada.select(1, ada.state.doc.content.size - 'line 299'.length - 3)
    ada.run(moveBlocks(1))
    expect(settle(ada, ben)).toEqual(['line 299', 'lin!e 0', ...many.slice(1, -1)])
  })
})
