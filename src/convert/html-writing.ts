/** Writes documents as the HTML that other programs understand: nested lists and quotes instead of depths. */
import { DOMSerializer, type Fragment, type Node } from 'prosemirror-model'
import { blockOf, depthOf, schema } from '#doc/schema'
import { nest, type Branch, type Item } from './outline.ts'

type Parent = HTMLElement | DocumentFragment
type Options = NonNullable<Parameters<DOMSerializer['serializeFragment']>[1]>

/** A serializer for the clipboard and for export. Inline content is written as in the editor. */
class OutlineSerializer extends DOMSerializer {
  constructor() {
    super(DOMSerializer.nodesFromSchema(schema), DOMSerializer.marksFromSchema(schema))
  }

  override serializeFragment(content: Fragment, options: Options = {}, target?: Parent): Parent {
    if (content.firstChild?.isInline !== false) return super.serializeFragment(content, options, target)
    const document = options.document ?? window.document
    const parent = target ?? document.createDocumentFragment()
    this.#write(nest(content.content), parent, document)
    return parent
  }

  #write(branches: readonly Branch[], parent: Parent, document: Document): void {
    for (const branch of branches) {
      if (branch.type === 'leaf') this.#writeLeaf(branch.node, parent, document)
      else if (branch.type === 'quote') {
        this.#write(branch.children, append(parent, document, 'blockquote'), document)
      } else {
        const list = append(parent, document, branch.ordered ? 'ol' : 'ul')
        if (branch.start !== 1) list.setAttribute('start', String(branch.start))
        for (const item of branch.items) this.#writeItem(item, append(list, document, 'li'), document)
      }
    }
  }

  #writeItem({ head, children }: Item, element: HTMLElement, document: Document): void {
    const { kind, checked } = blockOf(head)
    writeExcess(head, element)
    if (kind === 'task') {
      element.setAttribute('data-checked', String(checked))
      const box = append(element, document, 'input')
      box.setAttribute('type', 'checkbox')
      box.setAttribute('disabled', '')
      if (checked) box.setAttribute('checked', '')
    }
    // Without an element of its own an empty line would be taken for no line, and the next one for the item's own.
    const line = head.childCount === 0 && children.length > 0 ? append(element, document, 'p') : element
    this.serializeFragment(head.content, { document }, line)
    this.#write(children, element, document)
  }

  #writeLeaf(node: Node, parent: Parent, document: Document): void {
    if (node.type === schema.nodes.divider) return writeExcess(node, append(parent, document, 'hr'))
    if (node.type === schema.nodes.code_block) {
      const pre = append(parent, document, 'pre')
      writeExcess(node, pre)
      const code = append(pre, document, 'code')
      const language: unknown = node.attrs.language
      if (typeof language === 'string' && language !== '') code.setAttribute('data-language', language)
      code.textContent = node.textContent.replace(/\n$/u, '\n\n')
      return
    }
    const { kind, level } = blockOf(node)
    const line = append(parent, document, kind === 'heading' ? `h${level}` : 'p')
    writeExcess(node, line)
    this.serializeFragment(node.content, { document }, line)
  }
}

function append(parent: Parent, document: Document, tag: string): HTMLElement {
  const element = document.createElement(tag)
  parent.append(element)
  return element
}

/** Depth that the lists and quotes around an element do not say. */
function writeExcess(node: Node, element: HTMLElement): void {
  const { indent, quote } = depthOf(node)
  if (indent > 0) element.setAttribute('data-indent', String(indent))
  if (quote > 0) element.setAttribute('data-quote', String(quote))
}

/** Writes top-level or inline content as HTML of nested lists and quotes: the view's `clipboardSerializer`. */
export const clipboardSerializer: OutlineSerializer = new OutlineSerializer()
