/** Undo goes back through the documents that were, and takes nothing of what others have written meanwhile. */
import type { Node } from 'prosemirror-model'
import { describe, expect, test } from 'vitest'
import { seeded } from '../support/random.ts'
import {
  backspaceBefore,
  boldText,
  breakBefore,
  deleteAll,
  deleteBehind,
  deleteBlock,
  deleteFromTo,
  deleteText,
  documentFrom,
  enterBefore,
  enterBehind,
  makeBullet,
  makeCode,
  makeHeading,
  moveDown,
  moveUp,
  textFrom,
  typeBefore,
  typeBehind,
  typeOver,
  type Act,
} from './acts.ts'
import * as bases from './bases.ts'
import { inkmesh, type MergeEditor } from './editors.ts'
import { lettersFrom } from './letters.ts'
import { begin, differences, meet, openOn } from './merge.ts'
import { actOnce } from './random-acts.ts'

/** `MERGE_RUNS=10` plays ten times as many sessions. */
const SESSIONS = 500 * Number(process.env['MERGE_RUNS'] ?? 1)
const ACTS = 25

test(
  `${SESSIONS} sessions of one person go back through the same documents, and forward again`,
  { timeout: 600_000 },
  () => {
    const wrong: string[] = []
    for (let seed = 1; seed <= SESSIONS; seed++) {
      const fault = playAlone(seed)
      if (fault !== null) wrong.push(`seed ${seed}: ${fault}`)
    }
    console.info(`Undo: ${wrong.length} of ${SESSIONS} sessions do not come back`)
    expect(wrong.slice(0, 5)).toEqual([])
  },
)

/** What goes wrong in a session, or null. */
function playAlone(seed: number): string | null {
  const random = seeded(seed)
  const base = random.chance(0.5) ? bases.rich : bases.wordsOf(lettersFrom(0xac00), 4, 2, 4)
  const editor = openOn(inkmesh, begin(inkmesh, base), 1)
  const letters = lettersFrom(0x4e00)
  const steps = [editor.state.doc]
  for (let act = 0; act < ACTS; act++) {
    actOnce({ editor, random, word: () => letters.draw(3) }, { linesOnly: seed % 2 === 0 })
    if (steps.at(-1)?.eq(editor.state.doc) === false) steps.push(editor.state.doc)
  }
  const fault =
    follow(editor, steps.slice(0, -1).reverse(), 'undo') ??
    follow(editor, steps.slice(1), 'redo') ??
    follow(editor, steps.slice(0, -1).reverse(), 'undo')
  const thrown = editor.failures[0]
  editor.close()
  return thrown === undefined ? fault : `thrown: ${thrown instanceof Error ? thrown.message : 'something'}`
}

/** Goes through documents by undo or redo. A step that has changed nothing to be seen may be among them. */
function follow(editor: MergeEditor, documents: readonly Node[], way: 'undo' | 'redo'): string | null {
  for (const [i, expected] of documents.entries()) {
    const before = editor.state.doc
    let done = editor[way]()
    for (let more = 0; more < ACTS && done && editor.state.doc.eq(before); more++) done = editor[way]()
    if (!editor.state.doc.eq(expected))
      return `${way} ${i + 1} gives ${textFrom(editor.state.doc)} for ${textFrom(expected)}`
  }
  return inkmesh.readAnew(editor.doc).eq(editor.state.doc) ? null : `after ${way} the document is read anew as another`
}

test('Enter in the middle of a line, Enter at the start, four deletions: all of it comes back', () => {
  const editor = openOn(inkmesh, begin(inkmesh, documentFrom('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP')), 1)
  const steps = [editor.state.doc]
  const once = (work: Act): void => {
    editor.pause()
    work(editor)
    steps.push(editor.state.doc)
  }
  once(enterBefore('n'))
  once(enterBefore('a'))
  for (const text of ['opqrs', 'tuvwx', 'yzABC', 'DEFGH']) once(deleteText(text))
  expect(follow(editor, steps.slice(0, -1).reverse(), 'undo') ?? follow(editor, steps.slice(1), 'redo')).toBeNull()
  editor.close()
})

describe('what a peer has typed stays', () => {
  const BASE = 'one two / three four / five six / - seven eight'

  test.each<[name: string, mine: Act, theirs: Act, undone: string | null]>([
    [
      'in the second half of a split',
      enterBefore('four'),
      typeBefore('our', 'X'),
      'one two / three fXour / five six / - seven eight',
    ],
    [
      'in the first half of a split',
      enterBefore('four'),
      typeBehind('thr', 'X'),
      'one two / thrXee four / five six / - seven eight',
    ],
    [
      'at the end of the first half',
      enterBefore(' four'),
      typeBehind('three', 'X'),
      'one two / threeX four / five six / - seven eight',
    ],
    [
      'at the start of the second half',
      enterBefore('four'),
      typeBefore('four', 'X'),
      'one two / three Xfour / five six / - seven eight',
    ],
    [
      'in what was joined',
      backspaceBefore('three'),
      typeBefore('hree', 'X'),
      'one two / tXhree four / five six / - seven eight',
    ],
    [
      'in what it was joined to',
      backspaceBefore('three'),
      typeBehind('one', 'X'),
      'oneX two / three four / five six / - seven eight',
    ],
    [
      'in what was joined from before',
      deleteBehind('two'),
      typeBehind('four', 'X'),
      'one two / three fourX / five six / - seven eight',
    ],
    [
      'beside a word that was deleted',
      deleteText('three'),
      typeBefore(' four', 'X'),
      'one two / threeX four / five six / - seven eight',
    ],
    [
      'in a word that was typed',
      typeBefore('four', 'WORD'),
      typeBehind('WO', 'X'),
      'one two / three Xfour / five six / - seven eight',
    ],
    [
      'in a word that was typed over another',
      typeOver('four', 'WORD'),
      typeBehind('WO', 'X'),
      'one two / three fourX / five six / - seven eight',
    ],
    [
      'in a block that was made bold',
      boldText('four'),
      typeBehind('fo', 'X'),
      'one two / three foXur / five six / - seven eight',
    ],
    [
      'in a block that was made a heading',
      makeHeading('four'),
      typeBehind('fo', 'X'),
      'one two / three foXur / five six / - seven eight',
    ],
    [
      'in a block that was made a list item',
      makeBullet('four'),
      typeBehind('fo', 'X'),
      'one two / three foXur / five six / - seven eight',
    ],
    [
      'in a block that was made code',
      makeCode('four'),
      typeBehind('fo', 'X'),
      'one two / three foXur / five six / - seven eight',
    ],
    [
      'in a list item that was made code',
      makeCode('eight'),
      typeBehind('ei', 'X'),
      'one two / three four / five six / - seven eiXght',
    ],
    [
      'in a block that was moved up',
      moveUp('five'),
      typeBehind('fi', 'X'),
      'one two / three four / fiXve six / - seven eight',
    ],
    [
      'in a block that was moved down',
      moveDown('five'),
      typeBehind('fi', 'X'),
      'one two / three four / fiXve six / - seven eight',
    ],
    [
      'in a block that another was moved past',
      moveDown('three'),
      typeBehind('fi', 'X'),
      'one two / three four / fiXve six / - seven eight',
    ],
    [
      'beside a break',
      breakBefore('four'),
      typeBefore('four', 'X'),
      'one two / three Xfour / five six / - seven eight',
    ],
    [
      'on the line that was made',
      enterBehind('four'),
      typeBehind('four', 'X'),
      'one two / three fourX / five six / - seven eight',
    ],
    [
      'where blocks were deleted',
      deleteFromTo('two', 'five'),
      typeBehind('one', 'X'),
      'oneX two / three four / five six / - seven eight',
    ],
    [
      'behind a block that was deleted',
      deleteBlock('five'),
      typeBefore('seven', 'X'),
      'one two / three four / five six / - Xseven eight',
    ],
    [
      'before a block that was deleted',
      deleteBlock('five'),
      typeBehind('four', 'X'),
      'one two / three fourX / five six / - seven eight',
    ],
    [
      'on a split line, and Enter',
      enterBefore('four'),
      enterBefore('our'),
      'one two / three f / our / five six / - seven eight',
    ],
    ['a kind for one half of a split', enterBefore('four'), makeHeading('four'), null],
  ])('%s', (_name, mine, theirs, undone) => {
    for (const ids of [
      [1, 2],
      [2, 1],
    ]) {
      const document = begin(inkmesh, documentFrom(BASE))
      const [me, peer] = ids.map((id) => openOn(inkmesh, document, id)) as [MergeEditor, MergeEditor]
      me.pause()
      mine(me)
      meet([me, peer])
      theirs(peer)
      meet([me, peer])
      const before = me.state.doc
      me.undo()
      meet([me, peer])
      expect(differences(inkmesh, [me, peer])).toEqual([])
      if (undone === null) expect(lettersOf(peer.state.doc)).toEqual(lettersOf(before))
      else expect(textFrom(peer.state.doc)).toBe(undone)
      me.redo()
      meet([me, peer])
      expect(differences(inkmesh, [me, peer])).toEqual([])
      // Doing it again takes away only what it took away before.
      expect(lettersOf(peer.state.doc).toSorted()).toEqual(lettersOf(before).toSorted())
      for (const editor of [me, peer]) editor.close()
    }
  })

  test('in a document of which everything was deleted', () => {
    const document = begin(inkmesh, documentFrom(BASE))
    const [me, peer] = [1, 2].map((id) => openOn(inkmesh, document, id)) as [MergeEditor, MergeEditor]
    me.pause()
    deleteAll(me)
    meet([me, peer])
    peer.select(1)
    peer.type('X')
    meet([me, peer])
    me.undo()
    meet([me, peer])
    expect(differences(inkmesh, [me, peer])).toEqual([])
    expect(lettersOf(peer.state.doc).toSorted()).toEqual(Array.from(`${BASE}X`.replace(/ \/ (?:- )?/gu, '')).toSorted())
  })
})

const lettersOf = (doc: Node): string[] => Array.from(doc.textContent)
