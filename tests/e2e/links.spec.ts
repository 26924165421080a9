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
  const field = ada.page.getByRole('textbox', { name: 'Document link' })
  await expect(field).toBeFocused()
  await field.fill(link.slice(0, -4))
  await ada.page.keyboard.press('Enter')
  await expect(ada.page.getByRole('alert')).toContainText('There is no complete document link in this.')
  await ada.page
    .getByRole('link', { name: 'Go to my documents' })
    .or(ada.page.getByRole('button', { name: 'Go to my documents' }))
    .click()
  await expect(ada.page.getByRole('button', { name: 'New document' })).toBeVisible()
})

test('a link that was changed on its way opens, and the address is as it should be', async ({ people }) => {
  const ada = await people.arrive('Ada')
  const link = await ada.startDocument()
  await ada.type('Found.')
  await ada.saved()
  const [site = '', secret = ''] = link.split('#')
  const spoilt = `${secret.slice(0, 30)}%E2%80%8B${secret.slice(30)}&utm_source=mail`
  await ada.page.goto(`${site}#/${spoilt}`)
  await ada.sees('Found.')
  await expect.poll(() => ada.page.url()).toBe(link)

  await ada.page.goto(`${people.relay.url}/`)
  await ada.page.getByRole('button', { name: 'Open a link' }).click()
  const field = ada.page.getByRole('textbox', { name: 'Document link' })
  await expect(field).toBeFocused()
  await field.fill(`Ben wrote: see ${site}${encodeURIComponent(`#${secret}`)}. Thanks!`)
  await ada.page.keyboard.press('Enter')
  await ada.sees('Found.')
})

test('a secret that a server could see is put back, and the person is told', async ({ people }) => {
  const ada = await people.arrive('Ada')
  const link = await ada.startDocument()
  await ada.type('Confidential.')
  await ada.saved()
  const secret = new URL(link).hash.slice(1)
  for (const place of [`%23${secret}`, `%23/${secret}`, `?${secret}`]) {
    await ada.page.goto(`${people.relay.url}/${place}`)
    await ada.sees('Confidential.')
    await expect.poll(() => ada.page.url()).toBe(`${people.relay.url}/#${secret}`)
    await expect(ada.page.getByText('to where servers can see it')).toBeVisible()
  }
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
