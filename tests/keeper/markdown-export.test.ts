import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { beginDocument, titleOf } from '#doc/document'
import { MarkdownExport } from '../../src/keeper/markdown-export.ts'
import { block, documentOf } from '../support/documents.ts'
import { FragileDisk } from '../support/fragile-disk.ts'
import { PREVIEW, previewDocument } from '../support/preview.ts'
import { seeded } from '../support/random.ts'

const FOLDER = '/export'

let disk: FragileDisk
let failures: (string | null)[]
let exports: MarkdownExport[]
beforeEach(() => {
  vi.useFakeTimers()
  disk = new FragileDisk(seeded(1))
  failures = []
  exports = []
})
afterEach(async () => {
  await Promise.all(exports.map((each) => each.close()))
  vi.useRealTimers()
})

function begin(doc: Y.Doc, id = 'abc123'): MarkdownExport {
  const started = new MarkdownExport({
    doc,
    folder: FOLDER,
    id,
    disk: disk.connect(),
    failed: (error) => failures.push(error?.message ?? null),
  })
  exports.push(started)
  return started
}

function begun(title: string, ...blocks: Parameters<typeof documentOf>): Y.Doc {
  const doc = documentOf(...blocks)
  beginDocument(doc, 1)
  titleOf(doc).insert(0, title)
  return doc
}

const names = () => disk.connect().list(FOLDER)

async function textOf(name: string): Promise<string> {
  return new TextDecoder().decode((await disk.connect().read(`${FOLDER}/${name}`)) ?? new Uint8Array())
}

test('writes a document at once, and again when it has settled', async () => {
  const doc = begun('Plans', block('First', { kind: 'heading', level: 2 }), 'A line.')
  begin(doc)
  await vi.advanceTimersByTimeAsync(100)
  expect(await names()).toEqual(['Plans (abc123).md'])
  expect(await textOf('Plans (abc123).md')).toBe('# Plans\n\n## First\n\nA line.\n')
  for (let i = 0; i < 5; i++) {
    titleOf(doc).insert(titleOf(doc).length, '!')
    await vi.advanceTimersByTimeAsync(2000)
    expect(await names()).toEqual(['Plans (abc123).md'])
  }
  await vi.advanceTimersByTimeAsync(2000)
  expect(await names()).toEqual(['Plans!!!!! (abc123).md'])
})

test('a document that never rests is written all the same', async () => {
  const doc = begun('', 'x')
  begin(doc)
  await vi.advanceTimersByTimeAsync(100)
  for (let i = 0; i < 35; i++) {
    titleOf(doc).insert(0, 'a')
    await vi.advanceTimersByTimeAsync(1000)
  }
  expect((await names())[0]).toMatch(/^a{28,} \(abc123\)\.md$/u)
})

test('titles make names that any system takes, and documents of one title do not meet', async () => {
  begin(begun('../../etc/passwd\u202e\0', 'x'), 'one')
  begin(begun('Same', 'x'), 'two')
  begin(begun('Same', 'y'), 'three')
  begin(begun('', 'x'), 'four')
  begin(begun('한국어 🎉', 'x'), 'five')
  begin(begun('긴'.repeat(500), 'x'), 'six')
  await vi.advanceTimersByTimeAsync(100)
  const found = await names()
  expect(found.length).toBe(6)
  // A name has 255 bytes on most systems; the file is written under a longer one first.
  for (const name of found) expect(Buffer.byteLength(`${name}.new`)).toBeLessThanOrEqual(255)
  for (const name of found)
    expect(name).toMatch(/^[^\p{Cc}\p{Cf}/\\:*?"<>|]{1,100} \((one|two|three|four|five|six)\)\.md$/u)
  expect(found).toContain('한국어 🎉 (five).md')
  expect(found).toContain('Untitled (four).md')
})

test('a file of another time under another title is replaced, what others keep there is not', async () => {
  for (const name of ['Old (abc123).md', 'Other (zzz999).md', 'mine.md']) {
    await disk.connect().create(`${FOLDER}/${name}`)
  }
  begin(begun('New', 'x'))
  await vi.advanceTimersByTimeAsync(100)
  expect((await names()).sort()).toEqual(['New (abc123).md', 'Other (zzz999).md', 'mine.md'])
})

test('what has not arrived, or is newer than this version, is not written', async () => {
  begin(new Y.Doc())
  const newer = begun('Newer', 'x')
  newer.getMap('meta').set('schemaVersion', 99)
  begin(newer)
  await vi.advanceTimersByTimeAsync(100)
  expect(await names()).toEqual([])
})

test('a failure is told of, tried again, and leaves no half a file', async () => {
  const doc = begun('Plans', 'one')
  begin(doc)
  await vi.advanceTimersByTimeAsync(100)
  disk.capacity = 100
  titleOf(doc).insert(0, 'x'.repeat(200))
  await vi.advanceTimersByTimeAsync(10_000)
  expect(failures).toEqual(['ENOSPC: no luck'])
  expect(await names()).toEqual(['Plans (abc123).md'])
  disk.capacity = Infinity
  await vi.advanceTimersByTimeAsync(60_000)
  expect(failures).toEqual(['ENOSPC: no luck', null])
  expect((await names()).length).toBe(1)
})

test('writes a document of the preview, too, and leaves it as it is', async () => {
  const doc = previewDocument()
  const before = Y.encodeStateAsUpdate(doc)
  begin(doc)
  await vi.advanceTimersByTimeAsync(100)
  expect(await textOf(`${PREVIEW.title} (abc123).md`)).toBe(`# ${PREVIEW.title}\n\n${PREVIEW.markdown}`)
  expect(Y.encodeStateAsUpdate(doc)).toEqual(before)
})
