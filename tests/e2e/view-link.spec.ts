import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crowdTest as test } from '../support/crowded.ts'
import { KeeperProcess, killKeepers } from '../support/keeper-process.ts'
import { FLOODS, type FloodName } from '../support/net-harness/floods.ts'
import { expect, expectEqual } from '../support/people.ts'

const resident = async (pid: number): Promise<number> =>
  Number(/VmRSS:\s+(\d+) kB/u.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024

test.skip(process.platform !== 'linux', 'reads the memory of the keeper in /proc')

test('whoever holds a view link floods two writers and their keeper: they write on, and it takes no memory', async ({
  people,
  crowd,
}) => {
  test.setTimeout(180_000)
  const folder = await mkdtemp(join(tmpdir(), 'inkmesh-keeper-'))
  const [ada, ben, link] = await people.pair()
  const keeper = await KeeperProcess.start({ links: [link], dataFolder: folder })
  try {
    await Promise.all([ada.meets(2), ben.meets(2)])
    const { view } = await ada.links()
    await ada.caretToEnd()
    let words = ''
    const before = await resident(keeper.pid)
    for (const name of Object.keys(FLOODS) as FloodName[]) {
      await crowd.join(1, view)
      const isLinked = async (): Promise<number> => (await crowd.reports())[0]?.links ?? 0
      await expect.poll(isLinked, { timeout: 30_000, intervals: [50] }).toBe(3)
      const flooding = crowd.flood(0, name)
      let [isOver, most, n] = [false, before, 0]
      void flooding.finally(() => (isOver = true))
      do {
        const word = `${n++} `
        await ada.type(word)
        words += word
        await ben.sees(words.trim())
        most = Math.max(most, await resident(keeper.pid))
      } while (!isOver)
      const sent = await flooding
      console.log(
        `  ${name}: ${(sent / 2 ** 20).toFixed(1)} MB went out, ${n} words meanwhile; the keeper took ${((most - before) / 2 ** 20).toFixed(0)} MB`,
      )
      expect(sent).toBeGreaterThan(0)
      expect(most - before).toBeLessThan(64 * 2 ** 20)
      await crowd.leave()
    }
    expect(await expectEqual([ada, ben])).toBe(words)
    await expect(ada.title).toHaveValue('')
    await expect(ada.others.getByRole('listitem')).toHaveCount(2)
    const stored = async (): Promise<boolean> => (await keeper.reports()).every((report) => report.stored)
    await expect.poll(stored, { timeout: 20_000 }).toBe(true)
    expect(await keeper.terminate()).toBe(0)
  } finally {
    await killKeepers()
    await rm(folder, { recursive: true })
  }
})
