/**
 * Plain text as it comes in: each of its lines stays one, unless it is clearly Markdown or code. Markdown joins lines and takes
 * signs away, so a text is read as Markdown only if that does neither to what its writer did not mean.
 */
import { Fragment, type Node } from 'prosemirror-model'
import { schema } from '#doc/schema'

/**
 * What a text is to be read as. `hasSigns`: it has some signs of Markdown, so its reader may wish for the other reading.
 */
export interface TextForm {
  form: 'markdown' | 'code' | 'lines'
  hasSigns: boolean
}

/** Lines that end anywhere else than where a writer's editor wraps, in characters, are not joined. */
const WRAPPED = { least: 55, most: 120 }

/** Longest part of a text that is looked at. */
const MAX_SEEN = 200_000

const SIGNS = {
  heading: /^ {0,3}#{1,6} +\S/u,
  item: /^\s{0,12}(?:[-*+]|\d{1,9}[.)])\s+\S/u,
  task: /^\s{0,12}[-*+]\s+\[[ xX]\]\s/u,
  quote: /^ {0,3}> ?\S/u,
  table: /^ {0,3}\|?(?: *:?-{3,}:? *\|)+(?: *:?-{3,}:? *)?$/u,
  fence: /^ {0,3}(?:```|~~~)/u,
} as const

const INLINE = [
  /\[[^[\]\n]+\]\((?:https?:\/\/|mailto:|\.{0,2}\/|#)[^\s()]*\)/u,
  /(?<![*\p{L}\p{N}])\*\*[^\s*](?:[^*\n]*[^\s*])?\*\*(?![*a-z\d])/iu,
  /(?<!`)`[^`\n]+`(?!`)/u,
  /~~[^\s~][^~\n]*~~/u,
]

/** Lines of programs, and of what configures them. */
const CODE_LINE =
  /^\s*(?:import |from \S+ import |export |def \w+\(|class \w+|function\b|const |let |var |return\b|if ?\(|for ?\(|while ?\(|else\b|elif |switch ?\(|public |private |static |#include|#define|package |using |use |fn |func |SELECT\b|INSERT\b|CREATE\b|@\w+|\/\/|\/\*|\*\/|<\/?\w[^>]*>\s*$)|[;{}]\s*$|^\s*[\])}]+[,;]?\s*$|^\s*[\w.]+\([^)]*\)$|^\s*["']?[\w-]+["']?\s*[:=]\s*(?:["'[{]|\d|true\b|false\b|null\b)/u
const YAML_LINE = /^\s*(?:- )?["']?[\w./-]+["']?:(?: \S.*)?$/u

/** The lines of a text, whatever ends them. */
export const linesOf = (text: string): string[] => text.split(/\r\n?|\n/u)

/** Decides by the structure of the whole text. Total on any string. */
export function formOf(text: string): TextForm {
  const lines = linesOf(text.slice(0, MAX_SEEN))
  const full = lines.filter((line) => line.trim() !== '')
  const signs = signsOf(lines)
  const hasSigns = signs.length > 0
  if (isCode(full)) return { form: 'code', hasSigns }
  if (isYaml(full) || joinsLines(lines)) return { form: 'lines', hasSigns }
  const items = full.filter((line) => SIGNS.item.test(line)).length
  const isList = items >= 2 && 2 * items >= full.length
  const isPlain = isList || signs.includes('fence') || signs.includes('link') || signs.includes('table')
  return { form: isPlain || signs.length >= 2 ? 'markdown' : 'lines', hasSigns }
}

/** A document of a text as it is, a block a line. Characters that no text may have are left out by nobody: they stay. */
export function readLines(text: string): Node {
  const blocks = linesOf(text.replace(/(?:\r\n?|\n)$/u, '')).map((line) =>
    schema.nodes.block.create(null, line === '' ? null : schema.text(line)),
  )
  return schema.nodes.doc.create(null, blocks)
}

/** A document that is one block of code. */
export function readCode(text: string, language: string | null): Node {
  const code = linesOf(text.replace(/(?:\r\n?|\n)$/u, '')).join('\n')
  return schema.nodes.doc.create(
    null,
    schema.nodes.code_block.create({ language }, code === '' ? Fragment.empty : schema.text(code)),
  )
}

/** The kinds of signs that a text has, each once. */
function signsOf(lines: readonly string[]): string[] {
  const text = lines.join('\n')
  const count = (pattern: RegExp): number => lines.filter((line) => pattern.test(line)).length
  const found = Object.entries(SIGNS)
    .filter(([name, pattern]) => count(pattern) >= (name === 'fence' ? 2 : 1))
    .map(([name]) => name)
  if (INLINE[0]?.test(text) === true) found.push('link')
  found.push(...INLINE.slice(1).flatMap((pattern, i) => (pattern.test(text) ? [`inline ${i}`] : [])))
  return found
}

/** Whether Markdown would make one line of two that were not wrapped by an editor; code between fences it leaves alone. */
function joinsLines(lines: readonly string[]): boolean {
  let fenced = false
  return lines.some((line, i) => {
    if (SIGNS.fence.test(line)) fenced = !fenced
    const before = lines[i - 1] ?? ''
    if (fenced || SIGNS.fence.test(line) || SIGNS.fence.test(before) || line.trim() === '' || before.trim() === '')
      return false
    const begins = [SIGNS.heading, SIGNS.item, SIGNS.quote].some((sign) => sign.test(line)) || isRow(line)
    if (begins || SIGNS.heading.test(before) || isRow(before)) return false
    if (/(?: {2}|\\)$/u.test(before)) return false
    return before.length < WRAPPED.least || before.length > WRAPPED.most
  })
}

const isRow = (line: string): boolean =>
  /^\s*\|.*\|\s*$/u.test(line) || /^ {0,3}(?:(?:- *){3,}|(?:\* *){3,}|=+)$/u.test(line)

/** Whether at least three lines, and most of all, are those of a program. */
function isCode(full: readonly string[]): boolean {
  const code = full.filter((line) => CODE_LINE.test(line)).length
  return code >= 3 && code > 0.6 * full.length && full.every((line) => !/^ {0,3}#{2,6} \S/u.test(line))
}

const isYaml = (full: readonly string[]): boolean => {
  const pairs = full.filter((line) => YAML_LINE.test(line)).length
  return pairs >= 2 && 2 * pairs > full.length
}

/** Signs that Unicode has raised and lowered. */
const PLAIN = '0123456789+-=()'
const SHIFTED = { superscript: Array.from('⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾'), subscript: Array.from('₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎') }

/** Raised or lowered text in the signs that there are for it: 10⁶ is not 106. A variable keeps a sign in front; an ordinal needs none. */
export function shifted(text: string, mark: 'superscript' | 'subscript'): string {
  const signs = Array.from(text.trim(), (char) => SHIFTED[mark][PLAIN.indexOf(char.replace('−', '-'))])
  if (signs.length > 0 && signs.every((sign) => sign !== undefined)) return signs.join('')
  const isRaised = mark === 'superscript'
  const isPlain = (isRaised ? /^\p{L}{2,}$|^[^\p{L}\p{N}−-]/u : /^[^\p{L}\p{N}−-]/u).test(text.trim())
  return isPlain ? text : `${isRaised ? '^' : '_'}${text.trim()}`
}
