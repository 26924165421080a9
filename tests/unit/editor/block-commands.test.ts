import { describe, expect, test } from 'vitest'
import {
  codeLanguage,
  indent,
  indentCode,
  insertDivider,
  insertHardBreak,
  isKind,
  moveBlocks,
  outdent,
  outdentCode,
  setCodeLanguage,
  toggleChecked,
  toggleCodeBlock,
  toggleKind,
  toggleQuote,
} from '#editor/block-commands'
import { arrowAbove, arrowBelow, leaveBelow } from '#editor/block-edges'
import { after, sketch, sketched } from '../../support/sketch.ts'

describe('the kind of blocks', () => {
  test('changes for all that is selected, and back when all have it', () => {
    expect(after('O«ne\n- Two\n  Th»ree\nFour', toggleKind('bullet'))).toBe(sketch('- O«ne\n- Two\n  - Th»ree\nFour'))
    expect(after('- O«ne\n- Tw»o', toggleKind('bullet'))).toBe(sketch('O«ne\nTw»o'))
    expect(after('# One^', toggleKind('heading', 2), toggleKind('heading', 2))).toBe('One^')
  })
  test('does not change where a selection only touches the next block', () => {
    expect(after('«One\n»Two', toggleKind('bullet'))).toBe(sketch('- «One\n»Two'))
  })
  test('changes by attributes alone, so that text which others type stays', () => {
    const state = sketched('«One\n- Two»')
    for (const command of [toggleKind('heading', 3), toggleKind('ordered'), toggleQuote, indent, outdent]) {
      command(state, (tr) => {
        expect(tr.steps.length).toBe(1)
        expect(tr.mapping.map(5)).toBe(5)
        expect(tr.doc.child(0).content).toBe(state.doc.child(0).content)
      })
    }
  })
  test('of code becomes text with line breaks, and back', () => {
    expect(after('> ```js a⏎^b', toggleKind('heading', 1))).toBe('> # a⏎^b')
    expect(after('- a⏎^b', toggleCodeBlock)).toBe('``` a⏎^b')
  })
  test('several blocks become one code block, with the selection where it was', () => {
    expect(after('> a«b\n> - c\n> d»e', toggleCodeBlock)).toBe('> ``` a«b⏎c⏎d»e')
  })
  test('is told for the whole selection', () => {
    expect(isKind(sketched('# «One\n# Two»'), 'heading', 1)).toBe(true)
    expect(isKind(sketched('# «One\n## Two»'), 'heading', 1)).toBe(false)
    expect(isKind(sketched('``` co^de'), 'paragraph')).toBe(false)
  })
})

test('quote puts into a quote what is in none, else takes all one out', () => {
  expect(after('O«ne\n> > Tw»o', toggleQuote)).toBe(sketch('> O«ne\n> > Tw»o'))
  expect(after('> O«ne\n> > ``` Tw»o', toggleQuote)).toBe(sketch('O«ne\n> ``` Tw»o'))
})

test('tasks are checked together', () => {
  expect(after('[ ] O«ne\n[x] Tw»o', toggleChecked)).toBe(sketch('[x] O«ne\n[x] Tw»o'))
  expect(after('[x] O^ne', toggleChecked)).toBe('[ ] O^ne')
  expect(toggleChecked(sketched('- O^ne'))).toBe(false)
})

describe('indenting', () => {
  test('an item goes under the one before, with what stands under it', () => {
    expect(after('- a\n- b^\n  - c\n  text\n- d', indent)).toBe(sketch('- a\n  - b^\n    - c\n    text\n- d'))
  })
  test('goes no deeper than one level under what is before', () => {
    expect(after('- a^', indent)).toBe('- a^')
    expect(after('- a\n  - b^', indent)).toBe(sketch('- a\n  - b^'))
    expect(after('text\n- a^', indent)).toBe(sketch('text\n- a^'))
    expect(after('- a\n> b\n- c^', indent)).toBe(sketch('- a\n> b\n- c^'))
    expect(after('- a\n  > b\n- c^', indent)).toBe(sketch('- a\n  > b\n  - c^'))
  })
  test('a paragraph or code can go into the item before it', () => {
    expect(after('- a\n^b', indent)).toBe(sketch('- a\n  ^b'))
    expect(after('- a\n``` ^b', indent)).toBe(sketch('- a\n  ``` ^b'))
    expect(after('a\n^b', indent)).toBe(sketch('a\n^b'))
  })
  test('out takes along what stands under it', () => {
    expect(after('- a\n  - b^\n    - c\n  - d', outdent)).toBe(sketch('- a\n- b^\n  - c\n  - d'))
    expect(after('- «a\n  - b\n    - c»', outdent)).toBe(sketch('- «a\n- b\n  - c»'))
    expect(outdent(sketched('- a^'))).toBe(false)
  })
})

describe('in code', () => {
  test('Tab puts spaces, or moves the selected lines', () => {
    expect(after('``` a^', indentCode)).toBe('``` a  ^')
    expect(after('``` a⏎«b⏎c»', indentCode)).toBe('``` a⏎  «b⏎  c»')
    expect(after('```   «a⏎b»', outdentCode)).toBe('``` «a⏎b»')
  })
  test('the language is set and told', () => {
    expect(after('``` a^', setCodeLanguage(' ts '))).toBe('```ts a^')
    expect(after('```ts a^', setCodeLanguage(''))).toBe('``` a^')
    expect([
      codeLanguage(sketched('```ts a^')),
      codeLanguage(sketched('``` a^')),
      codeLanguage(sketched('a^')),
    ]).toEqual(['ts', '', null])
  })
  test('one gets out below and above, also at the ends of the document', () => {
    expect(after('``` a^', arrowBelow)).toBe(sketch('``` a\n^'))
    expect(after('``` a^\nb', leaveBelow)).toBe(sketch('``` a\n^\nb'))
    expect(after('``` ^a', arrowAbove)).toBe('^\n``` a')
    expect(arrowBelow(sketched('``` a^b'))).toBe(false)
    expect(arrowBelow(sketched('``` a^\nb'))).toBe(false)
  })
})

test('a divider goes above an empty block, else below the block', () => {
  expect(after('One^', insertDivider)).toBe(sketch('One\n---\n^'))
  expect(after('> One^\nTwo', insertDivider)).toBe(sketch('> One\n> ---\n^Two'))
  expect(after('One\n- ^', insertDivider)).toBe(sketch('One\n---\n^'))
})

test('blocks move past their neighbours, the caret with them', () => {
  expect(after('a\n- b^\nc', moveBlocks(-1))).toBe(sketch('- b^\na\nc'))
  expect(after('a\n- «b\nc»\nd', moveBlocks(1))).toBe(sketch('a\nd\n- «b\nc»'))
  expect(after('a\n- ^b', moveBlocks(-1), moveBlocks(1))).toBe(sketch('a\n- ^b'))
  expect(moveBlocks(1)(sketched('a\nb^'))).toBe(false)
})

test('a line break stays within the block', () => {
  expect(after('- a^b', insertHardBreak)).toBe('- a⏎^b')
  expect(after('``` a^b', insertHardBreak)).toBe('``` a⏎^b')
})
