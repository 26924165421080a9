/**
 * The normal form of a document in Markdown: what reading gives, and what writing keeps. Writing loses only this:
 *
 * - empty paragraphs; an empty list item takes up the paragraph that follows in it; a hard break alone in its line;
 * - indents without a list item to stand in;
 * - bold, italic and struck white space at either end of such a run; marks on a hard break that its neighbours lack;
 * - line feeds and null characters in text, which no editor makes;
 * - order numbers past nine digits.
 */
import { Fragment, Mark, type Node } from 'prosemirror-model'
import { blockAttrs, blockOf, schema, type MarkName } from '#doc/schema'
import { flatten, isParagraph, itemOf, nest, type Branch, type Item } from './outline.ts'

/** CommonMark allows nine digits (section 5.2). */
const MAX_NUMBER = 999_999_999

/** The outline of a document, in normal form. */
export const outlineOf = (doc: Node): Branch[] => tidyOutline(nest(doc.content.content))

/** A document as it comes back from Markdown. */
export function normalForm(doc: Node): Node {
  return docOf(flatten(outlineOf(doc)))
}

/** A document of top-level nodes; an empty paragraph if there are none. */
export const docOf = (nodes: readonly Node[]): Node =>
  schema.nodes.doc.create(null, nodes.length > 0 ? nodes : schema.nodes.block.create())

/** Brings an outline into normal form. */
export function tidyOutline(branches: readonly Branch[]): Branch[] {
  return branches.flatMap((branch): Branch[] => {
    if (branch.type === 'leaf') {
      const node = tidyNode(branch.node)
      return isParagraph(node) && node.childCount === 0 ? [] : [{ type: 'leaf', node }]
    }
    if (branch.type === 'quote') {
      const children = tidyOutline(branch.children)
      return children.length === 0 ? [] : [{ type: 'quote', children }]
    }
    const start = Math.min(branch.start, MAX_NUMBER + 1 - branch.items.length)
    return [{ ...branch, start, items: branch.items.map(tidyItem) }]
  })
}

function tidyItem({ head, children }: Item): Item {
  const { kind, checked } = blockOf(head)
  const line = tidyNode(head)
  const contents = tidyOutline(children)
  if (kind !== 'bullet' && kind !== 'ordered') return { head: isBlank(line) ? line.copy() : line, children: contents }
  return line.childCount > 0 ? { head: line, children: contents } : itemOf(kind, checked, contents)
}

/** Whether a line has nothing but white space. */
const isBlank = (line: Node): boolean =>
  line.content.content.every((node) => node.isText && /^\s*$/u.test(node.text ?? ''))

function tidyNode(node: Node): Node {
  if (node.type === schema.nodes.block) {
    return schema.nodes.block.create(
      blockAttrs({ ...blockOf(node), indent: 0, quote: 0 }),
      tidyLine(node.content.content),
    )
  }
  if (node.type !== schema.nodes.code_block) return node.type.create()
  const language: unknown = node.attrs.language
  const info = typeof language === 'string' ? language.replace(/[\s\0]+/gu, ' ').trim() : ''
  const text = node.textContent.replace(/\r\n?/gu, '\n').replace(/\0/gu, '\ufffd')
  return schema.nodes.code_block.create({ language: info === '' ? null : info }, text === '' ? null : schema.text(text))
}

/** The marks that Markdown writes with characters which must touch what they mark. */
const TIGHT: readonly MarkName[] = ['strong', 'em', 'strike']

function tidyLine(nodes: readonly Node[]): Fragment {
  const plain = nodes.map((node) =>
    node.isText
      ? schema.text((node.text ?? '').replace(/[\r\n]+/gu, ' ').replace(/\0/gu, '\ufffd'), tidyMarks(node.marks))
      : node,
  )
  if (plain.length === 1 && plain[0]?.isText === false) return Fragment.empty
  return Fragment.fromArray(markBreaks(TIGHT.reduce(trimMark, plain)))
}

function tidyMarks(marks: readonly Mark[]): readonly Mark[] {
  const link = schema.marks.link.isInSet(marks)
  if (link === undefined) return marks
  const { href, title } = link.attrs as { href: unknown; title: unknown }
  // Another page may have put anything on the clipboard.
  if (typeof href !== 'string') return link.removeFromSet(marks)
  return schema.marks.link.create(tidyLink(href, title)).addToSet(marks)
}

/** Attributes of a link in normal form: no control characters, no angle bracket at the start, no empty title. */
export function tidyLink(href: string, title: unknown): { href: string; title: string | null } {
  const escaped = href
    .trim()
    .replace(/\p{Cc}/gu, (char) => encodeURIComponent(char))
    .replace(/^</u, '%3C')
  const plain = typeof title === 'string' ? title.replace(/\0/gu, '\ufffd').replace(/\s*[\r\n]\s*/gu, ' ') : ''
  return { href: escaped, title: plain === '' ? null : plain }
}

/** Takes a mark off white space at the ends of its runs. */
function trimMark(nodes: readonly Node[], name: MarkName): Node[] {
  return trimStarts(trimStarts(nodes, name, /^\s+/u, 1).reverse(), name, /\s+$/u, -1).reverse()
}

/** Takes a mark off white space, matched by `space`, where its runs begin in the order of `nodes`. */
function trimStarts(nodes: readonly Node[], name: MarkName, space: RegExp, direction: 1 | -1): Node[] {
  const type = schema.marks[name]
  const result: Node[] = []
  let within = false
  for (const node of nodes) {
    const marked = type.isInSet(node.marks) !== undefined
    const code = schema.marks.code.isInSet(node.marks) !== undefined
    if (!marked || within || code) {
      // A hard break has no marks of its own: it neither begins nor ends a run.
      if (node.isText) within = marked
      result.push(node)
      continue
    }
    const text = node.text
    if (text === undefined) {
      result.push(node)
      continue
    }
    const blank = space.exec(text)?.[0] ?? ''
    const bare = type.removeFromSet(node.marks)
    const rest = direction === 1 ? text.slice(blank.length) : text.slice(0, text.length - blank.length)
    if (blank !== '') result.push(schema.text(blank, bare))
    if (rest !== '') {
      result.push(schema.text(rest, node.marks))
      within = true
    }
  }
  return result
}

/** Gives each hard break the marks, but for code, that the nearest text before and behind it have in common. */
function markBreaks(line: readonly Node[]): Node[] {
  let next: readonly Mark[] = Mark.none
  const behind = line.map(() => next)
  for (let index = line.length - 1; index >= 0; index--) {
    behind[index] = next
    const node = line[index]
    if (node?.isText === true) next = node.marks
  }
  let before: readonly Mark[] = Mark.none
  return line.map((node, index) => {
    if (node.isText) {
      before = node.marks
      return node
    }
    const after = behind[index] ?? Mark.none
    return node.mark(before.filter((mark) => mark.type !== schema.marks.code && mark.isInSet(after)))
  })
}
