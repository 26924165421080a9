import { expect, test } from '../support/people.ts'

test('after one visit the app starts cold without relay or network', async ({ people }) => {
  const ada = await people.arrive('Ada')
  await ada.goHome()
  await ada.offlineReady()
  await ada.page.close()
  await people.relay.stop()

  const again = await ada.openTab()
  const link = await again.startDocument()
  await again.type('Written on a plane.')
  await expect(again.status).toContainText('Saved on this device')
  await again.saved()
  await again.page.close()

  const third = await ada.openTab()
  await third.open(link)
  expect(await third.text()).toBe('Written on a plane.')
})

test('the app can be installed', async ({ people }) => {
  const ada = await people.arrive('Ada')
  await ada.goHome()
  const { errors, data } = await ada.cdp.send('Page.getAppManifest')
  expect(errors).toEqual([])
  const manifest = JSON.parse(data ?? '{}') as { name?: string; display?: string; icons?: { sizes: string }[] }
  expect(manifest.name).toBe('Inkmesh')
  expect(manifest.display).toBe('standalone')
  expect(manifest.icons?.map(({ sizes }) => sizes)).toEqual(expect.arrayContaining(['192x192', '512x512']))
})
