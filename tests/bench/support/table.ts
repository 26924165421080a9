/** Figures, and how they are printed. */
import { compareWithLast } from './last-run.ts'

export function quantile(values: number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN
}

export const median = (values: number[]): number => quantile(values, 0.5)

export const ms = (value: number): string => `${value.toFixed(value < 100 ? 1 : 0)} ms`

/**
 * Prints rows in aligned columns under a heading; the first row names the columns. In `npm run bench` also what has changed since the
 * last run on this machine.
 */
export function printTable(heading: string, rows: string[][]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: string[]): string =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')
  const [head = [], ...body] = rows
  const rule = widths.map((width) => '─'.repeat(width)).join('  ')
  const folder = process.env.BENCH_FOLDER
  const changes = folder === undefined ? [] : compareWithLast(heading, rows, folder)
  const news = changes.length === 0 ? [] : ['since the last run here:', ...changes.map((change) => `  ${change}`), '']
  console.log(['', heading, line(head), rule, ...body.map(line), '', ...news].join('\n'))
}
