import { expect, test } from '../support/people.ts'

test('the panel says over what one is connected, and its report holds nothing secret', async ({ people }) => {
  const [ada, , link] = await people.pair()
  await ada.type('Canary words.')
  const button = ada.page.getByRole('button', { name: 'Connection details' })
  await button.click()
  const panel = ada.page.getByRole('dialog', { name: 'Your connection' })
  await expect(panel.getByText('All is well')).toBeVisible()
  const ben = panel.getByRole('list', { name: 'People' }).getByRole('listitem')
  await expect(ben).toHaveText(/^Ben\s+writing\s+connected\s+direct\s+\d+ ms round trip\s+[\d.]+ kB sent/u)

  await panel.getByRole('button', { name: 'Copy report' }).click()
  const report = await expect
    .poll(() => ada.page.evaluate(() => navigator.clipboard.readText()))
    .toContain('"diagnosis": "direct"')
    .then(() => ada.page.evaluate(() => navigator.clipboard.readText()))
  const topic = await ada.page.evaluate(() => window.inkmesh?.session.link.topic)
  const secrets = [new URL(link).hash.slice(6), topic, 'Ada', 'Ben', 'Canary', '127.0.0.1', people.relay.url]
  for (const secret of secrets) expect(report).not.toContain(secret)
  expect(report).not.toMatch(/\d+\.\d+\.\d+\.\d+:|\.local/u)

  await ada.page.keyboard.press('Escape')
  await expect(panel).toBeHidden()
  await expect(button).toBeFocused()
})

test('the panel says that the server cannot be reached, and what to do, while one waits for a document', async ({
  people,
}) => {
  const ada = await people.arrive('Ada')
  const link = await ada.startDocument()
  await ada.page.close()
  const ben = await people.arrive('Ben')
  await ben.page.goto(link)
  await ben.page.getByRole('button', { name: 'Connection details' }).click()
  const panel = ben.page.getByRole('dialog', { name: 'Your connection' })
  await expect(panel.getByText('No one else is here')).toBeVisible()
  await people.relay.stop()
  await expect(panel.getByText('The server cannot be reached')).toBeVisible({ timeout: 30_000 })
  await expect(panel.getByText('It keeps trying', { exact: false })).toBeVisible()
  await people.relay.restart()
  await expect(panel.getByText('No one else is here')).toBeVisible({ timeout: 30_000 })
})

test('when what connects does not load, one can write, and is told to reload', async ({ people }) => {
  const ada = await people.arrive('Ada')
  await ada.page.route('**/assets/room-*.js', (route) => route.abort())
  await ada.goHome()
  await ada.page.getByRole('button', { name: 'New document' }).click()
  await expect(ada.status).toContainText('The part that connects you to others did not load')
  await ada.type('Written all the same.')
  await ada.saved()
  await ada.page.unroute('**/assets/room-*.js')
  ada.page.on('dialog', (dialog) => void dialog.accept())
  await ada.page.getByRole('button', { name: 'Reload' }).click()
  await expect(ada.status).toContainText('Only you so far')
  await ada.sees('Written all the same.')
})
