/** What a page's main thread does. */
import type { CDPSession, Page } from '@playwright/test'

/** Begins to count; to be passed to `busy`. */
export async function watchBusy(page: Page): Promise<CDPSession> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Performance.enable')
  return cdp
}

/** What the main thread has done so far, ms. */
export async function busy(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics')
  return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN)
}
