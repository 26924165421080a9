import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import {
  beginDocument,
  excerptOf,
  formOf,
  hasArrived,
  isBlank,
  isNewer,
  observeMeta,
  schemaVersionOf,
} from '#doc/document'
import { writeFlow } from '#doc/flow/write'
import { SCHEMA_VERSION, schema } from '#doc/schema'
import { block, copyOf, documentOf } from '../../support/documents.ts'
import { previewDocument } from '../../support/preview.ts'

/** A document in which a peer wrote whatever it liked. */
function receivedFrom(write: (doc: Y.Doc) => void): Y.Doc {
  const peer = new Y.Doc()
  write(peer)
  return copyOf(peer)
}

describe('a document', () => {
  test('has arrived once its creator began it, although it is empty', () => {
    const here = new Y.Doc()
    expect(hasArrived(new Y.Doc())).toBe(false)
    beginDocument(here, 1)
    const there = copyOf(here)
    expect([hasArrived(there), isBlank(there), schemaVersionOf(there)]).toEqual([true, true, 2])
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
    [1e9, false],
    [Infinity, false],
  ])('that says schema version %j is newer: %j', (version, newer) => {
    const doc = new Y.Doc()
    doc.getMap('meta').set('schemaVersion', version)
    expect(isNewer(doc)).toBe(newer)
  })

  test.each([1e9, Infinity, 'x', null])('that says schema version %j is not locked by it, be it empty', (version) => {
    const doc = new Y.Doc()
    beginDocument(doc, 0)
    doc.getMap('meta').set('schemaVersion', version)
    expect([formOf(doc), isNewer(doc)]).toEqual(['flow', false])
  })

  test('tells when its version or first content arrives', () => {
    const doc = new Y.Doc()
    const seen: [boolean, number][] = []
    const stop = observeMeta(doc, () => seen.push([hasArrived(doc), schemaVersionOf(doc)]))
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(documentOf('a')))
    doc.getMap('meta').set('schemaVersion', 7)
    stop()
    doc.getMap('meta').set('schemaVersion', 8)
    expect(seen).toEqual([
      [true, 1],
      [true, 7],
    ])
  })

  test('gives its first words without marks or markup', () => {
    const doc = new Y.Doc()
    const { nodes, marks } = schema
    const broken = nodes.block.create(null, [schema.text('  one'), nodes.hard_break.create(), schema.text('line ')])
    const bold = nodes.block.create(null, schema.text('bold', [marks.strong.create()]))
    writeFlow(doc, nodes.doc.create(null, [broken, block(''), bold, block('후반')]))
    expect(excerptOf(doc, 100)).toBe('one line\nbold\n후반')
    expect(excerptOf(doc, 5)).toBe('one l')
  })
})

describe('the form of a document', () => {
  test('is none before anything has arrived, and no shared type is made by looking', () => {
    const doc = new Y.Doc()
    expect(formOf(doc)).toBe('none')
    expect([doc.share.has('body'), doc.share.has('flow')]).toEqual([false, false])
  })

  test('is the flow for what is begun or written today', () => {
    const begun = new Y.Doc()
    beginDocument(begun, 1)
    expect([formOf(begun), formOf(copyOf(begun)), formOf(documentOf('a'))]).toEqual(['flow', 'flow', 'flow'])
  })

  test('is the preview for what was written before the first release, begun or not', () => {
    expect([formOf(previewDocument()), isBlank(previewDocument())]).toEqual(['preview', false])
    const begun = receivedFrom((doc) => {
      doc.getMap('meta').set('created', 1)
      doc.getMap('meta').set('schemaVersion', 1)
    })
    expect(formOf(begun)).toBe('preview')
    const written = receivedFrom((doc) => doc.getXmlFragment('body').insert(0, [new Y.XmlElement('block')]))
    expect(formOf(written)).toBe('preview')
  })

  test('stays the flow, whatever a peer puts where the preview had its text', () => {
    const doc = documentOf('a')
    beginDocument(doc, 1)
    doc.getXmlFragment('body').insert(0, [new Y.XmlElement('block')])
    doc.getMap('meta').set('schemaVersion', 1)
    expect(formOf(doc)).toBe('flow')
  })

  test('is one of these where the names lead to something else', () => {
    const strange = receivedFrom((doc) => {
      doc.getArray('body').insert(0, [1])
      doc.getArray('meta').insert(0, [1])
    })
    expect(formOf(strange)).toBe('preview')
    expect(formOf(receivedFrom((doc) => doc.getMap('flow').set('a', 1)))).toBe('none')
  })
})
