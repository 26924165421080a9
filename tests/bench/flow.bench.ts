/** The editor without a page in a big document, beside the one that stored an element a block: time, bytes, memory. */
import { test } from '@playwright/test'
import type { Times } from './editor/main.ts'
import type { ActName } from './editor/acts.ts'
import { askFresh, buildEditors, EditorProcess, type EditorProgram } from './support/editor-process.ts'
import { median, printTable, quantile } from './support/table.ts'

const ROUNDS = 5
const TIMES = 12
const LOADS = 7
const HEADING = '10,000 blocks, 590,000 characters'

const ACTS: Record<ActName, string> = {
  key: 'a key',
  enter: 'Enter',
  join: 'Backspace that joins',
  bold: 'a word bold',
  move: 'a block moved',
}
type Side = 'local' | 'remote'

let programs: [EditorProgram, EditorProgram]

test.setTimeout(60 * 60_000)
test.beforeAll(async () => {
  programs = await buildEditors()
})

/** What several acts took in each program, taking turns. */
async function alternately(
  editors: readonly EditorProcess[],
  side: Side,
  acts: readonly ActName[],
): Promise<Map<ActName, Times[]>> {
  const results = new Map<ActName, Times[]>()
  for (const act of acts)
    results.set(
      act,
      editors.map((): Times => ({ reached: [], whole: [], bytes: [] })),
    )
  // The first round warms the compiler up.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const act of acts) {
      for (const [i, editor] of editors.entries()) {
        const times = await editor.ask(side, act, TIMES)
        const all = results.get(act)?.[i]
        if (round === 0 || all === undefined) continue
        for (const kind of ['reached', 'whole', 'bytes'] as const) all[kind].push(...times[kind])
      }
    }
  }
  return results
}

const time = (value: number): string => `${value.toFixed(3)} ms`
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
const ratio = ([now = NaN, before = NaN]: readonly number[]): string => (now / before).toFixed(2)
const names = (): string[] => programs.map(({ name }) => name)

const row = (label: string, [now, before]: readonly Times[]): string[] => {
  const [ours, theirs] = [median(now?.reached ?? []), median(before?.reached ?? [])]
  return [
    label,
    time(ours),
    time(theirs),
    ratio([ours, theirs]),
    time(quantile(now?.reached ?? [], 0.95)),
    time(median(now?.whole ?? [])),
    time(median(before?.whole ?? [])),
  ]
}

test('what is done in a big document', async () => {
  const rows: Record<Side, string[][]> = { local: [], remote: [] }
  let bytes: string[][] = []
  for (const ids of [0, 500, 10_000]) {
    const editors = programs.map((program) => new EditorProcess(program))
    for (const editor of editors) await editor.ask('open', ids)
    const suffix = ids === 0 ? '' : `, ${ids} more client ids`
    for (const side of ['local', 'remote'] as const) {
      const acts: ActName[] = ids === 0 ? ['key', 'enter', 'join', 'bold'] : ['key']
      const results = new Map(await alternately(editors, side, acts))
      for (const [act, times] of results) rows[side].push(row(`${ACTS[act]}${suffix}`, times))
      if (ids > 0) continue
      const moved = await alternately(editors, side, ['move'])
      const afterwards = await alternately(editors, side, ['key', 'enter', 'join'])
      for (const [act, times] of moved) rows[side].push(row(ACTS[act], times))
      for (const [act, times] of afterwards) rows[side].push(row(`${ACTS[act]}, where blocks have been moved`, times))
      if (side === 'remote') continue
      bytes = [...results, ...moved].map(([act, all]) => {
        const sizes = all.map((times) => median(times.bytes))
        return [ACTS[act], ...sizes.map(String), ratio(sizes)]
      })
    }
    for (const editor of editors) await editor.stop()
  }
  const columns = ['', ...names(), 'ratio', 'p95 now', 'all of it now', 'before']
  printTable(`${HEADING}: from a step to its update`, [columns, ...rows.local])
  printTable(`${HEADING}: from a peer's update to the step`, [columns, ...rows.remote])
  printTable('Bytes of an update', [['', ...names(), 'ratio'], ...bytes])
})

test('a big document loads', async () => {
  const editors = programs.map((program) => new EditorProcess(program))
  const times: { decode: number[][]; whole: number[][] } = { decode: [[], []], whole: [[], []] }
  for (let round = 0; round <= LOADS; round++) {
    for (const [i, editor] of editors.entries()) {
      const [decode, whole] = await editor.ask('load')
      if (round === 0) continue
      times.decode[i]?.push(decode)
      times.whole[i]?.push(whole)
    }
  }
  for (const editor of editors) await editor.stop()
  const stored = await askFresh(programs, 'stored')
  const heaps: number[] = []
  for (const program of programs) {
    const editor = new EditorProcess(program)
    await editor.ask('make')
    heaps.push(await editor.weigh('keep'))
    await editor.stop()
  }
  const line = (label: string, values: number[], text: (value: number) => string): string[] => [
    label,
    ...values.map(text),
    ratio(values),
  ]
  const milliseconds = (value: number): string => `${value.toFixed(0)} ms`
  printTable(HEADING, [
    ['', ...names(), 'ratio'],
    line('one update decoded', times.decode.map(median), milliseconds),
    line('one update decoded and bound to the editor', times.whole.map(median), milliseconds),
    line('heap without a page', heaps, megabytes),
    line(
      'stored, v1',
      stored.map(({ v1 }) => v1),
      String,
    ),
    line(
      'stored, v2',
      stored.map(({ v2 }) => v2),
      String,
    ),
  ])
})
