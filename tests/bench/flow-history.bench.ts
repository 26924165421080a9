/** A long history typed through the editor, and what undo holds of many steps, beside the editor before the flow. */
import { test } from '@playwright/test'
import type { ActName } from './editor/acts.ts'
import type { HistoryFigures } from './editor/main.ts'
import { buildEditors, EditorProcess, type EditorProgram } from './support/editor-process.ts'
import { median, printTable } from './support/table.ts'

/** Characters after which a space begins a line: makes about as many lines as the automerge-paper has. */
const LINE = 125
/** A paragraph as long as a whole text is more than anybody writes: a twentieth of it is still a long one. */
const PARAGRAPH = { line: 1e9, share: 0.05 }
const ROUNDS = 3
const STEPS = 10_000

let programs: [EditorProgram, EditorProgram]

test.setTimeout(60 * 60_000)
test.beforeAll(async () => {
  programs = await buildEditors()
})

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
const kilobytes = (bytes: number): string => `${(bytes / 1e3).toFixed(0)} KB`
const microseconds = (value: number): string => `${value.toFixed(1)} µs`

type Histories = 'history' | 'plainHistory'

/** What a history costs in a fresh process, and what it weighs when it is opened again. */
async function measure(
  program: EditorProgram,
  task: Histories,
  line: number,
  share: number,
): Promise<HistoryFigures & { heap: number }> {
  const typing = new EditorProcess(program)
  const figures = await typing.ask(task, line, share)
  await typing.stop()
  const reading = new EditorProcess(program)
  const heap = await reading.weigh(task === 'history' ? 'keep' : 'keepPlain', figures.document)
  await reading.stop()
  return { ...figures, heap }
}

test('a long history is typed', async () => {
  const [now, before] = programs
  const rounds: { now: HistoryFigures[]; before: HistoryFigures[]; bare: number[]; plain: HistoryFigures[] } = {
    now: [],
    before: [],
    bare: [],
    plain: [],
  }
  const heaps: Record<'now' | 'before' | 'plain', number[]> = { now: [], before: [], plain: [] }
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, program, task] of [
      ['now', now, 'history'],
      ['before', before, 'history'],
      ['plain', now, 'plainHistory'],
    ] as const) {
      const { heap, ...figures } = await measure(program, task, LINE, 1)
      rounds[name].push(figures)
      heaps[name].push(heap)
    }
    const editor = new EditorProcess(now)
    const { took, edits } = await editor.ask('bareHistory', LINE, 1)
    rounds.bare.push((1000 * took) / edits)
    await editor.stop()
  }
  const columns = [rounds.now, rounds.before, rounds.plain]
  const [first] = rounds.now
  const each = (pick: (figures: HistoryFigures) => number): number[] =>
    columns.map((all) => median(all.map((figures) => pick(figures))))
  const row = (label: string, values: number[], text: (value: number) => string): string[] => {
    const [ours = NaN, theirs = NaN, plain = NaN] = values
    return [label, ...values.map(text), (ours / theirs).toFixed(2), (ours / plain).toFixed(2)]
  }
  printTable(
    `${first?.edits ?? 0} edits, ${first?.lines ?? 0} lines; ProseMirror alone takes ${microseconds(median(rounds.bare))} an edit`,
    [
      ['', ...programs.map(({ name }) => name), 'Y.Text alone', 'now ÷ before', 'now ÷ Y.Text'],
      row(
        'an edit, CPU',
        each(({ took, edits }) => (1000 * took) / edits),
        microseconds,
      ),
      row(
        'an edit, clock',
        each(({ clock, edits }) => (1000 * clock) / edits),
        microseconds,
      ),
      row(
        'an edit in the last tenth, CPU',
        each(({ lastTook, edits }) => (10_000 * lastTook) / edits),
        microseconds,
      ),
      row(
        'stored, v1',
        each(({ storedAnew }) => storedAnew.v1),
        kilobytes,
      ),
      row(
        'stored, v2',
        each(({ storedAnew }) => storedAnew.v2),
        kilobytes,
      ),
      row(
        'stored by the session that typed it, v1',
        each(({ stored }) => stored.v1),
        kilobytes,
      ),
      row(
        'stored by the session that typed it, v2',
        each(({ stored }) => stored.v2),
        kilobytes,
      ),
      row(
        'load, CPU',
        each(({ load }) => median(load)),
        (value) => `${value.toFixed(0)} ms`,
      ),
      row('heap, opened again', [heaps.now, heaps.before, heaps.plain].map(median), megabytes),
    ],
  )
})

test('a long paragraph is typed', async () => {
  const rows: string[][] = [['', 'edits', 'an edit, CPU', 'in the last tenth']]
  for (const program of programs) {
    const editor = new EditorProcess(program)
    const { took, lastTook, edits } = await editor.ask('history', PARAGRAPH.line, PARAGRAPH.share)
    await editor.stop()
    rows.push([
      program.name,
      String(edits),
      microseconds((1000 * took) / edits),
      microseconds((10_000 * lastTook) / edits),
    ])
  }
  printTable('The first twentieth of it in one paragraph', rows)
})

test('undo remembers many steps', async () => {
  const kinds: [string, ActName[]][] = [
    ['words of 8 letters', ['key']],
    [
      '6 of 10 words; Enter, joined lines, bold, moves',
      ['key', 'key', 'key', 'key', 'key', 'key', 'enter', 'join', 'bold', 'move'],
    ],
  ]
  const rows: string[][] = []
  for (const [label, names] of kinds) {
    const weights: number[] = []
    for (const program of programs) {
      const author = new EditorProcess(program)
      await author.ask('keep')
      const document = await author.ask('state')
      const taken = await author.weigh('steps', names, STEPS)
      const updates = await author.ask('said')
      await author.stop()
      const witness = new EditorProcess(program)
      await witness.ask('keep', document)
      weights.push(taken - (await witness.weigh('see', updates)))
      await witness.stop()
    }
    rows.push([label, ...weights.map(megabytes), ...weights.map((bytes) => `${(bytes / STEPS).toFixed(0)} bytes`)])
  }
  const names = programs.map(({ name }) => name)
  printTable(`Heap of ${STEPS} undo steps: what who did them has on it more than who saw them done`, [
    ['', ...names, ...names.map((name) => `a step, ${name}`)],
    ...rows,
  ])
})
