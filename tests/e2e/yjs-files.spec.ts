/** Documents of other editors in Yjs come in, and ours go out to them. */
import { readFileSync } from 'node:fs'
import * as Y from 'yjs'
import { expect, test } from '../support/people.ts'

const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/yjs/${name}.yjs`, import.meta.url))

test('Yjs files of three editors come in as documents, and what has no place is told', async ({ people }) => {
  const ada = await people.arrive('Ada')
  const { page } = ada
  await ada.goHome()
  const files = ['tiptap', 'prosemirror-schema-basic', 'blocknote']
  await ada.chooseFiles(files.map((name) => ({ name: `${name}.yjs`, mimeType: '', buffer: fixture(name) })))
  await expect(page.getByText('Imported 3 documents.')).toBeVisible()
  await expect(page.getByText(/Of 3 files, this was kept in another form:.*textColor \(1\)/u)).toBeVisible()
  const list = page.getByRole('list', { name: 'My documents' })
  await list.getByRole('link', { name: /^tiptap/u }).click()
  await ada.ready()
  await expect(ada.body.getByRole('heading', { name: 'A heading' })).toBeVisible()
  await expect(ada.body.locator('sup')).toHaveText('6')
  await expect(ada.body.getByRole('checkbox')).toHaveCount(2)
  await expect(ada.body.locator('pre code')).toHaveText('let a = 1\n  b()')

  // Out again, and in.
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Download for other Yjs editors' }).click()
  const download = await downloading
  expect(download.suggestedFilename()).toBe('tiptap.yjs')
  const doc = new Y.Doc()
  Y.applyUpdate(doc, new Uint8Array(readFileSync(await download.path())))
  const names = doc
    .getXmlFragment('default')
    .toArray()
    .map((element) => (element instanceof Y.XmlElement ? element.nodeName : '?'))
  expect(names).toEqual(
    'heading heading paragraph bulletList orderedList taskList blockquote codeBlock horizontalRule paragraph paragraph'.split(
      ' ',
    ),
  )
})
