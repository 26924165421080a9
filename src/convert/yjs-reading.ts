/**
 * Documents of other editors in Yjs, in the form of y-prosemirror: a Y.XmlFragment of elements, one a node, whose text is in
 * Y.XmlTexts with marks as formats. Known are the names of Tiptap's starter kit, of BlockNote, and of prosemirror-schema-basic with
 * its lists; of what is unknown the text is kept, and the name is told.
 */
import { Fragment, Mark, type Node } from 'prosemirror-model'
import * as Y from 'yjs'
import { blockAttrs, MAX_DEPTH, safeHref, schema, type Block, type MarkName } from '#doc/schema'
import { docOf } from './markdown-form.ts'
import { tally } from './kept-as.ts'
import { fileOf, type ReadFile } from './markdown-file.ts'
import { serializeMarkdown } from './markdown.ts'
import { TABLE } from './markdown-reading.ts'
import { flatten, itemOf, type Branch, type Item } from './outline.ts'
import { readLines } from './plain-text.ts'
import { piecesOf } from './preview.ts'

/** Of deeper elements only the text is kept. */
const MAX_NESTING = 200

/** Where editors keep their document, the likeliest first. */
const USUAL = ['default', 'document-store', 'prosemirror']

/** The document in a Y.Doc that another editor has filled; `name` is its title unless it begins with a heading. Null when there is none. Total on whatever is in it, and writes nothing. */
export function readForeign(doc: Y.Doc, name: string): ReadFile | null {
  const { note, kept } = tally()
  const reader = new Reader(note)
  const rank = (root: string): number => (USUAL.includes(root) ? USUAL.indexOf(root) : USUAL.length)
  const roots = [...doc.share.keys()].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
  const nodes = roots.flatMap((root) => {
    const type = doc.share.get(root)
    const children = type === undefined ? [] : childrenOf(type)
    if (children.some((child) => isElement(child))) return flatten(reader.branches(children, 0))
    const text = type === undefined ? '' : textIn(type)
    return text === '' ? [] : readLines(text).children
  })
  return nodes.length === 0 ? null : { ...fileOf(docOf(nodes), name), kept: kept() }
}

/** What stands in a type, whatever it was defined as: Yjs knows of none until somebody asks for it as one. */
function childrenOf(type: Pick<Y.XmlFragment, '_start'>): unknown[] {
  const children: unknown[] = []
  for (let item = type._start; item !== null; item = item.right)
    if (!item.deleted && item.content instanceof Y.ContentType) children.push(item.content.type)
  return children
}

const isElement = (child: unknown): child is Y.XmlElement => child instanceof Y.XmlElement

function textIn(type: Pick<Y.Text, '_start'>): string {
  let text = ''
  for (let item = type._start; item !== null; item = item.right)
    if (!item.deleted && item.content instanceof Y.ContentString) text += item.content.str
  return text
}

/** All text within an element. Without recursion: elements nest as deep as a hostile author likes. */
function textWithin(element: Y.XmlElement): string {
  const waiting: unknown[] = [element]
  let text = ''
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next instanceof Y.XmlText) text += textIn(next)
    else if (isElement(next)) for (const child of childrenOf(next).toReversed()) waiting.push(child)
  }
  return text
}

const MARKS: Readonly<Record<string, MarkName>> = {
  bold: 'strong',
  strong: 'strong',
  italic: 'em',
  em: 'em',
  underline: 'underline',
  strike: 'strike',
  strikethrough: 'strike',
  code: 'code',
  highlight: 'highlight',
  superscript: 'superscript',
  subscript: 'subscript',
}

/** Values that say nothing: the colours of BlockNote's text. */
const isNothing = (value: unknown): boolean => value === null || value === undefined || value === 'default'

class Reader {
  readonly #tell: (name: string) => void

  constructor(tell: (name: string) => void) {
    this.#tell = tell
  }

  branches(children: readonly unknown[], depth: number): Branch[] {
    const branches: Branch[] = []
    let line: unknown[] = []
    const flush = (): void => {
      if (line.length > 0) branches.push(this.#leaf({}, this.#inline(line, depth)))
      line = []
    }
    for (const child of children) {
      // Text, and what stands within text, is a line by itself.
      if (child instanceof Y.XmlText) line.push(child)
      else if (isElement(child)) {
        flush()
        branches.push(...this.#block(child, depth))
      }
    }
    flush()
    return branches
  }

  #block(element: Y.XmlElement, depth: number): Branch[] {
    const name = nameOf(element)
    const children = childrenOf(element)
    if (depth > MAX_NESTING) {
      this.#note(element.nodeName)
      const text = textWithin(element)
      return text === '' ? [] : [this.#leaf({}, [schema.text(text)])]
    }
    const inner = (): Branch[] => this.branches(children, depth + 1)
    const line = (block: Partial<Block>): Branch[] => [this.#leaf(block, this.#inline(children, depth + 1))]
    const attribute = (key: string): unknown => element.getAttribute(key)
    switch (name) {
      case 'paragraph':
      case 'tableparagraph':
        return line({})
      case 'heading':
        return line({ kind: 'heading', level: Number(attribute('level')) || 1 })
      case 'blockquote':
        return [{ type: 'quote', children: inner() }]
      case 'quote':
        return [{ type: 'quote', children: line({}) }]
      case 'codeblock':
        return [this.#code(children, attribute('language'))]
      case 'horizontalrule':
      case 'divider':
        return [{ type: 'leaf', node: schema.nodes.divider.create() }]
      case 'bulletlist':
      case 'orderedlist':
      case 'tasklist':
        return this.#list(name, children, attribute('start') ?? attribute('order'), depth)
      case 'blockgroup':
        return children.flatMap((child) => (isElement(child) ? this.#block(child, depth + 1) : []))
      case 'blockcontainer':
        return this.#container(children, depth)
      case 'bulletlistitem':
        return line({ kind: 'bullet' })
      case 'numberedlistitem': {
        const start = attribute('start')
        return line({ kind: 'ordered', start: typeof start === 'number' ? start : null })
      }
      case 'checklistitem':
        return line({ kind: 'task', checked: attribute('checked') === true })
      case 'table':
        return [this.#table(children, depth)]
    }
    const file = this.#file(element)
    if (file !== null) return [this.#leaf({}, [file])]
    this.#note(element.nodeName)
    return inner()
  }

  /** BlockNote's blocks: what is below one stands further in. */
  #container(children: readonly unknown[], depth: number): Branch[] {
    return children.flatMap((child) => {
      if (!isElement(child)) return []
      const branches = this.#block(child, depth + 1)
      return nameOf(child) === 'blockgroup' ? flatten(branches).map(deeper) : branches
    })
  }

  #list(name: string, children: readonly unknown[], start: unknown, depth: number): Branch[] {
    const ordered = name === 'orderedlist'
    const items: Item[] = children.flatMap((child) => {
      if (!isElement(child)) return []
      const isTask = nameOf(child) === 'taskitem' || name === 'tasklist'
      const kind = isTask ? 'task' : ordered ? 'ordered' : 'bullet'
      return [
        itemOf(kind, (child.getAttribute('checked') as unknown) === true, this.branches(childrenOf(child), depth + 1)),
      ]
    })
    const first = typeof start === 'number' && Number.isSafeInteger(start) && start >= 0 ? start : 1
    return items.length === 0 ? [] : [{ type: 'list', ordered, start: ordered ? first : 1, items }]
  }

  #code(children: readonly unknown[], language: unknown): Branch {
    const text = this.#inline(children, 0)
      .map((node) => node.text ?? '\n')
      .join('')
    const attrs = { language: typeof language === 'string' && language !== '' ? language : null }
    return { type: 'leaf', node: schema.nodes.code_block.create(attrs, text === '' ? null : schema.text(text)) }
  }

  /** A table as Markdown has it. */
  #table(rows: readonly unknown[], depth: number): Branch {
    const cells = rows.filter(isElement).map((row) => childrenOf(row).map((cell) => this.#cell(cell, depth)))
    const width = Math.max(1, ...cells.map((row) => row.length))
    const lines = cells.map((row) => `| ${Array.from({ length: width }, (_, i) => row[i] ?? '').join(' | ')} |`)
    lines.splice(1, 0, `|${' --- |'.repeat(width)}`)
    return { type: 'leaf', node: schema.nodes.code_block.create({ language: TABLE }, schema.text(lines.join('\n'))) }
  }

  #cell(cell: unknown, depth: number): string {
    if (!isElement(cell)) return ''
    const text = serializeMarkdown(docOf(flatten(this.branches(childrenOf(cell), depth + 2))))
    return text
      .trim()
      .replace(/\\?\|/gu, '\\|')
      .replace(/\s*\n\s*/gu, ' ')
  }

  #leaf(block: Partial<Block>, content: readonly Node[]): Branch {
    return { type: 'leaf', node: schema.nodes.block.create(blockAttrs(block), Fragment.fromArray([...content])) }
  }

  #inline(children: readonly unknown[], depth: number): Node[] {
    const nodes: Node[] = []
    for (const child of children) {
      if (child instanceof Y.XmlText) {
        for (const { text, formats } of piecesOf(child)) nodes.push(...this.#text(text, formats))
      } else if (isElement(child)) nodes.push(...this.#inlineElement(child, depth))
    }
    return nodes
  }

  #inlineElement(element: Y.XmlElement, depth: number): Node[] {
    const name = nameOf(element)
    if (name === 'hardbreak') return [schema.nodes.hard_break.create()]
    const file = this.#file(element)
    if (file !== null) return [file]
    this.#note(element.nodeName)
    const label = ['label', 'name', 'latex', 'text', 'id']
      .map((key) => element.getAttribute(key) as unknown)
      .find((value) => typeof value === 'string')
    const own = typeof label === 'string' && label !== '' ? [schema.text(name === 'mention' ? `@${label}` : label)] : []
    return depth > MAX_NESTING ? own : [...own, ...this.#inline(childrenOf(element), depth + 1)]
  }

  /** A picture or a file becomes what describes it, linked to where it is. Null for what is none. */
  #file(element: Y.XmlElement): Node | null {
    const attribute = (key: string): string | null => {
      const value: unknown = element.getAttribute(key)
      return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
    }
    const address = attribute('src') ?? attribute('url')
    if (address === null) return null
    this.#note(element.nodeName)
    const href = safeHref(address)
    const isIn = /^(?:data|blob|file):/iu.test(address)
    const text = attribute('alt') ?? attribute('caption') ?? attribute('name') ?? (isIn ? element.nodeName : address)
    return schema.text(text, href === null ? [] : [schema.marks.link.create({ href })])
  }

  #text(text: string, formats: Record<string, unknown>): Node[] {
    let marks: readonly Mark[] = Mark.none
    let behind = ''
    for (const [key, value] of Object.entries(formats)) {
      // y-prosemirror adds a hash where a mark may be there twice.
      const name = key.replace(/--.*$/u, '')
      const known = Object.hasOwn(MARKS, name) ? MARKS[name] : undefined
      if (known !== undefined) marks = schema.marks[known].create().addToSet(marks)
      else if (name === 'link') {
        const { href, title } = (typeof value === 'object' ? (value ?? {}) : {}) as Record<string, unknown>
        const safe = safeHref(href)
        if (safe !== null)
          marks = schema.marks.link
            .create({ href: safe, title: typeof title === 'string' ? title : null })
            .addToSet(marks)
        else if (typeof href === 'string') behind = ` (${href})`
      } else if (!isNothing(value)) this.#note(name)
    }
    return [schema.text(text, marks), ...(behind === '' ? [] : [schema.text(behind)])]
  }

  #note(name: string): void {
    this.#tell(name.slice(0, 40))
  }
}

const deeper = (node: Node): Branch => {
  const indent = Math.min(MAX_DEPTH, Number(node.attrs.indent ?? 0) + 1)
  return { type: 'leaf', node: node.type.create({ ...node.attrs, indent }, node.content) }
}

/** Editors write names in camel case or with underscores. */
const nameOf = ({ nodeName }: Y.XmlElement): string => nodeName.replace(/_/gu, '').toLowerCase()
