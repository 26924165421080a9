/** Markdown (CommonMark, with GitHub's strikethrough, task lists and tables) → outline. */
import { schema, blockAttrs } from '#doc/schema'
import type { Code, Definition, List as MarkdownList, Nodes, RootContent } from 'mdast'
import { fromMarkdown, type Options } from 'mdast-util-from-markdown'
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough'
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table'
import { gfmTaskListItemFromMarkdown } from 'mdast-util-gfm-task-list-item'
import { cjkFriendlyExtension } from 'micromark-extension-cjk-friendly'
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough'
import { gfmTable } from 'micromark-extension-gfm-table'
import { gfmTaskListItem } from 'micromark-extension-gfm-task-list-item'
import type { Node } from 'prosemirror-model'
import { tame } from './markdown-bounds.ts'
import { formulas, formulasFromMarkdown, MATH } from './markdown-math.ts'
import type { KeptAs, Note } from './kept-as.ts'
import { readLine, type Definitions } from './markdown-line.ts'
import { itemOf, type Branch, type List } from './outline.ts'
import { linesOf } from './plain-text.ts'

const OPTIONS: Options = {
  // One tilde is a range in Korean ("1~2") far more often than it strikes anything.
  extensions: [
    gfmStrikethrough({ singleTilde: false }),
    gfmTaskListItem(),
    gfmTable(),
    cjkFriendlyExtension(),
    formulas,
  ],
  mdastExtensions: [
    gfmStrikethroughFromMarkdown(),
    gfmTaskListItemFromMarkdown(),
    gfmTableFromMarkdown(),
    ...formulasFromMarkdown,
  ],
}

/** The language of the code block that a table is kept as, until there are tables. */
export const TABLE = 'markdown table'

/** Whether a text is read as one table, or one formula, and nothing else. */
export function isOnly(type: 'table' | 'math', text: string): boolean {
  const [first, second] = fromMarkdown(tame(text), OPTIONS).children
  // A formula that never ends would take in what follows.
  const ends = type === 'table' || /\n {0,3}\${2,}[ \t]*$/u.test(text)
  return first?.type === type && second === undefined && text.trim() === text && ends
}

/** Markdown that was parsed, and what it says of links elsewhere. */
export interface Parsed {
  source: string
  children: RootContent[]
}

/** Parses Markdown. Total on any string. */
export function parse(text: string): Parsed {
  // A byte order mark is no part of the text.
  const source = tame(text.replace(/^\ufeff/u, ''))
  return { source, children: fromMarkdown(source, OPTIONS).children }
}

/** Reads Markdown. Total on any string. */
export function readMarkdown(text: string, note: Note = () => undefined): Branch[] {
  const parsed = parse(text)
  const definitions = definitionsIn(parsed)
  return branchesIn(parsed, definitions, referencesIn(parsed), note)
}

/** The outline of what was parsed; of definitions, those that are in `used` are none of it. */
export function branchesIn(
  { source, children }: Parsed,
  definitions: Definitions,
  used: ReadonlySet<string>,
  note: Note,
): Branch[] {
  return branchesOf(children, { source, definitions, used, note })
}

interface Context {
  source: string
  definitions: Definitions
  used: ReadonlySet<string>
  note: Note
}

/** The identifiers of definitions that something refers to. Without recursion: emphasis nests as deep as a hostile author likes. */
export function referencesIn({ children }: Parsed): ReadonlySet<string> {
  const found = new Set<string>()
  const waiting: Nodes[] = [...children]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.type === 'linkReference' || node.type === 'imageReference') found.add(node.identifier)
    if ('children' in node) for (const child of node.children) waiting.push(child)
  }
  return found
}

/** Definitions by identifier. Of several of one label the first counts, wherever it stands (CommonMark, section 4.7). */
export function definitionsIn({ children }: Parsed): Definitions {
  const found = new Map<string, Definition>()
  collectDefinitions(children, found)
  return found
}

function collectDefinitions(nodes: readonly RootContent[], found: Map<string, Definition>): void {
  for (const node of nodes) {
    if (node.type === 'definition') {
      if (!found.has(node.identifier)) found.set(node.identifier, node)
    } else if (node.type === 'blockquote' || node.type === 'list' || node.type === 'listItem') {
      collectDefinitions(node.children, found)
    }
  }
}

const leaf = (node: Node): Branch => ({ type: 'leaf', node })

function branchesOf(nodes: readonly RootContent[], context: Context): Branch[] {
  const { definitions, note } = context
  const kept = (kind: KeptAs, node: Node): Branch[] => {
    note(kind)
    return [leaf(node)]
  }
  return nodes.flatMap((node): Branch[] => {
    if (node.type === 'paragraph')
      return [leaf(schema.nodes.block.create(null, readLine(node.children, definitions, note)))]
    if (node.type === 'heading') {
      const attrs = blockAttrs({ kind: 'heading', level: node.depth })
      return [leaf(schema.nodes.block.create(attrs, readLine(node.children, definitions, note)))]
    }
    if (node.type === 'blockquote') return [{ type: 'quote', children: branchesOf(node.children, context) }]
    if (node.type === 'list') return [readList(node, context)]
    if (node.type === 'thematicBreak') return [leaf(schema.nodes.divider.create())]
    if (node.type === 'code') return [leaf(codeBlock(node.value, infoOf(node)))]
    // Blocks of HTML are kept as code, to be read but never run.
    if (node.type === 'html') return kept('html', codeBlock(node.value, 'html'))
    if (node.type === 'math') return kept('formulas', codeBlock(sourceOf(node, context.source), MATH))
    if (node.type === 'table') return kept('tables', codeBlock(sourceOf(node, context.source), TABLE))
    // What nothing refers to would be lost, and a footnote is none of ours.
    if (node.type === 'definition' && (node.identifier.startsWith('^') || !context.used.has(node.identifier))) {
      const text = schema.text(sourceOf(node, context.source).replace(/\s+/gu, ' '))
      const block = schema.nodes.block.create(null, text)
      return node.identifier.startsWith('^') ? kept('footnotes', block) : [leaf(block)]
    }
    return []
  })
}

function readList({ ordered, start, children }: MarkdownList, context: Context): List {
  const numbered = ordered === true
  const items = children.map((item) => {
    const { checked } = item
    const kind = typeof checked === 'boolean' ? 'task' : numbered ? 'ordered' : 'bullet'
    return itemOf(kind, checked === true, branchesOf(item.children, context))
  })
  return { type: 'list', ordered: numbered, start: numbered ? (start ?? 1) : 1, items }
}

/** A node as it stands in the source, without what the lists and quotes around it have put in front of its lines. */
export function sourceOf({ position }: Nodes, source: string): string {
  const { start, end } = position ?? {}
  if (start?.offset === undefined) throw new Error('A node of Markdown without its place')
  const margin = new RegExp(`^[\\s>]{0,${start.column - 1}}`, 'u')
  return linesOf(source.slice(start.offset, end?.offset))
    .map((line, i) => (i === 0 ? line : line.replace(margin, '')))
    .join('\n')
}

/** The whole info string is kept; its first word is the language (CommonMark, section 4.5). */
const infoOf = ({ lang, meta }: Code): string => [lang, meta].filter((part) => typeof part === 'string').join(' ')

function codeBlock(text: string, language: string): Node {
  return schema.nodes.code_block.create(
    { language: language === '' ? null : language },
    text === '' ? null : schema.text(text),
  )
}
