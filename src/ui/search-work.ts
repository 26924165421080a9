/** Finding words in the documents of this device: any piece of a word, in upper or lower case. Pure. */

/** Upper and lower case, and decomposed Hangul or accents, alike. */
export const fold = (text: string): string => text.normalize('NFKC').toLocaleLowerCase()

/** What is looked for: all of these have to be there. A syllable that is still being composed at the end is left out. */
export function termsOf(query: string): string[] {
  const whole = query.normalize('NFC').replace(/(?<=\S)[\u3131-\u3163]$/u, '')
  return fold(whole).split(/\s+/u).filter(Boolean)
}

/** A piece of a text with the places in it that match, as offsets, in order and apart from each other. */
export interface Excerpt {
  text: string
  marks: readonly (readonly [from: number, to: number])[]
}

/** How much of a text is shown with a match, and how much of that before it, in characters. */
const SHOWN = { all: 160, before: 40 }

/** A text that can be searched; its first line is the title, which is found and not shown. */
export class SearchText {
  readonly #folded: string
  readonly #shown: string

  constructor(text: string) {
    const folded = fold(text)
    // Where folding changes the length, places in one are none in the other: then the folded text is shown.
    this.#shown = folded.length === text.length ? text : folded
    // Most texts differ from it only in capital letters; those without need no memory for a second one.
    this.#folded = folded === text ? text : folded
  }

  has(term: string): boolean {
    return this.#folded.includes(term)
  }

  /** What stands around the first match of any of the terms below the title; the beginning where there is none. */
  excerpt(terms: readonly string[]): Excerpt {
    const start = this.#folded.indexOf('\n') + 1
    const found = terms.map((term) => this.#folded.indexOf(term, start)).filter((at) => at >= 0)
    const first = found.length === 0 ? start : Math.min(...found)
    const line = this.#shown.lastIndexOf('\n', first) + 1
    let from = Math.max(line, first - SHOWN.before)
    // Begins with a whole word.
    if (from > line) from = Math.min(first, this.#shown.indexOf(' ', from) + 1 || first)
    const to = Math.min(this.#shown.length, from + SHOWN.all)
    const text = `${from > line ? '…' : ''}${this.#shown.slice(from, to).replace(/\s/gu, ' ')}`
    return { text, marks: marksIn(text, terms) }
  }
}

/** Where the terms are in a text: overlapping ones as one. */
export function marksIn(text: string, terms: readonly string[]): [number, number][] {
  const folded = fold(text)
  if (folded.length !== text.length) return []
  const all: [number, number][] = []
  for (const term of terms) {
    for (let at = folded.indexOf(term); at >= 0; at = folded.indexOf(term, at + term.length)) {
      all.push([at, at + term.length])
    }
  }
  const marks: [number, number][] = []
  for (const [from, to] of all.sort((a, b) => a[0] - b[0])) {
    const last = marks.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to)
    else marks.push([from, to])
  }
  return marks
}
