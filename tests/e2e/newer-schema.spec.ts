import * as Y from 'yjs'
import { openLink } from '#doc/link'
import { documentOf } from '../support/documents.ts'
import { expect, test } from '../support/people.ts'
import { readStored, writeStored } from '../support/stored.ts'

/** What a newer Inkmesh might write: things in the text, and spans over it, that this one has never heard of. */
function fromTheFuture(): Uint8Array {
  const doc = documentOf('A line of today, shimmering')
  doc.getMap('meta').set('schemaVersion', 99)
  doc.getMap('meta').set('created', 1)
  const flow = doc.getText('flow')
  flow.insertEmbed(flow.length, { hologram: 'x', depth: 3 })
  flow.insert(flow.length, 'A line of tomorrow')
  doc.getMap('blocks').set('x', { kind: 'hologram', speed: 3 })
  doc.getArray('spans').push([['shimmer', { speed: 3 }]])
  doc.getMap('holograms').set('x', new Y.Map([['depth', 3]]))
  return Y.encodeStateAsUpdate(doc)
}

test('a document of a newer schema opens read-only and comes back unchanged, byte for byte', async ({ people }) => {
  const original = fromTheFuture()
  const [ada, ben] = [await people.arrive('Ada'), await people.arrive('Ben')]
  const link = await ada.startDocument()
  const opened = await openLink(new URL(link).hash)
  if (opened === null) throw new Error('The app made a link that does not open')
  await ada.goHome()
  await writeStored(ada.page, opened.database, original)

  await ada.page.goto(link)
  await expect(ada.status).toContainText('newer Inkmesh')
  await ben.page.goto(link)
  await expect(ben.status).toContainText('newer Inkmesh')
  await ben.sees('A line of today')

  for (const person of [ada, ben]) {
    await expect(person.body).toHaveAttribute('contenteditable', 'false')
    await person.body.click()
    await person.page.keyboard.type('Must not arrive. ')
    await expect(person.page.getByRole('button', { name: 'Reload' })).toBeVisible()
  }
  await Promise.all([ada.saved(), ben.saved()])
  await Promise.all([ada.page.close(), ben.page.close()])

  for (const person of [ada, ben]) {
    const tab = await person.openTab()
    await tab.goHome()
    expect(Buffer.from(await readStored(tab.page, opened.database)).equals(Buffer.from(original))).toBe(true)
    await tab.page.close()
  }
})
