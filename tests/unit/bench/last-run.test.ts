import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { changesSince, compareWithLast, figuresOf } from '../../bench/support/last-run.ts'

const table = (own: string, other: string): string[][] => [
  ['', 'median', 'p95', 'note'],
  ['Inkmesh', own, '30 ms', 'warm'],
  ['other', other, '1,024 KB', ''],
]

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'inkmesh-figures-'))))
afterEach(() => rmSync(folder, { recursive: true }))

test('figures are read by the names of their row and column, whatever their unit', () => {
  expect(figuresOf(table('12.5 ms', '1.30'))).toEqual({
    Inkmesh: { median: 12.5, p95: 30 },
    other: { median: 1.3, p95: 1024 },
  })
})

test('what is clearly another figure is told, and noise is not', () => {
  const before = figuresOf(table('10 ms', '100 ms'))
  expect(changesSince(before, figuresOf(table('11 ms', '90 ms')))).toEqual([])
  expect(changesSince(before, figuresOf(table('20 ms', '100 ms')))).toEqual(['Inkmesh, median: 10 → 20 (2.00 ×)'])
})

test('each run is compared with the one before; the first with none, nor with one that was cut short', () => {
  expect(compareWithLast('Key → paint', table('10 ms', '5 ms'), folder)).toEqual([])
  expect(compareWithLast('Key → paint', table('10 ms', '9 ms'), folder)).toHaveLength(1)
  expect(compareWithLast('Key → paint', table('10 ms', '9 ms'), folder)).toEqual([])
  writeFileSync(join(folder, 'key-paint.json'), '{"figures": {"In')
  expect(compareWithLast('Key → paint', table('30 ms', '9 ms'), folder)).toEqual([])
})
