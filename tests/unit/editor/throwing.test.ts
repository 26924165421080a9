/** A plugin that throws: nothing is written that nobody meant, and what could not be shown is shown as soon as it can be. */
import { Plugin, type Transaction } from 'prosemirror-state'
import { describe, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { Writer } from '#doc/flow/writer'
import { isRemote } from '#editor/binding/binding'
import { moveBlocks } from '#editor/block-commands'
import { at, caret, enter, lines, open } from '../../support/company.ts'
import { copyOf, documentOf, merge, readAnew } from '../../support/documents.ts'
import type { HeadlessEditor } from '../../support/headless-editor.ts'

type Side = 'remote' | 'local'
/** Where the plugin throws; 'refuse' is a filter that says no instead. */
type Place = 'init' | 'apply' | 'filter' | 'refuse' | 'append' | 'view' | 'view made'

interface Fragile {
  editor: HeadlessEditor
  /** Where it throws from now on, and on whose changes. */
  set: (places: readonly Place[], side?: Side) => void
  /** What the binding has caught. */
  caught: readonly unknown[]
  /** What it has told of trouble, in order. */
  troubles: readonly boolean[]
}

/** An editor with a plugin that throws when it is told to. */
function openFragile(doc: Y.Doc, clientId: number): Fragile {
  let places: readonly Place[] = []
  let side: Side = 'remote'
  const caught: unknown[] = []
  const troubles: boolean[] = []
  const isMeant = (tr: Transaction): boolean => tr.docChanged && isRemote(tr) === (side === 'remote')
  const fail = (where: Place, tr?: Transaction): void => {
    if (places.includes(where) && (tr === undefined || isMeant(tr))) throw new Error(`Fragile in ${where}`)
  }
  const plugin = new Plugin<number>({
    state: {
      init: () => {
        fail('init')
        return 0
      },
      apply: (tr, count) => {
        fail('apply', tr)
        return count + 1
      },
    },
    filterTransaction: (tr) => {
      fail('filter', tr)
      return !(places.includes('refuse') && isMeant(tr))
    },
    appendTransaction: (transactions) => {
      for (const tr of transactions) fail('append', tr)
      return null
    },
    view: () => {
      fail('view made')
      return {
        update: (view, previous) => {
          if (view.state.doc !== previous.doc) fail('view')
        },
      }
    },
  })
  const editor = open(doc, {
    clientId,
    plugins: () => [plugin],
    onError: (error) => caught.push(error),
    onTrouble: (trouble) => troubles.push(trouble),
  })
  const set = (where: readonly Place[], on: Side = 'remote'): void => {
    ;[places, side] = [where, on]
  }
  return { editor, set, caught, troubles }
}

/** Two people: one whose plugin throws, and a peer. */
function begin(): Fragile & { peer: HeadlessEditor } {
  const doc = documentOf('one', 'two', 'three')
  const copy = copyOf(doc)
  return { ...openFragile(doc, 1), peer: open(copy, { clientId: 2 }) }
}

const meet = (...editors: HeadlessEditor[]): void => merge(...editors.map(({ source }) => source))

/** Sees that both have the same, and so has whoever opens the document anew. */
function expectLines(editors: readonly HeadlessEditor[], expected: readonly string[]): void {
  for (const editor of editors) {
    editor.state.doc.check()
    expect(lines(editor)).toEqual(expected)
    expect(readAnew(editor.source).toJSON()).toEqual(editor.state.doc.toJSON())
  }
}

/** Things that a peer does, and what is there then. */
const acts: readonly [what: string, act: (peer: HeadlessEditor) => void, result: string[]][] = [
  ['a key', (peer) => peer.dispatch(peer.state.tr.insertText('X', at(peer, 0, 1))), ['oXne', 'two', 'three']],
  [
    'a line made by Enter',
    (peer) => {
      peer.select(at(peer, 0, 2))
      peer.run(enter)
    },
    ['on', 'e', 'two', 'three'],
  ],
  ['a deleted block', (peer) => peer.dispatch(peer.state.tr.delete(5, 10)), ['one', 'three']],
  [
    'a moved block',
    (peer) => {
      peer.select(at(peer, 2, 0))
      peer.run(moveBlocks(-1))
    },
    ['one', 'three', 'two'],
  ],
]

describe.each(acts)("a peer's change that a plugin throws on: %s", (_what, act, result) => {
  test.each<Place>(['apply', 'filter', 'refuse', 'append', 'view'])(
    'in %s: it is shown all the same, and the next key is right',
    (place) => {
      const { editor, set, caught, troubles, peer } = begin()
      editor.select(at(editor, 0, 3))
      set([place])
      act(peer)
      const before = Y.encodeStateVector(peer.source)
      meet(peer, editor)
      // Nothing has been written here, and the peer has lost nothing.
      expect(Y.encodeStateVector(editor.source)).toEqual(before)
      expectLines([editor, peer], result)
      expect(editor.binding.failures).toBe(place === 'view' ? 0 : 1)
      expect(caught.length).toBe(place === 'refuse' ? 0 : 1)
      expect(troubles).toEqual([])
      set([])
      editor.type('!')
      meet(peer, editor)
      const caretLine = result.findIndex((line) => line.endsWith('e') && !line.startsWith('three'))
      expectLines([editor, peer], result.with(caretLine, `${result[caretLine] ?? ''}!`))
    },
  )
})

test('a plugin that always throws loses nothing, however many changes come and keys are pressed', () => {
  const { editor, set, troubles, peer } = begin()
  editor.select(at(editor, 1, 3))
  set(['apply'])
  for (const letter of 'four') {
    peer.select(peer.state.doc.content.size - 1)
    peer.type(letter)
    meet(peer, editor)
    editor.type(letter.toUpperCase())
    meet(peer, editor)
  }
  expectLines([editor, peer], ['one', 'twoFOUR', 'threefour'])
  expect(caret(editor)).toEqual([1, 7])
  expect(editor.binding.failures).toBe(4)
  expect(troubles).toEqual([])
  editor.undo()
  meet(peer, editor)
  expect(lines(peer)[2]).toBe('threefour')
  expectLines([editor, peer], lines(peer))
})

describe('where even the state that is made instead cannot be shown', () => {
  test('one is told, nothing can be written meanwhile, and the next change is shown with all before it', () => {
    const { editor, set, caught, troubles, peer } = begin()
    editor.select(at(editor, 0, 3))
    set(['apply', 'init'])
    peer.dispatch(peer.state.tr.insertText('X', 1))
    meet(peer, editor)
    expect(troubles).toEqual([true])
    expect(caught.length).toBeGreaterThanOrEqual(2)
    expect(lines(editor)).toEqual(['one', 'two', 'three'])
    const before = Y.encodeStateAsUpdate(editor.source)
    editor.type('!')
    editor.run(enter)
    editor.dispatch(editor.state.tr.delete(0, 5))
    expect(lines(editor)).toEqual(['one', 'two', 'three'])
    expect(Y.encodeStateAsUpdate(editor.source)).toEqual(before)
    // It is tried again with every change.
    peer.dispatch(peer.state.tr.insertText('Y', 2))
    meet(peer, editor)
    expect(troubles).toEqual([true])
    set([])
    peer.dispatch(peer.state.tr.insertText('Z', 3))
    meet(peer, editor)
    expect(troubles).toEqual([true, false])
    expectLines([editor, peer], ['XYZone', 'two', 'three'])
    editor.type('!')
    meet(peer, editor)
    expectLines([editor, peer], ['XYZone!', 'two', 'three'])
    expect(editor.binding.failures).toBeGreaterThanOrEqual(2)
  })

  test('but for the view of the plugin, there is no trouble', () => {
    const { editor, set, caught, troubles, peer } = begin()
    editor.select(at(editor, 0, 3))
    set(['apply', 'view made'])
    peer.dispatch(peer.state.tr.insertText('X', 1))
    meet(peer, editor)
    expect(caught.length).toBe(2)
    expect(troubles).toEqual([])
    expectLines([editor, peer], ['Xone', 'two', 'three'])
    set([])
    editor.type('!')
    meet(peer, editor)
    expectLines([editor, peer], ['Xone!', 'two', 'three'])
  })
})

describe('a change of one’s own that a plugin throws on', () => {
  test.each<Place>(['apply', 'filter', 'append'])('in %s: it is not done, and nothing is written', (place) => {
    const { editor, set, troubles, peer } = begin()
    editor.select(at(editor, 0, 3))
    set([place], 'local')
    const before = Y.encodeStateAsUpdate(editor.source)
    expect(() => editor.type('!')).toThrow(`Fragile in ${place}`)
    expect(Y.encodeStateAsUpdate(editor.source)).toEqual(before)
    expectLines([editor, peer], ['one', 'two', 'three'])
    // What a peer does is shown as ever.
    peer.dispatch(peer.state.tr.insertText('X', 1))
    meet(peer, editor)
    expectLines([editor, peer], ['Xone', 'two', 'three'])
    set([])
    editor.type('!')
    meet(peer, editor)
    expectLines([editor, peer], ['Xone!', 'two', 'three'])
    expect(editor.binding.failures).toBe(0)
    expect(troubles).toEqual([])
  })

  test('which it refuses is not done', () => {
    const { editor, set, peer } = begin()
    set(['refuse'], 'local')
    const before = Y.encodeStateAsUpdate(editor.source)
    editor.type('!')
    expect(Y.encodeStateAsUpdate(editor.source)).toEqual(before)
    expectLines([editor, peer], ['one', 'two', 'three'])
  })

  test('in its view: it is done, and written once', () => {
    const { editor, set, peer } = begin()
    editor.select(at(editor, 0, 3))
    set(['view'], 'local')
    expect(() => editor.type('!')).toThrow('Fragile in view')
    set([])
    editor.type('?')
    meet(peer, editor)
    expectLines([editor, peer], ['one!?', 'two', 'three'])
    expect(editor.binding.failures).toBe(0)
  })
})

test('writing that fails is taken back, with nothing of what was done before', () => {
  const { editor, caught, troubles, peer } = begin()
  editor.select(at(editor, 0, 3))
  editor.type('!')
  const insert = vi.spyOn(Writer.prototype, 'insertContent').mockImplementation(() => {
    throw new Error('While writing')
  })
  editor.dispatch(editor.state.tr.insertText('lost', 1, 3))
  insert.mockRestore()
  expect(caught).toHaveLength(1)
  expect(troubles).toEqual([])
  expect(editor.binding.failures).toBeGreaterThan(0)
  meet(peer, editor)
  expectLines([editor, peer], ['one!', 'two', 'three'])
  editor.select(1)
  editor.type('X')
  meet(peer, editor)
  expectLines([editor, peer], ['Xone!', 'two', 'three'])
})
