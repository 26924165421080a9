/** The editor's own flat DOM: what its elements and attributes mean. */
import { DOMParser, type ParseRule } from 'prosemirror-model'
import type { HtmlElement } from './html-node.ts'
import { blockAttrs, MAX_DEPTH, safeHref, schema, type Block, type MarkName } from '#doc/schema'

/** The tags that are marks by themselves. */
export const TAG_MARKS: ReadonlyMap<string, MarkName> = new Map<string, MarkName>([
  ['b', 'strong'],
  ['strong', 'strong'],
  ['i', 'em'],
  ['em', 'em'],
  ['u', 'underline'],
  ['ins', 'underline'],
  ['s', 'strike'],
  ['strike', 'strike'],
  ['del', 'strike'],
  ['mark', 'highlight'],
  ['sup', 'superscript'],
  ['sub', 'subscript'],
  ['code', 'code'],
  ['kbd', 'code'],
  ['samp', 'code'],
  ['tt', 'code'],
])

/** What the editor's DOM means, and what browsers write into it while one types. */
export const editorRules: ParseRule[] = [
  {
    tag: 'pre',
    node: 'code_block',
    preserveWhitespace: 'full',
    getAttrs: (element) => ({ language: element.getAttribute('data-language'), ...excessOf(element) }),
  },
  { tag: 'hr, div[data-kind=divider]', node: 'divider', getAttrs: excessOf },
  {
    tag: 'p, h1, h2, h3, h4, h5, h6, div[data-kind]',
    node: 'block',
    getAttrs: (element) => blockAttrs(ownShapeOf(element)),
  },
  { tag: 'br', node: 'hard_break' },
  { tag: 'a[href]', mark: 'link', getAttrs: linkAttrs },
  ...[...TAG_MARKS].map(([tag, mark]) => ({ tag, mark })),
]

/** Reads the editor's own DOM: the view's `domParser`. */
export const editorParser = new DOMParser(schema, editorRules)

/** What a line is by its tag and by our editor's own attributes. */
export function ownShapeOf(element: HtmlElement): Partial<Block> {
  const heading = /^h([1-6])$/iu.exec(element.nodeName)
  if (heading !== null) return { kind: 'heading', level: Number(heading[1]), ...excessOf(element) }
  const kind = element.getAttribute('data-kind')
  if (kind === 'bullet' || kind === 'ordered') return { kind, ...excessOf(element) }
  if (kind === 'task') return { kind, checked: element.getAttribute('data-checked') === 'true', ...excessOf(element) }
  return excessOf(element)
}

/** The depth that our own HTML writes where lists and quotes around the element do not say it. */
export function excessOf(element: HtmlElement): { indent?: number; quote?: number } {
  const indent = element.getAttribute('data-indent')
  const quote = element.getAttribute('data-quote')
  return { ...(indent !== null && { indent: depth(indent) }), ...(quote !== null && { quote: depth(quote) }) }
}

/** A depth as written, clamped; 0 for anything else. */
export const depth = (text: string): number => (/^\d{1,3}$/u.test(text) ? Math.min(Number(text), MAX_DEPTH) : 0)

/** Attributes of the link mark for an anchor; false if it leads nowhere, or nowhere safe. */
export function linkAttrs(anchor: HtmlElement): { href: string; title: string | null } | false {
  const href = safeHref(anchor.getAttribute('href'))
  if (href === null) return false
  const title = anchor.getAttribute('title')
  return { href, title: title === '' ? null : title }
}
