import { enCall } from '../../src/i18n/en-call.ts'
import { control, expectToSee, joinHuddle } from '../support/calls.ts'
import { askingLaunch } from '../support/launch.ts'
import { expect, test } from '../support/people.ts'

// Windows over other programs are not in the quick browser.
test.use({ launchOptions: askingLaunch('--use-fake-ui-for-media-stream') })

test('the huddle stands in a window of its own, as it is, until that is closed', async ({ people }) => {
  const ada = await people.arrive('Ada')
  const link = await ada.startDocument()
  const ben = await people.arrive('Ben')
  await ben.open(link)
  await Promise.all([ada.meets(1), ben.meets(1)])
  await joinHuddle(ada)
  await joinHuddle(ben)
  await control(ben, 'Camera on').click()
  await expectToSee(ada, 'Ben')

  await control(ada, enCall.controls.more).click()
  const opened = ada.context.waitForEvent('page')
  await ada.page.getByRole('button', { name: enCall.controls.popOut }).click()
  const popped = await opened
  const face = popped.getByLabel('Ben', { exact: true }).and(popped.locator('video'))
  await expect(face).toHaveCount(1)
  expect(
    await face.evaluate(
      (video: HTMLVideoElement) => new Promise((resolve) => video.requestVideoFrameCallback(() => resolve(true))),
    ),
  ).toBe(true)
  // It looks as it does here.
  const backgroundOf = (element: Element): string => getComputedStyle(element).backgroundColor
  expect(await popped.locator('.tile').first().evaluate(backgroundOf)).not.toBe('rgba(0, 0, 0, 0)')
  await popped.getByRole('button', { name: 'Mute', exact: true }).click()
  await control(ada, 'Unmute').waitFor()
  await expect(ada.page.getByText(enCall.controls.poppedOut)).toBeVisible()
  await ada.page.getByRole('button', { name: enCall.controls.popIn }).click()
  await expectToSee(ada, 'Ben')
})
