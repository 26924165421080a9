/** HTML in and out: the clipboard, the editor's own DOM, export. */
import { DOMParser, Fragment, Slice, type Node, type ParseOptions, type ParseRule } from 'prosemirror-model'
import { blockAttrs, schema } from '#doc/schema'
import { excessOf, ownShapeOf, readCode, readOutline } from './html-reading.ts'
import { linkAttrs, TAG_MARKS } from './html-style.ts'
import { OutlineSerializer } from './html-writing.ts'
import { flatten } from './outline.ts'

type DOMNode = globalThis.Node

/** The editor's own flat DOM, for what browsers write into it while one types. */
const rules: ParseRule[] = [
  { tag: 'pre', node: 'code_block', preserveWhitespace: 'full', getAttrs: (element) => readCode(element).attrs },
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
export const editorParser = new DOMParser(schema, rules)

/** Reads any HTML: the view's `clipboardParser`. Give it inert DOM, from a document that is shown nowhere. */
class OutlineParser extends DOMParser {
  override parse(dom: DOMNode, options: ParseOptions = {}): Node {
    const nodes = readNodes(dom, options)
    return schema.nodes.doc.create(null, nodes.length > 0 ? nodes : schema.nodes.block.create())
  }

  override parseSlice(dom: DOMNode, options: ParseOptions = {}): Slice {
    return Slice.maxOpen(Fragment.from(readNodes(dom, options)))
  }
}

function readNodes(dom: DOMNode, { preserveWhitespace: kept = false }: ParseOptions): Node[] {
  return flatten(readOutline(dom, kept === 'full' ? 'lines' : kept ? 'keep' : 'collapse'))
}

export const clipboardParser: DOMParser = new OutlineParser(schema, rules)

/** Writes top-level or inline content as HTML of nested lists and quotes: the view's `clipboardSerializer`. */
export const clipboardSerializer: OutlineSerializer = new OutlineSerializer()
