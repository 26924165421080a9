import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KeeperProcess, killKeepers } from '../support/keeper-process.ts'
import { expect, test as base } from '../support/people.ts'

/** A folder, and keepers in it, which end with the test. */
const test = base.extend<{ folder: string; keep: (link: string) => Promise<KeeperProcess> }>({
  // Playwright wants to see what a fixture depends on.
  // eslint-disable-next-line no-empty-pattern
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'inkmesh-keeper-'))
    await use(folder)
    await rm(folder, { recursive: true })
  },
  keep: async ({ folder }, use) => {
    await use((link) =>
      KeeperProcess.start({ links: [link], dataFolder: join(folder, 'data'), exportFolder: join(folder, 'export') }),
    )
    await killKeepers()
  },
})

/** Waits until the keeper says that it has on disk all it holds, and holds this text's document. */
const stored = (keeper: KeeperProcess, title: string) =>
  expect
    .poll(async () => (await keeper.reports()).map((report) => [report.title, report.stored]), { timeout: 20_000 })
    .toEqual([[title, true]])

const HOUR = 60 * 60_000

test('everyone is offline but the keeper: what was left with it is there an hour later', async ({ people, keep }) => {
  const ada = await people.arrive('Ada')
  const link = await ada.startDocument()
  const keeper = await keep(link)
  await ada.meets(1)
  await ada.title.fill('For Ben')
  await ada.type('Left by Ada.')
  await stored(keeper, 'For Ben')
  await ada.until(() => (window.inkmesh?.room?.status.copies.devices ?? 0) > 0)
  await ada.page.close()

  const ben = await people.arrive('Ben')
  await ben.page.clock.install({ time: Date.now() + HOUR })
  await ben.open(link)
  await ben.sees('Left by Ada.')
  await expect(ben.title).toHaveValue('For Ben')
  // Nobody is here: a keeper is no person.
  await expect(ben.others.getByRole('listitem')).toHaveCount(1)
})

test('a keeper that was restarted has it too, in a Markdown file as well, and ends cleanly', async ({
  people,
  keep,
  folder,
}) => {
  const ada = await people.arrive('Ada')
  const link = await ada.startDocument()
  const first = await keep(link)
  await ada.meets(1)
  await ada.title.fill('Notes: a/b')
  await ada.type('Kept through a restart.')
  await stored(first, 'Notes: a/b')
  await ada.page.close()
  expect(await first.terminate()).toBe(0)
  const [name = ''] = await readdir(join(folder, 'export'))
  expect(name).toMatch(/^Notes a b \([\w-]{6}\)\.md$/u)
  expect(await readFile(join(folder, 'export', name), 'utf8')).toBe('# Notes: a/b\n\nKept through a restart.\n')

  const second = await keep(link)
  expect((await second.reports()).map(({ title, stored }) => [title, stored])).toEqual([['Notes: a/b', true]])
  const ben = await people.arrive('Ben')
  await ben.open(link)
  await ben.sees('Kept through a restart.')
  const secret = new URL(link).hash.slice('#edit='.length)
  expect(first.output + second.output).not.toContain(secret)
})

test('whoever holds a view link gets the document from a keeper alone', async ({ people, keep }) => {
  const ada = await people.arrive('Ada')
  const link = await ada.startDocument()
  const keeper = await keep(link)
  await ada.meets(1)
  await ada.title.fill('Read me')
  await ada.type('For readers.')
  await stored(keeper, 'Read me')
  const { view } = await ada.links()
  await ada.page.close()

  const ben = await people.arrive('Ben')
  await ben.page.goto(view)
  await expect(ben.page.getByText('For readers.')).toBeVisible({ timeout: 20_000 })
})
