import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { beginDocument, bodyOf, excerptOf, hasArrived, isNewer, observeMeta, schemaVersionOf } from '#doc/document'
import { SCHEMA_VERSION } from '#doc/schema'

function paragraph(...content: (string | Y.XmlElement)[]): Y.XmlElement {
  const block = new Y.XmlElement('block')
  block.push(content.map((part) => (typeof part === 'string' ? new Y.XmlText(part) : part)))
  return block
}

describe('a document', () => {
  test('has arrived once its creator began it, although it is empty', () => {
    const here = new Y.Doc()
    const there = new Y.Doc()
    expect(hasArrived(there)).toBe(false)
    beginDocument(here, 1)
    Y.applyUpdate(there, Y.encodeStateAsUpdate(here))
    expect(hasArrived(there)).toBe(true)
    expect(bodyOf(there).length).toBe(0)
  })

  test('is begun once', () => {
    const doc = new Y.Doc()
    beginDocument(doc, 1)
    const state = Y.encodeStateAsUpdate(doc)
    beginDocument(doc, 2)
    expect(Y.encodeStateAsUpdate(doc)).toEqual(state)
  })

  test.each([
    [SCHEMA_VERSION + 1, true],
    [SCHEMA_VERSION, false],
    ['9', false],
    [NaN, false],
    [null, false],
    [-1, false],
  ])('that says schema version %j is newer: %j', (version, newer) => {
    const doc = new Y.Doc()
    doc.getMap('meta').set('schemaVersion', version)
    expect(isNewer(doc)).toBe(newer)
  })

  test('tells when its version or first content arrives', () => {
    const doc = new Y.Doc()
    const seen: [boolean, number][] = []
    const stop = observeMeta(doc, () => seen.push([hasArrived(doc), schemaVersionOf(doc)]))
    bodyOf(doc).push([paragraph('a')])
    doc.getMap('meta').set('schemaVersion', 7)
    stop()
    bodyOf(doc).push([paragraph('b')])
    expect(seen).toEqual([
      [true, 1],
      [true, 7],
    ])
  })

  test('gives its first words without marks or markup', () => {
    const doc = new Y.Doc()
    const marked = new Y.XmlText()
    marked.insert(0, 'bold', { strong: {} })
    const block = new Y.XmlElement('block')
    block.push([marked])
    bodyOf(doc).push([
      paragraph('  one', new Y.XmlElement('hard_break'), 'line '),
      paragraph(),
      block,
      paragraph('후반'),
    ])
    expect(excerptOf(doc, 100)).toBe('one line\nbold\n후반')
    expect(excerptOf(doc, 5)).toBe('one l')
  })
})
