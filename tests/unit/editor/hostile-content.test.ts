/** What a peer with a changed client may write into a document: the editor shows what it can, and nothing breaks. */
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { bodyOf, excerptOf } from '#doc/document'
import { createDoc, hollow } from '#doc/nesting'
import { openHeadless } from '../../support/headless-editor.ts'

/** Deep enough to overflow the stack of whoever follows it. */
const DEPTH = 6_000

/** A block with attributes of any kind, whatever Yjs's types say. */
function block(text: string, attributes: Record<string, unknown> = {}): Y.XmlElement {
  const element = new Y.XmlElement('block')
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value as string)
  element.insert(0, [new Y.XmlText(text)])
  return element
}

/** A document with one line, its editor, and what goes on in it. */
function open(): { doc: Y.Doc; shown: () => string; type: (text: string) => void } {
  const doc = createDoc()
  const body = bodyOf(doc)
  body.insert(0, [block('line')])
  const editor = openHeadless(doc)
  return {
    doc,
    shown: () => editor.state.doc.textBetween(0, editor.state.doc.content.size, '|'),
    type: (text) => {
      editor.select(5)
      editor.type(text)
    },
  }
}

/** Puts elements into each other, that deep. */
function nest(parent: Y.XmlFragment, index: number, name: string, depth: number): void {
  let [within, at] = [parent, index]
  for (let i = 0; i < depth; i++) {
    const child = new Y.XmlElement(name)
    within.insert(at, [child])
    ;[within, at] = [child, 0]
  }
}

/** Writes as a peer does: in a document of its own, whose update then comes in whole. */
function receive(doc: Y.Doc, write: (body: Y.XmlFragment) => void): void {
  const peer = createDoc()
  Y.applyUpdate(peer, Y.encodeStateAsUpdate(doc))
  peer.transact(() => write(bodyOf(peer)))
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(peer, Y.encodeStateVector(doc)))
}

describe('content of a peer with a changed client', () => {
  const writes: Record<string, (body: Y.XmlFragment) => void> = {
    'blocks within blocks': (body) => nest(body, 1, 'block', DEPTH),
    'documents within documents': (body) => nest(body, 1, 'doc', DEPTH),
    'line breaks within line breaks': (body) => nest(body.get(0) as Y.XmlElement, 1, 'hard_break', DEPTH),
    'what no schema knows': (body) => nest(body, 1, 'constructor', DEPTH),
    'a text where blocks stand': (body) => body.insert(1, [new Y.XmlText('loose')]),
    'a map and an array': (body) => body.insert(1, [new Y.Map(), new Y.Array()] as never[]),
    'a hook': (body) => body.insert(1, [new Y.XmlHook('block')] as never[]),
    'a document': (body) => body.insert(1, [new Y.Doc()] as never[]),
    'attributes that are no JSON': (body) => body.insert(1, [block('big', { kind: { a: 1n } })]),
    'attributes that are shared types': (body) =>
      body.insert(1, [block('map', { kind: new Y.Map(), level: new Y.Doc() })]),
    'attributes named as what objects have': (body) =>
      body.insert(1, [block('proto', { __proto__: 1, constructor: 2, toString: 3 })]),
    'objects in texts': (body) => {
      const text = new Y.XmlText('ab')
      text.insertEmbed(1, { image: 'x' })
      text.insertEmbed(1, new Y.Map())
      const element = new Y.XmlElement('block')
      element.insert(0, [text])
      body.insert(1, [element])
    },
    'marks that are none': (body) => {
      const text = new Y.XmlText()
      text.insert(0, 'ab', { constructor: {}, link: true, strong: 'x', em: 7 } as never)
      const element = new Y.XmlElement('block')
      element.insert(0, [text])
      body.insert(1, [element])
    },
  }

  test.each(Object.keys(writes))('%s', (name) => {
    const { doc, shown, type } = open()
    receive(doc, (peerBody) => writes[name]?.(peerBody))
    receive(doc, (peerBody) => peerBody.insert(0, [block('before')]))
    expect(shown()).toMatch(/^before\|line/u)
    type('!')
    const reopened = openHeadless(doc)
    expect(reopened.state.doc.textBetween(0, reopened.state.doc.content.size, '|')).toBe(shown())
    expect(excerptOf(doc, 2000)).toContain('!')
    receive(doc, (peerBody) => {
      for (const child of peerBody.toArray()) {
        if (child instanceof Y.XmlElement) child.setAttribute('kind', { b: 2n } as never)
      }
    })
    receive(doc, (peerBody) => {
      for (const child of peerBody.toArray()) {
        if (child instanceof Y.XmlElement) child.setAttribute('kind', { b: 3n } as never)
      }
    })
    receive(doc, (peerBody) => peerBody.insert(0, [block('after')]))
    expect(shown()).toMatch(/^after\|/u)
  })

  test('what a peer nests deeply and deletes leaves the document able to tell of changes', () => {
    const { doc, type } = open()
    receive(doc, (peerBody) => nest(peerBody, 1, 'block', DEPTH))
    try {
      receive(doc, (peerBody) => {
        hollow(peerBody.get(1))
        peerBody.delete(1, 1)
      })
    } catch (error) {
      // Deleting may overflow the stack, too; the mesh then goes on, and so must the document.
      expect(error).toBeInstanceOf(RangeError)
    }
    let told = 0
    doc.on('update', () => told++)
    type('!')
    expect(told).toBe(1)
    expect(excerptOf(doc, 2000)).toContain('!')
  })
})
