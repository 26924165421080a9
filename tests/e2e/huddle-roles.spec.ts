import {
  control,
  devicesAsked,
  expectSilence,
  expectToHear,
  joinHuddle,
  transceiversOf,
  watchDevices,
} from '../support/calls.ts'
import { expect, test } from '../support/people.ts'

const before = [watchDevices]

/** Sends a beep and a picture to everyone, whatever the app has to say about it. Runs inside the page. */
function intrude(): void {
  const context = new AudioContext()
  const { stream } = context.createMediaStreamDestination()
  const canvas = document.createElement('canvas')
  canvas.getContext('2d')?.fillRect(0, 0, 10, 10)
  const tracks = [...stream.getTracks(), ...canvas.captureStream(5).getTracks()]
  for (const pc of window.inkmesh?.room?.connections ?? []) {
    for (const track of tracks) pc.addTransceiver(track, { direction: 'sendonly' })
  }
}

test('with a view link one watches and listens; what one sends anyway is taken by nobody until a writer lets one speak', async ({
  people,
}) => {
  const ada = await people.arrive('Ada', { before })
  const link = await ada.startDocument()
  await ada.type('Written by Ada.')
  const view = await ada.page.evaluate(() => window.inkmesh?.session.link.viewFragment ?? '')
  const rex = await people.arrive('Rex', { before })
  await rex.open(link.replace(/#.*$/u, view))
  await Promise.all([ada.meets(1), rex.meets(1)])

  await joinHuddle(ada)
  await joinHuddle(rex)
  await expectToHear(rex)
  expect((await devicesAsked(rex)).microphone).toBe(0)
  await expect(control(rex, 'Mute')).toHaveCount(0)
  await expect(control(rex, 'Unmute')).toHaveCount(0)
  await expect(ada.page.getByRole('button', { name: /^Rex/u }).getByText('listening')).toHaveCount(1)

  await rex.page.evaluate(intrude)
  // It is answered, and nothing of it is taken.
  await expect
    .poll(() => rex.page.evaluate(() => window.inkmesh?.room?.connections[0]?.getTransceivers().length))
    .toBe(3)
  await rex.until(() =>
    (window.inkmesh?.room?.connections[0]?.getTransceivers() ?? []).every(
      ({ currentDirection }) => currentDirection !== null,
    ),
  )
  // Ada's voice, and nothing else.
  expect(await transceiversOf(rex)).toMatchObject({ all: 3, active: 1 })
  expect(await transceiversOf(ada)).toMatchObject({ all: 3, active: 1 })
  await expectSilence(ada, rex)
  await expect(ada.page.locator('video')).toHaveCount(0)

  await control(rex, 'Raise your hand').click()
  await ada.page.getByRole('button', { name: /^Rex/u }).getByText('hand raised').waitFor()
  await ada.page.getByRole('button', { name: /^Rex.*listening/u }).click()
  await ada.page.getByRole('button', { name: 'Let Rex speak' }).click()
  await rex.page.getByText('You may speak now').waitFor()
  await control(rex, 'Unmute').click()
  await expectToHear(ada)

  await ada.page.getByRole('button', { name: /^Rex/u }).last().click()
  await ada.page.getByRole('button', { name: 'Rex only listens again' }).click()
  await expectSilence(ada, rex)
})
