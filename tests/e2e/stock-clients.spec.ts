import { expect, test, type Page } from '@playwright/test'
import { TestRelay } from '../support/relay.ts'
import { StockSite } from '../support/stock-harness/page.ts'

const textOf = (page: Page): Promise<string> => page.evaluate(() => window.stock.text.toJSON())
const write = (page: Page, words: string): Promise<void> =>
  page.evaluate((text) => window.stock.text.insert(window.stock.text.length, text), words)

for (const password of [null, 'a password']) {
  test(`stock y-webrtc clients meet through our relay, ${password === null ? 'in the open' : 'encrypted'}`, async ({
    browser,
  }) => {
    const [relay, site] = await Promise.all([TestRelay.start({ origins: 'any' }), StockSite.start()])
    const room = { name: 'any name at all', relay: `${relay.url.replace('http', 'ws')}/signal`, password }
    const ada = await site.join(browser, room)
    await write(ada, 'Written before. ')
    const ben = await site.join(browser, room)
    await expect.poll(() => textOf(ben), { timeout: 20_000 }).toBe('Written before. ')
    await write(ben, 'Ben was here. ')
    await expect.poll(() => textOf(ada)).toBe('Written before. Ben was here. ')
    for (const page of [ada, ben]) await expect.poll(() => page.evaluate(() => window.stock.synced)).toBe(true)

    // A third comes after the relay was away: all are still at the same address, and come back by themselves.
    await relay.restart()
    const cora = await site.join(browser, room)
    await expect.poll(() => textOf(cora), { timeout: 20_000 }).toBe('Written before. Ben was here. ')
    await expect.poll(() => cora.evaluate(() => window.stock.peers), { timeout: 20_000 }).toBe(2)
    for (const page of [ada, ben, cora]) await page.context().close()
    await Promise.all([site.stop(), relay.stop()])
  })
}
