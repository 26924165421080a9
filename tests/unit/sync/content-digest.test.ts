import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { compareDigests, ContentDigest, type Digest } from '#sync/content-digest'
import { seeded } from '../../support/random.ts'

/** A copy whose changes reach others by `send`, late and in any order. */
function copy(client: number): Y.Doc {
  const doc = new Y.Doc()
  doc.clientID = client
  return doc
}

const fresh = (doc: Y.Doc): Digest => {
  const digest = new ContentDigest(doc)
  digest.destroy()
  return digest.bytes
}

describe('the digest of content', () => {
  test.each(Array.from({ length: 40 }, (_, seed) => seed))('kept up is what it is anew, seed %i', (seed) => {
    const random = seeded(seed)
    const docs = [copy(1), copy(2), copy(2 ** 40)]
    const kept = docs.map((doc) => new ContentDigest(doc))
    const undo = docs.map((doc) => new Y.UndoManager(doc.getText('text')))
    for (let act = 0; act < 60; act++) {
      const who = random.below(docs.length)
      const doc = docs[who]
      if (doc === undefined) throw new Error('nobody')
      const text = doc.getText('text')
      const at = random.below(text.length + 1)
      switch (random.below(8)) {
        case 0:
          doc.getMap('map').set(`key ${random.below(3)}`, { n: act, list: [null, 2.5, 'x', undefined] })
          break
        case 1:
          text.delete(at, Math.min(random.below(6), text.length - at))
          break
        case 2:
          text.insertEmbed(at, { o: `id${act}` })
          break
        case 3:
          undo[who]?.undo()
          break
        case 4: {
          const map = new Y.Map()
          map.set('inner', new Y.Text('deep'))
          doc.getArray('array').insert(0, [map, act, 'any', Uint8Array.of(1, act)])
          break
        }
        case 5:
          if (doc.getArray('array').length > 0) doc.getArray('array').delete(0, 1)
          break
        case 6: {
          const other = docs[random.below(docs.length)]
          if (other && other !== doc) Y.applyUpdate(doc, Y.encodeStateAsUpdate(other, Y.encodeStateVector(doc)))
          break
        }
        default:
          text.insert(at, 'word🙂'.slice(random.below(4)))
      }
      expect(compareDigests(kept[who]?.bytes ?? new Uint8Array(), fresh(doc))).toBe('equal')
    }
    const all = Y.mergeUpdates(docs.map((doc) => Y.encodeStateAsUpdate(doc)))
    for (const doc of docs) Y.applyUpdate(doc, all)
    for (const digest of kept) expect(compareDigests(digest.bytes, kept[0]?.bytes ?? digest.bytes)).toBe('equal')
  })

  test('is equal where undo keeps what is deleted and where it does not', () => {
    const [a, b] = [copy(1), copy(2)]
    const keeping = new Y.UndoManager(a.getText('text'))
    a.getText('text').insert(0, 'kept')
    keeping.stopCapturing()
    a.getText('text').delete(0, 2)
    Y.applyUpdate(b, Y.encodeStateAsUpdate(a))
    expect(compareDigests(new ContentDigest(a).bytes, new ContentDigest(b).bytes)).toBe('equal')
  })

  test('tells how copies differ', () => {
    const [a, b] = [copy(1), copy(2)]
    const [ours, theirs] = [new ContentDigest(a), new ContentDigest(b)]
    a.getText('text').insert(0, 'words')
    expect(compareDigests(ours.bytes, theirs.bytes)).toBe('apart')
    Y.applyUpdate(b, Y.encodeStateAsUpdate(a))
    expect(compareDigests(ours.bytes, theirs.bytes)).toBe('equal')
    b.getText('text').delete(1, 2)
    expect(compareDigests(ours.bytes, theirs.bytes)).toBe('deletions')
  })

  test.each([
    [
      'words',
      (doc: Y.Doc) => doc.getText('text').insert(0, 'ours'),
      (doc: Y.Doc) => doc.getText('text').insert(0, 'them'),
    ],
    [
      'a value',
      (doc: Y.Doc) => doc.getMap('map').set('key', { a: 1 }),
      (doc: Y.Doc) => doc.getMap('map').set('key', { a: 2 }),
    ],
    ['a key', (doc: Y.Doc) => doc.getMap('map').set('one', 1), (doc: Y.Doc) => doc.getMap('map').set('two', 1)],
    [
      'a place',
      (doc: Y.Doc) => {
        doc.getText('text').insert(0, 'ab')
        doc.getText('text').insert(0, 'c')
      },
      (doc: Y.Doc) => {
        doc.getText('text').insert(0, 'ab')
        doc.getText('text').insert(1, 'c')
      },
    ],
  ])('tells that one client id was used for two things: %s', (_, one, other) => {
    const [a, b] = [copy(7), copy(7)]
    one(a)
    other(b)
    expect(compareDigests(fresh(a), fresh(b))).toBe('content')
  })

  test('costs nothing for the length of what is gone', () => {
    const doc = copy(1)
    const digest = new ContentDigest(doc)
    // One GC struct of client 9 over 2^45 clocks (Yjs, update format 1).
    const length = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x08]
    Y.applyUpdate(doc, Uint8Array.from([1, 1, 9, 0, 0, ...length, 0]))
    expect(Y.getState(doc.store, 9)).toBe(2 ** 45)
    expect(compareDigests(digest.bytes, fresh(doc))).toBe('equal')
  })
})
