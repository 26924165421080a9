/** Foreign HTML in. Loaded when the editor stands. */
import { DOMParser, Fragment, Slice, type Node, type ParseOptions } from 'prosemirror-model'
import { schema } from '#doc/schema'
import { editorRules } from './editor-html.ts'
import { readOutline } from './html-reading.ts'
import { flatten } from './outline.ts'

export { quietHtml } from './quiet-html.ts'

type DOMNode = globalThis.Node

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

export const clipboardParser: DOMParser = new OutlineParser(schema, editorRules)
