import { enCall } from '../../src/i18n/en-call.ts'
import { enDesk } from '../../src/i18n/en-desk.ts'
import { koCall } from '../../src/i18n/ko-call.ts'
import { koDesk } from '../../src/i18n/ko-desk.ts'
import { expectAccessible } from '../support/accessible.ts'
import { expect, test } from '../support/people.ts'

const SCREENS = [
  {
    name: 'desktop',
    viewport: { width: 1440, height: 900 },
    colorScheme: 'light',
    locale: 'en-US',
    call: enCall,
    desk: enDesk,
  },
  {
    name: 'phone',
    viewport: { width: 390, height: 844 },
    colorScheme: 'dark',
    locale: 'ko-KR',
    call: koCall,
    desk: koDesk,
  },
] as const

for (const { name, call, desk, ...options } of SCREENS) {
  test(`axe finds nothing to object to in a huddle, which one can hold by keys alone, ${name}`, async ({ people }) => {
    const [ada, ben] = [
      await people.arrive('Ada', { ...options, reducedMotion: 'reduce' }),
      await people.arrive('Ben', { ...options, reducedMotion: 'reduce' }),
    ]
    const link = await ada.startDocument()
    await ada.type('Words.')
    await ben.open(link)
    await Promise.all([ada.meets(1), ben.meets(1)])
    const { page } = ada
    const press = async (label: string, key = 'Enter'): Promise<void> => {
      await page.getByRole('button', { name: label, exact: true }).focus()
      await page.keyboard.press(key)
    }
    const told = page.locator('[aria-live=polite]')

    await press(desk.people.huddle(0, false))
    const dialog = page.getByRole('dialog', { name: call.preview.startTitle })
    await dialog.getByRole('button', { name: call.preview.start, exact: true }).waitFor()
    await page.getByRole('meter').waitFor()
    await expectAccessible(page, 'preview of a huddle')
    await press(call.preview.start)
    const strip = page.getByRole('region', { name: call.huddle.title, exact: true })
    await strip.waitFor()
    await expect(told.getByText(call.huddle.youJoined)).toBeAttached()
    await expect(strip.getByText(call.huddle.alone)).toBeVisible()

    await ben.page.getByRole('button', { name: desk.people.huddle(1, false) }).click()
    await ben.page.getByRole('dialog').getByRole('button', { name: call.preview.join, exact: true }).click()
    await expect(told.getByText(call.huddle.joined('Ben'))).toBeAttached()
    await ben.page.getByRole('button', { name: call.controls.camera, exact: true }).click()
    await press(call.controls.camera)
    await expect(strip.locator('video')).toHaveCount(2)
    await press(call.controls.hand)
    await expectAccessible(page, 'huddle with faces')

    await press(call.controls.mute)
    await expect(told.getByText(call.state.muted)).toBeAttached()
    await press(call.controls.react)
    await page.getByRole('dialog', { name: call.controls.react }).waitFor()
    await expectAccessible(page, 'reactions')
    await press(call.faces['👏'])
    await expect(ben.page.getByRole('img', { name: call.faces['👏'] })).toBeVisible()
    await press(call.controls.devices)
    await page.getByRole('dialog', { name: call.controls.devices }).waitFor()
    await expectAccessible(page, 'devices')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })

    await strip.getByTitle(call.controls.about('Ben')).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('slider', { name: call.controls.volume('Ben') }).waitFor()
    await expectAccessible(page, 'about somebody')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })

    await ben.page.getByRole('button', { name: call.controls.share, exact: true }).click()
    const stage = page.getByRole('figure', { name: call.screen.of('Ben') })
    await stage.waitFor()
    await expectAccessible(page, 'somebody’s screen')
    await stage.focus()
    await page.keyboard.press('+')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('0')
    await stage.getByRole('button', { name: call.screen.tuck }).focus()
    await page.keyboard.press('Enter')
    await expect(stage).toHaveCount(0)
    await press(call.screen.open('Ben'))
    await stage.waitFor()

    await strip.getByRole('button', { name: call.controls.shrink, exact: true }).focus()
    await page.keyboard.press('Enter')
    await expectAccessible(page, 'huddle, small')
    await press(call.huddle.leave)
    await expect(told.getByText(call.huddle.youLeft)).toBeAttached()
    await expect(strip).toHaveCount(0)
    await expect(ben.page.locator('[aria-live=polite]').getByText(call.huddle.left('Ada'))).toBeAttached()
  })
}
