import { expect, test } from '../support/people.ts'

test('whoever holds a view link reads, copies, and is seen as a reader', async ({ people }) => {
  const ada = await people.arrive('Ada')
  await ada.startDocument()
  await ada.type('For your eyes only.')
  const { view } = await ada.links()

  const ben = await people.arrive('Ben')
  await ben.open(view.replace('/#', '/?debug#'))
  await ben.sees('For your eyes only.')
  await expect(ben.page.getByText('View only. To write, ask for an edit link')).toBeVisible()
  await expect(ben.page.getByRole('toolbar')).toHaveCount(0)
  await expect(ben.body).toHaveAttribute('aria-readonly', 'true')

  // By keyboard to the text, all of it selected, and copied.
  await ben.body.focus()
  await expect(ben.body).toBeFocused()
  await ben.page.keyboard.press('Control+a')
  await ben.page.keyboard.press('Control+c')
  await expect.poll(() => ben.page.evaluate(() => navigator.clipboard.readText())).toContain('For your eyes only.')
  // From anywhere on the page it is the document that is selected.
  await ben.page.getByText('View only. To write').click()
  await ben.page.keyboard.press('Control+a')
  expect(await ben.page.evaluate(() => getSelection()?.toString())).toBe('For your eyes only.')

  await ada.caretToEnd()
  await expect(ben.cursors).toHaveAttribute('data-name', 'Ada')
  await expect(ada.others.getByText('Ben, reading')).toBeAttached()
})

test('a device that holds an edit link, too, offers it', async ({ people }) => {
  const ada = await people.arrive('Ada')
  await ada.startDocument()
  await ada.type('Mine.')
  await ada.saved()
  const { edit, view } = await ada.links()
  await ada.page.goto(view.replace('/#', '/?debug#'))
  await ada.sees('Mine.')
  await expect(ada.body).toHaveAttribute('contenteditable', 'false')
  await ada.page.getByRole('link', { name: 'Open for editing' }).click()
  await expect(ada.body).toHaveAttribute('contenteditable', 'true')
  expect(new URL(ada.page.url()).hash).toBe(new URL(edit).hash)
})

test('whoever waits with a view link is not invited to write', async ({ people }) => {
  const ada = await people.arrive('Ada')
  await ada.startDocument()
  const { view } = await ada.links()
  await ada.page.close()
  const ben = await people.arrive('Ben')
  await ben.page.goto(view)
  await expect(ben.page.getByRole('heading', { name: 'Waiting for the document' })).toBeVisible()
  await expect(ben.page.getByRole('button', { name: 'Write anyway' })).toHaveCount(0)
})
