import { control, expectToHear, joinHuddle } from '../support/calls.ts'
import { askingLaunch } from '../support/launch.ts'
import { expect, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'

/** What the browser picks when a page asks for a screen: a real tab, by its title. */
const SHARED = 'Minutes of the meeting'

test.use({ launchOptions: askingLaunch(`--auto-select-tab-capture-source-by-title=${SHARED}`) })

const PAGE = (text: string): string => `<title>${SHARED}</title><style>
  body { margin: 0; padding: 24px; background: #fff; color: #000; font: 28px/1.4 'DejaVu Sans', sans-serif }
</style>${text}`
const TEXT =
  'Item one: the budget is 4,817 crowns. Item two: Mina writes to the printer. Item three: no meeting in July.'
const OTHER = 'Item six: nobody has seen the key since May. Item ten: paint the door blue. Item nine: buy more tea.'

/** Where a picture of a screen is. */
const stage = (person: Person, name: string) =>
  person.page.getByRole('figure', { name: `${name}’s screen` }).locator('video')

/** How much what one sees differs from a picture, 0 to 255 on average. */
const unlikeness = (person: Person, name: string, picture: Buffer): Promise<number> =>
  stage(person, name).evaluate(
    async (video: HTMLVideoElement, source) => {
      const image = new Image()
      image.src = source
      await image.decode()
      const [width, height] = [image.naturalWidth, image.naturalHeight]
      const pixels = (drawn: CanvasImageSource): Uint8ClampedArray => {
        const canvas = document.createElement('canvas')
        ;[canvas.width, canvas.height] = [width, height]
        const context = canvas.getContext('2d')
        if (context === null) throw new Error('No canvas')
        context.drawImage(drawn, 0, 0, width, height)
        return context.getImageData(0, 0, width, height).data
      }
      const [seen, meant] = [pixels(video), pixels(image)]
      let sum = 0
      // The green of each pixel, which is most of its lightness.
      for (let i = 1; i < seen.length; i += 4) sum += Math.abs((seen[i] ?? 0) - (meant[i] ?? 0))
      return sum / (seen.length / 4)
    },
    `data:image/png;base64,${picture.toString('base64')}`,
  )

test('a shared tab can be read by the others, two at once, and is gone when it is closed', async ({ people }) => {
  test.setTimeout(90_000)
  const [ada, ben] = await people.pair()
  await Promise.all([joinHuddle(ada), joinHuddle(ben)])
  await Promise.all([expectToHear(ada), expectToHear(ben)])

  const shared = await ada.context.newPage()
  await shared.setViewportSize({ width: 960, height: 540 })
  await shared.setContent(PAGE(OTHER))
  const other = await shared.screenshot()
  await shared.setContent(PAGE(TEXT))
  const meant = await shared.screenshot()
  await ada.page.bringToFront()
  await control(ada, 'Share your screen').click()
  await expect(ada.page.getByText('You are sharing your screen')).toBeVisible()
  await stage(ben, 'Ada').waitFor()
  // A picture that has just come may go once more, until its size is settled.
  await expect(async () => {
    const [right, wrong] = [await unlikeness(ben, 'Ada', meant), await unlikeness(ben, 'Ada', other)]
    console.log(`  unlike what was shared by ${right.toFixed(1)}, unlike other words by ${wrong.toFixed(1)}`)
    expect(right).toBeLessThan(8)
    expect(wrong).toBeGreaterThan(2 * right)
  }).toPass({ intervals: [200], timeout: 10_000 })

  const second = await ben.context.newPage()
  await second.setContent(PAGE(OTHER))
  await ben.page.bringToFront()
  await control(ben, 'Share your screen').click()
  await stage(ada, 'Ben').waitFor()
  await expect(stage(ben, 'Ada')).toBeVisible()
  await expect(control(ben, 'Stop sharing')).toBeVisible()

  await shared.close()
  await expect(stage(ben, 'Ada')).toHaveCount(0)
  await expect(ada.page.getByText('You are sharing your screen')).toHaveCount(0)
  await expect(stage(ada, 'Ben')).toBeVisible()
  await ben.page.getByText('You are sharing your screen').getByRole('button', { name: 'Stop sharing' }).click()
  await expect(stage(ada, 'Ben')).toHaveCount(0)
})
