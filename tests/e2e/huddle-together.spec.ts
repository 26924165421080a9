/** What people do together while they talk: point, lead, keep a note or a recording, and go elsewhere meanwhile. */
import { readFile } from 'node:fs/promises'
import { enCall } from '../../src/i18n/en-call.ts'
import { enDesk } from '../../src/i18n/en-desk.ts'
import { control, devicesOn, expectSilence, expectToHear, joinHuddle, watchDevices } from '../support/calls.ts'
import { expect, expectEqual, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'

const before = [watchDevices]

/** Chooses from what the button with three dots offers, which has the focus again when that is closed. */
async function choose(person: Person, name: string): Promise<void> {
  const button = control(person, enCall.controls.more)
  await button.click()
  await person.page.getByRole('button', { name, exact: true }).click()
  await expect(button).toBeFocused()
}

const paragraphs = Array.from({ length: 60 }, (_, i) => `Paragraph ${i} of what they talk about.`)

test('one brings everyone to where one is: they are asked, follow, and stop when they like', async ({ people }) => {
  const [ada, ben] = await people.pair()
  await ada.caretToEnd()
  await ada.enter('A beginning.')
  for (const text of paragraphs) {
    await ada.page.keyboard.press('Enter')
    await ada.enter(text)
  }
  await ben.sees('Paragraph 59')
  await ada.page.getByRole('button', { name: 'More', exact: true }).click()
  await ada.page.getByRole('menuitem', { name: enDesk.people.lead }).click()
  await expect(ada.page.getByText(enDesk.people.asked)).toBeVisible()
  const scrolled = (): Promise<number> => ben.page.evaluate(() => scrollY)
  const from = await scrolled()
  await expect(ben.page.getByText(enDesk.people.leads('Ada'))).toBeVisible()
  expect(await scrolled()).toBe(from)
  await ben.page.getByRole('button', { name: enDesk.people.follow, exact: true }).click()
  await expect(ben.page.getByText(enDesk.people.following('Ada'))).toBeVisible()
  await expect.poll(scrolled).toBeGreaterThan(from)
  await ben.page.keyboard.press('Escape')
  await expect(ben.page.getByText(enDesk.people.following('Ada'))).toBeHidden()
})

test('a pointer and a spotlight are at the same words on a narrow screen', async ({ people }) => {
  const ada = await people.arrive('Ada', { before })
  const link = await ada.startDocument()
  await ada.caretToEnd()
  for (const text of paragraphs.slice(0, 12)) {
    await ada.enter(text)
    await ada.page.keyboard.press('Enter')
  }
  const ben = await people.arrive('Ben', { before, viewport: { width: 800, height: 600 } })
  await ben.open(link)
  await Promise.all([ada.meets(1), ben.meets(1)])
  await joinHuddle(ada)
  await joinHuddle(ben)
  const block = (person: Person, index: number) => person.body.locator('p').nth(index)

  await choose(ada, enCall.controls.laser)
  const box = await block(ada, 3).boundingBox()
  if (box === null) throw new Error('No paragraph')
  // A quarter of the way along the line.
  await ada.page.mouse.move(box.x + box.width / 4, box.y + box.height / 2)
  const dot = ben.page.locator('.dot', { hasText: 'Ada' })
  await expect(dot).toBeVisible()
  await expect
    .poll(async () => {
      const [seen, there] = await Promise.all([dot.boundingBox(), block(ben, 3).boundingBox()])
      if (seen === null || there === null) return null
      const [x, y] = [seen.x + seen.width / 2 - there.x, seen.y + seen.height / 2 - there.y]
      return Math.abs(x - there.width / 4) < 3 && Math.abs(y - there.height / 2) < 3
    })
    .toBe(true)
  await choose(ada, enCall.controls.laserOff)
  await expect(dot).toHaveCount(0)

  await ada.placeCaret(9, 3)
  await choose(ada, enCall.controls.spotlight)
  await expect(ben.page.getByText(enCall.spotlight.by('Ada'))).toBeVisible()
  const around = async (): Promise<boolean | null> => {
    const [ring, there] = await Promise.all([ben.page.locator('.ring').boundingBox(), block(ben, 9).boundingBox()])
    return ring && there && ring.y <= there.y && ring.y + ring.height >= there.y + there.height
  }
  await expect.poll(around).toBe(true)
  // It stays with its paragraph when something is written above it.
  await ben.placeCaret(0, 0)
  await ben.enter('Written above. ')
  await ben.page.keyboard.press('Enter')
  await expect
    .poll(async () => {
      const [ring, there] = await Promise.all([ben.page.locator('.ring').boundingBox(), block(ben, 10).boundingBox()])
      return ring && there && ring.y <= there.y && ring.y + ring.height >= there.y + there.height
    })
    .toBe(true)
  await choose(ada, enCall.controls.spotlightOff)
  await expect(ben.page.locator('.ring')).toHaveCount(0)
  await expectEqual([ada, ben])
})

test('a note of the huddle says who was there, and a recording is a file that plays, of which everyone knew', async ({
  people,
}) => {
  const [ada, ben] = [await people.arrive('Ada', { before }), await people.arrive('Ben', { before })]
  const link = await ada.startDocument()
  await ada.type('Minutes')
  await ben.open(link)
  await Promise.all([ada.meets(1), ben.meets(1)])
  await joinHuddle(ada)
  await joinHuddle(ben)
  await control(ben, 'Camera on').click()
  await expectToHear(ada)

  await choose(ada, enCall.recording.start)
  await expect(ben.page.getByRole('status').filter({ hasText: enCall.recording.by('Ada') })).toBeVisible()
  await expect(ada.page.getByRole('status').filter({ hasText: enCall.recording.comes })).toBeVisible()
  await expect(ada.page.getByRole('status').filter({ hasText: enCall.recording.runs })).toBeVisible()
  // Two seconds of it, by the voice that comes.
  await expectToHear(ada)
  await expectToHear(ada)
  const download = ada.page.waitForEvent('download')
  await choose(ada, enCall.recording.stop)
  const file = await download
  expect(file.suggestedFilename()).toMatch(/^Huddle .*\.(?:webm|mp4)$/u)
  await expect(ben.page.getByRole('status').filter({ hasText: enCall.recording.by('Ada') })).toHaveCount(0)
  const bytes = await readFile(await file.path())
  const played = await ada.page.evaluate(async (base64) => {
    const video = document.createElement('video')
    const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
    video.src = URL.createObjectURL(new Blob([data]))
    video.muted = true
    await video.play()
    await new Promise<void>((resolve) => video.requestVideoFrameCallback(() => resolve()))
    const { audioTracks } = video as { audioTracks?: { length: number } }
    const sound = (video as { webkitAudioDecodedByteCount?: number }).webkitAudioDecodedByteCount ?? 0
    return { width: video.videoWidth, hasSound: audioTracks === undefined ? sound > 0 : audioTracks.length > 0 }
  }, bytes.toString('base64'))
  expect(played).toEqual({ width: 1280, hasSound: true })

  await ada.caretToEnd()
  await ada.page.keyboard.press('Enter')
  await ada.type('/huddle')
  await ada.page.getByRole('option', { name: enDesk.people.huddleNote }).click()
  await ben.sees('· Ada, Ben')
  expect(await expectEqual([ada, ben])).toMatch(/^Minutes\nHuddle: .*20\d\d.*\(1 min\) · Ada, Ben$/u)
})

test('the call goes on while one looks at other documents, until one leaves it or comes back', async ({ people }) => {
  const [ada, ben] = [await people.arrive('Ada', { before }), await people.arrive('Ben', { before })]
  const link = await ada.startDocument()
  await ada.title.fill('Plan')
  await ada.type('Said and written.')
  // Also while nobody else is there yet.
  await joinHuddle(ada)
  await ada.page.getByRole('link', { name: 'All documents' }).click()
  await ada.page
    .getByRole('region', { name: enCall.huddle.title })
    .getByRole('link', { name: enCall.huddle.back })
    .click()
  await control(ada, 'Mute').waitFor()
  await expect(ada.page.getByRole('link', { name: enCall.huddle.back })).toHaveCount(0)
  await ben.open(link)
  await Promise.all([ada.meets(1), ben.meets(1)])
  await joinHuddle(ben)
  await expectToHear(ben)
  const home = (): Promise<void> => ada.page.getByRole('link', { name: 'All documents' }).click()

  await home()
  const bar = ada.page.getByRole('region', { name: enCall.huddle.title, exact: true })
  await expect(bar).toContainText(enCall.huddle.goesOn('Plan'))
  await ada.page.getByRole('list', { name: 'My documents' }).waitFor()
  await expectToHear(ben)
  await ben.type(' Meanwhile.')

  // A document of one's own, and back.
  await ada.page.getByRole('button', { name: 'New document' }).click()
  await ada.ready()
  await ada.type('Something else.')
  await expect(bar).toContainText(enCall.huddle.goesOn('Plan'))
  await bar.getByRole('link', { name: enCall.huddle.back }).click()
  await ada.sees('Said and written. Meanwhile.')
  await control(ada, 'Mute').waitFor()
  await expectToHear(ben)
  expect(await ada.page.evaluate(() => window.inkmesh?.room?.diagnostics().connections)).toBe(1)
  await ada.caretToEnd()
  await ada.type(' And back.')
  await ben.sees('Meanwhile. And back.')
  await expectEqual([ada, ben])

  await home()
  await bar.getByRole('button', { name: enCall.huddle.leave }).click()
  await expect(bar).toHaveCount(0)
  expect(await devicesOn(ada)).toEqual([])
  await expectSilence(ben, ben)
  await expect(ben.others.getByText('Ada')).toHaveCount(0)
})

test('the panel about the connection has the figures of voices and pictures, and lets one hear oneself', async ({
  people,
}) => {
  const [ada, ben] = [await people.arrive('Ada', { before }), await people.arrive('Ben', { before })]
  const link = await ada.startDocument()
  await ben.open(link)
  await Promise.all([ada.meets(1), ben.meets(1)])
  await joinHuddle(ada)
  await joinHuddle(ben)
  await control(ben, 'Camera on').click()
  await ada.page.getByRole('button', { name: 'Connection details' }).click()
  const panel = ada.page.getByRole('dialog', { name: enDesk.connection.title })
  const line = (label: string) => panel.locator('p', { hasText: label })
  await expect(line(enDesk.connection.media.video.in)).toContainText(
    /VP8 · \d+ × \d+ · \d+ frames a second · [\d,]+ kbit\/s · [\d.]+ % lost · \d+ ms jitter · \d+ ms behind/u,
  )
  await expect(line(enDesk.connection.media.audio.in)).toContainText(/opus · \d+ kbit\/s/u)
  await expect(line(enDesk.connection.media.audio.out)).toContainText(/opus · \d+ kbit\/s/u)
  await panel.getByRole('button', { name: enCall.test.start }).click()
  await expect(panel.getByText(enCall.test.records)).toBeVisible()
  await expect(panel.getByText(enCall.test.plays)).toBeVisible()
  await expect(panel.getByText(enCall.test.plays)).toBeHidden()
  // The microphone of the test is off again, and that of the call is not.
  expect(await devicesOn(ada)).toEqual(['audio'])
})
