import { describe, expect, test } from 'vitest'
import { backspaceCommands as backspace, deleteCommands as remove, enterCommands as enter } from '#editor/block-edges'
import { after, sketch } from '../../support/sketch.ts'

describe('Enter', () => {
  test('at the end of a list item opens the next, unchecked', () => {
    expect(after('- One^', enter)).toBe(sketch('- One\n- ^'))
    expect(after('5) One^', enter)).toBe(sketch('5) One\n1. ^'))
    expect(after('[x] Done^', enter)).toBe(sketch('[x] Done\n[ ] ^'))
  })
  test('at the start of a list item opens one above', () => {
    expect(after('[x] ^Done', enter)).toBe(sketch('[ ] \n[x] ^Done'))
    expect(after('5) ^One', enter)).toBe(sketch('5) \n1. ^One'))
  })
  test('in the middle of a block makes two of its kind', () => {
    expect(after('## On^ce', enter)).toBe(sketch('## On\n## ^ce'))
    expect(after('  > - On^ce', enter)).toBe(sketch('  > - On\n  > - ^ce'))
  })
  test('at the end of a heading goes on in a paragraph, at its start opens one above', () => {
    expect(after('> # Head^', enter)).toBe(sketch('> # Head\n> ^'))
    expect(after('# ^Head', enter)).toBe('\n# ^Head')
  })
  test('replaces what is selected', () => {
    expect(after('- O«n»e', enter)).toBe(sketch('- O\n- ^e'))
    expect(after('# O«ne\n- tw»o', enter)).toBe(sketch('# O\n# ^o'))
  })
  test('in an empty list item goes one level out, and becomes what its new siblings are', () => {
    expect(after('- One\n  - ^', enter)).toBe(sketch('- One\n- ^'))
    expect(after('1. One\n  - ^', enter)).toBe(sketch('1. One\n1. ^'))
    expect(after('- One\n- ^', enter)).toBe(sketch('- One\n^'))
    expect(after('- One\n  - ^', enter, enter, enter)).toBe(sketch('- One\n\n^'))
  })
  test('in an empty line of a quote leaves the quote', () => {
    expect(after('> One\n> ^', enter)).toBe(sketch('> One\n^'))
    expect(after('> > One\n> > ^', enter)).toBe(sketch('> > One\n> ^'))
    expect(after('> - ^', enter, enter)).toBe('^')
  })
  test('in code is a line break with the same margin; after two empty lines it leaves the code', () => {
    expect(after('```   a^', enter)).toBe('```   a⏎  ^')
    expect(after('```js a^', enter, enter)).toBe('```js a⏎⏎^')
    expect(after('```js a⏎⏎^', enter)).toBe(sketch('```js a\n^'))
    expect(after('> ```js a⏎⏎^', enter)).toBe(sketch('> ```js a\n> ^'))
  })
  test('after three backticks and a language opens code', () => {
    expect(after('> ```ts^', enter)).toBe('> ```ts ^')
    expect(after('```^', enter)).toBe('``` ^')
    expect(after('``` already code^', enter)).toBe('``` already code⏎^')
  })
})

describe('Backspace at the start', () => {
  test('of a heading makes it a paragraph', () => {
    expect(after('One\n## ^Two', backspace)).toBe(sketch('One\n^Two'))
  })
  test('of a list item: first a continuation of the one before, then joined to it', () => {
    expect(after('- One\n- ^Two', backspace)).toBe(sketch('- One\n  ^Two'))
    expect(after('- One\n- ^Two', backspace, backspace)).toBe('- One^Two')
    expect(after('- One\n  - ^Two', backspace)).toBe(sketch('- One\n  ^Two'))
    expect(after('- ^One', backspace)).toBe('^One')
    expect(after('Before\n- ^One', backspace, backspace)).toBe('Before^One')
  })
  test('of a quote takes it out of the quote, where the quote begins', () => {
    expect(after('One\n> ^Two', backspace)).toBe(sketch('One\n^Two'))
    expect(after('> One\n> ^Two', backspace)).toBe('> One^Two')
  })
  test('of a paragraph joins it to the block before, whose kind stays', () => {
    expect(after('# One\n^Two', backspace)).toBe('# One^Two')
    expect(after('- \n^Two', backspace)).toBe('- ^Two')
  })
  test('of a paragraph removes an empty one before', () => {
    expect(after('One\n\n^Two', backspace)).toBe(sketch('One\n^Two'))
  })
  test('after a divider removes the divider', () => {
    expect(after('One\n---\n^Two', backspace)).toBe(sketch('One\n^Two'))
  })
  test('after code moves the caret there; an empty line goes', () => {
    expect(after('``` a\n^Two', backspace)).toBe(sketch('``` a^\nTwo'))
    expect(after('``` a\n^', backspace)).toBe('``` a^')
  })
  test('of code makes it text', () => {
    expect(after('One\n```js ^a⏎b', backspace)).toBe(sketch('One\n^a⏎b'))
  })
  test('of the document changes nothing', () => {
    expect(after('^One', backspace)).toBe('^One')
  })
})

describe('Delete at the end', () => {
  test('joins the block after, and keeps the kind of the first', () => {
    expect(after('# One^\n- Two', remove)).toBe('# One^Two')
  })
  test('of an empty paragraph keeps the block after as it is', () => {
    expect(after('^\n## Two', remove)).toBe('## ^Two')
  })
  test('removes a divider, does not pour code into text', () => {
    expect(after('One^\n---\nTwo', remove)).toBe(sketch('One^\nTwo'))
    expect(after('One^\n``` a', remove)).toBe(sketch('One\n``` ^a'))
  })
})

describe('Deleting a selection', () => {
  test('keeps the kind of the block it begins in', () => {
    expect(after('# O«ne\n- Tw»o', backspace)).toBe('# O^o')
    expect(after('- One\n- «Two\n- Three»', backspace)).toBe(sketch('- One\n- ^'))
  })
  test('from the start of one block into the next leaves the next', () => {
    expect(after('# «One\n- Tw»o', backspace)).toBe('- ^o')
  })
})
