import { afterEach, expect, test } from 'vitest'
import * as Y from 'yjs'
import { Replication, type Taken } from '#sync/replication'
import { Holdings } from '#sync/have'
import type { MeshLink } from '#net/link/host'

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

/** It never uses a link, it only tells links apart. */
const newLink = (): MeshLink => ({
  queued: 0,
  receiving: null,
  sendFrame: () => true,
  offend: () => undefined,
  refuse: () => undefined,
  part: () => undefined,
})

function open(doc: Y.Doc, taken: Taken | null = null) {
  const have = new Holdings(doc)
  const copies = new Replication({
    doc,
    have,
    device: 'own',
    taken,
    isForeign: (origin) => origin === 'link',
    changed: () => undefined,
  })
  cleanups.push(() => {
    copies.destroy()
    have.destroy()
  })
  const says = (link: MeshLink, device: string, stored = true) => {
    copies.told(link, { device, digest: have.digest, stored })
  }
  return { copies, says }
}

function written(): Y.Doc {
  const doc = new Y.Doc()
  doc.getText('text').insert(0, 'words')
  return doc
}

test('a device counts once it has everything on disk, and only once', () => {
  const { copies, says } = open(written())
  expect(copies.status).toMatchObject({ devices: 0, takenAt: null, unsent: true })
  says(newLink(), 'laptop', false)
  expect(copies.status).toMatchObject({ devices: 0, unsent: true })
  says(newLink(), 'laptop')
  says(newLink(), 'laptop')
  says(newLink(), 'phone')
  expect(copies.status).toMatchObject({ devices: 2, unsent: false })
  expect(copies.status.takenAt).not.toBeNull()
})

test('another tab of this device is no other device', () => {
  const { copies, says } = open(written())
  says(newLink(), 'own')
  expect(copies.status).toMatchObject({ devices: 0, unsent: true })
})

test('a change takes it all back, a deletion too, until it is confirmed again', () => {
  const doc = written()
  const { copies, says } = open(doc)
  const link = newLink()
  for (const change of [() => doc.getText('text').insert(0, 'x'), () => doc.getText('text').delete(0, 1)]) {
    says(link, 'laptop')
    expect(copies.status.devices).toBe(1)
    const { takenAt } = copies.status
    change()
    expect(copies.status).toMatchObject({ devices: 0, unsent: true, takenAt })
    copies.review()
    expect(copies.status.devices).toBe(0)
  }
})

test('what others have written is not unsent here', () => {
  const doc = written()
  const { copies, says } = open(doc)
  says(newLink(), 'laptop')
  const other = new Y.Doc()
  other.getText('text').insert(0, 'theirs')
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(other), 'link')
  expect(copies.status).toMatchObject({ devices: 0, unsent: false })
})

test('who has gone still holds what it held; what it said counts no more for what comes', () => {
  const doc = written()
  const { copies, says } = open(doc)
  const link = newLink()
  says(link, 'laptop')
  copies.left(link)
  expect(copies.status.devices).toBe(1)
  doc.getText('text').insert(0, 'x')
  doc.getText('text').delete(0, 1)
  copies.review()
  expect(copies.status).toMatchObject({ devices: 0, unsent: true })
})

test('opened again, it knows what was taken, unless the copy is another one', () => {
  const doc = written()
  const first = open(doc)
  first.says(newLink(), 'laptop')
  const { taken } = first.copies.status
  expect(open(doc, taken).copies.status).toMatchObject({ devices: 1, unsent: false, takenAt: taken?.at })
  doc.getText('text').insert(0, 'x')
  expect(open(doc, taken).copies.status).toMatchObject({ devices: 0, unsent: true, takenAt: taken?.at })
  expect(open(new Y.Doc()).copies.status).toMatchObject({ devices: 0, unsent: false })
})
