import { readFile } from 'node:fs/promises'
import { expect, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'
import { holdPreview, PREVIEW } from '../support/preview.ts'
import { readStored } from '../support/stored.ts'

const notice = (person: Person) => person.page.getByText('This document is from a preview of Inkmesh')

test('a document of the preview is only read, passed on, and stays as it is', async ({ people }) => {
  const [ada, ben] = [await people.arrive('Ada'), await people.arrive('Ben')]
  const { link, database } = await holdPreview(ada)
  await ada.page.goto(link)
  await ben.page.goto(link)
  for (const person of [ada, ben]) {
    await expect(notice(person)).toBeVisible()
    await expect(person.title).toHaveValue(PREVIEW.title)
    await expect(person.title).not.toBeEditable()
    await expect(person.body).toContainText('A line with bold, slanted, struck and code, and a link.')
    await expect(person.body.getByRole('checkbox').first()).toBeDisabled()
    await expect(person.body).toHaveAttribute('contenteditable', 'false')
    await person.body.click()
    await person.page.keyboard.type('Must not arrive. ')
    await expect(person.page.getByRole('toolbar')).toHaveCount(0)
  }
  await Promise.all([ada.saved(), ben.saved()])
  await Promise.all([ada.page.close(), ben.page.close()])
  for (const person of [ada, ben]) {
    const tab = await person.openTab()
    await tab.goHome()
    await expect(tab.page.getByRole('list', { name: 'My documents' })).toContainText(PREVIEW.title)
    expect(Buffer.from(await readStored(tab.page, database)).equals(Buffer.from(PREVIEW.update))).toBe(true)
    await tab.page.close()
  }
})

test('it can be downloaded, and made into a new document that one writes in', async ({ people }) => {
  const ada = await people.arrive('Ada')
  const { link } = await holdPreview(ada)
  await ada.page.goto(link)
  await expect(notice(ada)).toBeVisible()
  const download = ada.page.waitForEvent('download')
  await ada.page.getByRole('button', { name: 'Download' }).click()
  const file = await download
  expect(file.suggestedFilename()).toBe(`${PREVIEW.title}.md`)
  expect(await readFile(await file.path(), 'utf8')).toBe(`# ${PREVIEW.title}\n\n${PREVIEW.markdown}`)

  await ada.page.getByRole('button', { name: 'Make a new document of it' }).click()
  await ada.page.waitForURL((url) => url.hash !== new URL(link).hash)
  await ada.ready()
  await expect(ada.title).toHaveValue(PREVIEW.title)
  expect(await ada.exportMarkdown()).toBe(`# ${PREVIEW.title}\n\n${PREVIEW.markdown}`)
  await ada.type('!')
  await ada.saved()
  await ada.reload()
  await ada.sees('and a line more!')
  await expect(notice(ada)).toHaveCount(0)
})
