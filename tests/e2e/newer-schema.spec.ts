import * as Y from 'yjs'
import { openLink } from '#doc/link'
import { expect, test } from '../support/people.ts'
import { readStored, writeStored } from '../support/stored.ts'

/** What a newer Inkmesh might write: a node and a mark that this one has never heard of. */
function fromTheFuture(): Uint8Array {
  const doc = new Y.Doc()
  doc.getMap('meta').set('schemaVersion', 99)
  doc.getMap('meta').set('created', 1)
  const known = new Y.XmlElement('block')
  known.insert(0, [new Y.XmlText('A line of today, ')])
  const marked = known.get(0)
  if (marked instanceof Y.XmlText) marked.insert(marked.length, 'shimmering', { shimmer: { speed: 3 } })
  const unknown = new Y.XmlElement('hologram')
  unknown.setAttribute('depth', '3')
  unknown.insert(0, [new Y.XmlText('A line of tomorrow')])
  doc.getXmlFragment('body').insert(0, [known, unknown])
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
  await ben.until(() => (window.inkmesh?.doc.getXmlFragment('body').length ?? 0) > 0)

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
