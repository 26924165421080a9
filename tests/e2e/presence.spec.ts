import { expect, test } from '../support/people.ts'

test('the cursor of a closed tab is gone within 3 s', async ({ people }) => {
  const [ada, ben] = await people.pair()
  await ben.type('Here I am.')
  await expect(ada.cursors).toHaveAttribute('data-name', 'Ben')
  // Whether Ben's device had all of it decides what is said once he is gone.
  await expect(ada.status).toContainText('On 1 other device')
  const closed = Date.now()
  await ben.page.close()
  await expect(ada.cursors).toHaveCount(0, { timeout: 3000 })
  expect(Date.now() - closed).toBeLessThan(3000)
  await expect(ada.others).not.toContainText('Ben')
  await ada.meets(0)
  await expect(ada.status).toContainText('Just you right now')
})

test('the cursor of a crashed browser is gone within 20 s', async ({ people }) => {
  const [ada, ben] = await people.pair()
  await ben.type('Here I am.')
  await expect(ada.cursors).toHaveAttribute('data-name', 'Ben')
  await ben.crash()
  await expect(ada.cursors).toHaveCount(0, { timeout: 20_000 })
  await ada.meets(0)
})

test('the cursor of someone whose network vanished without a word is gone within 20 s', async ({ people }) => {
  const [ada, ben] = await people.pair()
  await ben.type('Here I am.')
  await expect(ada.cursors).toHaveAttribute('data-name', 'Ben')
  await ben.unplug()
  await expect(ada.cursors).toHaveCount(0, { timeout: 20_000 })
})

test('a cursor comes back with a broken connection', async ({ people }) => {
  const [ada, ben] = await people.pair()
  await ben.type('Here I am.')
  await expect(ada.cursors).toHaveAttribute('data-name', 'Ben')
  await ben.cut()
  await expect(ada.cursors).toHaveCount(0, { timeout: 20_000 })
  await ben.heal()
  await ada.meets(1)
  await expect(ada.cursors).toHaveAttribute('data-name', 'Ben', { timeout: 5000 })
})

test('a name one gives oneself is shown to the others and kept', async ({ people }) => {
  const [ada, ben] = await people.pair()
  await ada.page.getByRole('button', { name: /Change your name/u }).click()
  const field = ada.page.getByRole('textbox', { name: 'Your name' })
  await field.fill('Ada Lovelace')
  await field.press('Enter')
  await expect(ben.others).toContainText('Ada Lovelace')
  await ada.reload()
  await expect(ben.others).toContainText('Ada Lovelace')
})

test('two tabs of one browser are one person with one document', async ({ people }) => {
  const ada = await people.arrive('Ada', { tabsTalk: true })
  const link = await ada.startDocument()
  const second = await ada.openTab()
  await second.open(link)
  await ada.type('From the first tab. ')
  await second.sees('From the first tab.')
  await second.type('From the second.')
  await ada.sees('From the second.')
  await expect(ada.status).toContainText('another tab')
})
