/** A line of ours → Markdown phrasing content (mdast). */
import { safeHref, schema, type MarkName } from '#doc/schema'
import type { PhrasingContent } from 'mdast'
import type { Mark, Node } from 'prosemirror-model'

/**
 * Nests the marks of a line. Underline and highlight, which Markdown lacks, are HTML tags; so is a mark that CommonMark's
 * rules for `*` and `~` would not let begin or end where it does, as in `**(굵게)**는`.
 *
 * `breaks`: whether the line may break in the source. A heading may not.
 */
export function phrasingOf(line: readonly Node[], breaks: boolean): PhrasingContent[] {
  return nestMarks({ line, breaks }, 0, line.length, [])
}

interface Source {
  line: readonly Node[]
  breaks: boolean
}

/** Nests the nodes from `from` to `to` within marks that are open already. */
function nestMarks(source: Source, from: number, to: number, open: readonly Mark[]): PhrasingContent[] {
  const result: PhrasingContent[] = []
  for (let at = from; at < to;) {
    const run = longestRun(source.line, at, to, open)
    if (run === null) {
      result.push(textOf(source, at))
      at++
    } else {
      result.push(...wrap(source, run, open, nestMarks(source, at, run.to, [...open, run.mark])))
      at = run.to
    }
  }
  return result
}

interface Run {
  mark: Mark
  from: number
  to: number
}

/**
 * The mark to open next: the one that lasts longest; of equals the first in the schema's order, links before all. No run
 * ends within a link, so that a link stays in one piece.
 */
function longestRun(line: readonly Node[], from: number, limit: number, open: readonly Mark[]): Run | null {
  let best: Run | null = null
  let link: Run | null = null
  for (const mark of line[from]?.marks ?? []) {
    if (mark.type === schema.marks.code || mark.isInSet(open)) continue
    let to = from + 1
    while (to < limit && line[to] !== undefined && mark.isInSet(line[to]?.marks ?? [])) to++
    const run = { mark, from, to }
    if (mark.type === schema.marks.link) link = run
    if (best === null || to > best.to) best = run
  }
  if (best === null || best === link) return best
  const end = linkAcross(line, best, limit, open)
  return end === null ? best : end > from ? { ...best, to: end } : (link ?? best)
}

/** Where the link begins that a run would end in the middle of; null if it ends in none. */
function linkAcross(line: readonly Node[], { from, to }: Run, limit: number, open: readonly Mark[]): number | null {
  const link = to < limit ? schema.marks.link.isInSet(line[to]?.marks ?? []) : undefined
  if (link === undefined || link.isInSet(open)) return null
  let start = to
  while (start > from && link.isInSet(line[start - 1]?.marks ?? [])) start--
  return start === to ? null : start
}

/** The HTML tag of each mark that may have to be written as one. */
const TAGS: Partial<Record<MarkName, string>> = {
  strong: 'strong',
  em: 'em',
  strike: 's',
  underline: 'u',
  highlight: 'mark',
  superscript: 'sup',
  subscript: 'sub',
}

function wrap(source: Source, run: Run, open: readonly Mark[], children: PhrasingContent[]): PhrasingContent[] {
  const name = run.mark.type.name as MarkName
  if (name === 'link') {
    const { href, title } = run.mark.attrs as { href: unknown; title: unknown }
    const url = safeHref(href)
    if (url !== null) return [{ type: 'link', url, title: typeof title === 'string' ? title : null, children }]
    // Not to be opened, but to be read.
    return typeof href === 'string' && href !== '' ? [...children, { type: 'text', value: ` (${href})` }] : children
  }
  if (flanks(source.line, run, open)) {
    if (name === 'strong') return [{ type: 'strong', children }]
    if (name === 'em') return [{ type: 'emphasis', children }]
    if (name === 'strike') return [{ type: 'delete', children }]
  }
  const tag = TAGS[name] ?? name
  return [{ type: 'html', value: `<${tag}>` }, ...children, { type: 'html', value: `</${tag}>` }]
}

/**
 * Whether `*` may stand at both ends of a run (CommonMark, section 6.2, "left-flanking"): not next to white space within,
 * and next to punctuation within only if there is no letter without.
 */
function flanks(line: readonly Node[], { mark, from, to }: Run, open: readonly Mark[]): boolean {
  const inner = [...open, mark]
  const opens = [edge(line[from - 1], open, -1), edge(line[from], inner, 0)] as const
  const closes = [edge(line[to], open, 0), edge(line[to - 1], inner, -1)] as const
  return [opens, closes].every(
    ([outside, inside]) => inside === 'letter' || (inside === 'sign' && outside !== 'letter'),
  )
}

type Edge = 'letter' | 'sign' | 'space'

/** The first (0) or last (-1) character that a node shows where exactly the marks `open` are open. */
function edge(node: Node | undefined, open: readonly Mark[], side: 0 | -1): Edge {
  if (node === undefined) return 'space'
  if (!node.isText) return 'space'
  // Between other marks stand their characters: asterisks, brackets, tags.
  if (node.marks.length !== open.length || !open.every((mark) => mark.isInSet(node.marks))) return 'sign'
  const text = node.text ?? ''
  const char = side === 0 ? String.fromCodePoint(text.codePointAt(0) ?? 0) : (/.$/su.exec(text.slice(-2))?.[0] ?? '')
  return /\s/u.test(char) ? 'space' : /[\p{P}\p{S}]/u.test(char) ? 'sign' : 'letter'
}

function textOf({ line, breaks }: Source, at: number): PhrasingContent {
  const node = line[at]
  if (node?.isText === true) {
    const value = node.text ?? ''
    return schema.marks.code.isInSet(node.marks) === undefined ? { type: 'text', value } : { type: 'inlineCode', value }
  }
  const between = line[at - 1]?.isText === true && line[at + 1]?.isText === true
  return breaks && between ? { type: 'break' } : { type: 'html', value: '<br>' }
}
