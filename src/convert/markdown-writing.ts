/** Outline in normal form → Markdown. */
import { blockOf, schema } from '#doc/schema'
import type { BlockContent, Break, ListItem, Paragraph, Text } from 'mdast'
import { gfmStrikethroughToMarkdown } from 'mdast-util-gfm-strikethrough'
import { gfmTaskListItemToMarkdown } from 'mdast-util-gfm-task-list-item'
import { defaultHandlers, toMarkdown, type Options } from 'mdast-util-to-markdown'
import type { Node } from 'prosemirror-model'
import { isTable, TABLE } from './markdown-reading.ts'
import { phrasingOf } from './markdown-phrasing.ts'
import type { Branch, Item } from './outline.ts'

const OPTIONS: Options = {
  bullet: '-',
  rule: '-',
  listItemIndent: 'one',
  extensions: [gfmStrikethroughToMarkdown(), gfmTaskListItemToMarkdown()],
  handlers: {
    text: (node: Text, _parent, state, info) => unescapeNotes(state.safe(node.value, info)),
    // The first line of a callout ends as it did.
    break: (node: Break, parent, state, info) => {
      const [first, second] = parent !== undefined && 'children' in parent ? parent.children : []
      const isCallout = second === node && first?.type === 'text' && /^\[![A-Za-z]+\]$/u.test(first.value)
      return isCallout ? '\n' : defaultHandlers.break(node, parent, state, info)
    },
  },
}

/** Footnotes, callouts and wiki links are no links to us, so that their brackets need no escape, and others read them. */
const unescapeNotes = (text: string): string =>
  text
    .replace(/\\\[(\^[^\s[\]\\]+\])/gu, '[$1')
    .replace(/^\\\[(![A-Za-z]+\])/u, '[$1')
    .replace(/\\\[\\\[([^[\]\n]+\]\])/gu, '[[$1')

/** Writes Markdown that reads back as the same outline. */
export function writeMarkdown(outline: readonly Branch[]): string {
  const text = toMarkdown({ type: 'root', children: outline.map(contentOf) }, OPTIONS)
  // Readers take a byte order mark at the start of a file for no part of the text.
  return text.startsWith('\ufeff') ? `&#xFEFF;${text.slice(1)}` : text
}

function contentOf(branch: Branch): BlockContent {
  if (branch.type === 'leaf') return leafOf(branch.node)
  if (branch.type === 'quote') return { type: 'blockquote', children: branch.children.map(contentOf) }
  const { ordered, start, items } = branch
  const children = items.map(itemOf)
  return {
    type: 'list',
    ordered,
    start: ordered ? start : null,
    spread: children.some(({ spread }) => spread),
    children,
  }
}

function leafOf(node: Node): BlockContent {
  if (node.type === schema.nodes.divider) return { type: 'thematicBreak' }
  if (node.type === schema.nodes.code_block) {
    const info = String(node.attrs.language ?? '')
    if (info === TABLE && isTable(node.textContent)) return { type: 'html', value: node.textContent }
    const space = info.indexOf(' ')
    const [lang, meta] = space === -1 ? [info, null] : [info.slice(0, space), info.slice(space + 1)]
    return { type: 'code', lang, meta, value: node.textContent }
  }
  const { kind, level } = blockOf(node)
  if (kind !== 'heading') return { type: 'paragraph', children: phrasingOf(node.content.content, true) }
  return { type: 'heading', depth: level as 1 | 2 | 3 | 4 | 5 | 6, children: phrasingOf(node.content.content, false) }
}

function itemOf({ head, children }: Item): ListItem {
  const { kind, checked } = blockOf(head)
  const task = kind === 'task'
  const line: Paragraph[] =
    head.childCount > 0 || task ? [{ type: 'paragraph', children: phrasingOf(head.content.content, true) }] : []
  // A list may follow an item's line closely, if its first item has a line; anything else reads better apart.
  const spread = children.some((child) => child.type !== 'list' || child.items[0]?.head.childCount === 0)
  return { type: 'listItem', spread, checked: task ? checked : null, children: [...line, ...children.map(contentOf)] }
}
