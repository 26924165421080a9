import { expect, test } from '../support/people.ts'

test('the home page lists documents by title and first words, and finds them', async ({ people }) => {
  const ada = await people.arrive('Ada')
  for (const [title, text] of [
    ['Groceries', 'Apples and pears'],
    ['Letter', 'Dear Ben'],
  ] as const) {
    await ada.startDocument()
    await ada.title.fill(title)
    await ada.type(text)
    await ada.saved()
  }
  await ada.goHome()
  const list = ada.page.getByRole('list', { name: 'My documents' })
  await expect(list.getByRole('listitem')).toHaveCount(2)
  await expect(list).toContainText('Groceries')
  await expect(list).toContainText('Dear Ben')

  const search = ada.page.getByRole('searchbox', { name: 'Search documents' })
  await search.fill('pears')
  await expect(list.getByRole('listitem')).toHaveCount(1)
  await expect(list).toContainText('Groceries')
  await search.fill('nothing like it')
  await expect(ada.page.getByText('Nothing found for “nothing like it”.')).toBeVisible()
  await search.fill('')

  await list.getByRole('link', { name: /Letter/u }).click()
  await ada.ready()
  expect(await ada.text()).toBe('Dear Ben')
})

test('a removed document can be brought back', async ({ people }) => {
  const ada = await people.arrive('Ada')
  await ada.startDocument()
  await ada.title.fill('Keepsake')
  await ada.type('Not to be lost.')
  await ada.saved()
  await ada.goHome()
  const list = ada.page.getByRole('list', { name: 'My documents' })
  await expect(list).toContainText('Keepsake')
  await ada.page.getByRole('button', { name: 'Remove “Keepsake” from this device' }).click()
  await expect(list.getByText('Keepsake')).toHaveCount(0)
  await ada.page.getByRole('button', { name: 'Undo' }).click()
  await expect(list).toContainText('Keepsake')
  await list.getByRole('link', { name: /Keepsake/u }).click()
  await ada.ready()
  expect(await ada.text()).toBe('Not to be lost.')
})

test('a Markdown file is imported by button and by dropping it', async ({ people }) => {
  const ada = await people.arrive('Ada')
  await ada.importMarkdown('recipe.md', '# Soup\n\n- water\n- salt\n')
  // A first heading is the title.
  await expect(ada.title).toHaveValue('Soup')
  expect(await ada.text()).toBe('water\nsalt')
  await expect(ada.body.getByRole('listitem')).toHaveCount(2)

  await ada.goHome()
  const dataTransfer = await ada.page.evaluateHandle(() => {
    const transfer = new DataTransfer()
    transfer.items.add(new File(['Dropped *here*.\n'], 'dropped.md', { type: 'text/markdown' }))
    return transfer
  })
  for (const type of ['dragenter', 'dragover', 'drop']) {
    await ada.page.getByRole('main').dispatchEvent(type, { dataTransfer })
  }
  await ada.page.waitForURL(/#edit=/u)
  await ada.ready()
  expect(await ada.text()).toBe('Dropped here.')
})
