/** What another's caret costs while they write. */
import { expect, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'

const KEYS = 40

/** How often the page was laid out, and how often its styles were worked out, so far. */
async function counts({ cdp }: Person): Promise<{ layouts: number; styles: number }> {
  const { metrics } = await cdp.send('Performance.getMetrics')
  const metric = (name: string): number => metrics.find((one) => one.name === name)?.value ?? NaN
  return { layouts: metric('LayoutCount'), styles: metric('RecalcStyleCount') }
}

test('another’s caret moves with their words: it is not made anew, and takes no layout of its own', async ({
  people,
}) => {
  const [ada, ben] = await people.pair()
  await ada.caretToEnd()
  await ada.type('Words. ')
  await ben.sees('Words.')
  const caret = ben.page.locator('.remote-caret')
  await expect(caret).toHaveCount(1)
  await ben.cdp.send('Performance.enable')
  await ben.page.evaluate(() => {
    const made = { count: 0 }
    Object.assign(window, { made })
    new MutationObserver((all) => (made.count += all.length)).observe(
      document.querySelector('.remote-carets') ?? document.body,
      { childList: true, subtree: true },
    )
  })
  const before = await counts(ben)
  const from = await caret.boundingBox()
  // Each is drawn before the next one comes, as when somebody writes.
  for (let i = 0; i < KEYS; i++) {
    await ada.page.keyboard.type('x')
    await ben.sees(`Words. ${'x'.repeat(i + 1)}`)
  }
  await expect.poll(async () => (await caret.boundingBox())?.x).toBeGreaterThan((from?.x ?? 0) + 100)
  const after = await counts(ben)
  const [layouts, styles] = [after.layouts - before.layouts, after.styles - before.styles]
  console.log(`  ${KEYS} keys of another: ${layouts} layouts, ${styles} times styles`)
  expect(layouts).toBeLessThanOrEqual(1.5 * KEYS)
  expect(styles).toBeLessThanOrEqual(2.5 * KEYS)
  expect(await ben.page.evaluate(() => (window as unknown as { made: { count: number } }).made.count)).toBe(0)
  // The name is there while they write, and fades a while after.
  await expect(ben.cursors).toHaveCSS('opacity', '1')
  await expect(ben.cursors).toHaveCSS('opacity', '0')
})
