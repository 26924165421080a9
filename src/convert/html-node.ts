/** What reading asks of HTML that was parsed, by a browser into its DOM or in a worker (`html-tree.ts`): members of the DOM. */

/** A node. `nodeType` 1 is an element, 3 is text. */
export interface HtmlNode {
  readonly nodeType: number
  readonly nodeName: string
  readonly nodeValue: string | null
  readonly childNodes: Iterable<HtmlNode>
  readonly parentNode: HtmlNode | null
}

export interface HtmlElement extends HtmlNode {
  getAttribute(name: string): string | null
}

export const isElement = (node: HtmlNode): node is HtmlElement => node.nodeType === 1

/** Lower-case tag of an element. */
export const tagOf = (node: HtmlNode): string => node.nodeName.toLowerCase()

/** The text within a node. */
export function textIn(node: HtmlNode): string {
  let text = ''
  for (const { nodeType, nodeValue } of nodesIn(node)) if (nodeType === 3) text += nodeValue ?? ''
  return text
}

/** The first element within a node that is looked for. */
export function elementIn(node: HtmlNode, isWanted: (element: HtmlElement) => boolean): HtmlElement | null {
  for (const inner of nodesIn(node)) if (inner !== node && isElement(inner) && isWanted(inner)) return inner
  return null
}

/** A node and all within it, in order. Without recursion: elements nest as deep as a hostile author likes. */
function* nodesIn(node: HtmlNode): Generator<HtmlNode> {
  const waiting = [node]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next
    for (const child of [...next.childNodes].reverse()) waiting.push(child)
  }
}
