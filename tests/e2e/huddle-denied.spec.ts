import { enCall } from '../../src/i18n/en-call.ts'
import { control, devicesAsked, devicesOn, expectToHear, joinHuddle, watchDevices } from '../support/calls.ts'
import { askingLaunch } from '../support/launch.ts'
import { expect, expectEqual, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'

const words = enCall.obstacles

test.use({ launchOptions: askingLaunch() })

/** As the person, or who looks after the machine, has it in the browser's settings. */
async function setPermission(person: Person, setting: 'denied' | 'granted'): Promise<void> {
  const { browserContextId } = (await person.cdp.send('Target.getTargetInfo')).targetInfo
  const browser = person.context.browser()
  if (browser === null || browserContextId === undefined) throw new Error('No browser of its own')
  const session = await browser.newBrowserCDPSession()
  for (const name of ['microphone', 'camera']) {
    const { origin } = new URL(person.page.url())
    await session.send('Browser.setPermission', { permission: { name }, setting, origin, browserContextId })
  }
}

test('a microphone that is denied: it says how to allow it, one listens meanwhile, and writes', async ({ people }) => {
  const [ada, ben, link] = [
    await people.arrive('Ada', { before: [watchDevices] }),
    await people.arrive('Ben', { before: [watchDevices] }),
    '',
  ]
  await ada.startDocument()
  await setPermission(ada, 'denied')
  await ada.page.getByRole('button', { name: 'Start a huddle' }).click()
  const dialog = ada.page.getByRole('dialog')
  await expect(dialog.getByRole('alert')).toContainText(words.microphone.denied)
  await dialog.getByRole('button', { name: words.retry }).click()
  await expect.poll(async () => (await devicesAsked(ada)).microphone).toBe(2)
  await dialog.getByRole('button', { name: 'Start', exact: true }).click()
  await expect(control(ada, 'Unmute')).toBeVisible()
  await control(ada, 'Camera on').click()
  await expect(ada.page.getByRole('region', { name: 'Huddle' }).getByRole('alert')).toContainText(words.camera.denied)
  expect(await devicesOn(ada)).toEqual([])

  await ben.open(ada.page.url() + link)
  await Promise.all([ada.meets(1), ben.meets(1)])
  await joinHuddle(ben)
  await expectToHear(ada)
  await ada.type('Written all the same.')
  await ben.sees('Written all the same.')

  await setPermission(ada, 'granted')
  await control(ada, 'Unmute').click()
  await expectToHear(ben)
  expect(await expectEqual([ada, ben])).toBe('Written all the same.')
})

test('permission that is taken back in the middle of a call', async ({ people }) => {
  const ada = await people.arrive('Ada', { before: [watchDevices] })
  await ada.startDocument()
  await joinHuddle(ada)
  expect(await devicesOn(ada)).toEqual(['audio'])
  await setPermission(ada, 'denied')
  await ada.page.getByText(words.noMicrophone).waitFor()
  await expect(control(ada, 'Unmute')).toBeVisible()
  await expect(ada.page.getByRole('region', { name: 'Huddle' }).getByRole('alert')).toContainText(
    words.microphone.denied,
  )
  expect(await devicesOn(ada)).toEqual([])
})
