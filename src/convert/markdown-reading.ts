/** Markdown (CommonMark, with GitHub's strikethrough and task lists) → outline. */
import { schema, blockAttrs } from '#doc/schema'
import type { Code, Definition, List as MarkdownList, RootContent } from 'mdast'
import { fromMarkdown, type Options } from 'mdast-util-from-markdown'
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough'
import { gfmTaskListItemFromMarkdown } from 'mdast-util-gfm-task-list-item'
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough'
import { gfmTaskListItem } from 'micromark-extension-gfm-task-list-item'
import type { Node } from 'prosemirror-model'
import { tame } from './markdown-bounds.ts'
import { readLine, type Definitions } from './markdown-line.ts'
import { itemOf, type Branch, type List } from './outline.ts'

const OPTIONS: Options = {
  // One tilde is a range in Korean ("1~2") far more often than it strikes anything.
  extensions: [gfmStrikethrough({ singleTilde: false }), gfmTaskListItem()],
  mdastExtensions: [gfmStrikethroughFromMarkdown(), gfmTaskListItemFromMarkdown()],
}

/** Reads Markdown. Total on any string. */
export function readMarkdown(text: string): Branch[] {
  // A byte order mark is no part of the text.
  const { children } = fromMarkdown(tame(text.replace(/^\ufeff/u, '')), OPTIONS)
  const definitions = new Map<string, Definition>()
  collectDefinitions(children, definitions)
  return branchesOf(children, definitions)
}

/** Of several definitions of one label the first counts, wherever it stands (CommonMark, section 4.7). */
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

function branchesOf(nodes: readonly RootContent[], definitions: Definitions): Branch[] {
  return nodes.flatMap((node): Branch[] => {
    if (node.type === 'paragraph') return [leaf(schema.nodes.block.create(null, readLine(node.children, definitions)))]
    if (node.type === 'heading') {
      const attrs = blockAttrs({ kind: 'heading', level: node.depth })
      return [leaf(schema.nodes.block.create(attrs, readLine(node.children, definitions)))]
    }
    if (node.type === 'blockquote') return [{ type: 'quote', children: branchesOf(node.children, definitions) }]
    if (node.type === 'list') return [readList(node, definitions)]
    if (node.type === 'thematicBreak') return [leaf(schema.nodes.divider.create())]
    if (node.type === 'code') return [leaf(codeBlock(node.value, infoOf(node)))]
    // Blocks of HTML are kept as code, to be read but never run.
    if (node.type === 'html') return [leaf(codeBlock(node.value, 'html'))]
    return []
  })
}

function readList({ ordered, start, children }: MarkdownList, definitions: Definitions): List {
  const numbered = ordered === true
  const items = children.map((item) => {
    const { checked } = item
    const kind = typeof checked === 'boolean' ? 'task' : numbered ? 'ordered' : 'bullet'
    return itemOf(kind, checked === true, branchesOf(item.children, definitions))
  })
  return { type: 'list', ordered: numbered, start: numbered ? (start ?? 1) : 1, items }
}

/** The whole info string is kept; its first word is the language (CommonMark, section 4.5). */
const infoOf = ({ lang, meta }: Code): string => [lang, meta].filter((part) => typeof part === 'string').join(' ')

function codeBlock(text: string, language: string): Node {
  return schema.nodes.code_block.create(
    { language: language === '' ? null : language },
    text === '' ? null : schema.text(text),
  )
}
