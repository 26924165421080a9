/** What is said of copies elsewhere must be true of whoever is still there afterwards. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { launchOptions, permissions } from '../support/launch.ts'
import { expect, test } from '../support/people.ts'
import { Person } from '../support/person.ts'
import { installProbe, silenceTabs } from '../support/probe.ts'

/** Somebody at a browser of their own, whose storage outlives it. */
async function atDevice(folder: string, site: { url: string }): Promise<Person> {
  const context = await chromium.launchPersistentContext(folder, { ...launchOptions, permissions, locale: 'en-US' })
  for (const script of [installProbe, silenceTabs]) await context.addInitScript(script)
  return Person.openPage(context, site)
}

/** Ends the whole browser, without a word to anybody. */
async function kill({ context }: Person): Promise<void> {
  const browser = context.browser()
  if (browser === null) throw new Error('A browser without a process')
  const gone = new Promise((resolve) => context.once('close', resolve))
  const cdp = await browser.newBrowserCDPSession()
  // The answer to this command dies with the browser.
  await Promise.race([gone, cdp.send('Browser.crash').catch(() => undefined)])
  await gone
}

test('what was said to be on 2 other devices is there when they are killed that moment', async ({ people }) => {
  test.setTimeout(180_000)
  const folders = await Promise.all(['ben', 'cora'].map((name) => mkdtemp(join(tmpdir(), `inkmesh-${name}-`))))
  try {
    const ada = await people.arrive('Ada')
    const link = await ada.startDocument()
    const holders = await Promise.all(folders.map((folder) => atDevice(folder, people.relay)))
    for (const holder of holders) await holder.open(link)
    await ada.meets(2)
    for (const words of ['Whoever claims it', ', has it.']) {
      await ada.type(words)
      await expect(ada.status).toContainText('On 2 other devices', { timeout: 30_000 })
    }
    await Promise.all(holders.map(kill))
    await ada.context.close()

    for (const folder of folders) {
      const back = await atDevice(folder, people.relay)
      await back.open(link)
      expect(await back.text()).toBe('Whoever claims it, has it.')
      await back.context.close()
    }
  } finally {
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
  }
})

test('it is remembered who has everything, until something is written', async ({ people }) => {
  const [ada, ben] = await people.pair()
  await ada.type('Shared.')
  await expect(ada.status).toContainText('On 1 other device')
  await ben.context.close()
  await ada.reload()
  await expect(ada.status).toContainText('On 1 other device')
  await ada.page.getByRole('button', { name: 'Connection details' }).click()
  await expect(ada.page.getByText(/Last received by another device at .+/u)).toBeVisible()
  await ada.page.keyboard.press('Escape')
  await expect(ada.status).toContainText('Just you right now')
  await ada.type('Not shared yet.')
  await expect(ada.status).toContainText('Latest words only on this device', { timeout: 40_000 })
})

test('closing a page asks when someone who writes along lacks the latest words, and not for being alone', async ({
  people,
}) => {
  const [ada, ben] = await people.pair()
  await ada.type('Both have this.')
  await expect(ada.status).toContainText('On 1 other device')
  const asked: string[] = []
  ada.page.on('dialog', (dialog) => {
    asked.push(dialog.type())
    void dialog.dismiss()
  })
  // Nothing reaches Ben, and nothing has told Ada so yet.
  await ada.cut()
  await ada.type(' Ben lacks this.')
  await ada.saved()
  await ada.page.evaluate(() => location.reload())
  const notice = ada.page.getByRole('alert').filter({ hasText: 'Your latest words are still on their way' })
  await expect(notice).toBeVisible()
  expect(asked).toEqual(['beforeunload'])
  await ada.heal()
  await ben.sees('Ben lacks this.')
  await expect(notice).toHaveCount(0)

  await ben.context.close()
  await ada.meets(0)
  await ada.type(' Ada alone.')
  await ada.saved()
  await ada.reload()
  expect(asked).toEqual(['beforeunload'])
})

test('nothing is asked about words that others have', async ({ people }) => {
  const [ada] = await people.pair()
  await ada.type('Ben has this.')
  await expect(ada.status).toContainText('On 1 other device')
  const asked: string[] = []
  ada.page.on('dialog', (dialog) => {
    asked.push(dialog.type())
    void dialog.accept()
  })
  await ada.reload()
  expect(asked).toEqual([])
})
