/** Places stand at a character, wherever that goes. */
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { Flow } from '#doc/flow/flow'
import { findPlace, parsePlace, placeAt, type Place } from '#doc/flow/places'
import { moveBlocks, setKind } from '#editor/block-commands'
import { toggle } from '#editor/mark-commands'
import { at, backspace, del, enter, lines, settle, two } from '../../../support/company.ts'
import { documentOf } from '../../../support/documents.ts'
import type { HeadlessEditor } from '../../../support/headless-editor.ts'
import { atom, block, close, rawFlow } from '../../../support/raw-flow.ts'

type Side = 'before' | 'after'

/** The place at an offset in a line, as an editor tells it to others. */
function placeIn(editor: HeadlessEditor, line: number, offset: number, side: Side): Place {
  const place = editor.binding.placeOf(at(editor, line, offset), side)
  if (place === null) throw new Error('No place')
  return place
}

/** Where a place is in an editor: its line with `^` there. */
function seen(editor: HeadlessEditor, place: Place): string {
  const position = editor.binding.positionOf(place)
  if (position === null) return 'nowhere'
  const $position = editor.state.doc.resolve(position)
  const text = $position.parent.textContent
  return `${text.slice(0, $position.parentOffset)}^${text.slice($position.parentOffset)}`
}

const press = (editor: HeadlessEditor, key: typeof enter, line: number, offset: number): void => {
  editor.select(at(editor, line, offset))
  if (!editor.run(key)) throw new Error('The key does nothing')
}

/** In 'ab', 'xxCyy', 'ef': what a peer does, and where the place before `C` is then, and the one behind it. */
const acts: readonly [what: string, act: (peer: HeadlessEditor) => void, before: string, behind: string][] = [
  ['types before it', (peer) => peer.dispatch(peer.state.tr.insertText('1', at(peer, 1, 2))), 'xx1^Cyy', 'xx1C^yy'],
  ['types behind it', (peer) => peer.dispatch(peer.state.tr.insertText('1', at(peer, 1, 3))), 'xx^C1yy', 'xxC^1yy'],
  ['splits before it', (peer) => press(peer, enter, 1, 2), '^Cyy', 'C^yy'],
  ['splits behind it', (peer) => press(peer, enter, 1, 3), 'xx^C', 'xxC^'],
  ['joins its block to the one before', (peer) => press(peer, backspace, 1, 0), 'abxx^Cyy', 'abxxC^yy'],
  ['joins the next block to it', (peer) => press(peer, del, 1, 5), 'xx^Cyyef', 'xxC^yyef'],
  ['moves its block', (peer) => press(peer, moveBlocks(-1), 1, 0), 'xx^Cyy', 'xxC^yy'],
  ['moves another block past it', (peer) => press(peer, moveBlocks(1), 0, 0), 'xx^Cyy', 'xxC^yy'],
  [
    'moves it, splits it and joins it again',
    (peer) => {
      press(peer, moveBlocks(1), 1, 0)
      press(peer, enter, 2, 1)
      press(peer, backspace, 3, 0)
    },
    'xx^Cyy',
    'xxC^yy',
  ],
  [
    'marks it',
    (peer) => {
      peer.select(at(peer, 1, 1), at(peer, 1, 4))
      peer.run(toggle('strong'))
    },
    'xx^Cyy',
    'xxC^yy',
  ],
  ['makes it a heading', (peer) => press(peer, setKind('heading', 1), 1, 0), 'xx^Cyy', 'xxC^yy'],
  ['deletes it', (peer) => peer.dispatch(peer.state.tr.delete(at(peer, 1, 2), at(peer, 1, 3))), 'xx^yy', 'xx^yy'],
  [
    'deletes it and all around',
    (peer) => peer.dispatch(peer.state.tr.delete(at(peer, 1, 0), at(peer, 1, 5))),
    '^',
    '^',
  ],
  ['deletes its block', (peer) => peer.dispatch(peer.state.tr.delete(4, 11)), 'ab^', 'ab^'],
]

describe.each(acts)('a place stays by its character when a peer %s', (_what, act, before, behind) => {
  test('here and at the peer, and after undo and redo', () => {
    for (const ids of [
      [1, 2],
      [2, 1],
    ] as const) {
      const [peer, editor] = two(documentOf('ab', 'xxCyy', 'ef'), ids)
      const places: [Place, string][] = [
        [placeIn(editor, 1, 2, 'after'), before],
        [placeIn(editor, 1, 3, 'before'), behind],
      ]
      act(peer)
      settle(peer, editor)
      for (const [place, expected] of places)
        expect([seen(editor, place), seen(peer, place)]).toEqual([expected, expected])
      while (peer.undo());
      settle(peer, editor)
      expect(lines(editor)).toEqual(['ab', 'xxCyy', 'ef'])
      for (const [i, [place]] of places.entries()) {
        const original = i === 0 ? 'xx^Cyy' : 'xxC^yy'
        expect([seen(editor, place), seen(peer, place)]).toEqual([original, original])
      }
      while (peer.redo());
      settle(peer, editor)
      for (const [place, expected] of places)
        expect([seen(editor, place), seen(peer, place)]).toEqual([expected, expected])
    }
  })
})

describe('a place', () => {
  const flowOf = (doc: Y.Doc): Flow => new Flow(doc)

  test('is at every offset of every part, and found again there', () => {
    const doc = rawFlow(...block('a', 'one'), 'bare', close('x'), ...block('b', ''), 'end')
    const flow = flowOf(doc)
    for (const part of flow.shown) {
      for (let offset = 0; offset <= part.node.content.size; offset++) {
        for (const side of ['before', 'after'] as const) {
          const place = placeAt(flow, part, offset, side)
          expect(place && findPlace(flow, place)).toEqual({ part, offset })
        }
      }
    }
  })

  test('at a divider is the divider', () => {
    const doc = rawFlow(...block('a', 'one'), atom('d'), ...block('b', 'two'))
    doc.getMap('blocks').set('d', { type: 'divider' })
    const flow = flowOf(doc)
    const [, divider] = flow.shown
    const place = divider && placeAt(flow, divider, 0, 'after')
    expect(place && findPlace(flow, place)).toEqual({ part: divider, offset: 0 })
  })

  test('keeps to the side that it was given where something is typed just there', () => {
    const [a, b] = two(documentOf('ab'))
    const [before, after] = [placeIn(a, 0, 1, 'before'), placeIn(a, 0, 1, 'after')]
    b.select(2)
    b.type('X')
    settle(a, b)
    expect([seen(a, before), seen(a, after)]).toEqual(['a^Xb', 'aX^b'])
  })

  test('of what was deleted with all text before it is where the next text is', () => {
    const doc = rawFlow(...block('a', 'one'), ...block('b', 'two'), ...block('c', 'three'))
    const flow = flowOf(doc)
    const [first, , third] = flow.shown
    const place = first && placeAt(flow, first, 2, 'after')
    doc.on('afterTransaction', (transaction) => void flow.update(transaction))
    doc.getText('flow').delete(0, 10)
    expect(place && findPlace(flow, place)).toEqual({ part: third, offset: 0 })
    doc.getText('flow').delete(0, doc.getText('flow').length)
    expect(place && findPlace(flow, place)).toBeNull()
  })

  test('comes back from JSON as it was', () => {
    const place: Place = { client: 1, clock: 2, side: 'before' }
    expect(parsePlace(JSON.parse(JSON.stringify(place)))).toEqual(place)
    expect(parsePlace({ client: 1, clock: 2 })).toEqual({ ...place, side: 'after' })
  })

  test.each<[unknown]>([
    [null],
    [undefined],
    [7],
    ['1:2'],
    [[]],
    [{}],
    [{ client: 1 }],
    [{ client: -1, clock: 2, side: 'after' }],
    [{ client: 1, clock: 0.5, side: 'after' }],
    [{ client: 1e300, clock: 2, side: 'after' }],
    [{ client: '1', clock: 2, side: 'after' }],
    [{ client: NaN, clock: 2, side: 'after' }],
    [{ client: 1, clock: { valueOf: 2 }, side: 'after' }],
  ])('is none when somebody says it is %j', (value) => {
    expect(parsePlace(value)).toBeNull()
  })

  test('that is nowhere here is found nowhere, and nothing is made by looking', () => {
    const doc = rawFlow(...block('a', 'one'))
    doc.getText('title').insert(0, 'Title')
    const flow = flowOf(doc)
    const roots = [...doc.share.keys()]
    const state = Y.encodeStateAsUpdate(doc)
    const elsewhere = (doc.getText('title')._start as Y.Item).id
    for (const { client, clock } of [
      { client: 7, clock: 0 },
      { client: 1, clock: 99 },
      { client: 1, clock: 2 ** 53 - 1 },
      elsewhere,
    ]) {
      expect(findPlace(flow, { client, clock, side: 'after' })).toBeNull()
    }
    expect([...doc.share.keys()]).toEqual(roots)
    expect(Y.encodeStateAsUpdate(doc)).toEqual(state)
  })
})
