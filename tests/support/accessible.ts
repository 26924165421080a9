/** What axe says of a page. */
import { expect, type Page } from '@playwright/test'
import axe, { type AxeResults } from 'axe-core'

/** What axe finds on the page as it is now. Its source goes in by the debugging protocol, which no policy of the page forbids. */
export async function expectAccessible(page: Page, screen: string): Promise<void> {
  // Half a megabyte to read: once a page.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  const { violations } = await page.evaluate<AxeResults>('axe.run(document, { resultTypes: ["violations"] })')
  const found = violations.map(
    ({ id, nodes }) => `${screen}: ${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
  )
  expect(found).toEqual([])
}
