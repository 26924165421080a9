/** Files come in by the button: many at once, in archives, folders and encodings. */
import { mkdir, writeFile } from 'node:fs/promises'
import { zipSync } from 'fflate'
import { expect, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'

const listOf = ({ page }: Person) => page.getByRole('list', { name: 'My documents' })

const given = (name: string, content: string | Uint8Array) => ({
  name,
  mimeType: '',
  buffer: Buffer.from(content),
})

test('the notes of an archive come in as documents', async ({ people }) => {
  const ada = await people.arrive('Ada')
  const { page } = ada
  const text = (words: string): Uint8Array => new TextEncoder().encode(words)
  await ada.goHome()
  const archive = zipSync({
    'vault/one.md': text('# First\n\nfirst words'),
    'vault/deep/two.md': text('second words'),
    'vault/three.txt': text('a line\nanother'),
    'vault/picture.png': new Uint8Array([137, 80, 78, 71]),
    'vault/.obsidian/workspace.json': text('{}'),
    '__MACOSX/vault/._one.md': text('x'),
  })
  await ada.chooseFiles([given('vault.zip', archive)])
  await expect(page.getByText('Imported 3 documents.')).toBeVisible()
  await expect(page.getByText('1 other file was left out')).toBeVisible()
  for (const title of ['First', 'two', 'three']) {
    await expect(listOf(ada).getByRole('link', { name: new RegExp(`^${title}\\b`, 'u') })).toBeVisible()
  }
  await ada.chooseFiles([given('broken.zip', archive.subarray(0, 100))])
  await expect(page.getByText('There is no text or Markdown in “broken.zip”')).toBeVisible()
  await listOf(ada)
    .getByRole('link', { name: /^First/u })
    .click()
  await ada.ready()
  expect(await ada.text()).toBe('first words')
})

test('of a folder the notes come in', async ({ people }, testInfo) => {
  const ada = await people.arrive('Ada')
  const folder = testInfo.outputPath('vault')
  await mkdir(`${folder}/deep`, { recursive: true })
  await Promise.all([
    writeFile(`${folder}/one.md`, '# First\n\nfirst words'),
    writeFile(`${folder}/deep/two.txt`, 'second words'),
    writeFile(`${folder}/picture.png`, 'no note'),
  ])
  await ada.goHome()
  const chooser = ada.page.waitForEvent('filechooser')
  await ada.page.getByRole('button', { name: 'Preferences' }).click()
  await ada.page.getByRole('menuitem', { name: 'Import a folder' }).click()
  await (await chooser).setFiles(folder)
  await expect(ada.page.getByText('Imported 2 documents.')).toBeVisible()
  await expect(ada.page.getByText('1 other file was left out')).toBeVisible()
  await expect(listOf(ada).getByRole('link')).toHaveText([/^two/u, /^First/u])
})

test('where no encoding is surely right, one chooses by what the text would say', async ({ people }) => {
  const ada = await people.arrive('Ada')
  const { page } = ada
  await ada.goHome()
  // Two letters of GB 18030 that are as rare as what they would be in others.
  await ada.chooseFiles([given('cat.txt', Uint8Array.of(0xd1, 0xd2, 0xd3, 0xd4))])
  await page.waitForURL(/#edit=/u)
  await ada.ready()
  const before = page.url()
  await page.getByRole('button', { name: 'Choose…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Which of these is right?' })
  await dialog.getByRole('radio', { name: /GB 18030.*岩釉/u }).check()
  await dialog.getByRole('button', { name: 'Read it so' }).click()
  await expect.poll(() => page.url()).not.toBe(before)
  await ada.ready()
  expect(await ada.text()).toBe('岩釉')
})
