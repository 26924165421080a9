import { expect, expectEqual, test } from '../support/people.ts'

test('a link of the preview says so', async ({ people }) => {
  const ada = await people.arrive('Ada')
  await ada.page.goto(`${people.relay.url}/#edit=ASMcXClylb-E-DRvDvp6zvdgPdZSp-iaPy5Em2HyLrubJfLS`)
  await expect(ada.page.getByRole('heading', { name: 'This link is from a preview of Inkmesh' })).toBeVisible()
  await ada.page.getByRole('link', { name: 'Go to my documents' }).click()
  await expect(ada.page.getByRole('button', { name: 'New document' })).toBeVisible()
})

test('a damaged link says so and offers the home page', async ({ people }) => {
  const ada = await people.arrive('Ada')
  const link = await ada.startDocument()
  await ada.page.goto(link.slice(0, -4))
  await expect(ada.page.getByRole('heading', { name: 'This link is damaged' })).toBeVisible()
  await expect(ada.body).toHaveCount(0)
  await ada.page
    .getByRole('link', { name: 'Go to my documents' })
    .or(ada.page.getByRole('button', { name: 'Go to my documents' }))
    .click()
  await expect(ada.page.getByRole('button', { name: 'New document' })).toBeVisible()
})

test('a view link opens the document read-only', async ({ people }) => {
  const ada = await people.arrive('Ada')
  await ada.startDocument()
  await ada.type('For your eyes only.')
  const { edit, view } = await ada.links()
  expect(edit).toBe(ada.page.url().replace('?debug', ''))

  const ben = await people.arrive('Ben')
  await ben.open(view.replace('/#', '/?debug#'))
  await ben.sees('For your eyes only.')
  await expect(ben.body).toHaveAttribute('contenteditable', 'false')
  await ben.body.click()
  await ben.page.keyboard.type('Not mine to write. ')
  await ada.type(' And more.')
  await ben.sees('And more.')
  expect(await expectEqual([ada, ben])).toBe('For your eyes only. And more.')
  await ben.page.getByRole('button', { name: 'Share' }).click()
  await expect(ben.page.getByRole('textbox', { name: 'View link' })).toBeVisible()
  await expect(ben.page.getByRole('textbox', { name: 'Edit link' })).toHaveCount(0)
})

test('a link whose document has not arrived never shows an empty page', async ({ people }) => {
  const ada = await people.arrive('Ada')
  const link = await ada.startDocument()
  await ada.type('Worth waiting for.')
  await ada.saved()
  await ada.page.close()

  const ben = await people.arrive('Ben')
  await ben.page.goto(link)
  await expect(ben.status).toContainText('No one who has this document is online')
  await expect(ben.body).toHaveCount(0)

  const back = await ada.openTab()
  await back.open(link)
  await ben.ready()
  await ben.sees('Worth waiting for.')
})
