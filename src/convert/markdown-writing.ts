/** Outline in normal form → Markdown. */
import { blockOf, schema } from '#doc/schema'
import type { BlockContent, Break, ListItem, Paragraph, PhrasingContent, Text } from 'mdast'
import { gfmStrikethroughToMarkdown } from 'mdast-util-gfm-strikethrough'
import { gfmTaskListItemToMarkdown } from 'mdast-util-gfm-task-list-item'
import { defaultHandlers, toMarkdown, type Options } from 'mdast-util-to-markdown'
import type { Node } from 'prosemirror-model'
import { formulaEnd, MATH } from './markdown-math.ts'
import { isOnly, TABLE } from './markdown-reading.ts'
import { phrasingOf } from './markdown-phrasing.ts'
import type { Branch, Item } from './outline.ts'

const OPTIONS: Options = {
  bullet: '-',
  rule: '-',
  listItemIndent: 'one',
  // These begin a formula with lines of its own.
  unsafe: [{ atBreak: true, character: '$', after: '\\$' }],
  extensions: [gfmStrikethroughToMarkdown(), gfmTaskListItemToMarkdown()],
  handlers: {
    text: (node: Text, _parent, state, info) =>
      piecesOf(node)
        .map(({ text, isFormula }, i, pieces) => {
          if (isFormula) return text
          const before = i === 0 ? info.before : '$'
          const after = i === pieces.length - 1 ? info.after : '$'
          const safe = unescapeNotes(state.safe(text, { ...info, before, after }))
          return opening.has(node) ? safe.replace(/\\.|\$/gsu, (sign) => (sign === '$' ? '\\$' : sign)) : safe
        })
        .join(''),
    // The first line of a callout ends as it did.
    break: (node: Break, parent, state, info) => {
      const [first, second] = parent !== undefined && 'children' in parent ? parent.children : []
      const isCallout = second === node && first?.type === 'text' && /^\[![A-Za-z]+\]$/u.test(first.value)
      return isCallout ? '\n' : defaultHandlers.break(node, parent, state, info)
    },
  },
}

/** A text and the formulas in it, which are left as they are. */
function piecesOf({ value }: Text): { text: string; isFormula: boolean }[] {
  const pieces: { text: string; isFormula: boolean }[] = []
  let done = 0
  for (let at = value.indexOf('$'); at !== -1; at = value.indexOf('$', at)) {
    const end = formulaEnd(value, at)
    if (end === -1) {
      at++
      continue
    }
    if (at > done) pieces.push({ text: value.slice(done, at), isFormula: false })
    pieces.push({ text: value.slice(at, end), isFormula: true })
    done = at = end
  }
  if (done < value.length || pieces.length === 0) pieces.push({ text: value.slice(done), isFormula: false })
  return pieces
}

/** Texts with dollars that are no formula, before others with which they would be read as one. */
const opening = new WeakSet<Text>()

/** Notes those of a line. */
function guarded<Content extends PhrasingContent>(children: Content[]): Content[] {
  let isBehind = false
  const look = (nodes: readonly PhrasingContent[]): void => {
    for (const node of nodes.toReversed()) {
      if ('children' in node) look(node.children)
      if (node.type === 'text') {
        if (isBehind && piecesOf(node).some(({ text, isFormula }) => !isFormula && text.includes('$')))
          opening.add(node)
        isBehind ||= node.value.includes('$')
      } else isBehind ||= JSON.stringify(node).includes('$')
    }
  }
  look(children)
  return children
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
    const raw = info === TABLE ? 'table' : info === MATH ? 'math' : null
    if (raw !== null && isOnly(raw, node.textContent)) return { type: 'html', value: node.textContent }
    const space = info.indexOf(' ')
    const [lang, meta] = space === -1 ? [info, null] : [info.slice(0, space), info.slice(space + 1)]
    return { type: 'code', lang, meta, value: node.textContent }
  }
  const { kind, level } = blockOf(node)
  if (kind !== 'heading') return { type: 'paragraph', children: guarded(phrasingOf(node.content.content, true)) }
  return {
    type: 'heading',
    depth: level as 1 | 2 | 3 | 4 | 5 | 6,
    children: guarded(phrasingOf(node.content.content, false)),
  }
}

function itemOf({ head, children }: Item): ListItem {
  const { kind, checked } = blockOf(head)
  const task = kind === 'task'
  const line: Paragraph[] =
    head.childCount > 0 || task
      ? [{ type: 'paragraph', children: guarded(phrasingOf(head.content.content, true)) }]
      : []
  // A list may follow an item's line closely, if its first item has a line; anything else reads better apart.
  const spread = children.some((child) => child.type !== 'list' || child.items[0]?.head.childCount === 0)
  return { type: 'listItem', spread, checked: task ? checked : null, children: [...line, ...children.map(contentOf)] }
}
