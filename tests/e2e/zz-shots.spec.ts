import { enCall } from '../../src/i18n/en-call.ts'
import { koCall } from '../../src/i18n/ko-call.ts'
import { control, joinHuddle, watchDevices } from '../support/calls.ts'
import { test } from '../support/people.ts'
const before = [watchDevices]
for (const s of [
  { name: 'desk-light', viewport: { width: 1280, height: 800 }, colorScheme: 'light', locale: 'en-US', call: enCall },
  { name: 'phone-dark-ko', viewport: { width: 390, height: 844 }, colorScheme: 'dark', locale: 'ko-KR', call: koCall },
] as const) {
  test(`shots ${s.name}`, async ({ people }) => {
    const ben = await people.arrive('Ben', { before })
    const link = await ben.startDocument()
    await ben.title.fill('Plan for the spring')
    await ben.caretToEnd()
    for (let i = 0; i < 7; i++) { await ben.enter(`Paragraph ${i}: they talk about what is to be done in the spring, and by whom, and what it may cost.`); await ben.page.keyboard.press('Enter') }
    const { call, name, ...options } = s
    const ada = await people.arrive('Ada', { before, ...options })
    await ada.open(link)
    await Promise.all([ada.meets(1), ben.meets(1)])
    await joinHuddle(ben)
    const shot = (n: string) => ada.page.screenshot({ path: `/tmp/shots/${name}-${n}.png` })
    await ada.page.locator('.huddle').click()
    await ada.page.getByRole('dialog').getByRole('button', { name: call.preview.join, exact: true }).click()
    await ada.page.getByRole('region', { name: call.huddle.title, exact: true }).waitFor()
    await control(ben, 'Camera on').click()
    await control(ben, enCall.controls.more).click()
    await ben.page.getByRole('button', { name: enCall.recording.start }).click()
    await control(ben, enCall.controls.more).click()
    await ben.page.getByRole('button', { name: enCall.controls.laser }).click()
    await ben.placeCaret(3, 4)
    await control(ben, enCall.controls.more).click()
    await ben.page.getByRole('button', { name: enCall.controls.spotlight }).click()
    const b = await ben.body.locator('p').nth(1).boundingBox()
    await ben.page.mouse.move(b!.x + 200, b!.y + 10)
    await ada.page.locator('.dot').waitFor()
    await ada.page.waitForTimeout(700)
    await shot('points')
    await ada.page.getByRole('region', { name: call.huddle.title, exact: true }).getByRole('button', { name: call.controls.more }).click()
    await ada.page.waitForTimeout(400)
    await shot('more')
    await ada.page.keyboard.press('Escape')
    await ada.page.locator('.bar button').first().click()
    await ada.page.getByRole('dialog').waitFor()
    await ada.page.waitForTimeout(2500)
    await shot('panel')
    await ada.page.keyboard.press('Escape')
    await ada.page.locator('.bar a').first().click()
    await ada.page.waitForTimeout(1200)
    await shot('home')
    await ben.page.screenshot({ path: `/tmp/shots/${name}-ben.png` })
  })
}
