import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { authorsOf, noteAuthor } from '#doc/authors'
import { MAX_NAME } from '#doc/person'

const ADA = { id: 'ada', name: 'Ada' }
const insert = (doc: Y.Doc): void => doc.getText('flow').insert(0, 'x')

/** Replaces all there is. */
function replace(doc: Y.Doc): void {
  doc.getText('flow').delete(0, doc.getText('flow').length)
  insert(doc)
}

/** Somebody opens the document anew, writes and closes it. Returns the client id. */
function writeAnew(doc: Y.Doc, author = ADA, write = insert, tidies = true): number {
  const session = new Y.Doc()
  Y.applyUpdate(session, Y.encodeStateAsUpdate(doc))
  write(session)
  noteAuthor(session, author, tidies)
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(session))
  return session.clientID
}

describe('noting an author', () => {
  test('says who wrote under the client id', () => {
    const doc = new Y.Doc()
    const client = writeAnew(doc)
    expect([...authorsOf(doc)]).toEqual([[client, ADA]])
  })

  test('adds nothing while one only reads, or deletes', () => {
    const doc = new Y.Doc()
    writeAnew(doc)
    const session = new Y.Doc()
    Y.applyUpdate(session, Y.encodeStateAsUpdate(doc))
    noteAuthor(session, ADA, true)
    session.getText('flow').delete(0, 1)
    noteAuthor(session, ADA, true)
    expect(session.store.clients.has(session.clientID)).toBe(false)
    expect(authorsOf(session).size).toBe(1)
  })

  test('writes once, and again when the name has changed', () => {
    const doc = new Y.Doc()
    doc.getText('title').insert(0, 'x')
    const origins: unknown[] = []
    doc.on('update', (_update: Uint8Array, origin: unknown) => origins.push(origin))
    noteAuthor(doc, ADA, true)
    noteAuthor(doc, ADA, true)
    expect(origins).toHaveLength(1)
    expect(origins[0]).toBeTypeOf('symbol')
    noteAuthor(doc, { ...ADA, name: '  Ada\u202e L. ' }, false)
    expect(origins).toHaveLength(2)
    expect([...authorsOf(doc).values()]).toEqual([{ id: 'ada', name: 'Ada L.' }])
  })

  test('takes out one’s own older client ids that nothing is left of, and nobody else’s', () => {
    const doc = new Y.Doc()
    const [ben, first] = [writeAnew(doc, { id: 'ben', name: 'Ben' }), writeAnew(doc)]
    const second = writeAnew(doc, ADA, replace)
    const titled = writeAnew(doc, ADA, (session) => session.getText('title').insert(0, 'x'))
    const third = writeAnew(doc)
    expect([...authorsOf(doc).keys()].sort()).toEqual([ben, second, titled, third].sort())
    expect(authorsOf(doc).has(first)).toBe(false)
  })

  test('takes nothing out unless asked to', () => {
    const doc = new Y.Doc()
    writeAnew(doc)
    writeAnew(doc, ADA, replace, false)
    expect(authorsOf(doc).size).toBe(2)
  })

  test('keeps the authors in proportion to what is on the page, not to how often it was opened', () => {
    const doc = new Y.Doc()
    for (let session = 0; session < 500; session++) writeAnew(doc, ADA, replace)
    expect(authorsOf(doc).size).toBe(1)
  })

  test('is no part of what an undo of the text takes back', () => {
    const doc = new Y.Doc()
    const edit = {}
    const manager = new Y.UndoManager(doc, { trackedOrigins: new Set([edit]) })
    doc.transact(() => doc.getText('title').insert(0, 'x'), edit)
    noteAuthor(doc, ADA, true)
    manager.undo()
    expect(doc.getText('title').toJSON()).toBe('')
    expect(authorsOf(doc).size).toBe(1)
  })
})

describe('reading authors', () => {
  test('passes over whatever is none', () => {
    const doc = new Y.Doc()
    const map = doc.getMap('authors')
    for (const key of ['', 'x', '-1', '1.5', '01', '1e3', String(2 ** 53), '__proto__', ' 7']) map.set(key, ADA)
    const nonsense = [null, 7, 'Ada', true, [], {}, { id: 7 }, { id: '' }, { id: 'x'.repeat(65) }, { name: 'Ada' }]
    for (const [client, value] of nonsense.entries()) map.set(String(client), value)
    map.set('100', new Y.Map([['id', 'ada']]))
    map.set('101', new Y.Text('ada'))
    map.set('102', new Uint8Array(3))
    map.set('103', { id: 'a', name: 7 })
    map.set('104', { id: 'b', name: 'x'.repeat(10_000), more: {} })
    map.set(String(2 ** 53 - 1), { id: 'c', name: '\u202e\u0000' })
    expect([...authorsOf(doc)]).toEqual([
      [103, { id: 'a', name: '' }],
      [104, { id: 'b', name: 'x'.repeat(MAX_NAME) }],
      [2 ** 53 - 1, { id: 'c', name: '' }],
    ])
  })

  test('finds nobody where the name leads to something else', () => {
    const [other, doc] = [new Y.Doc(), new Y.Doc()]
    other.getText('authors').insert(0, 'text')
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other))
    expect(authorsOf(doc).size).toBe(0)
  })
})
