/**
 * Formulas in Markdown: what stands between dollars is left as it is, both ways. `$…$` as Pandoc has it (the first dollar touches
 * what follows, the last one what comes before, and no digit follows that: prices are none), `$$…$$` within a line, and blocks
 * between lines of `$$` as GitHub and Obsidian have them.
 */
import type { Extension as FromMarkdown } from 'mdast-util-from-markdown'
import { mathFromMarkdown } from 'mdast-util-math'
import { math } from 'micromark-extension-math'
import type { Code, Effects, Extension, State, TokenizeContext } from 'micromark-util-types'

declare module 'micromark-util-types' {
  interface TokenTypeMap {
    formula: 'formula'
  }
}

/** The language of the code block that a formula is kept as which has lines of its own. */
export const MATH = 'markdown math'

/** Longest formula in a line, in UTF-16 units: each dollar is looked behind no further. */
const MOST = 2000

const DOLLAR = 36
const BACKSLASH = 92

// Below 0 are ends of lines and tabs; null is the end of all.
const isEnd = (code: Code): boolean => code === null || (code < 0 && code !== -2 && code !== -1)
const isSpace = (code: Code): boolean => code === null || code < 0 || code === 32
const isDigit = (code: Code): boolean => code !== null && code >= 48 && code <= 57

function tokenize(this: TokenizeContext, effects: Effects, ok: State, nok: State): State {
  let isDouble = false
  let before: Code = null
  let length = 0
  const take = (code: Code, next: State): State => {
    effects.consume(code)
    before = code
    // A tab is one unit, whatever it is as wide as.
    if (code !== -1) length++
    return next
  }
  const start: State = (code) => {
    effects.enter('formula')
    return take(code, opened)
  }
  const opened: State = (code) => {
    if (code === DOLLAR && !isDouble) {
      isDouble = true
      return take(code, opened)
    }
    return code === DOLLAR || isEnd(code) || (!isDouble && isSpace(code)) ? nok(code) : inside(code)
  }
  const inside: State = (code) => {
    if (isEnd(code) || length > MOST) return nok(code)
    if (code === DOLLAR) {
      const touches = isDouble || !isSpace(before)
      return take(code, touches ? (isDouble ? second : closed) : inside)
    }
    return take(code, code === BACKSLASH ? escaped : inside)
  }
  const escaped: State = (code) => (isEnd(code) ? nok(code) : take(code, inside))
  const second: State = (code) => (code === DOLLAR ? take(code, closed) : inside(code))
  const closed: State = (code) => {
    if (code === DOLLAR || (!isDouble && isDigit(code))) return inside(code)
    effects.exit('formula')
    return ok(code)
  }
  return start
}

/** For micromark. */
export const formulas: Extension = {
  ...math(),
  text: { [DOLLAR]: { name: 'formula', tokenize, previous: (code) => code !== DOLLAR } },
}

/** For mdast: a formula in a line is text. */
export const formulasFromMarkdown: FromMarkdown[] = [
  mathFromMarkdown(),
  {
    enter: {
      formula(token) {
        this.enter({ type: 'text', value: this.sliceSerialize(token) }, token)
      },
    },
    exit: {
      formula(token) {
        this.exit(token)
      },
    },
  },
]

/** Where a formula ends that begins at a dollar of a text; -1 when none does. As the tokenizer has it, for text of one line. */
export function formulaEnd(text: string, at: number): number {
  const isDouble = text[at + 1] === '$'
  const first = at + (isDouble ? 2 : 1)
  const isSpaceAt = (index: number): boolean => /^[ \t]?$/u.test(text[index] ?? '')
  if (text[at - 1] === '$' || first >= text.length || text[first] === '$' || (!isDouble && isSpaceAt(first))) return -1
  for (let i = first; i < text.length && i - at <= MOST; i++) {
    if (text[i] === '\\') {
      i++
      continue
    }
    if (text[i] !== '$' || (!isDouble && isSpaceAt(i - 1))) continue
    if (isDouble && text[i + 1] !== '$') continue
    const end = i + (isDouble ? 2 : 1)
    if (text[end] === '$' || (!isDouble && /^\d$/u.test(text[end] ?? ''))) {
      // The tokenizer has taken it in, and looks on behind it.
      i = end - 1
      continue
    }
    return end
  }
  return -1
}
