/** The smallest failures of the form there was before, one element a block: what is right, in either order of client ids. */
import { expect, test } from 'vitest'
import {
  backspaceBefore,
  boldText,
  breakBefore,
  deleteAll,
  deleteBlock,
  deleteText,
  documentFrom,
  enterBefore,
  enterBehind,
  makeHeading,
  moveDown,
  moveUp,
  textFrom,
  typeBefore,
  typeBehind,
  type Act,
} from './acts.ts'
import { inkmesh, type MergeEditor } from './editors.ts'
import { begin, differences, meet, openOn } from './merge.ts'

/** Lets two people act on a document, and gives back what it is when they have met; `then` comes after that. */
function merged(base: string, acts: readonly [Act, Act], ids: readonly number[], then?: Act): string {
  const document = begin(inkmesh, documentFrom(base))
  const editors = ids.map((id) => openOn(inkmesh, document, id))
  for (const [i, act] of acts.entries()) act(editors[i] as MergeEditor)
  meet(editors)
  if (then !== undefined && editors[0] !== undefined) {
    then(editors[0])
    meet(editors)
  }
  expect(differences(inkmesh, editors)).toEqual([])
  const text = textFrom((editors[0] as MergeEditor).state.doc)
  for (const editor of editors) editor.close()
  return text
}

test.each<[row: string, base: string, one: Act, other: Act, right: string, then?: Act]>([
  [
    'Backspace before bbbb ∥ Backspace before cccc',
    'aaaa / bbbb / cccc',
    backspaceBefore('bbbb'),
    backspaceBefore('cccc'),
    'aaaabbbbcccc',
  ],
  ['the same Backspace by both', 'one / two two', backspaceBefore('two'), backspaceBefore('two'), 'onetwo two'],
  [
    'types NEW at the end of short ∥ joins it to the line above',
    'the longer line / short',
    typeBehind('short', ' NEW'),
    backspaceBefore('short'),
    'the longer lineshort NEW',
  ],
  [
    'types NEW in the second ∥ select all, delete',
    'one / first second / last',
    typeBefore('second', 'NEW'),
    deleteAll,
    'NEW',
  ],
  [
    'types NEW ∥ deletes that block',
    'one / first second / last',
    typeBefore('second', 'NEW'),
    deleteBlock('second'),
    'one / NEW / last',
  ],
  [
    'types NEW at the end ∥ Enter after the comma',
    'first part, end',
    typeBehind('end', ' NEW'),
    enterBefore('end'),
    'first part,  / end NEW',
  ],
  [
    'types NEW at the end ∥ Shift+Enter after the comma',
    'first part, end',
    typeBehind('end', ' NEW'),
    breakBefore('end'),
    'first part, ⏎end NEW',
  ],
  [
    'Enter before ‘this’ ∥ deletes ‘this’',
    'keep remove this',
    enterBefore('this'),
    deleteText('this'),
    'keep remove  / ',
  ],
  [
    'Enter after ‘first’ ∥ Enter in ‘th|ird’',
    'first second third',
    enterBehind('first'),
    enterBefore('ird'),
    'first /  second th / ird',
  ],
  [
    'makes it a heading ∥ Enter in the middle',
    'first second',
    makeHeading('first'),
    enterBefore('second'),
    '# first  / # second',
  ],
  ['bold all ∥ bold ‘fox’', 'The fox jumped', boldText('The fox jumped'), boldText('fox'), '*The fox jumped*'],
  [
    'bold all ∥ bold ‘fox’, then unbold ‘fox’',
    'The fox jumped',
    boldText('The fox jumped'),
    boldText('fox'),
    '*The *fox* jumped*',
    boldText('fox'),
  ],
  ['the same move up by both', 'one / two / three', moveUp('three'), moveUp('three'), 'one / three / two'],
  ['the same move down by both', 'one / two / three', moveDown('one'), moveDown('one'), 'two / one / three'],
  [
    'moves it ∥ types in it',
    'one / two / three',
    moveUp('three'),
    typeBefore('ree', ' NEW '),
    'one / th NEW ree / two',
  ],
  ['moves it ∥ splits it', 'one / two / three four', moveUp('three'), enterBefore('four'), 'one / three  / four / two'],
  [
    'deletes a bold word ∥ unbolds its middle',
    'some *bold* more / and more',
    deleteText('bold'),
    boldText('ol'),
    'some  more / and more',
  ],
])('%s', (_row, base, one, other, right, then) => {
  for (const ids of [
    [1, 2],
    [2, 1],
  ]) {
    expect(merged(base, [one, other], ids, then)).toBe(right)
    if (then === undefined) expect(merged(base, [other, one], ids)).toBe(right)
  }
})
