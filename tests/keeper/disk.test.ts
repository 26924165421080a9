/** Files of a keeper where somebody else may write, too. */
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nodeDisk, replaceFile } from '../../src/keeper/disk.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inkmesh-disk-'))
  await writeFile(join(folder, 'victim'), 'what is somebody else’s')
})
afterEach(() => rm(folder, { recursive: true }))

const victim = (): Promise<string> => readFile(join(folder, 'victim'), 'utf8')

test.each(['name.md', 'name.md.new'])('a link planted at %s leads nowhere', async (planted) => {
  await symlink(join(folder, 'victim'), join(folder, planted))
  await replaceFile(nodeDisk, join(folder, 'name.md'), bytes('ours'))
  expect(await victim()).toBe('what is somebody else’s')
  expect(await readFile(join(folder, 'name.md'), 'utf8')).toBe('ours')
  expect((await stat(join(folder, 'name.md'))).mode & 0o777).toBe(0o600)
})

test('a file that a crash left half written is made anew', async () => {
  await writeFile(join(folder, 'name.md.new'), 'a piece of what was to be')
  await replaceFile(nodeDisk, join(folder, 'name.md'), bytes('ours'))
  expect(await readFile(join(folder, 'name.md'), 'utf8')).toBe('ours')
})

test('a document’s file that is a link is not written through', async () => {
  await symlink(join(folder, 'victim'), join(folder, 'document.updates'))
  await expect(nodeDisk.open(join(folder, 'document.updates'))).rejects.toThrow(/ELOOP/u)
  expect(await victim()).toBe('what is somebody else’s')
})
