/** What a document keeps in another form than a file has it: counted, to be told. */

/** Of Markdown: pictures as links; tables, formulas and HTML as code; addresses that are not safe, and footnotes, as text. */
export type KeptAs = 'pictures' | 'tables' | 'formulas' | 'html' | 'addresses' | 'footnotes'

/** Told of each such thing. */
export type Note = (kind: KeptAs) => void

/** How often each was met; by the names that other editors have for them, where they are theirs. */
export type Kept = readonly { name: string; count: number }[]

/** Counts what it is told. */
export function tally(): { note: (name: string) => void; kept: () => Kept } {
  const counts = new Map<string, number>()
  return {
    note: (name) => counts.set(name, (counts.get(name) ?? 0) + 1),
    kept: () => [...counts].map(([name, count]) => ({ name, count })),
  }
}
