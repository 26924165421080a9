import { enCall } from '../../src/i18n/en-call.ts'
import { control, expectToHear, joinHuddle, watchDevices } from '../support/calls.ts'
import { expect, expectEqual, test } from '../support/people.ts'

const before = [watchDevices]
const words = enCall.obstacles

/** As when it is unplugged: the track ends by itself. Runs inside the page. */
const unplug = (kind: string): void => {
  for (const track of window.captured) {
    if (track.kind !== kind || track.readyState !== 'live') continue
    track.stop()
    track.dispatchEvent(new Event('ended'))
  }
}

test('a device that is unplugged in the middle: the next microphone is taken, a camera is off, and nothing written suffers', async ({
  people,
}) => {
  const [ada, ben] = [await people.arrive('Ada', { before }), await people.arrive('Ben', { before })]
  const link = await ada.startDocument()
  await ben.open(link)
  await Promise.all([ada.meets(1), ben.meets(1)])
  await Promise.all([joinHuddle(ada), joinHuddle(ben)])
  await expectToHear(ben)
  await ada.page.evaluate(unplug, 'audio')
  await ada.page.getByText(/^Your microphone is gone. You are heard over /u).waitFor()
  await expectToHear(ben)

  await control(ada, 'Camera on').click()
  await control(ada, 'Camera off').waitFor()
  await ada.page.evaluate(unplug, 'video')
  await ada.page.getByText(words.cameraGone).waitFor()
  await control(ada, 'Camera on').waitFor()

  // What may not be used any more is asked for in vain.
  await ada.page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotReadableError'))
  })
  await ada.page.evaluate(unplug, 'audio')
  await ada.page.getByText(words.noMicrophone).waitFor()
  await control(ada, 'Unmute').click()
  await expect(ada.page.getByRole('region', { name: 'Huddle' }).getByRole('alert')).toContainText(words.microphone.busy)
  await ada.type('Nothing is lost.')
  await ben.sees('Nothing is lost.')
  await expectEqual([ada, ben])
})

test('where the browser plays nothing before a click, it asks for one', async ({ people }) => {
  const [ada, ben] = [await people.arrive('Ada', { before }), await people.arrive('Ben', { before })]
  const link = await ada.startDocument()
  await ben.open(link)
  await ben.page.evaluate(() => {
    const { prototype } = HTMLAudioElement
    const play = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'play')?.value as () => Promise<void>
    let isFirst = true
    prototype.play = function (this: HTMLAudioElement) {
      if (!isFirst) return play.call(this)
      isFirst = false
      return Promise.reject(new DOMException('', 'NotAllowedError'))
    }
  })
  await Promise.all([joinHuddle(ada), joinHuddle(ben)])
  await ben.page.getByRole('button', { name: 'Click to hear' }).click()
  await expect(ben.page.getByRole('button', { name: 'Click to hear' })).toHaveCount(0)
  await expectToHear(ben)
})

test('where a browser has no media, one can still listen, and it says why', async ({ people }) => {
  const withoutMedia = (): void => {
    Reflect.deleteProperty(Navigator.prototype, 'mediaDevices')
  }
  const ada = await people.arrive('Ada', { before: [withoutMedia] })
  await ada.startDocument()
  await ada.page.getByRole('button', { name: 'Start a huddle' }).click()
  await expect(ada.page.getByRole('dialog').getByRole('alert')).toContainText(words.microphone.unsupported)
  await ada.page.getByRole('dialog').getByRole('button', { name: 'Start', exact: true }).click()
  await expect(control(ada, 'Camera on')).toHaveCount(0)
  await expect(control(ada, 'Share your screen')).toHaveCount(0)
  await expect(control(ada, 'Leave')).toBeVisible()
})
