import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, statfs, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { createRelay } from '#signaling/relay'
import { arrive, newAddress } from '../support/keeper-company.ts'
import { KeeperProcess } from '../support/keeper-process.ts'

/** A small disk of our own, which root may have on Linux. Null where it cannot be had. */
async function smallDisk(): Promise<{ path: string; remove(): Promise<void> } | null> {
  const path = await mkdtemp(join(tmpdir(), 'inkmesh-full-'))
  const remove = () => rm(path, { recursive: true })
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', path], { stdio: 'ignore' })
  } catch (error) {
    console.log(`SKIPPED: a full disk needs a file system of our own (root, Linux): ${String(error)}`)
    await remove()
    return null
  }
  return {
    path,
    remove: async () => {
      execFileSync('umount', [path])
      await remove()
    },
  }
}

test('on a full disk a keeper says so, serves on from memory, and heals', async ({ skip }) => {
  const disk = await smallDisk()
  if (disk === null) return skip()
  const relay = await createRelay({ host: '127.0.0.1', port: 0 })
  const { address } = await newAddress(relay)
  const keeper = await KeeperProcess.start({ links: [address], dataFolder: join(disk.path, 'data') })
  const report = async () => (await keeper.reports())[0]
  try {
    const ada = await arrive(relay, address)
    ada.text.insert(0, 'Before. ')
    await expect.poll(() => ada.room.status.copies.devices, { timeout: 20_000 }).toBe(1)

    // As another program would fill it.
    const { bavail, bsize } = await statfs(disk.path)
    const ballast = join(disk.path, 'ballast')
    await writeFile(ballast, new Uint8Array(bavail * bsize))
    ada.text.insert(0, `${'While it was full. '.repeat(1000)} `)
    await expect.poll(async () => (await report())?.trouble ?? '', { timeout: 20_000 }).toContain('ENOSPC')
    expect((await report())?.stored).toBe(false)
    expect(keeper.output).toMatch(/NOT STORED: ENOSPC/u)
    const written = ada.text.toJSON()
    await ada.leave()

    const ben = await arrive(relay, address)
    await expect.poll(() => ben.text.toJSON(), { timeout: 20_000 }).toBe(written)
    // It holds everything, and does not claim to have it on disk.
    await expect.poll(() => ben.room.status.links.some(({ synced }) => synced), { timeout: 20_000 }).toBe(true)
    expect(ben.room.status.copies.devices).toBe(0)

    await unlink(ballast)
    await expect.poll(async () => (await report())?.stored, { timeout: 20_000 }).toBe(true)
    await expect.poll(() => ben.room.status.copies.devices, { timeout: 20_000 }).toBe(1)
    expect((await report())?.trouble).toBeNull()
    expect(Y.encodeStateVector(ben.doc).length).toBeGreaterThan(1)
    await ben.leave()
    expect(await keeper.terminate()).toBe(0)
  } finally {
    await keeper.kill()
    await relay.close()
    await disk.remove()
  }
})
