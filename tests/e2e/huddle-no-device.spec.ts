import { enCall } from '../../src/i18n/en-call.ts'
import { control, devicesOn, watchDevices } from '../support/calls.ts'
import { launchOptions } from '../support/launch.ts'
import { expect, test } from '../support/people.ts'

const words = enCall.obstacles

test.use({
  launchOptions: {
    ...launchOptions,
    args: (launchOptions.args ?? []).filter((arg) => arg !== '--use-fake-device-for-media-stream'),
  },
})

test('it says that none is there, and one listens', async ({ people }) => {
  const ada = await people.arrive('Ada', { before: [watchDevices] })
  await ada.startDocument()
  await ada.page.getByRole('button', { name: 'Start a huddle' }).click()
  const dialog = ada.page.getByRole('dialog')
  await expect(dialog.getByRole('alert')).toContainText(words.microphone.missing)
  await dialog.getByRole('button', { name: 'Start', exact: true }).click()
  await control(ada, 'Camera on').click()
  await expect(ada.page.getByRole('region', { name: 'Huddle' }).getByRole('alert')).toContainText(words.camera.missing)
  expect(await devicesOn(ada)).toEqual([])
})
