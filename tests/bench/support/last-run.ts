/** The figures of the last run on this machine, as JSON in `.cache/bench`, and what has changed since. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Changes smaller than this part are the machine's. */
const NOISE = 0.15

/** Figures by the name of their row and of their column. */
export type Figures = Record<string, Record<string, number>>

/** The figures of a table whose first row names the columns, and whose first column the rows; what is no figure is left out. */
export function figuresOf(rows: readonly string[][]): Figures {
  const [head = [], ...body] = rows
  const figures: Figures = {}
  for (const [name = '', ...cells] of body) {
    for (const [i, cell] of cells.entries()) {
      const value = Number.parseFloat(cell.replaceAll(',', ''))
      if (!Number.isNaN(value)) (figures[name] ??= {})[head[i + 1] ?? `column ${i + 1}`] = value
    }
  }
  return figures
}

/** A line for each figure that is clearly another one than before. */
export function changesSince(before: Figures, now: Figures): string[] {
  const lines: string[] = []
  for (const [row, cells] of Object.entries(now)) {
    for (const [column, value] of Object.entries(cells)) {
      const last = before[row]?.[column]
      if (last === undefined || last === 0 || Math.abs(value / last - 1) < NOISE) continue
      lines.push(`${row || 'all'}, ${column}: ${last} → ${value} (${(value / last).toFixed(2)} ×)`)
    }
  }
  return lines
}

/** Keeps the figures of a table, and gives what has changed since they were kept last. Benches have one folder each machine: `.cache/bench`. */
export function compareWithLast(heading: string, rows: readonly string[][], folder: string): string[] {
  const slug = heading
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/gu, '-')
    .slice(0, 60)
  const path = join(folder, `${slug}.json`)
  const now = figuresOf(rows)
  const before = readLast(path)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path, JSON.stringify({ heading, at: new Date().toISOString(), figures: now }, null, 2))
  return before === null ? [] : changesSince(before, now)
}

function readLast(path: string): Figures | null {
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as { figures: Figures }).figures
  } catch (error) {
    // None was made here before, or its writing was cut short.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
