import { describe, expect, test } from 'vitest'
import { EditorState } from 'prosemirror-state'
import { blockAttrs, schema } from '#doc/schema'
import { setBlock } from '#editor/blocks'
import { isItem, numbered, numberLabel, numberOf, renumbered } from '#editor/numbering'
import { sketched } from '../../support/sketch.ts'

const numbers = (sketch: string): (number | null)[] =>
  numbered(sketched(sketch).doc).places.map((place) => (isItem(place) && place.list.ordered ? numberOf(place) : null))

describe('numbers of an ordered list', () => {
  test('count up, and begin anew after anything that is not in the list', () => {
    expect(numbers('1. a\n1. b\ntext\n1. c')).toEqual([1, 2, null, 1])
    expect(numbers('1. a\n---\n1. b')).toEqual([1, null, 1])
    expect(numbers('1. a\n- x\n1. b')).toEqual([1, null, 1])
    expect(numbers('1. a\n> 1. b\n1. c')).toEqual([1, 1, 1])
  })
  test('go on past what stands within an item', () => {
    expect(numbers('1. a\n  text\n  ``` code\n  - x\n  > quoted\n1. b')).toEqual([1, null, null, null, null, 2])
  })
  test('begin anew in each nested list', () => {
    expect(numbers('1. a\n  1. b\n  1. c\n1. d\n  1. e')).toEqual([1, 1, 2, 2, 1])
  })
  test('begin at the start that an item names', () => {
    expect(numbers('7) a\n1. b\n3) c\n1. d')).toEqual([7, 8, 3, 4])
    expect(numbers('0) a\n1. b')).toEqual([0, 1])
  })
})

test('an item knows its level, its position and the size of its list; tasks and bullets make one list', () => {
  const { places } = numbered(sketched('- a\n[ ] b\n  - c\n- d').doc)
  expect(places.map((place) => isItem(place) && [place.level, place.position, place.list.size])).toEqual([
    [1, 1, 3],
    [1, 2, 3],
    [2, 1, 1],
    [1, 3, 3],
  ])
})

test('numbers are written 1, a, i as lists nest', () => {
  expect([numberLabel(3, 1), numberLabel(3, 2), numberLabel(3, 3), numberLabel(3, 4)]).toEqual(['3', 'c', 'iii', '3'])
  expect([numberLabel(27, 2), numberLabel(1994, 3), numberLabel(0, 2), numberLabel(4000, 3)]).toEqual([
    'aa',
    'mcmxciv',
    '0',
    '4000',
  ])
})

test('typing in a block of a large document counts nothing again', () => {
  const items = Array.from({ length: 10_000 }, () => schema.nodes.block.create(blockAttrs({ kind: 'ordered' })))
  const before = EditorState.create({ doc: schema.nodes.doc.create(null, items) })
  const numbering = numbered(before.doc)
  const after = before.apply(before.tr.insertText('x', 5001))
  expect(renumbered(numbering, after.doc).places).toBe(numbering.places)
})

test('counting only what changed gives what counting all gives', () => {
  let seed = 12
  const random = (below: number): number => {
    seed = (seed * 48271) % 2147483647
    return seed % below
  }
  const block = () =>
    schema.nodes.block.create(
      blockAttrs({
        kind: (['paragraph', 'bullet', 'ordered', 'ordered', 'task'] as const)[random(5)] ?? 'paragraph',
        indent: random(3),
        quote: random(5) === 0 ? 1 : 0,
        start: random(9) === 0 ? random(20) : null,
      }),
    )
  let { doc } = EditorState.create({ doc: schema.nodes.doc.create(null, Array.from({ length: 60 }, block)) })
  let numbering = numbered(doc)
  for (let round = 0; round < 600; round++) {
    const { tr } = EditorState.create({ doc })
    const index = random(doc.childCount)
    const pos = Array.from({ length: index }, (_, before) => doc.child(before).nodeSize).reduce(
      (sum, size) => sum + size,
      0,
    )
    const choice = random(3)
    if (choice === 0) tr.insert(pos, [block(), block()])
    else if (choice === 1 && doc.childCount > 2) tr.delete(pos, pos + doc.child(index).nodeSize)
    else setBlock(tr, { node: doc.child(index), pos }, { kind: 'ordered', indent: random(4) })
    doc = tr.doc
    numbering = renumbered(numbering, doc)
    expect(numbering.places).toEqual(numbered(doc).places)
  }
})
