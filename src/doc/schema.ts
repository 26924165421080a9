/**
 * The ProseMirror schema of an Inkmesh document: flat blocks.
 *
 * Every line of text is one `block`; what it is (heading, list item, quote …) is an attribute, so changing it merges
 * with concurrent typing instead of replacing the node (ARCHITECTURE.md, "Flat blocks").
 *
 * Rule for whoever adds an attribute: its default is `null`, "absent". y-prosemirror stores every attribute that is not
 * null, and a non-null default would make each reader of an old document write to it.
 */
import { Schema, type Attrs, type MarkSpec, type Node, type NodeSpec } from 'prosemirror-model'

/** Version of this schema; `meta.schemaVersion` of a document says which one it needs. Raise it with every addition. */
export const SCHEMA_VERSION = 3

/** The version that a document needs which has this mark; 0 for one that was there from the beginning. */
export const versionOf = (mark: string): number => (mark.endsWith('script') ? 3 : 0)

/** The kinds of text block. An unknown kind (a damaged document) is shown as a paragraph. */
export const BLOCK_KINDS = ['paragraph', 'heading', 'bullet', 'ordered', 'task'] as const
export type BlockKind = (typeof BLOCK_KINDS)[number]

/** Attributes of a `block` node, as stored: untrusted, so read them through `blockOf`. */
export interface BlockAttrs {
  /** `null` is a paragraph. */
  kind: string | null
  /** Heading level 1 to 6; `null` elsewhere. */
  level: number | null
  /** Whether a task is done; `null` is not done. */
  checked: boolean | null
  /** First number of an ordered list, on the item that begins it; `null` continues or starts at 1. */
  start: number | null
  /** List depth, or how deep a continuation stands; `null` is 0. */
  indent: number | null
  /** Quote depth; `null` is 0. */
  quote: number | null
}

/** What a block is, made safe: every field in range whatever the document says. */
export interface Block {
  kind: BlockKind
  level: number
  checked: boolean
  start: number | null
  indent: number
  quote: number
}

/** Deepest list and quote nesting; deeper values are clamped. */
export const MAX_DEPTH = 12

const MAX_START = 999_999_999

const isKind = (value: unknown): value is BlockKind => (BLOCK_KINDS as readonly unknown[]).includes(value)

function whole(value: unknown, low: number, high: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(high, Math.max(low, Math.trunc(value))) : low
}

/** Depth attributes of any top-level node, clamped to 0 … MAX_DEPTH. */
export function depthOf(node: Node): { indent: number; quote: number } {
  return { indent: whole(node.attrs.indent, 0, MAX_DEPTH), quote: whole(node.attrs.quote, 0, MAX_DEPTH) }
}

/** Reads the attributes of a top-level node. Total: any stored value gives a valid Block; a node that is no text block is a 'paragraph' with its depths. */
export function blockOf(node: Node): Block {
  const { kind, level, checked, start } = node.attrs
  const known = isKind(kind) ? kind : 'paragraph'
  return {
    kind: known,
    level: known === 'heading' ? whole(level, 1, 6) : 0,
    checked: known === 'task' && checked === true,
    start: known === 'ordered' && typeof start === 'number' ? whole(start, 0, MAX_START) : null,
    ...depthOf(node),
  }
}

/** The stored form of a block: what equals its default is `null`, so that equal blocks have equal attributes. */
export function blockAttrs(block: Partial<Block>): BlockAttrs & Attrs {
  const { kind = 'paragraph', level = 1, checked = false, start = null, indent = 0, quote = 0 } = block
  return {
    kind: kind === 'paragraph' ? null : kind,
    level: kind === 'heading' ? level : null,
    checked: kind === 'task' && checked ? true : null,
    start: kind === 'ordered' ? start : null,
    indent: indent === 0 ? null : indent,
    quote: quote === 0 ? null : quote,
  }
}

const optional = { default: null }
const depth = { indent: optional, quote: optional }

/** Attributes on the DOM that style sheets and the clipboard parser read. Only clamped numbers and known words get there. */
function blockDOMAttrs(node: Node): Record<string, string> {
  const { kind, indent, quote, checked } = blockOf(node)
  const attrs: Record<string, string> = { 'data-kind': kind }
  if (indent > 0) attrs['data-indent'] = String(indent)
  if (quote > 0) attrs['data-quote'] = String(quote)
  if (kind === 'task') attrs['data-checked'] = String(checked)
  return attrs
}

function depthDOMAttrs(node: Node): Record<string, string> {
  const { indent, quote } = depthOf(node)
  return { ...(indent > 0 && { 'data-indent': String(indent) }), ...(quote > 0 && { 'data-quote': String(quote) }) }
}

const nodes = {
  doc: { content: 'flow+' },
  block: {
    group: 'flow',
    content: 'inline*',
    // A text block is selected by its text: a click with Ctrl must not mark all of it.
    selectable: false,
    attrs: { kind: optional, level: optional, checked: optional, start: optional, ...depth },
    toDOM: (node) => {
      const { kind, level } = blockOf(node)
      return [kind === 'heading' ? `h${level}` : kind === 'paragraph' ? 'p' : 'div', blockDOMAttrs(node), 0]
    },
  },
  code_block: {
    group: 'flow',
    content: 'text*',
    selectable: false,
    marks: '',
    code: true,
    defining: true,
    attrs: { language: optional, ...depth },
    toDOM: (node) => ['pre', depthDOMAttrs(node), ['code', { spellcheck: 'false' }, 0]],
  },
  divider: {
    group: 'flow',
    attrs: depth,
    toDOM: (node) => ['div', { 'data-kind': 'divider', ...depthDOMAttrs(node) }, ['hr']],
  },
  hard_break: { inline: true, group: 'inline', selectable: false, linebreakReplacement: true, toDOM: () => ['br'] },
  text: { group: 'inline' },
} satisfies Record<string, NodeSpec>

const marks = {
  link: {
    attrs: { href: {}, title: optional },
    inclusive: false,
    // `rel` and `target` keep an opened page from reaching back; a link that is not safe shows as plain text.
    toDOM: (mark) => {
      const href = safeHref(mark.attrs.href)
      if (href === null) return ['span', { 'data-unsafe-link': '' }, 0]
      const title: unknown = mark.attrs.title
      return [
        'a',
        { href, rel: 'noopener noreferrer nofollow', target: '_blank', ...(typeof title === 'string' && { title }) },
        0,
      ]
    },
  },
  strong: { toDOM: () => ['strong', 0] },
  em: { toDOM: () => ['em', 0] },
  underline: { toDOM: () => ['u', 0] },
  strike: { toDOM: () => ['s', 0] },
  highlight: { toDOM: () => ['mark', 0] },
  superscript: { toDOM: () => ['sup', 0] },
  subscript: { toDOM: () => ['sub', 0] },
  code: { code: true, toDOM: () => ['code', { spellcheck: 'false' }, 0] },
} satisfies Record<string, MarkSpec>

/** The one schema. Parsing rules for HTML live in `#convert/html`, so that this floor needs no DOM. */
export const schema = new Schema({ nodes, marks })

export type MarkName = keyof typeof marks

const SAFE_SCHEMES = new Set(['http:', 'https:', 'mailto:', 'tel:'])

/**
 * The address if it may stand in a link, else null. Total on any value.
 * Allowed: http, https, mailto, tel, and addresses without a scheme; control characters and spaces cannot hide one
 * (WHATWG URL parsing strips them, so the parsed scheme decides).
 */
export function safeHref(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 4096) return null
  const trimmed = value.trim()
  try {
    const url = new URL(trimmed, 'https://relative.invalid/')
    return SAFE_SCHEMES.has(url.protocol) ? trimmed : null
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}
