/** Two people in one block, or in neighbouring ones: what each has done is there, once. */
import type { Command } from 'prosemirror-state'
import { describe, expect, test } from 'vitest'
import { blockOf, schema } from '#doc/schema'
import { moveBlocks, setKind, toggleCodeBlock, toggleQuote } from '#editor/block-commands'
import { toggle } from '#editor/mark-commands'
import { at, backspace, enter, lines, settle, two } from '../../support/company.ts'
import { block, documentOf, merge } from '../../support/documents.ts'

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
    expect(settle(a, b)).toEqual(['one two |three'])
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
    for (const editor of [a, b]) {
      editor.select(at(editor, 1, 0), at(editor, 2, 3))
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

  test.each([
    ['end', 18, ['one', ' two three four!']],
    ['beginning', 0, ['!one', ' two three four']],
  ])('what is typed at the %s of a block that is split is in that half', (_where, offset, expected) => {
    for (const ids of [
      [1, 2],
      [2, 1],
    ] as const) {
      const [a, b] = two(documentOf('one two three four'), ids)
      a.select(4)
      a.run(enter)
      b.select(at(b, 0, offset))
      b.type('!')
      expect(settle(a, b)).toEqual(expected)
    }
  })

  test('marking with typed signs keeps what is typed inside', () => {
    const [a, b] = two(documentOf('a **bold** b'))
    const tr = a.state.tr.delete(9, 11).delete(3, 5)
    a.dispatch(tr.addMark(3, 7, schema.marks.strong.create()))
    b.select(7)
    b.type('X')
    expect(settle(a, b)).toEqual(['a boXld b'])
    expect(b.state.doc.child(0).child(1)).toMatchObject({ text: 'boXld', marks: [{ type: { name: 'strong' } }] })
  })

  test('both may join, split and type around the same border', () => {
    for (const ids of [
      [1, 2],
      [2, 1],
    ] as const) {
      const [a, b] = two(documentOf('one', 'two', 'three'), ids)
      a.select(at(a, 1, 0))
      a.run(backspace)
      b.select(at(b, 1, 0))
      b.type('X')
      b.select(at(b, 0, 3))
      b.type('Y')
      b.select(at(b, 2, 0))
      b.run(backspace)
      expect(settle(a, b)).toEqual(['oneYXtwothree'])
    }
  })
})

describe('a block that is moved', () => {
  test('takes along what is typed in it, and both halves when it is split', () => {
    for (const ids of [
      [1, 2],
      [2, 1],
    ] as const) {
      const [a, b] = two(documentOf('one', 'two', 'three four'), ids)
      a.select(at(a, 2, 0))
      a.run(moveBlocks(-1))
      a.run(moveBlocks(-1))
      b.select(at(b, 2, 6))
      b.run(enter)
      b.type('X')
      expect(lines(b)).toEqual(['one', 'two', 'three ', 'Xfour'])
      expect(settle(a, b)).toEqual(['three ', 'Xfour', 'one', 'two'])
    }
  })

  test('is there once, where one of them put it, when both move it elsewhere', () => {
    for (const ids of [
      [1, 2],
      [2, 1],
    ] as const) {
      const [a, b] = two(documentOf('one', 'two', 'three', 'four'), ids)
      a.select(at(a, 1, 0))
      a.run(moveBlocks(-1))
      b.select(at(b, 1, 0))
      b.run(moveBlocks(1))
      b.run(moveBlocks(1))
      const both = settle(a, b)
      expect([
        ['two', 'one', 'three', 'four'],
        ['one', 'three', 'four', 'two'],
      ]).toContainEqual(both)
    }
  })

  test('stays moved when the block it was put behind is deleted', () => {
    const [a, b] = two(documentOf('one', 'two', 'three', 'four'))
    a.select(at(a, 0, 0))
    a.run(moveBlocks(1))
    a.run(moveBlocks(1))
    const from = at(b, 2, 0) - 1
    b.dispatch(b.state.tr.delete(from, from + 7))
    expect(settle(a, b)).toEqual(['two', 'one', 'four'])
  })

  test('is gone when the other has deleted it, but for what is typed in it', () => {
    const [a, b] = two(documentOf('one', 'two', 'three'))
    a.select(at(a, 1, 3))
    a.type('!')
    a.run(moveBlocks(-1))
    const from = at(b, 1, 0) - 1
    b.dispatch(b.state.tr.delete(from, from + 5))
    expect(settle(a, b).toSorted()).toEqual(['!', 'one', 'three'])
  })
})
