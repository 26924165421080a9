/**
 * Reads any DOM into an outline: web pages, mail, Google Docs, Word, Notion, GitHub, our own.
 *
 * The DOM is only read, never put into a page, so nothing in it runs. What no element of ours can express keeps its text.
 */
import { type Mark, type Node } from 'prosemirror-model'
import { blockAttrs, safeHref, schema, type Block } from '#doc/schema'
import { depth, excessOf, ownShapeOf } from './editor-html.ts'
import { elementIn, isElement, tagOf, textIn, type HtmlElement, type HtmlNode } from './html-node.ts'
import { isHidden, looksLikeCode, marksIn, styleOf, whiteSpaceIn, type Style } from './html-style.ts'
import { Line, type WhiteSpace } from './line.ts'
import { itemOf, type Branch, type Item, type List } from './outline.ts'

/** Deeper elements are read as their plain text. Browsers themselves nest no deeper than 512 when parsing. */
const MAX_NESTING = 600

const SKIPPED = new Set(
  'applet area audio base canvas datalist embed frame frameset head iframe input link map math meta noembed noframes noscript object option param progress script select source style svg template textarea title track video wbr'.split(
    ' ',
  ),
)

const BLOCKS = new Set(
  'address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre search section summary table tbody tfoot thead tr ul'.split(
    ' ',
  ),
)

/** Where reading puts what it finds. */
interface Flow {
  branches: Branch[]
  line: Line | null
  /** What lines become: paragraphs, headings, or the list items that our editor and Word write as plain elements. */
  shape: Partial<Block>
  /** Inside a table's row everything is one line. How many cells it has so far; null outside. */
  cells: number | null
}

interface Context {
  marks: readonly Mark[]
  whiteSpace: WhiteSpace
  depth: number
}

/** Reads the children of a DOM node, which it may change. */
export function readOutline(dom: HtmlNode, whiteSpace: WhiteSpace): Branch[] {
  // A control named `childNodes` would stand for its form's own (DOM clobbering).
  for (const named of namedIn(dom)) {
    named.removeAttribute('name')
    named.removeAttribute('id')
  }
  return branchesIn(dom, { marks: [], whiteSpace, depth: 0 })
}

const branchesIn = (parent: HtmlNode, context: Context): Branch[] => branchesOf([...parent.childNodes], context)

const namedIn = (dom: HtmlNode): Element[] =>
  'querySelectorAll' in dom
    ? [...(dom as unknown as ParentNode).querySelectorAll('[name]:not(form), [id]:not(form)')]
    : []

function branchesOf(nodes: readonly HtmlNode[], context: Context): Branch[] {
  const flow: Flow = { branches: [], line: null, shape: {}, cells: null }
  for (const node of nodes) readNode(node, flow, context)
  endLine(flow, context)
  return flow.branches
}

function readChildren(parent: HtmlNode, flow: Flow, context: Context): void {
  for (const child of parent.childNodes) readNode(child, flow, context)
}

function readNode(node: HtmlNode, flow: Flow, context: Context): void {
  if (node.nodeType === 3) lineOf(flow).text(node.nodeValue ?? '', context.marks, context.whiteSpace)
  else if (isElement(node)) readElement(node, flow, context)
}

const lineOf = (flow: Flow): Line => (flow.line ??= new Line())

function readElement(element: HtmlElement, flow: Flow, around: Context): void {
  const tag = tagOf(element)
  const style = styleOf(element)
  if (SKIPPED.has(tag) || isHidden(style)) return
  if (around.depth > MAX_NESTING) {
    lineOf(flow).text(textIn(element), around.marks, around.whiteSpace)
    return
  }
  const context: Context = {
    marks: marksIn(element, tag, style, around.marks),
    whiteSpace: whiteSpaceIn(style, around.whiteSpace),
    depth: around.depth + 1,
  }
  if (isReplacedSpace(element, tag)) lineOf(flow).text(' ', context.marks, context.whiteSpace)
  else if (tag === 'br') readBreak(element, flow, context)
  else if (tag === 'img') readImage(element, flow, context)
  else if (tag === 'td' || tag === 'th') readCell(element, flow, context)
  else if (!BLOCKS.has(tag)) readChildren(element, flow, context)
  else if (flow.cells !== null) {
    flow.line?.space(context.marks)
    readChildren(element, flow, context)
    flow.line?.space(context.marks)
  } else {
    endLine(flow, around)
    readBlock(element, tag, style, flow, context)
    endLine(flow, context)
  }
}

function readBlock(element: HtmlElement, tag: string, style: Style, flow: Flow, context: Context): void {
  const kind = element.getAttribute('data-kind')
  if (tag === 'hr' || kind === 'divider') flow.branches.push(leaf(schema.nodes.divider.create(excessOf(element))))
  else if (tag === 'pre' || (tag === 'div' && looksLikeCode(style))) flow.branches.push(leaf(readCode(element)))
  else if (tag === 'blockquote') flow.branches.push({ type: 'quote', children: branchesIn(element, context) })
  else if (tag === 'ul' || tag === 'ol' || tag === 'menu' || tag === 'dir') readList(element, tag, flow, context)
  else if (tag === 'li') flow.branches.push(listOf(false, 1, [readItem(element, false, context)]))
  else if (tag === 'tr') {
    flow.cells = 0
    readChildren(element, flow, context)
    endLine(flow, context)
    flow.cells = null
  } else if (/^(?:p|h[1-6])$/u.test(tag) || kind !== null) {
    readLine(element, flow, shapeOf(element, style, flow), context)
  } else readChildren(element, flow, context)
}

/** Reads an element that is a line by itself, even an empty one. */
function readLine(element: HtmlElement, flow: Flow, shape: Partial<Block>, context: Context): void {
  const outer = flow.shape
  const before = flow.branches.length
  flow.shape = { ...outer, ...shape }
  flow.line = new Line()
  readChildren(element, flow, context)
  endLine(flow, context, flow.branches.length === before)
  flow.shape = outer
}

function endLine(flow: Flow, { whiteSpace }: Context, keepEmpty = false): void {
  const { line } = flow
  flow.line = null
  if (line === null || (line.isEmpty && !keepEmpty)) return
  flow.branches.push(leaf(schema.nodes.block.create(blockAttrs(flow.shape), line.finish(whiteSpace))))
}

const leaf = (node: Node): Branch => ({ type: 'leaf', node })

/** What a line is by its tag, by our own attributes, or by Word's. */
function shapeOf(element: HtmlElement, style: Style, flow: Flow): Partial<Block> {
  const shape = ownShapeOf(element)
  if (shape.kind !== undefined) return shape
  const level = /\blevel(\d+)/u.exec(style.get('mso-list') ?? '')
  return level === null ? shape : { ...shape, ...wordItem(element, Number(level[1]), flow) }
}

function wordItem(element: HtmlElement, level: number, flow: Flow): Partial<Block> {
  const marker = elementIn(element, (span) => tagOf(span) === 'span' && styleOf(span).get('mso-list') === 'ignore')
  const numbered = /^\(?(\d+|[a-z]+)[.)]/iu.exec(marker === null ? '' : textIn(marker).trim())
  const indent = depth(String(level - 1))
  if (numbered === null) return { kind: 'bullet', indent }
  const last = flow.branches.at(-1)
  const continues = last?.type === 'leaf' && last.node.attrs.kind !== null
  const number = numberOf(numbered[1] ?? '')
  return { kind: 'ordered', indent, start: continues || !(number > 1) ? null : number }
}

const ROMAN: Readonly<Record<string, number>> = { i: 1, v: 5, x: 10, l: 50, c: 100, d: 500, m: 1000 }

/** What a list's number says: in digits, as a letter, or in Roman figures, which 'i' and 'v' are more often than letters. */
function numberOf(text: string): number {
  if (/^\d+$/u.test(text)) return Number(text)
  const signs = text.toLowerCase()
  if (/^(?:[ivx]|[ivxlcdm]{2,})$/u.test(signs)) {
    const values = Array.from(signs, (sign) => ROMAN[sign] ?? 0)
    return values.reduce((sum, value, i) => sum + (value < (values[i + 1] ?? 0) ? -value : value), 0)
  }
  return signs.length === 1 ? signs.charCodeAt(0) - 96 : 1
}

const listOf = (ordered: boolean, start: number, items: Item[]): List => ({ type: 'list', ordered, start, items })

function readList(element: HtmlElement, tag: string, flow: Flow, context: Context): void {
  const ordered = tag === 'ol'
  const list = listOf(ordered, startOf(element), [])
  for (const child of element.childNodes) {
    if (isElement(child) && tagOf(child) === 'li') {
      list.items.push(readItem(child, ordered, context))
      continue
    }
    // Google Docs and Word put an inner list beside the item that it belongs to.
    const branches = branchesOf([child], context)
    const last = list.items.at(-1)
    if (last === undefined && branches.length > 0)
      list.items.push(itemOf(ordered ? 'ordered' : 'bullet', false, branches))
    else last?.children.push(...branches)
  }
  // Slack says how deep a list stands instead of putting it into another.
  const { indent = 0 } = excessOf(element)
  for (const item of indent === 0 ? [] : list.items) {
    const { head } = item
    item.head = head.type.create({ ...head.attrs, indent: Number(head.attrs.indent ?? 0) + indent }, head.content)
  }
  if (list.items.length > 0) flow.branches.push(list)
}

function startOf(element: HtmlElement): number {
  const start = element.getAttribute('start') ?? ''
  return /^\d{1,9}$/u.test(start) ? Number(start) : 1
}

function readItem(element: HtmlElement, ordered: boolean, context: Context): Item {
  const style = styleOf(element)
  const inner = { ...context, marks: marksIn(element, 'li', style, context.marks) }
  const checked = checkedOf(element)
  const kind = checked !== null ? 'task' : ordered ? 'ordered' : 'bullet'
  const { head, children } = itemOf(kind, checked ?? false, branchesIn(element, inner))
  return { head: head.type.create({ ...head.attrs, ...excessOf(element) }, head.content), children }
}

/** Whether a list item is a task and done, as GitHub, Google Docs, Notion, Tiptap and we write it; null if it is none. */
function checkedOf(item: HtmlElement): boolean | null {
  const stated = item.getAttribute('data-checked') ?? item.getAttribute('aria-checked')
  if (stated !== null) return stated === 'true'
  const box = elementIn(item, isCheckbox)
  let around: HtmlNode | null = box
  while (around !== null && tagOf(around) !== 'li') around = around.parentNode
  if (box === null || around !== item) return null
  return box.getAttribute('checked') !== null || classesOf(box).includes('checkbox-on')
}

const classesOf = (element: HtmlElement): string[] => (element.getAttribute('class') ?? '').split(/\s+/u)

const isCheckbox = (element: HtmlElement): boolean =>
  (tagOf(element) === 'input' && element.getAttribute('type')?.toLowerCase() === 'checkbox') ||
  classesOf(element).includes('checkbox')

/** Reads a code block with its language. */
function readCode(element: HtmlElement): Node {
  const text = codeText(element, 0).replace(/\n$/u, '')
  const attrs = { language: languageOf(element), ...excessOf(element) }
  return schema.nodes.code_block.create(attrs, text === '' ? null : schema.text(text))
}

/** The language of a code block, as we and others write it; null when it says none. */
function languageOf(element: HtmlElement): string | null {
  const { parentNode } = element
  const code = elementIn(element, (inner) => tagOf(inner) === 'code')
  const named = element.getAttribute('data-language') ?? code?.getAttribute('data-language')
  const classes = [parentNode !== null && isElement(parentNode) ? parentNode : null, element, code]
    .map((one) => one?.getAttribute('class') ?? '')
    .join(' ')
  const language = named ?? /(?:^|\s)(?:language|lang|highlight-source)-([\w+#.-]+)/u.exec(classes)?.[1] ?? ''
  return language === '' ? null : language
}

function codeText(node: HtmlNode, depth: number): string {
  // Editors on Windows copy the spaces of code as ones that do not break.
  if (node.nodeType === 3 || depth > MAX_NESTING) {
    return textIn(node)
      .replace(/\r\n?/gu, '\n')
      .replace(/\u00a0/gu, ' ')
  }
  let text = ''
  for (const child of node.childNodes) {
    const tag = tagOf(child)
    if (tag === 'br') text += '\n'
    else if (SKIPPED.has(tag)) continue
    else {
      const block = BLOCKS.has(tag)
      if (block && text !== '' && !text.endsWith('\n')) text += '\n'
      text += codeText(child, depth + 1)
      if (block && !text.endsWith('\n')) text += '\n'
    }
  }
  return text
}

/** Chromium and Safari copy spaces at the ends of elements as ones that do not break, in elements of their own. */
function isReplacedSpace(element: HtmlElement, tag: string): boolean {
  if (tag !== 'span') return false
  const [only, second] = element.childNodes
  if (only?.nodeValue !== '\u00a0' || second !== undefined) return false
  const name = element.getAttribute('class')
  return name === 'Apple-converted-space' || (name === null && styleOf(element).size === 0)
}

/** Chromium and Safari end a copied selection with a break that nobody wrote. */
function readBreak(element: HtmlElement, flow: Flow, { marks }: Context): void {
  if (!classesOf(element).includes('Apple-interchange-newline')) lineOf(flow).break(marks)
}

function readCell(element: HtmlElement, flow: Flow, context: Context): void {
  if (flow.cells === null) return readChildren(element, flow, context)
  if (flow.cells++ > 0) lineOf(flow).text('\t', [], 'keep')
  readChildren(element, flow, context)
}

/** An image becomes its description, linked to the image's address; one without a description, the address. */
function readImage(element: HtmlElement, flow: Flow, { marks }: Context): void {
  const alt = element.getAttribute('alt')?.trim()
  const source = safeHref(element.getAttribute('src'))
  const address = source !== null && /^https?:/iu.test(source) ? source : null
  const text = alt ?? address ?? ''
  if (text === '' || element.getAttribute('aria-roledescription') === 'checkbox') return
  const linked = address === null || schema.marks.link.isInSet(marks) !== undefined
  const link = linked ? marks : schema.marks.link.create({ href: address }).addToSet(marks)
  lineOf(flow).text(text, link, 'collapse')
}
