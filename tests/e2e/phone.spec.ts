import { expect, test } from '../support/people.ts'

const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 3, hasTouch: true, isMobile: true }

test('on a phone everything fits, and one can write, format and share', async ({ people }) => {
  const ada = await people.arrive('Ada', phone)
  await ada.goHome()
  const fits = async (): Promise<void> => {
    expect(await ada.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  }
  await fits()
  await ada.page.getByRole('button', { name: 'New document' }).tap()
  await ada.ready()
  await ada.body.tap()
  await ada.page.keyboard.type('A line written on a phone, long enough to wrap at the edge of the small screen.')
  await fits()
  await ada.choose('Heading 1')
  await expect(ada.body.getByRole('heading', { level: 1 })).toContainText('A line written on a phone')
  await ada.page.getByRole('button', { name: 'Share' }).tap()
  const dialog = ada.page.getByRole('dialog', { name: 'Share' })
  await expect(dialog).toBeVisible()
  const box = await dialog.boundingBox()
  expect(box?.width ?? Infinity).toBeLessThanOrEqual(390)
  await fits()
})
