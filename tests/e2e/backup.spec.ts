/** All documents of a device in one file, and back on another one. */
import { zipSync } from 'fflate'
import { expect, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'

const listOf = ({ page }: Person) => page.getByRole('list', { name: 'My documents' })

const importFile = (person: Person, name: string, buffer: Buffer): Promise<void> =>
  person.chooseFiles({ name, mimeType: '', buffer })

async function backUp({ page }: Person, passphrase: string): Promise<{ name: string; file: Buffer }> {
  await page.getByRole('button', { name: 'Preferences' }).click()
  await page.getByRole('menuitem', { name: 'Back up all documents' }).click()
  await page.getByLabel('Passphrase').fill(passphrase)
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save backup' }).click()
  const download = await downloading
  const chunks: Buffer[] = []
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
  return { name: download.suggestedFilename(), file: Buffer.concat(chunks) }
}

/** What the list says, without how long ago it was. */
const rowsOf = async (person: Person): Promise<(string | null)[]> => {
  const links = await listOf(person).getByRole('link').all()
  return (await Promise.all(links.map((link) => link.getAttribute('href')))).toSorted()
}

test('50 documents come back on another device, equal, and their links work', async ({ people }) => {
  test.setTimeout(120_000)
  const ada = await people.arrive('Ada')
  const notes = Object.fromEntries(
    Array.from({ length: 50 }, (_, i) => [`note ${i}.md`, new TextEncoder().encode(`Words of note ${i}, *marked*.`)]),
  )
  await ada.goHome()
  await importFile(ada, 'notes.zip', Buffer.from(zipSync(notes)))
  await expect(ada.page.getByText('Imported 50 documents.')).toBeVisible({ timeout: 30_000 })
  await expect(ada.page.getByText('This browser may delete your documents')).toBeVisible()
  const { name, file } = await backUp(ada, 'correct horse')
  expect(name).toMatch(/^inkmesh-\d{4}-\d\d-\d\d\.inkmesh$/u)
  expect(file.includes('note 7')).toBe(false)
  await expect(ada.page.getByText('50 documents were backed up.')).toBeVisible()
  await expect(ada.page.getByText('This browser may delete your documents')).toBeHidden()

  const ben = await people.arrive('Ben')
  await ben.goHome()
  await importFile(ben, name, file)
  const passphrase = ben.page.getByLabel('Passphrase')
  await passphrase.fill('wrong')
  await ben.page.getByRole('button', { name: 'Open backup' }).click()
  await expect(ben.page.getByText('That is not the passphrase')).toBeVisible()
  await passphrase.fill('correct horse')
  await ben.page.getByRole('button', { name: 'Open backup' }).click()
  await expect(ben.page.getByText('50 documents are back.')).toBeVisible({ timeout: 30_000 })
  await expect(listOf(ben).getByRole('listitem')).toHaveCount(50)
  expect(await rowsOf(ben)).toEqual(await rowsOf(ada))

  // One of them, on both sides: the same words, and they write together.
  for (const person of [ada, ben]) {
    await listOf(person)
      .getByRole('link', { name: /^note 7\b/u })
      .click()
    await person.ready()
    expect(await person.text()).toBe('Words of note 7, marked.')
  }
  await ada.caretToEnd()
  await ada.type(' And more')
  await ben.sees('And more')
  await ben.saved()

  // An older backup takes nothing away.
  await ben.goHome()
  await importFile(ben, name, file)
  await ben.page.getByLabel('Passphrase').fill('correct horse')
  await ben.page.getByRole('button', { name: 'Open backup' }).click()
  await expect(ben.page.getByText('50 documents are back.').last()).toBeVisible({ timeout: 30_000 })
  await listOf(ben)
    .getByRole('link', { name: /^note 7\b/u })
    .click()
  await ben.ready()
  expect(await ben.text()).toBe('Words of note 7, marked. And more')
})

test('view links, and what was removed, come back as they were; a damaged backup gives what it has', async ({
  people,
}) => {
  const ada = await people.arrive('Ada')
  await ada.startDocument()
  await ada.title.fill('Shared')
  await ada.type('to be read')
  await ada.saved()
  const { view } = await ada.links()
  const ben = await people.arrive('Ben')
  await ben.page.goto(view)
  await expect(ben.page.getByText('to be read')).toBeVisible()
  await ben.startDocument()
  await ben.title.fill('Gone')
  await ben.type('binned words')
  await ben.saved()
  await ben.goHome()
  await ben.page.getByRole('button', { name: 'Remove “Gone” from this device' }).click()
  const { name, file } = await backUp(ben, '')

  const cho = await people.arrive('Cho')
  await cho.goHome()
  await importFile(cho, name, file)
  await expect(cho.page.getByText('2 documents are back.')).toBeVisible()
  await expect(listOf(cho).getByRole('listitem')).toHaveCount(1)
  await expect(listOf(cho)).toContainText('View only')
  await expect(cho.page.getByText('Removed (1)')).toBeVisible()

  const dan = await people.arrive('Dan')
  await dan.goHome()
  await importFile(dan, name, file.subarray(0, file.length - 10))
  await expect(dan.page.getByText(/The backup is damaged or not whole\. [12] of its documents/u)).toBeVisible()
})
