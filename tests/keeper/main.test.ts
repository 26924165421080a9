import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createRelay, type Relay } from '#signaling/relay'
import { arrive, newAddress } from '../support/keeper-company.ts'
import { KEEPER_MAIN, KeeperProcess, killKeepers } from '../support/keeper-process.ts'

let folder = ''
let relay: Relay
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inkmesh-main-'))
  relay = await createRelay({ host: '127.0.0.1', port: 0 })
})
afterEach(async () => {
  await killKeepers()
  await relay.close()
  await rm(folder, { recursive: true })
})

/** Runs a keeper that has reason to end by itself. */
function run(...args: string[]): { code: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [KEEPER_MAIN, '--data', join(folder, 'data'), '--status', '0', ...args],
    { encoding: 'utf8', env: { ...process.env, INKMESH_LINKS: '' }, timeout: 20_000, input: '' },
  )
  return { code: status, output: stdout + stderr }
}

test('SIGTERM: says goodbye, writes what was just written, exits with 0', async () => {
  const { address } = await newAddress(relay)
  const first = await KeeperProcess.start({ links: [address], dataFolder: folder })
  const ada = await arrive(relay, address)
  await expect.poll(() => ada.room.status.links.some(({ state }) => state === 'open'), { timeout: 20_000 }).toBe(true)
  ada.text.insert(0, 'Just now. ')
  await expect.poll(async () => (await first.reports())[0]?.changed).not.toBeNull()
  expect(await first.terminate()).toBe(0)
  // It is gone at once, not when it has been silent for long enough.
  await expect.poll(() => ada.room.status.links.length, { timeout: 2_000 }).toBe(0)
  await ada.leave()
  const second = await KeeperProcess.start({ links: [address], dataFolder: folder })
  const ben = await arrive(relay, address)
  await expect.poll(() => ben.text.toJSON(), { timeout: 20_000 }).toBe('Just now. ')
  await ben.leave()
  expect(await second.terminate()).toBe(0)
})

test('a link is nowhere in what a keeper writes, and the documents of others are nowhere near', async () => {
  const { address, link } = await newAddress(relay)
  const keeper = await KeeperProcess.start({ links: [address, address], dataFolder: folder })
  expect((await keeper.reports()).length).toBe(1)
  const secret = (link.editFragment ?? '').slice('#edit='.length)
  expect(JSON.stringify(await keeper.reports()) + keeper.output).not.toContain(secret)
  expect(await readFile(`/proc/${keeper.pid}/cmdline`, 'utf8').catch(() => '')).not.toContain(secret)
  expect(await keeper.terminate()).toBe(0)
})

test('a second keeper of the same folder is turned away', async () => {
  const { address } = await newAddress(relay)
  const keeper = await KeeperProcess.start({ links: [address], dataFolder: join(folder, 'data') })
  expect(run(address)).toEqual({ code: 1, output: expect.stringContaining('Another keeper is using') as string })
  expect(await keeper.terminate()).toBe(0)
})

test('what makes no sense is explained', async () => {
  const { address, link } = await newAddress(relay)
  const cases: [string[], number, RegExp][] = [
    [[], 2, /No link to keep/u],
    [['--help'], 0, /--export DIR/u],
    [['--nonsense', address], 2, /nonsense/u],
    [['--status', 'x', address], 2, /--status/u],
    [['--relay', 'x', address], 2, /--relay/u],
    [['--links', join(folder, 'none')], 2, /cannot be read/u],
    [[address.replace(/#.*/u, link.viewFragment)], 1, /no edit link/u],
    [[address.slice(0, -3)], 1, /damaged/u],
  ]
  for (const [args, code, words] of cases) {
    const result = run(...args)
    expect([result.code, words.test(result.output)], result.output).toEqual([code, true])
  }
})

test('links come from a file, too', async () => {
  const { address } = await newAddress(relay)
  const list = join(folder, 'links')
  await writeFile(list, `# Of the office\n${address}\n`)
  const keeper = await KeeperProcess.start({ links: [], linkFile: list, dataFolder: join(folder, 'data') })
  expect((await keeper.reports()).length).toBe(1)
  expect(await keeper.terminate()).toBe(0)
})
