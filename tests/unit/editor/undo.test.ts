/** Undo takes back what one did oneself, whatever others have done meanwhile. Whole sessions of it are in `tests/merge`. */
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { blockOf, schema, SCHEMA_VERSION } from '#doc/schema'
import { moveBlocks, setKind } from '#editor/block-commands'
import { closeUndoStep, redo, undo } from '#editor/binding/undo'
import { toggle } from '#editor/mark-commands'
import { at, backspace, caret, enter, lines, open, same, settle, two } from '../../support/company.ts'
import { block, copyOf, documentOf } from '../../support/documents.ts'
import type { HeadlessEditor } from '../../support/headless-editor.ts'

/** As after a moment in which nothing was typed. */
const pause = ({ state }: HeadlessEditor): void => closeUndoStep(state)

const typeAt = (editor: HeadlessEditor, index: number, offset: number, text: string): void => {
  editor.select(at(editor, index, offset))
  editor.type(text)
}

describe('undo', () => {
  test("takes back one's own changes only, and puts the caret back", () => {
    const [a, b] = two(documentOf('one', 'two'))
    typeAt(a, 0, 3, '!')
    typeAt(b, 0, 0, 'zero ')
    settle(a, b)
    a.select(a.state.doc.content.size - 1)
    expect(a.undo()).toBe(true)
    expect(settle(a, b)).toEqual(['zero one', 'two'])
    expect(caret(a)).toEqual([0, 8])
    expect(a.transactions.at(-1)?.scrolledIntoView).toBe(true)
    a.redo()
    expect(settle(a, b)).toEqual(['zero one!', 'two'])
    b.undo()
    expect(settle(a, b)).toEqual(['one!', 'two'])
    expect(a.redo()).toBe(false)
  })

  test('goes step by step, and typing without a pause is one step', () => {
    const editor = open(documentOf(''))
    editor.select(1)
    for (const letter of 'word') editor.type(letter)
    closeUndoStep(editor.state)
    editor.run(enter)
    editor.undo()
    expect(lines(editor)).toEqual(['word'])
    editor.undo()
    expect(lines(editor)).toEqual([''])
    expect(editor.undo()).toBe(false)
    editor.redo()
    editor.redo()
    expect(lines(editor)).toEqual(['word', ''])
    expect(editor.redo()).toBe(false)
  })

  test.each([
    ['half a second goes by', () => setTimeout(550)],
    [
      'one clicks elsewhere',
      (editor: HeadlessEditor) => {
        editor.select(2)
        editor.select(4)
      },
    ],
  ])('begins a new step when %s', async (_what, meanwhile) => {
    const editor = open(documentOf('on'))
    typeAt(editor, 0, 2, 'e')
    await Promise.resolve(meanwhile(editor))
    editor.type('!')
    editor.undo()
    expect(lines(editor)).toEqual(['one'])
    editor.undo()
    expect(lines(editor)).toEqual(['on'])
  })

  test('keeps a step together although something of a peer arrives in between', () => {
    const [a, b] = two(documentOf('one'))
    typeAt(a, 0, 3, ' t')
    typeAt(b, 0, 0, 'X')
    settle(a, b)
    a.type('w')
    a.type('o')
    expect(settle(a, b)).toEqual(['Xone two'])
    a.undo()
    expect(settle(a, b)).toEqual(['Xone'])
  })

  test('of making a block leaves what somebody else wrote in it', () => {
    const [a, b] = two(documentOf('one'))
    a.select(4)
    a.run(enter)
    settle(a, b)
    b.select(b.state.doc.content.size - 1)
    b.type('from b')
    settle(a, b)
    a.undo()
    expect(settle(a, b).join('')).toBe('onefrom b')
  })

  test('of a split joins, of a join splits, and what a peer has typed at the seam stays', () => {
    for (const ids of [
      [1, 2],
      [2, 1],
    ] as const) {
      const [a, b] = two(documentOf('onetwo', 'three'), ids)
      a.select(at(a, 0, 3))
      a.run(enter)
      settle(a, b)
      typeAt(b, 0, 3, 'X')
      typeAt(b, 1, 0, 'Y')
      settle(a, b)
      a.undo()
      expect(settle(a, b)).toEqual(['oneXYtwo', 'three'])
      pause(a)
      a.select(at(a, 1, 0))
      a.run(backspace)
      settle(a, b)
      typeAt(b, 0, 8, 'Z')
      settle(a, b)
      a.undo()
      expect(settle(a, b).join('|')).toMatch(/^oneXYtwoZ?\|Z?three$/u)
      expect(lines(a).join('').match(/Z/gu)?.length).toBe(1)
    }
  })

  test('of a deletion brings back text, marks and kind', () => {
    const [a, b] = two(documentOf(block('head', { kind: 'heading', level: 2 }), 'text'))
    a.select(2, 4)
    a.run(toggle('em'))
    const before = a.state.doc.toJSON() as unknown
    pause(a)
    a.select(3, a.state.doc.content.size - 2)
    a.run(backspace)
    settle(a, b)
    a.undo()
    settle(a, b)
    expect(b.state.doc.toJSON()).toEqual(before)
  })

  test('of a deletion, done again and undone, over and over, neither loses nor piles up', () => {
    const [a, b] = two(documentOf(block('head', { kind: 'heading', level: 2 }), 'text'))
    a.select(at(a, 0, 1), at(a, 1, 2))
    a.run(toggle('strong'))
    pause(a)
    const before = a.state.doc
    a.run(backspace)
    const after = a.state.doc
    for (let i = 0; i < 20; i++) {
      a.undo()
      settle(a, b)
      expect(a.state.doc.eq(before)).toBe(true)
      a.redo()
      settle(a, b)
      expect(a.state.doc.eq(after)).toBe(true)
    }
    expect(a.source.getArray('aliases').length).toBeLessThanOrEqual(4)
    expect(a.source.getArray('spans').length).toBeLessThanOrEqual(4)
  })

  test('of a kind and of a mark is exact, where a peer has written in the block meanwhile', () => {
    const [a, b] = two(documentOf('one two', 'three'))
    a.select(at(a, 0, 0), at(a, 0, 3))
    a.run(toggle('strong'))
    pause(a)
    a.run(setKind('heading', 3))
    settle(a, b)
    typeAt(b, 0, 2, 'X')
    settle(a, b)
    a.undo()
    settle(a, b)
    expect(blockOf(b.state.doc.child(0)).kind).toBe('paragraph')
    expect(b.state.doc.child(0).child(0)).toMatchObject({ text: 'onXe', marks: [{ type: { name: 'strong' } }] })
    a.undo()
    settle(a, b)
    expect(b.state.doc.child(0).eq(block('onXe two'))).toBe(true)
  })

  test('of a move puts the block back, with what a peer has typed in it', () => {
    const [a, b] = two(documentOf('one', 'two', 'three'))
    a.select(at(a, 2, 0))
    a.run(moveBlocks(-1))
    pause(a)
    a.run(moveBlocks(-1))
    settle(a, b)
    typeAt(b, 0, 5, '!')
    expect(settle(a, b)).toEqual(['three!', 'one', 'two'])
    a.undo()
    expect(settle(a, b)).toEqual(['one', 'three!', 'two'])
    a.undo()
    expect(settle(a, b)).toEqual(['one', 'two', 'three!'])
    a.redo()
    a.redo()
    expect(settle(a, b)).toEqual(['three!', 'one', 'two'])
  })

  test('of what a peer has deleted meanwhile takes nothing else along', () => {
    const [a, b] = two(documentOf('one', 'two'))
    typeAt(a, 0, 3, ' more')
    settle(a, b)
    b.dispatch(b.state.tr.delete(0, b.state.doc.child(0).nodeSize))
    settle(a, b)
    a.undo()
    expect(settle(a, b)).toEqual(['two'])
    a.redo()
    settle(a, b)
    b.undo()
    expect(settle(a, b).at(-1)).toBe('two')
  })

  test('by two people of the same thing brings it back', () => {
    const [a, b] = two(documentOf('one', 'two', 'three'))
    for (const editor of [a, b]) editor.dispatch(editor.state.tr.delete(5, 10))
    expect(settle(a, b)).toEqual(['one', 'three'])
    a.undo()
    settle(a, b)
    b.undo()
    expect(settle(a, b)).toEqual(['one', 'two', 'three'])
  })

  test('of what a peer has deleted and brought back takes it away', () => {
    const [a, b] = two(documentOf('one two'))
    typeAt(a, 0, 4, 'all ')
    settle(a, b)
    b.dispatch(b.state.tr.delete(3, 10))
    settle(a, b)
    b.undo()
    expect(settle(a, b)).toEqual(['one all two'])
    a.undo()
    expect(settle(a, b)).toEqual(['one two'])
    a.redo()
    expect(settle(a, b)).toEqual(['one all two'])
  })

  test('brings back what is still away where a peer has brought back a part', () => {
    const [a, b] = two(documentOf('one two three'))
    b.dispatch(b.state.tr.delete(5, 8))
    a.dispatch(a.state.tr.delete(2, 10))
    settle(a, b)
    b.undo()
    expect(settle(a, b), 'what both have deleted stays deleted').toEqual(['ohree'])
    a.undo()
    expect(settle(a, b)).toEqual(['one two three'])
    a.redo()
    settle(a, b)
    b.redo()
    settle(a, b)
    a.undo()
    expect(settle(a, b)[0]).toMatch(/^one (?:two)? three$/u)
  })

  test('takes back a step that was written by somebody who listens, too, and not what others write then', () => {
    const editor = open(documentOf('one'))
    typeAt(editor, 0, 3, '!')
    editor.source.getText('flow').insert(1, 'X')
    editor.undo()
    expect(same(editor)).toEqual(['Xone'])
  })
})

describe('there is nothing to undo', () => {
  test('where one may only read, or the document has become newer', () => {
    const reader = open(documentOf('one'), { editable: false })
    expect(reader.undo()).toBe(false)
    const editor = open(documentOf('one'))
    typeAt(editor, 0, 3, '!')
    editor.source.getMap('meta').set('schemaVersion', SCHEMA_VERSION + 1)
    expect(editor.undo()).toBe(false)
    expect(lines(editor)).toEqual(['one!'])
  })

  test('of another session, and of what only others did', () => {
    const [a, b] = two(documentOf('one'))
    typeAt(a, 0, 3, '!')
    settle(a, b)
    expect(b.undo()).toBe(false)
    const later = open(copyOf(a.source))
    expect(later.undo()).toBe(false)
  })

  test('by asking: a command that is not dispatched does nothing', () => {
    const editor = open(documentOf('one'))
    expect([undo(editor.state), redo(editor.state)]).toEqual([false, false])
    typeAt(editor, 0, 3, '!')
    expect([undo(editor.state), redo(editor.state)]).toEqual([true, false])
    expect(lines(editor)).toEqual(['one!'])
  })
})

test('a step of undo history stays small, and an undone document is no larger than it needs to be', () => {
  const editor = open(documentOf(...Array.from({ length: 50 }, (_, i) => `line ${i} with some words`)))
  for (let i = 0; i < 50; i++) {
    typeAt(editor, i, 4, 'x')
    pause(editor)
  }
  const before = Y.encodeStateAsUpdate(editor.source).length
  while (editor.undo());
  expect(lines(editor)[49]).toBe('line 49 with some words')
  while (editor.redo());
  expect(lines(editor)[49]).toBe('linex 49 with some words')
  const after = Y.encodeStateAsUpdate(editor.source).length
  expect((after - before) / 50).toBeLessThan(80)
  expect(schema.topNodeType.validContent(editor.state.doc.content)).toBe(true)
})
