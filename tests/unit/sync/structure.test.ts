import * as encoding from 'lib0/encoding'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { outlineOfV2 } from '#sync/fields-v2'
import { Gate } from '#sync/gate'
import { outlineOf } from '#sync/structure'
import { openHeadless } from '../../support/headless-editor.ts'
import { ATTACKS } from '../../support/forged-updates.ts'
import { seeded, type Random } from '../../support/random.ts'

/** An update in both encodings. */
type Update = readonly [v1: Uint8Array, v2: Uint8Array]

const TEXTS = ['a', 'word', '가나다', '😀😀', 'x'.repeat(150), '한'.repeat(60), '\u0000\n']
const VALUES: readonly unknown[] = [
  null,
  true,
  1,
  -7,
  2 ** 40,
  0.5,
  'text',
  [1, [2]],
  { a: { b: null } },
  new Uint8Array(9),
]

/** Does any of what Yjs can do. */
function act(doc: Y.Doc, undo: Y.UndoManager, random: Random): void {
  const [text, map, list, xml] = [
    doc.getText('text'),
    doc.getMap('map'),
    doc.getArray('list'),
    doc.getXmlFragment('xml'),
  ]
  const at = (length: number): number => random.below(length + 1)
  switch (random.below(11)) {
    case 0:
      map.set(random.pick(['a', 'b', 'c']), random.pick(VALUES))
      break
    case 1:
      map.delete(random.pick(['a', 'b', 'c']))
      break
    case 2:
      list.insert(at(list.length), [random.pick(VALUES), random.pick(VALUES)])
      break
    case 3:
      if (list.length > 0) list.delete(random.below(list.length), 1)
      break
    case 4:
      list.push([random.pick([new Y.Map(), new Y.Array(), new Y.Text('in a text')])])
      break
    case 5:
      xml.insert(at(xml.length), [random.chance(0.5) ? new Y.XmlElement('paragraph') : new Y.XmlText('xml')])
      break
    case 6:
      if (text.length > 2) text.format(random.below(text.length - 1), 1, { strong: random.pick([true, null]) })
      break
    case 7:
      text.insertEmbed(at(text.length), { o: 'abc', s: [1, 2] })
      break
    case 8:
      if (text.length > 3) text.delete(random.below(text.length - 3), 1 + random.below(3))
      break
    case 9:
      if (random.chance(0.5)) undo.undo()
      else undo.redo()
      break
    default:
      text.insert(at(text.length), random.pick(TEXTS))
  }
}

/** Random sessions of three people; every update they told of, what was merged of them, and what one lacked of another. */
function* legalUpdates(seed: number): Generator<Update> {
  const random = seeded(seed)
  const told: Update[] = []
  const people = [0, 1, 2].map(() => {
    const doc = new Y.Doc({ gc: random.chance(0.7) })
    const first: Uint8Array[] = []
    doc.on('update', (update: Uint8Array) => first.push(update))
    doc.on('updateV2', (update: Uint8Array) => told.push([first.shift() ?? new Uint8Array(), update]))
    return { doc, undo: new Y.UndoManager([doc.getText('text'), doc.getMap('map'), doc.getArray('list')]) }
  })
  for (let i = 0; i < 40; i++) {
    const { doc, undo } = random.pick(people)
    doc.transact(() => act(doc, undo, random))
    if (!random.chance(0.2)) continue
    const other = random.pick(people).doc
    const since = Y.encodeStateVector(other)
    const difference = [Y.encodeStateAsUpdate(doc, since), Y.encodeStateAsUpdateV2(doc, since)] as const
    yield difference
    Y.applyUpdate(other, difference[0])
  }
  yield* told
  for (let i = 0; i < 10; i++) {
    // With gaps, which become structs of their own.
    const some = told.filter(() => random.chance(0.3))
    if (some.length > 0) yield [Y.mergeUpdates(some.map(([v1]) => v1)), Y.mergeUpdatesV2(some.map(([, v2]) => v2))]
  }
  for (const { doc } of people) yield [Y.encodeStateAsUpdate(doc), Y.encodeStateAsUpdateV2(doc)]
}

describe('the structure of an update', () => {
  test(
    '20,000 legal updates of every making: none refused, and both encodings say the same',
    { timeout: 120_000 },
    () => {
      let count = 0
      for (let seed = 1; count < 20_000; seed++) {
        for (const [v1, v2] of legalUpdates(seed)) {
          const outline = outlineOf(v1)
          expect(typeof outline).toBe('object')
          expect(outlineOfV2(v2)).toEqual(outline)
          expect(outlineOf(Y.convertUpdateFormatV2ToV1(v2))).toEqual(outline)
          count++
        }
      }
    },
  )

  test('it says what Yjs reads', () => {
    const doc = new Y.Doc()
    doc.clientID = 5
    doc.getText('flow').insert(0, '😀 and more')
    const first = Y.encodeStateVector(doc)
    const other = new Y.Doc()
    other.clientID = 9
    Y.applyUpdate(other, Y.encodeStateAsUpdate(doc))
    other.getText('flow').insert(3, 'x')
    other.getText('flow').delete(0, 2)
    expect(outlineOf(Y.encodeStateAsUpdate(other, first))).toMatchObject({
      after: new Map([[9, 0]]),
      refers: new Map([[5, 4]]),
      brings: new Map([[9, 1]]),
      roots: new Set(),
      hasFormats: false,
      hasTypes: false,
    })
  })

  test('what an editor writes passes a gate in any order', { timeout: 60_000 }, () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = seeded(seed)
      const doc = new Y.Doc()
      const updates: Uint8Array[] = []
      doc.on('update', (update: Uint8Array) => updates.push(update))
      const editor = openHeadless(doc)
      for (let i = 0; i < 60; i++) {
        editor.select(random.below(editor.state.doc.content.size))
        if (random.chance(0.2)) editor.undo()
        else editor.type(random.pick(['a', '가', '😀', '# ', '- ', '**b** ']))
      }
      const copy = new Y.Doc()
      const dropped: string[] = []
      const gate = new Gate({ doc: copy, dropped: (reason) => dropped.push(reason) })
      const shuffled = [...updates]
      for (let i = shuffled.length - 1; i > 0; i--) {
        const j = random.below(i + 1)
        ;[shuffled[i], shuffled[j]] = [shuffled[j] as Uint8Array, shuffled[i] as Uint8Array]
      }
      for (const update of shuffled) gate.take(update, 'a peer')
      expect(dropped).toEqual([])
      expect(gate.waiting).toBe(0)
      expect(Y.encodeStateVector(copy)).toEqual(Y.encodeStateVector(doc))
      expect(copy.getText('flow').toDelta()).toEqual(doc.getText('flow').toDelta())
      editor.destroy()
    }
  })

  test.each(Object.entries(ATTACKS))('%s: no longer than its bytes', (_name, attack) => {
    const update = attack()
    for (const read of [outlineOf, outlineOfV2]) expect(() => read(update)).not.toThrow()
  })

  test('any bytes are read, in both encodings', () => {
    const random = seeded(3)
    for (let i = 0; i < 20_000; i++) {
      const bytes = Uint8Array.from({ length: random.below(60) }, () =>
        random.chance(0.5) ? random.below(12) : random.below(256),
      )
      expect(() => [outlineOf(bytes), outlineOfV2(bytes)]).not.toThrow()
    }
  })

  test('few bytes that declare millions of structs are not walked', () => {
    const encoder = new Y.UpdateEncoderV2()
    const structs = 3_000_000
    for (const number of [1, structs]) encoding.writeVarUint(encoder.restEncoder, number)
    encoder.writeClient(1)
    encoding.writeVarUint(encoder.restEncoder, 0)
    for (let i = 0; i < structs; i++) {
      encoder.writeInfo(0)
      encoder.writeLen(1)
    }
    encoding.writeVarUint(encoder.restEncoder, 0)
    const update = encoder.toUint8Array()
    expect(update.length).toBeLessThan(40)
    expect(outlineOfV2(update)).toBe('overdeclared')
  })
})
