import { expect, test } from 'vitest'
import { inkmesh } from './editors.ts'
import { addWords, noWords, playSession } from './sessions.ts'
import { playTriple } from './triples.ts'

/** `MERGE_RUNS=20` plays twenty times as many. */
const TIMES = Number(process.env['MERGE_RUNS'] ?? 1)

test.each([
  { acts: 1, meetings: 40, sessions: 10 },
  { acts: 5, meetings: 20, sessions: 10 },
  { acts: 20, meetings: 5, sessions: 10 },
  { acts: 100, meetings: 2, sessions: 6 },
  { acts: 500, meetings: 1, sessions: 3 },
])('$acts acts a side between two meetings lose no word and double none', { timeout: 600_000 }, (length) => {
  const total = noWords()
  for (let seed = 1; seed <= length.sessions * TIMES; seed++) {
    addWords(total, playSession(inkmesh, { ...length, seed }))
  }
  const rate = (count: number): string => `${((100 * count) / total.words).toFixed(2)} %`
  console.info(
    `${length.acts} acts a side: of ${total.words} words ${rate(total.lost)} are lost, ${rate(total.doubled)} doubled, ` +
      `${rate(total.copied)} copied by joining, ` +
      `${rate(total.misplaced)} misplaced; ${total.broughtBack} words brought back, ${total.failures} failures`,
  )
  expect.soft(total.lost).toBe(0)
  expect.soft(total.doubled).toBe(0)
  expect.soft(total.failures).toBe(0)
  expect.soft(total.diverged).toBe(0)
})

test('three people, each of whom does one thing, lose nothing and double nothing', { timeout: 300_000 }, () => {
  const wrong = new Map<string, string[]>()
  for (let seed = 1; seed <= 1500; seed++) {
    const { names, findings } = playTriple(inkmesh, seed)
    for (const verdict of new Set(findings.map((finding) => finding.verdict))) {
      wrong.set(verdict, [...(wrong.get(verdict) ?? []), `${seed}: ${names}`])
    }
  }
  console.info(`1500 triples: ${[...wrong].map(([verdict, names]) => `${verdict} ${names.length}`).join(', ')}`)
  for (const verdict of ['lost', 'doubled', 'not converged', 'invalid'])
    expect.soft(wrong.get(verdict) ?? []).toEqual([])
})
