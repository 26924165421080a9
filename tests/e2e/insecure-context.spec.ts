import { chromium } from '@playwright/test'
import { launchOptions } from '../support/launch.ts'
import { expect, test } from '../support/people.ts'

test('opened over plain HTTP from another host, it says why it cannot work and what to do', async ({ people }) => {
  const args = [...(launchOptions.args ?? []), '--host-resolver-rules=MAP inkmesh.test 127.0.0.1']
  const browser = await chromium.launch({ ...launchOptions, args })
  try {
    const page = await browser.newPage()
    await page.goto(people.relay.url.replace('localhost', 'inkmesh.test'))
    await expect(page.getByRole('heading', { name: 'Inkmesh needs HTTPS' })).toBeVisible()
    await expect(page.getByText('inkmesh.test')).toBeVisible()
    await expect(page.getByText('https://', { exact: false }).first()).toBeVisible()
    await expect(page.getByRole('button', { name: 'New document' })).toHaveCount(0)
  } finally {
    await browser.close()
  }
})
