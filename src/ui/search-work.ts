/** Finding words in the documents of this device: any piece of a word, in upper or lower case. Pure. */

/**
 * Upper and lower case, decomposed Hangul and accents, and letters of full width, alike. Of composed text (NFC) it keeps the length,
 * so that what is found in the one is at the same place in the other.
 */
export const fold = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/[\uff01-\uff5e]/gu, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    // The only letter that is longer in lower case.
    .replaceAll('İ', 'i')
    .toLowerCase()

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
    this.#shown = text.normalize('NFC')
    const folded = fold(text)
    // A text without capital letters needs no memory for a second one.
    this.#folded = folded === this.#shown ? this.#shown : folded
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

/** Where the terms are in a composed text (NFC): overlapping ones as one. */
export function marksIn(text: string, terms: readonly string[]): [number, number][] {
  const folded = fold(text)
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
