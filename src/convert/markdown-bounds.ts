/**
 * Bounds what hostile Markdown costs to read. The parser's time grows with the square, or worse, of how deep quotes and
 * lists nest on a line, and of how many asterisks and brackets one paragraph has. Past what anybody writes, they are
 * escaped, so that they read as themselves.
 */
import type { RootContent } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'

/** Containers that may begin on one line; a document keeps 12 quotes and 12 lists. */
const MAX_CONTAINERS = 26

/** Runs of asterisks, underscores, tildes or dollars, and brackets, in one paragraph. */
const MAX_DELIMITERS = 1000

const DEEP_LINE = new RegExp(
  // Not a divider, however long.
  '^(?!(?:[ \\t]*-)+[ \\t]*$)(?!(?:[ \\t]*\\*)+[ \\t]*$)' +
    `(?:[ \\t]*(?:>|[-+*](?=[ \\t])|\\d{1,9}[.)](?=[ \\t]))){${MAX_CONTAINERS}}[ \\t]*(?=[>\\-+*\\d])`,
  'gmu',
)

const DELIMITER = /\\.|\*+|_+|~+|\$+|[[\]]/gsu

/** Inline constructs; without them text is read in one go. */
const INLINE =
  'attention strikethrough labelStartLink labelStartImage labelEnd codeText htmlText autolink characterEscape characterReference'

/** The same Markdown, unless it is hostile. */
export function tame(markdown: string): string {
  const text = markdown.replace(DEEP_LINE, '$&\\')
  if (!text.split(/\n[ \t>]*\r?\n/u).some(isCrowded)) return text
  // Code may be as crowded as it likes: only paragraphs and headings count, and the block structure tells them.
  const blocks = fromMarkdown(text, { extensions: [{ disable: { null: INLINE.split(' ') } }] })
  let tamed = ''
  let done = 0
  for (const [start, end] of lineRanges(blocks.children)) {
    tamed += text.slice(done, start) + thin(text.slice(start, end))
    done = end
  }
  return tamed + text.slice(done)
}

const isCrowded = (paragraph: string): boolean => paragraph.length > MAX_DELIMITERS && thin(paragraph) !== paragraph

/** Where paragraphs and headings stand in the source, in order. */
function lineRanges(nodes: readonly RootContent[]): [start: number, end: number][] {
  return nodes.flatMap((node) => {
    if (node.type === 'blockquote' || node.type === 'list' || node.type === 'listItem') return lineRanges(node.children)
    const { start, end } = node.position ?? {}
    if ((node.type !== 'paragraph' && node.type !== 'heading') || start?.offset === undefined) return []
    return [[start.offset, end?.offset ?? start.offset]]
  })
}

/** Escapes the delimiters past the limit. */
function thin(paragraph: string): string {
  let count = 0
  return paragraph.replace(DELIMITER, (found) =>
    found.startsWith('\\') || ++count <= MAX_DELIMITERS ? found : found.replace(/./gsu, '\\$&'),
  )
}
