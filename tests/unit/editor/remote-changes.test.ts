/** How the editor shows what others have done: by as little as has changed, and without carrying the caret away. */
import { AllSelection, NodeSelection } from 'prosemirror-state'
import { AttrStep, ReplaceStep } from 'prosemirror-transform'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { blockOf, schema } from '#doc/schema'
import { moveBlocks, setKind } from '#editor/block-commands'
import { at, backspace, caret, del, enter, lines, open, remoteSteps, same, settle, two } from '../../support/company.ts'
import { block, copyOf, documentOf, merge } from '../../support/documents.ts'
import type { HeadlessEditor } from '../../support/headless-editor.ts'

type Caret = [block: number, offset: number]

const press = (editor: HeadlessEditor, key: typeof enter, index: number, offset: number): void => {
  editor.select(at(editor, index, offset))
  expect(editor.run(key)).toBe(true)
}

describe('what others have changed', () => {
  test('touches nothing but what has changed', () => {
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

  test.each<[what: string, act: (editor: HeadlessEditor) => void, from: number, to: number, size: number]>([
    ['a letter', (a) => a.dispatch(a.state.tr.insertText('X', 8)), 8, 8, 1],
    ['a deletion', (a) => a.dispatch(a.state.tr.delete(7, 9)), 7, 9, 0],
    ['a line behind another', (a) => press(a, enter, 1, 3), 10, 10, 2],
    ['a deleted block', (a) => a.dispatch(a.state.tr.delete(5, 10)), 5, 10, 0],
    ['a block', (a) => a.dispatch(a.state.tr.insert(5, block('new'))), 5, 5, 5],
    ['a mark', (a) => a.dispatch(a.state.tr.addMark(7, 9, schema.marks.em.create())), 7, 9, 2],
  ])('is shown by one small step: %s', (_what, act, from, to, size) => {
    const [a, b] = two(documentOf('one', 'two', 'three', 'four'))
    act(a)
    settle(a, b)
    const steps = remoteSteps(b)
    expect(steps.length).toBe(1)
    expect(steps[0]).toMatchObject({ from, to, slice: { size } })
  })

  test('takes out one block and puts it in again when one was moved, whichever', () => {
    const [a, b] = two(documentOf('one', 'two', 'three', 'four', 'five'))
    const before = b.state.doc
    press(a, moveBlocks(1), 0, 0)
    a.run(moveBlocks(1))
    a.run(moveBlocks(1))
    expect(settle(a, b)).toEqual(['two', 'three', 'four', 'one', 'five'])
    expect(
      remoteSteps(b).map((step) => (step instanceof ReplaceStep ? step.to - step.from + step.slice.size : -1)),
    ).toEqual([5, 5])
    expect(b.state.doc.child(0)).toBe(before.child(1))
  })

  test('maps positions as an edit made here would', () => {
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

  test('makes no transaction when nothing to be seen has changed', () => {
    const [a, b] = two(documentOf('one'))
    a.source.getText('title').insert(0, 'A title')
    a.source.getMap('blocks').set('nobody', { kind: 'heading' })
    a.source.getText('flow').insertEmbed(0, { later: 1 })
    a.source.getText('flow').insertEmbed(0, { c: 'nobody' })
    a.source.transact(() => {
      a.source.getText('flow').insert(0, 'x')
      a.source.getText('flow').delete(0, 1)
    })
    merge(a.source, b.source)
    expect(b.transactions).toEqual([])
    expect(same(a, b)).toEqual(['one'])
  })

  test('arrives in one piece when it is very much', () => {
    const [a, b] = two(documentOf(...Array.from({ length: 300 }, (_, i) => `line ${i}`)))
    b.select(500)
    const before = caret(b)
    a.dispatch(a.state.tr.setSelection(new AllSelection(a.state.doc)))
    a.run(setKind('bullet'))
    settle(a, b)
    expect(remoteSteps(b)).toHaveLength(1)
    expect(caret(b)).toEqual(before)
    expect(blockOf(b.state.doc.child(150)).kind).toBe('bullet')
  })

  test('is shown whatever the order in which it comes, and when it has all come', () => {
    const [a] = two(documentOf('one'))
    const late = open(copyOf(a.source), { clientId: 3 })
    const updates: Uint8Array[] = []
    a.source.on('update', (update: Uint8Array) => updates.push(update))
    a.select(4)
    for (const letter of ' two') a.type(letter)
    press(a, enter, 0, 3)
    a.run(setKind('heading', 2))
    press(a, moveBlocks(-1), 1, 0)
    a.dispatch(a.state.tr.delete(1, 3))
    for (const update of updates.toReversed()) Y.applyUpdate(late.source, update)
    expect(same(a, late)).toEqual(lines(a))
    expect(updates.length).toBeGreaterThan(6)
  })
})

describe('the caret', () => {
  test('stays where it was, and the view unscrolled', () => {
    const [a, b] = two(documentOf('one two', 'three'))
    b.select(5)
    a.select(1)
    a.type('zero ')
    a.select(a.state.doc.content.size - 1)
    a.run(enter)
    settle(a, b)
    expect(caret(b)).toEqual([0, 9])
    a.select(4, 8)
    a.run(backspace)
    settle(a, b)
    expect(lines(b)[0]).toBe('zere two')
    expect(caret(b)).toEqual([0, 5])
    expect(b.transactions.some(({ scrolledIntoView }) => scrolledIntoView)).toBe(false)
  })

  /** The caret stands before `C` in 'ab', 'xxCyy', 'ef'. */
  test.each<[what: string, act: (editor: HeadlessEditor) => void, expected: Caret, undone?: Caret]>([
    ['the block is split before it', (a) => press(a, enter, 1, 1), [2, 1]],
    ['the block is split at it', (a) => press(a, enter, 1, 2), [1, 2]],
    ['the block is split behind it', (a) => press(a, enter, 1, 4), [1, 2]],
    ['the block is joined to the one before', (a) => press(a, backspace, 1, 0), [0, 4]],
    ['the next block is joined to it', (a) => press(a, del, 1, 5), [1, 2]],
    ['the block is moved up', (a) => press(a, moveBlocks(-1), 1, 0), [0, 2]],
    ['the block is moved down', (a) => press(a, moveBlocks(1), 1, 0), [2, 2]],
    ['a block is moved past it', (a) => press(a, moveBlocks(1), 0, 0), [0, 2]],
    ['the text around it is deleted', (a) => a.dispatch(a.state.tr.delete(6, 9)), [1, 1], [1, 1]],
    ['the block is made a heading', (a) => press(a, setKind('heading', 1), 1, 0), [1, 2]],
    ['the block is deleted', (a) => a.dispatch(a.state.tr.delete(4, 11)), [0, 2], [0, 2]],
  ])('stays by its character when %s', (_what, act, expected, undone = [1, 2]) => {
    for (const ids of [
      [1, 2],
      [2, 1],
    ] as const) {
      const [a, b] = two(documentOf('ab', 'xxCyy', 'ef'), ids)
      b.select(at(b, 1, 2))
      act(a)
      settle(a, b)
      expect(caret(b)).toEqual(expected)
      a.undo()
      settle(a, b)
      expect(lines(b)).toEqual(['ab', 'xxCyy', 'ef'])
      expect(caret(b)).toEqual(undone)
    }
  })

  test('and a selection keep what is selected', () => {
    const [a, b] = two(documentOf('one two three', 'end'))
    b.select(at(b, 0, 4), at(b, 0, 7))
    press(a, enter, 0, 5)
    a.select(at(a, 0, 0))
    a.type('X')
    settle(a, b)
    const { from, to } = b.state.selection
    expect(b.state.doc.textBetween(from, to, '|')).toBe('t|wo')
    press(a, moveBlocks(1), 1, 0)
    settle(a, b)
    expect(b.state.selection.$from.parent.textContent).toBe('Xone t')
  })

  test('on a divider stays on it', () => {
    const [a, b] = two(documentOf('one', schema.nodes.divider.create(), 'two'))
    b.dispatch(b.state.tr.setSelection(NodeSelection.create(b.state.doc, 5)))
    a.dispatch(a.state.tr.insert(0, block('zero')))
    settle(a, b)
    expect(b.state.selection).toBeInstanceOf(NodeSelection)
    expect(b.state.selection.from).toBe(11)
    a.select(at(a, 1, 0))
    a.run(moveBlocks(1))
    expect(settle(a, b)).toEqual(['zero', '', 'one', 'two'])
    expect(b.state.selection).toBeInstanceOf(NodeSelection)
    expect(b.state.selection.from).toBe(6)
  })

  test('stays in the empty paragraph of a document that others fill, then empty', () => {
    const [a, b] = two(new Y.Doc())
    b.select(1)
    a.type('one')
    settle(a, b)
    expect(b.state.selection.empty).toBe(true)
    a.dispatch(a.state.tr.delete(0, a.state.doc.content.size))
    settle(a, b)
    b.type('two')
    expect(settle(a, b)).toEqual(['two'])
  })
})
