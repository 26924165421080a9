import { describe, expect, test } from 'vitest'
import { schema } from '#doc/schema'
import { menu, type MenuId } from '#editor/menu'
import { sketched, sketchOf } from '../../support/sketch.ts'

const item = (id: MenuId) => {
  const found = menu.find((each) => each.id === id)
  if (found === undefined) throw new RangeError(`No ${id} in the menu`)
  return found
}
const activeIn = (sketch: string): string[] => {
  const state = sketched(sketch)
  return menu.filter((each) => each.isActive(state)).map(({ id }) => id)
}

test('every item and every key stands there once', () => {
  const ids = menu.map(({ id }) => id)
  const keys = menu.flatMap(({ keys: names }) => names)
  expect(new Set(ids).size).toBe(ids.length)
  expect(new Set(keys).size).toBe(keys.length)
})

test('what the selection is, is active', () => {
  expect(activeIn('on^e')).toEqual(['paragraph'])
  expect(activeIn('## on^e')).toEqual(['heading2'])
  expect(activeIn('> [ ] on^e')).toEqual(['task', 'quote'])
  expect(activeIn('``` on^e')).toEqual(['code_block'])
  expect(activeIn('- «one\ntwo»')).toEqual([])
})

describe('enabled is what can be done', () => {
  test('nothing of formatting in code', () => {
    const state = sketched('``` on^e')
    expect(menu.filter(({ group, isEnabled }) => group === 'mark' && isEnabled(state))).toEqual([])
  })
  test('indenting where there is something to stand under', () => {
    expect(item('indent').isEnabled(sketched('- a\n- b^'))).toBe(true)
    expect(item('indent').isEnabled(sketched('- a^'))).toBe(false)
    expect(item('outdent').isEnabled(sketched('- a\n  - b^'))).toBe(true)
  })
  test('undo only where there is a history', () => {
    expect([item('undo').isEnabled(sketched('a^')), item('redo').isEnabled(sketched('a^'))]).toEqual([false, false])
  })
})

describe('marks', () => {
  test('are given to all of a selection that has them in part, then taken away', () => {
    const { command, isActive } = item('bold')
    let state = sketched('- «one\ntwo»')
    const partly = state.apply(state.tr.addMark(1, 3, schema.marks.strong.create()))
    expect(isActive(partly)).toBe(false)
    command(partly, (tr) => (state = partly.apply(tr)))
    expect(isActive(state)).toBe(true)
    command(state, (tr) => (state = state.apply(tr)))
    expect(isActive(state)).toBe(false)
  })
  test('are kept for what is typed next', () => {
    let state = sketched('a^')
    item('italic').command(state, (tr) => (state = state.apply(tr)))
    expect(item('italic').isActive(state)).toBe(true)
    expect(sketchOf(state)).toBe('a^')
  })
})
