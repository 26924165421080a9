import { expect, test } from '../support/people.ts'
import { NETWORK_PATIENCE } from '../support/person.ts'

test('a document that was broken in memory is opened again from what is saved, and both write on', async ({
  people,
}) => {
  const ada = await people.arrive('Ada')
  const ben = await people.arrive('Ben')
  const link = await ada.startDocument()
  await ada.type('Saved words. ')
  await ben.open(link)
  await ben.sees('Saved words. ')
  await ada.meets(1)
  await ada.type('And more. ')
  await ben.sees('Saved words. And more. ')
  await ben.until(() => window.inkmesh?.session.save.kind === 'saved')
  await ben.page.evaluate(() => {
    // What an update would do that breaks Yjs and is not known yet.
    window.inkmesh?.doc.on('update', () => {
      throw new Error('poison')
    })
  })
  await ada.type('Then this. ')

  await expect(ben.page.getByRole('alert')).toContainText('This document was opened again')
  await ben.sees('Saved words. And more.')
  await ada.type('Ada goes on. ')
  await expect(ada.page.getByRole('alert')).toHaveCount(0)
  await ben.caretToEnd()
  await ben.type('Ben goes on. ')
  await ben.until(() => window.inkmesh?.session.save.kind === 'saved')
  await ben.reload()
  await ben.sees('Ben goes on. ')
})

test('what cannot be read of what is saved is set aside, told, and can be downloaded', async ({ people }) => {
  const ada = await people.arrive('Ada')
  await ada.startDocument()
  await ada.type('The words')
  await ada.until(() => window.inkmesh?.session.save.kind === 'saved')
  await ada.page.evaluate(async () => {
    const database = window.inkmesh?.session.link.database ?? ''
    const request = indexedDB.open(database)
    await new Promise((resolve) => (request.onsuccess = resolve))
    const transaction = request.result.transaction('updates', 'readwrite')
    // A freed struct of no length.
    transaction.objectStore('updates').add(Uint8Array.of(1, 1, 1, 0, 0, 0, 0))
    await new Promise((resolve) => (transaction.oncomplete = resolve))
    request.result.close()
  })
  await ada.reload()
  await ada.sees('The words')
  await expect(ada.page.getByRole('alert')).toContainText('Part of what was saved could not be read')
  const downloading = ada.page.waitForEvent('download')
  await ada.page.getByRole('button', { name: 'Download that part' }).click()
  const download = await downloading
  expect(download.suggestedFilename()).toBe('Untitled.bin')
})

test('two who were sent other words under the same ids are both told, and each can keep what he has', async ({
  people,
}) => {
  const ada = await people.arrive('Ada')
  const ben = await people.arrive('Ben', {
    before: [
      () => {
        if (sessionStorage.getItem('alone') !== null) Reflect.deleteProperty(window, 'RTCPeerConnection')
      },
    ],
  })
  const link = await ada.startDocument()
  await ada.type('The same.')
  await ben.open(link)
  await ben.sees('The same.')
  await ben.until(() => window.inkmesh?.session.save.kind === 'saved')
  await ben.page.evaluate(() => sessionStorage.setItem('alone', 'yes'))
  await ben.reload()
  await ben.sees('The same.')
  for (const { person, words } of [
    { person: ada, words: 'Ours' },
    { person: ben, words: 'Them' },
  ]) {
    await person.page.evaluate((title) => {
      const doc = window.inkmesh?.doc
      if (doc === undefined) throw new Error('no document')
      doc.clientID = 77
      doc.getText('title').insert(0, title)
    }, words)
    await person.until(() => window.inkmesh?.session.save.kind === 'saved')
  }
  await ben.page.evaluate(() => sessionStorage.clear())
  await ben.reload()
  for (const { page } of [ada, ben]) {
    await expect(page.getByRole('alert')).toContainText("someone else's differ", { timeout: NETWORK_PATIENCE })
  }
  const address = ben.page.url()
  await ben.page.getByRole('button', { name: 'Make a new document of it' }).click()
  await expect(ben.page).not.toHaveURL(address)
  await ben.sees('The same.')
  await expect(ben.page.getByRole('textbox', { name: 'Title' })).toHaveValue('Them')
  await expect(ada.page.getByRole('alert')).toHaveCount(0)
})
