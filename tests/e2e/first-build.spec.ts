/** What Inkmesh does as it was before documents became a flow: it stays in use wherever a page has not been loaded again. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { build, loadConfigFromFile, type Plugin } from 'vite'
import { createRelay } from '#signaling/relay'
import { BEFORE, checkOut, ROOT } from '../bench/support/earlier.ts'
import { expect, test } from '../support/people.ts'
import type { Person } from '../support/person.ts'
import { readStored, writeStored } from '../support/stored.ts'

const isKnown = spawnSync('git', ['cat-file', '-e', `${BEFORE}^{commit}`], { cwd: ROOT }).status === 0
const obstacle = isKnown ? null : `SKIPPED: an 0.1 build (this clone does not reach back to ${BEFORE}).`

/** Builds the app as it was, but for what makes it small; gives the folder that a relay serves it from. */
async function buildFirst(): Promise<string> {
  const root = checkOut(BEFORE)
  const env = { command: 'build', mode: 'production' } as const
  const loaded = await loadConfigFromFile(env, join(root, 'vite.config.ts'), root, 'silent')
  const plugins = (loaded?.config.plugins ?? []).filter((each) => !isPlugin(each) || each.name !== 'compression')
  await build({ ...loaded?.config, plugins, configFile: false, root, logLevel: 'silent' })
  return join(root, 'dist', 'app')
}

const isPlugin = (option: unknown): option is Plugin =>
  typeof option === 'object' && option !== null && 'name' in option

/** The database of the one document of somebody, whose link may be one of the preview. */
async function databaseOf(person: Person): Promise<string> {
  const names = await person.page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name ?? ''))
  const [name, ...others] = names.filter((each) => /^inkmesh-[\w-]{22}$/u.test(each))
  if (name === undefined || others.length > 0) throw new Error(`There are these databases: ${names.join()}`)
  return name
}

/** What is stored of a document, once nobody has it open. */
async function storedOf(person: Person): Promise<Uint8Array> {
  await person.saved()
  await person.page.close()
  const tab = await person.openTab()
  await tab.goHome()
  const stored = await readStored(tab.page, await databaseOf(tab))
  await tab.page.close()
  return stored
}

test('an 0.1 build opens a flow document read-only and leaves it as it is', async ({ people }) => {
  if (obstacle !== null) console.log(obstacle)
  test.skip(obstacle !== null, obstacle ?? '')
  test.setTimeout(180_000)
  const ada = await people.arrive('Ada')
  await ada.startDocument()
  await ada.type('A line of today')
  const original = await storedOf(ada)

  const relay = await createRelay({ host: '127.0.0.1', port: 0, appDir: await buildFirst() })
  try {
    const ben = await people.arrive('Ben', {}, { url: `http://localhost:${relay.address.port}` })
    const older = await ben.startDocument()
    await ben.goHome()
    await writeStored(ben.page, await databaseOf(ben), original)
    await ben.page.goto(older)
    await expect(ben.status).toContainText('newer Inkmesh')
    await expect(ben.body).toHaveAttribute('contenteditable', 'false')
    await ben.body.click()
    await ben.page.keyboard.type('Must not arrive. ')
    expect(Buffer.from(await storedOf(ben)).equals(Buffer.from(original))).toBe(true)
  } finally {
    await relay.close()
  }
})
