/** The merge table as text. */
import { textFrom } from './acts.ts'
import type { MergeStack } from './editors.ts'
import { VERDICTS } from './judge.ts'
import { play, type Count, type Pair, type Totals } from './pairs.ts'

const percent = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(2)} %`

/** The rates of a part of the table, in the order of `HEADINGS`. */
export const ratesOf = ({ runs, clean, verdicts }: Count): string[] => [
  String(runs),
  percent(clean, runs),
  ...VERDICTS.map((verdict) => percent(verdicts[verdict], runs)),
]

export const HEADINGS: readonly string[] = ['runs', 'clean', ...VERDICTS]

/** The rates in a line, those that are nought left out. */
export function lineOf({ runs, clean, verdicts }: Count): string {
  const wrong = VERDICTS.filter((verdict) => verdicts[verdict] > 0)
  return [
    `${runs} runs, ${percent(clean, runs)} clean`,
    ...wrong.map((verdict) => `${verdict} ${percent(verdicts[verdict], runs)}`),
  ].join(', ')
}

/** The pairs with most faults, each with what was wrong and where. */
export const worstCells = ({ cells }: Totals, most: number): string[][] =>
  cells
    .slice(0, most)
    .map(({ name, faults, verdicts, relations }) => [
      name,
      String(faults),
      verdicts.join(', '),
      relations.slice(0, 4).join('; '),
    ])

/** Runs that got a verdict, with what each of the two had and what became of it, to be understood by a reader. */
export function* examplesOf(stack: MergeStack, runs: Iterable<Pair>, verdict: string): Generator<string> {
  for (const pair of runs) {
    const { alone, merged, findings } = play(stack, pair)
    const found = findings.filter((finding) => finding.verdict === verdict)
    if (found.length === 0) continue
    const { first, second, relation, document, ids } = pair
    yield [
      `${first.name} ∥ ${second.name} (${relation}, ${document}, ids ${ids.join(' and ')}): ${stack.name}`,
      ...alone.map((doc) => `  alone   ${textFrom(doc)}`),
      `  merged  ${merged === null ? '' : textFrom(merged)}`,
      `  ${verdict}: ${found.map(({ letters }) => letters).join(', ')}`,
    ].join('\n')
  }
}
