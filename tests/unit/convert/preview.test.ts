import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { createDoc } from '#doc/document'
import { serializeMarkdown } from '#convert/markdown'
import { readPreview } from '#convert/preview'
import { PREVIEW, previewDocument } from '../../support/preview.ts'

/** Deep enough to overflow the stack of whoever follows it. */
const DEPTH = 6_000

const bodyOf = (doc: Y.Doc): Y.XmlFragment => doc.getXmlFragment('body')

/** A block with attributes of any kind, whatever Yjs's types say. */
function block(text: string, attributes: Record<string, unknown> = {}): Y.XmlElement {
  const element = new Y.XmlElement('block')
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value as string)
  element.insert(0, [new Y.XmlText(text)])
  return element
}

/** Puts elements into each other, that deep. */
function nest(parent: Y.XmlFragment, index: number, name: string): void {
  let [within, at] = [parent, index]
  for (let i = 0; i < DEPTH; i++) {
    const child = new Y.XmlElement(name)
    within.insert(at, [child])
    ;[within, at] = [child, 0]
  }
}

/** What is read of a body that a peer wrote between two lines; nothing is written by that. */
function readAmong(write: (body: Y.XmlFragment) => void): string {
  const peer = createDoc()
  bodyOf(peer).insert(0, [block('line'), block('last')])
  peer.transact(() => write(bodyOf(peer)))
  const doc = createDoc()
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(peer))
  const before = Y.encodeStateAsUpdate(doc)
  const node = readPreview(doc)
  node.check()
  expect(Y.encodeStateAsUpdate(doc)).toEqual(before)
  return node.textBetween(0, node.content.size, '|', '⏎')
}

describe('a document of the preview', () => {
  test('reads as what it was', () => {
    const node = readPreview(previewDocument())
    node.check()
    expect(serializeMarkdown(node)).toBe(PREVIEW.markdown)
  })

  test('is one empty paragraph where nothing is stored, and no shared type is made by looking', () => {
    const doc = new Y.Doc()
    expect(readPreview(doc).toString()).toBe('doc(block)')
    expect(doc.share.has('body')).toBe(false)
  })

  test('is empty where its name leads to something else', () => {
    const doc = new Y.Doc()
    doc.getText('body').insert(0, 'text')
    expect(readPreview(doc).toString()).toBe('doc(block)')
    const copy = new Y.Doc()
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc))
    expect(readPreview(copy).textContent).toBe('')
  })
})

describe('what cannot be shown is left out', () => {
  const text = (of: Y.XmlText): Y.XmlElement => {
    const element = new Y.XmlElement('block')
    element.insert(0, [of])
    return element
  }
  const writes: Record<string, [(body: Y.XmlFragment) => void, string]> = {
    'blocks within blocks': [(body) => nest(body, 1, 'block'), 'line||last'],
    'documents within documents': [(body) => nest(body, 1, 'doc'), 'line|last'],
    'line breaks within line breaks': [(body) => nest(body.get(0) as Y.XmlElement, 1, 'hard_break'), 'line⏎|last'],
    'what no schema knows': [(body) => nest(body, 1, 'constructor'), 'line|last'],
    'a text where blocks stand': [(body) => body.insert(1, [new Y.XmlText('loose')]), 'line|last'],
    'a map and an array': [(body) => body.insert(1, [new Y.Map(), new Y.Array()] as never[]), 'line|last'],
    'a hook': [(body) => body.insert(1, [new Y.XmlHook('block')] as never[]), 'line|last'],
    'a document': [(body) => body.insert(1, [new Y.Doc()] as never[]), 'line|last'],
    'attributes that are no JSON': [(body) => body.insert(1, [block('big', { kind: { a: 1n } })]), 'line|big|last'],
    'attributes that are shared types': [
      (body) => body.insert(1, [block('map', { kind: new Y.Map(), level: new Y.Doc() })]),
      'line|map|last',
    ],
    'attributes named as what objects have': [
      (body) => body.insert(1, [block('proto', { __proto__: 1, constructor: 2, toString: 3 })]),
      'line|proto|last',
    ],
    'objects in texts': [
      (body) => {
        const embedding = new Y.XmlText('ab')
        embedding.insertEmbed(1, { image: 'x' })
        embedding.insertEmbed(1, new Y.Map())
        body.insert(1, [text(embedding)])
      },
      'line|ab|last',
    ],
    'marks that are none': [
      (body) => {
        const marked = new Y.XmlText()
        marked.insert(0, 'ab', { constructor: {}, link: true, strong: 'x', em: 7 } as never)
        body.insert(1, [text(marked)])
      },
      'line|ab|last',
    ],
    'a line break in code': [
      (body) => {
        const code = block('a', { kind: 'code' })
        code.insert(1, [new Y.XmlElement('hard_break'), new Y.XmlText('b')])
        body.insert(1, [code])
      },
      'line|a\nb|last',
    ],
  }

  test.each(Object.keys(writes))('%s', (name) => {
    const [write, read] = writes[name] ?? [() => undefined, '']
    expect(readAmong(write)).toBe(read)
  })
})
