/**
 * HTML as a tree where there is no DOM, in a worker: read by parse5, by the rules that browsers go by (WHATWG HTML, 13.2).
 * Its nodes have those members of the DOM that reading asks for.
 */
import {
  defaultTreeAdapter,
  html,
  parseFragment,
  type DefaultTreeAdapterTypes,
  type Token,
  type TreeAdapter,
} from 'parse5'
import type { HtmlElement, HtmlNode } from './html-node.ts'

/** What parse5 gives an element beyond what reading asks for. */
type ParsedElement = DefaultTreeAdapterTypes.Element

class Element implements HtmlElement {
  readonly nodeType = 1
  readonly nodeValue = null
  readonly nodeName: string
  readonly tagName: string
  readonly namespaceURI: html.NS
  readonly attrs: Token.Attribute[]
  readonly childNodes: HtmlNode[] = []
  parentNode: HtmlNode | null = null

  constructor(tagName: string, namespaceURI: html.NS, attrs: Token.Attribute[]) {
    this.nodeName = tagName
    this.tagName = tagName
    this.namespaceURI = namespaceURI
    this.attrs = attrs
  }

  getAttribute(name: string): string | null {
    return this.attrs.find((attribute) => attribute.name === name)?.value ?? null
  }
}

class Text implements HtmlNode {
  readonly nodeType = 3
  readonly nodeName = '#text'
  readonly childNodes: HtmlNode[] = []
  value: string
  parentNode: HtmlNode | null = null

  constructor(value: string) {
    this.value = value
  }

  get nodeValue(): string {
    return this.value
  }
}

/** As parse5's own adapter, but for what elements and text are. */
const adapter: TreeAdapter<DefaultTreeAdapterTypes.DefaultTreeAdapterMap> = {
  ...defaultTreeAdapter,
  createElement: (tagName, namespaceURI, attrs) =>
    new Element(tagName, namespaceURI, attrs) as unknown as ParsedElement,
  createTextNode: textOf,
  insertText(parent, text) {
    const last = parent.childNodes.at(-1)
    if (last !== undefined && defaultTreeAdapter.isTextNode(last)) last.value += text
    else defaultTreeAdapter.appendChild(parent, textOf(text))
  },
  insertTextBefore(parent, text, reference) {
    const before = parent.childNodes[parent.childNodes.indexOf(reference) - 1]
    if (before !== undefined && defaultTreeAdapter.isTextNode(before)) before.value += text
    else defaultTreeAdapter.insertBefore(parent, textOf(text), reference)
  },
}

function textOf(value: string): DefaultTreeAdapterTypes.TextNode {
  return new Text(value) as unknown as DefaultTreeAdapterTypes.TextNode
}

/** Reads a piece of HTML, or a page, as its body. Total on any string; of hostile ones the time grows with the square of their length. */
export const parseHtml = (text: string): HtmlNode =>
  parseFragment(text, { treeAdapter: adapter }) as unknown as HtmlNode
