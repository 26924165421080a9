import { expect, test } from 'vitest'
import { BackupWriter, isBackup, isLocked, readBackup, type Kept } from '#storage/backup-file'
import { seeded } from '../../support/random.ts'

const KEPT: readonly Kept[] = [
  { fragment: '#edit=abc', title: '회의록', opened: 3, edited: 2, removed: null, update: Uint8Array.of(1, 2, 3) },
  { fragment: '#view=def', title: '', opened: 0, edited: 0, removed: 9, update: new Uint8Array() },
  { fragment: '#edit=ghi', title: 'Long', opened: 1, edited: 1, removed: null, update: new Uint8Array(70_000).fill(7) },
]

async function backup(passphrase: string | null): Promise<Blob> {
  const writer = await BackupWriter.begin(passphrase)
  for (const kept of KEPT) await writer.add(kept)
  return writer.end()
}

async function read(file: Blob, passphrase: string | null): Promise<{ end: string; kept: Kept[] }> {
  const kept: Kept[] = []
  const end = await readBackup(file, passphrase, (one) => {
    kept.push(one)
    return Promise.resolve()
  })
  return { end, kept }
}

const bytesOf = async (file: Blob): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await file.arrayBuffer())

test('what was put into a backup comes out of it, with a passphrase and without', async () => {
  for (const passphrase of [null, '', 'correct horse', '암호 ✓']) {
    const file = await backup(passphrase)
    expect(await isBackup(file)).toBe(true)
    expect(await isLocked(file)).toBe(passphrase !== null)
    expect(await read(file, passphrase)).toEqual({ end: 'whole', kept: KEPT })
  }
  // However the letters are composed.
  expect((await read(await backup('암호'.normalize('NFD')), '암호'.normalize('NFC'))).end).toBe('whole')
})

test('a locked one says nothing to who has not the passphrase', async () => {
  const file = await backup('correct horse')
  expect(await read(file, null)).toEqual({ end: 'locked', kept: [] })
  expect(await read(file, 'correct hose')).toEqual({ end: 'locked', kept: [] })
  const text = new TextDecoder('latin1').decode(await file.arrayBuffer())
  expect(text).not.toContain('#edit=')
  expect(text).not.toContain('Long')
})

test('one that was cut or changed gives what is right of it, and says so', async () => {
  for (const passphrase of [null, 'p']) {
    const bytes = await bytesOf(await backup(passphrase))
    for (const length of [18, 30, 200, 400, bytes.length - 5, bytes.length - 1]) {
      const { end, kept } = await read(new Blob([bytes.slice(0, length)]), passphrase)
      expect(end).toBe('damaged')
      expect(kept).toEqual(KEPT.slice(0, kept.length))
    }
    const longer = new Blob([bytes, Uint8Array.of(1)])
    expect((await read(longer, passphrase)).end).toBe('damaged')
  }
  // A bit in a locked document, and two records that change places.
  const bytes = await bytesOf(await backup('p'))
  const changed = bytes.slice()
  changed[5000] = (changed[5000] ?? 0) ^ 1
  expect((await read(new Blob([changed]), 'p')).kept).toHaveLength(2)
})

test('whatever bytes say they are one, reading ends', async () => {
  const random = seeded(3)
  const head = (await bytesOf(await backup(null))).slice(0, 17)
  for (let i = 0; i < 200; i++) {
    const noise = Uint8Array.from({ length: random.below(300) }, () => random.below(random.chance(0.5) ? 4 : 256))
    const { end } = await read(new Blob([head, Uint8Array.of(0), noise]), null)
    expect(['whole', 'damaged']).toContain(end)
  }
  expect(await isBackup(new Blob(['Inkmesh']))).toBe(false)
})
