/** Long files and hostile ones: the page lives on, what is under way is shown, and can be cancelled. */
import { writeFile } from 'node:fs/promises'
import { expect, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'
import { watchTasks } from '../support/tasks.ts'

/** The documents that this device has, by the names of their databases. */
const databasesOf = ({ page }: Person): Promise<number> =>
  page.evaluate(async () => {
    const databases = await indexedDB.databases()
    return databases.filter(
      ({ name }) => name?.startsWith('inkmesh-') === true && !['inkmesh-library', 'inkmesh-texts'].includes(name),
    ).length
  })

/** Some 10 MB. */
const lines = Array.from({ length: 180_000 }, (_, i) => `Line ${i} of a log that somebody has kept for years`)
const markdown = `# Long\n\n${Array.from({ length: 20_000 }, (_, i) => `## Part ${i}\n\nSome **bold** words, and ${'more of them '.repeat(30)}${i}.\n\n- one\n- two\n`).join('\n')}`

test('a file of 10 MB comes in while the page answers keys, or is cancelled, which leaves nothing', async ({
  people,
}, testInfo) => {
  test.setTimeout(180_000)
  // Real files: those that a test makes up are built in the page.
  const [markdownFile, logFile] = [testInfo.outputPath('long.md'), testInfo.outputPath('long.log')]
  await Promise.all([writeFile(markdownFile, markdown), writeFile(logFile, lines.join('\n'))])
  const ada = await people.arrive('Ada')
  const { page } = ada
  await ada.startDocument()
  await ada.title.fill('Other')
  await ada.type('words')
  await ada.saved()
  await ada.goHome()
  const longest = await watchTasks(ada)
  const bar = page.getByRole('progressbar')
  const search = page.getByRole('searchbox')
  const list = page.getByRole('list', { name: 'My documents' })

  await ada.chooseFiles(markdownFile)
  await expect(bar).toBeVisible()
  await expect
    .poll(() => bar.evaluate((element) => (element as HTMLProgressElement).value), { timeout: 60_000 })
    .toBeGreaterThan(0.1)
  await search.fill('words')
  await expect(list.getByRole('listitem')).toHaveCount(1)
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByText('Nothing was imported.')).toBeVisible()
  await search.fill('')
  await expect(list.getByRole('listitem')).toHaveCount(1)
  await expect.poll(() => databasesOf(ada)).toBe(1)

  await ada.chooseFiles(logFile)
  await expect(bar).toBeVisible()
  await search.fill('no such thing')
  await expect(page.getByText('Nothing found for')).toBeVisible()
  await search.fill('')
  await expect(list.getByRole('link', { name: /^long/u })).toBeVisible({ timeout: 60_000 })
  await expect(bar).toBeHidden()
  await expect(page.locator('.toasts').getByRole('button', { name: 'Open' })).toBeVisible()
  expect(await longest(), 'the longest task, ms').toBeLessThan(200)
  await expect.poll(() => databasesOf(ada)).toBe(2)
})

test('a file that is too long to be read in the page is stored line by line, and opened', async ({ people }) => {
  const ada = await people.arrive('Ada')
  await ada.goHome()
  const some = lines.slice(0, 7_000)
  await ada.chooseFiles({ name: 'some.log', mimeType: '', buffer: Buffer.from(some.join('\r\n')) })
  // It is short enough to be opened by itself once it is stored.
  await ada.page.waitForURL(/#edit=/u)
  await ada.ready()
  await expect(ada.title).toHaveValue('some')
  expect((await ada.text()).split('\n')).toEqual(some)
})

const HOSTILE: Record<string, (size: number) => string> = {
  'lazy continuation lines': (size) => `${'> '.repeat(20)}a\n${'b\n'.repeat(size / 2)}`,
  'open declarations': (size) => 'a<?'.repeat(size / 3),
  'open comments': (size) => 'a<!--'.repeat(size / 5),
  'link definitions': (size) => '[a]:\n'.repeat(size / 5),
}

for (const size of [100_000, 1_000_000]) {
  test(`hostile Markdown of ${size} characters ends within 5 s, read or with a plain word`, async ({
    people,
  }, testInfo) => {
    test.setTimeout(120_000)
    const ada = await people.arrive('Ada')
    for (const [name, make] of Object.entries(HOSTILE)) {
      await ada.goHome()
      const longest = await watchTasks(ada)
      const began = Date.now()
      // Two files: they are stored, and not opened.
      const files: [string, string] = [testInfo.outputPath(`${name}.md`), testInfo.outputPath('other.md')]
      await Promise.all([writeFile(files[0], make(size)), writeFile(files[1], 'other')])
      await ada.chooseFiles(files)
      const unread = ada.page.getByText('could not be read as Markdown in time')
      const imported = ada.page.getByText('Imported 2 documents.')
      await expect(unread.or(imported).first()).toBeVisible({ timeout: 15_000 })
      const [isGivenUp, said] = [await unread.isVisible(), Date.now() - began]
      await expect(imported).toBeVisible({ timeout: 30_000 })
      const task = await longest()
      console.log(`${name}: ${isGivenUp ? 'given up' : 'read'} after ${said} ms, tasks up to ${task.toFixed(0)} ms`)
      expect(task, name).toBeLessThan(200)
      await ada.page.reload()
    }
  })
}
