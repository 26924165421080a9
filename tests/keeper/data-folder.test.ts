import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DataFolder, FolderInUseError } from '../../src/keeper/data-folder.ts'

let folder = ''
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'inkmesh-folder-')), 'data')
})
afterEach(() => rm(join(folder, '..'), { recursive: true }))

test('one keeper at a time has a folder', async () => {
  const first = await DataFolder.open(folder)
  await expect(DataFolder.open(folder)).rejects.toThrow(FolderInUseError)
  await first.close()
  await (await DataFolder.open(folder)).close()
})

test('what a killed keeper left behind is in nobody’s way', async () => {
  await (await DataFolder.open(folder)).close()
  // A name that nobody listens at any more.
  await writeFile(join(folder, 'lock'), '')
  const next = await DataFolder.open(folder)
  await expect(DataFolder.open(folder)).rejects.toThrow(FolderInUseError)
  await next.close()
  expect(await readdir(folder)).toEqual(['device'])
})

test('of many who come at once after a crash, one gets it', async () => {
  for (let round = 0; round < 20; round++) {
    await (await DataFolder.open(folder)).close()
    await writeFile(join(folder, 'lock'), '')
    const results = await Promise.allSettled(Array.from({ length: 2 }, () => DataFolder.open(folder)))
    const open = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    expect(open.length).toBeLessThanOrEqual(1)
    await Promise.all(open.map((each) => each.close()))
    await rm(join(folder, 'lock'), { force: true })
  }
})

test('is a different device in each document, the same each time, and nobody else may look', async () => {
  const first = await DataFolder.open(folder)
  const devices = [first.deviceOf('a'), first.deviceOf('b')]
  expect(devices[0]).not.toEqual(devices[1])
  expect(devices[0]?.length).toBe(16)
  await first.close()
  const second = await DataFolder.open(folder)
  expect([second.deviceOf('a'), second.deviceOf('b')]).toEqual(devices)
  await second.close()
  expect((await stat(folder)).mode & 0o077).toBe(0)
  expect((await stat(join(folder, 'device'))).mode & 0o077).toBe(0)
})

test('another program’s socket is respected', async () => {
  await (await DataFolder.open(folder)).close()
  const other = createServer().listen(join(folder, 'lock'))
  await expect(DataFolder.open(folder)).rejects.toThrow(FolderInUseError)
  await new Promise((resolve) => other.close(resolve))
})
