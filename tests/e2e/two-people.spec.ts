import { expect, expectDataChannel, expectEqual, test } from '../support/people.ts'

test('two people with one link see what the other writes, the name and the cursor', async ({ people }) => {
  const [ada, ben] = await people.pair()
  await ada.type('Written by Ada. ')
  await ben.sees('Written by Ada.')
  await ben.type('Written by Ben.')
  await ada.sees('Written by Ben.')
  expect(await expectEqual([ada, ben])).toBe('Written by Ada. Written by Ben.')

  await expect(ada.others).toContainText('Ben')
  await expect(ben.others).toContainText('Ada')
  // Each sees the other's name at the caret, and not their own.
  await expect(ada.cursors).toHaveAttribute('data-name', 'Ben')
  await expect(ben.cursors).toHaveAttribute('data-name', 'Ada')
  await expect(ada.status).toContainText('With Ben')
  await expectDataChannel(ada, ben)
})

test('a title is written together', async ({ people }) => {
  const [ada, ben] = await people.pair()
  await ada.title.fill('Minutes')
  await expect(ben.title).toHaveValue('Minutes')
  await ben.title.press('End')
  await ben.title.pressSequentially(' of Monday')
  await expect(ada.title).toHaveValue('Minutes of Monday')
  await expect(ada.page).toHaveTitle(/Minutes of Monday/u)
})

test('undo takes back only what one wrote oneself', async ({ people }) => {
  const [ada, ben] = await people.pair()
  await ada.type('Mine.')
  await ben.sees('Mine.')
  await ben.caretToEnd()
  await ben.page.keyboard.press('Enter')
  await ben.type('Yours.')
  await ada.sees('Yours.')
  await ada.page.keyboard.press('Control+z')
  await expect.poll(() => ben.text()).toBe('\nYours.')
  await ada.page.keyboard.press('Control+y')
  await expect.poll(() => ben.text()).toBe('Mine.\nYours.')
})
