/** The order on the screen: what slots show where. */
import { describe, expect, test } from 'vitest'
import { readFlow } from '#doc/flow/read'
import { moveBlocks } from '#editor/block-commands'
import { at, backspace, enter, lines, settle, two } from '../../../support/company.ts'
import { block as paragraph, documentOf } from '../../../support/documents.ts'
import type { HeadlessEditor } from '../../../support/headless-editor.ts'
import { block, close, open, rawFlow, slot, told } from '../../../support/raw-flow.ts'

const read = (...pieces: (string | object)[]): string => told(readFlow(rawFlow(...pieces)))

/** Clocks: a 0 to 2, b 3 to 5, c 6 to 8, d 9 to 11. A slot ends before what it names as its end. */
const four = [...block('a', 'A'), ...block('b', 'B'), ...block('c', 'C'), ...block('d', 'D')]

describe('a slot', () => {
  test.each<[what: string, pieces: (string | object)[], shown: string]>([
    ['shows its block where it is', [...four, slot('a', 1, 0, 3)], 'B / C / D / A'],
    ['shows its block before all others', [slot('c', 1, 7, 10), ...four], 'C / A / B / D'],
    [
      'counts when it is the newest of its block',
      [...four, slot('a', 2, 0, 3), slot('b', 1, 3, 6), slot('a', 1, 0, 3)],
      'C / D / A / B',
    ],
    [
      'of equal age counts when its author is the greater one',
      [...four, slot('a', 1, 0, 3, 1), slot('b', 1, 3, 6), slot('a', 1, 0, 3, 2)],
      'C / D / B / A',
    ],
    ['of nothing shows nothing', [...four, slot('x', 1, 50, 60)], 'A / B / C / D'],
    ['takes along what stands in its stretch', [...four, slot('a', 1, 0, 6)], 'C / D / A / B'],
    ['leaves what has a slot of its own', [...four, slot('a', 1, 0, 9), slot('b', 1, 3, 6)], 'D / A / C / B'],
    [
      'leaves to a nearer slot what stands in the stretch of that',
      [...four, slot('a', 1, 0, 12), slot('b', 1, 3, 9)],
      'A / D / B / C',
    ],
    ['to the end of all takes along all behind it', [slot('b', 1, 4, null), ...four], 'B / C / D / A'],
    [
      'of the one that stands in the stretch of the other goes no further',
      [...four, slot('a', 1, 0, 6), slot('b', 2, 0, 6)],
      'C / D / A / B',
    ],
    ['that names its ends the wrong way round still shows its block', [...four, slot('a', 1, 6, 2)], 'B / C / D / A'],
    [
      'is read where its block is gone: what is left of it goes along',
      ['X', close('a'), ...four.slice(3), slot('a', 1, 0, 2)],
      'B / C / D / X',
    ],
    [
      'in the middle of another block stands behind it',
      [open('x'), 'X', slot('b', 1, 8, 11), 'Y', close('x'), ...four],
      'XY / B / A / C / D',
    ],
  ])('%s', (_what, pieces, shown) => {
    // A slot before the blocks moves their clocks on by one.
    expect(read(...pieces)).toBe(shown)
  })

  test('that was in a circle with others shows all blocks, each once', () => {
    const shown = read(...four, slot('a', 1, 3, 6), slot('b', 2, 6, 9), slot('c', 3, 0, 3))
    expect(shown.split(' / ').toSorted()).toEqual(['A', 'B', 'C', 'D'])
  })
})

describe('a move', () => {
  const move = (editor: HeadlessEditor, line: string, way: -1 | 1, times = 1): void => {
    for (let i = 0; i < times; i++) {
      editor.select(at(editor, lines(editor).indexOf(line), 0))
      if (!editor.run(moveBlocks(way))) throw new Error('Nothing was moved')
    }
  }
  const letters = () => two(documentOf('A', 'B', 'C', 'D'))
  const slots = ({ source }: HeadlessEditor): number =>
    (source.getText('flow').toDelta() as { insert: unknown }[]).filter(
      ({ insert }) => typeof insert === 'object' && insert !== null && 'm' in insert,
    ).length

  test('is shown as it was meant, again and again, and leaves one slot a block at most', () => {
    const [a, b] = letters()
    move(a, 'D', -1, 3)
    expect(lines(a)).toEqual(['D', 'A', 'B', 'C'])
    move(a, 'D', 1, 2)
    move(a, 'A', 1)
    expect(lines(a)).toEqual(['B', 'A', 'D', 'C'])
    for (let i = 0; i < 20; i++) move(a, 'B', i % 2 === 0 ? 1 : -1)
    expect(settle(a, b)).toEqual(['B', 'A', 'D', 'C'])
    expect(slots(a)).toBeLessThanOrEqual(4)
  })

  test('of several blocks keeps them together', () => {
    const [a, b] = letters()
    a.select(at(a, 1, 0), at(a, 2, 1))
    a.run(moveBlocks(1))
    expect(settle(a, b)).toEqual(['A', 'D', 'B', 'C'])
    a.select(at(a, 2, 0), at(a, 3, 1))
    a.run(moveBlocks(-1))
    a.run(moveBlocks(-1))
    expect(settle(a, b)).toEqual(['B', 'C', 'A', 'D'])
  })

  test('takes along what stands under a list item', () => {
    const item = (text: string, indent: number) => paragraph(text, { kind: 'bullet', indent })
    const [a, b] = two(documentOf(item('A', 0), item('B', 1), item('C', 0)))
    move(a, 'A', 1)
    expect(settle(a, b)).toEqual(['C', 'A', 'B'])
  })

  test('by two people of the same block happens once; of neighbours, both', () => {
    const [a, b] = letters()
    move(a, 'D', -1)
    move(b, 'D', -1)
    expect(settle(a, b)).toEqual(['A', 'B', 'D', 'C'])
    move(a, 'A', 1)
    move(b, 'C', -1)
    expect(settle(a, b).toSorted()).toEqual(['A', 'B', 'C', 'D'])
  })

  test('takes along a line made in the block meanwhile by Enter, in the middle and at its end', () => {
    for (const offset of [1, 2]) {
      const [a, b] = two(documentOf('A', 'B', 'CD'))
      move(a, 'CD', -1, 2)
      b.select(at(b, 2, offset))
      b.run(enter)
      b.type('x')
      expect(settle(a, b).slice(-2)).toEqual(['A', 'B'])
      expect(lines(a).slice(0, 2).join('|')).toBe(offset === 1 ? 'C|xD' : 'CD|x')
    }
  })

  test('is where it was meant to be when blocks around it are split, joined and deleted afterwards', () => {
    const [a, b] = letters()
    move(a, 'D', -1, 2)
    settle(a, b)
    b.select(at(b, 1, 0))
    b.type('x')
    b.run(enter)
    expect(settle(a, b)).toEqual(['A', 'x', 'D', 'B', 'C'])
    a.select(at(a, 3, 0))
    a.run(backspace)
    expect(settle(a, b)).toEqual(['A', 'x', 'DB', 'C'])
    b.dispatch(b.state.tr.delete(0, 3))
    expect(settle(a, b)).toEqual(['x', 'DB', 'C'])
  })

  test('and what is pasted behind a moved block stands behind it', () => {
    const [a, b] = letters()
    move(a, 'A', 1, 2)
    const behind = at(a, 2, 1) + 1
    a.dispatch(a.state.tr.insert(behind, [paragraph('X'), paragraph('Y')]))
    expect(settle(a, b)).toEqual(['B', 'C', 'A', 'X', 'Y', 'D'])
    b.dispatch(b.state.tr.insert(0, paragraph('Z')))
    expect(settle(a, b)).toEqual(['Z', 'B', 'C', 'A', 'X', 'Y', 'D'])
  })

  test('of the block that another was put behind does not take that along', () => {
    const [a, b] = letters()
    move(a, 'A', 1, 2)
    expect(lines(a)).toEqual(['B', 'C', 'A', 'D'])
    move(a, 'C', -1)
    expect(settle(a, b)).toEqual(['C', 'B', 'A', 'D'])
  })

  test('of text that has no beginning makes it a block', () => {
    const [a, b] = two(rawFlow('A', close('a'), ...block('b', 'B'), 'C'))
    move(a, 'C', -1, 2)
    expect(settle(a, b)).toEqual(['C', 'A', 'B'])
    b.select(at(b, 0, 1))
    b.type('!')
    expect(settle(a, b)).toEqual(['C!', 'A', 'B'])
  })
})
