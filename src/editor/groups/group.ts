/** About a hundred blocks that stand in one element, so that a browser can leave out what nobody sees. */
import type { Node } from 'prosemirror-model'
import { blockOf } from '#doc/schema'
import { sizes } from '../drawing.ts'
import type { Desc } from './desc.ts'

/** How many blocks a new group has, in a document of so many. A browser looks at every group for every frame. */
export const groupSize = (count: number): number =>
  Math.round(Math.min(5 * sizes.group, Math.max(sizes.group, count / 200)))

export class Group {
  readonly element: HTMLElement = document.createElement('div')
  /** The blocks, as they are in the document. */
  nodes: Node[]
  /** How each is drawn; null while none is. */
  descs: Desc[] | null = null
  /** Those that are drawn of a group of which others are not yet. */
  begun: Desc[] = []
  /** Of the blocks, in the document. */
  size: number
  /** Something of the DOM in it is to be put right. */
  isStale = false

  constructor(nodes: Node[]) {
    // What is said of blocks in the document (src/ui/document.css) holds here, too.
    this.element.className = 'ProseMirror block-group'
    this.nodes = nodes
    this.size = nodes.reduce((size, { nodeSize }) => size + nodeSize, 0)
  }

  /** Says how high it is likely to be, in the browser's own terms. `perLine` is in characters. */
  estimate(perLine: number): void {
    const lines = this.nodes.reduce((sum, { content }) => sum + Math.max(1, Math.ceil(content.size / perLine)), 0)
    const height = `calc(${lines}lh + ${this.nodes.length} * 0.7em)`
    this.element.style.containIntrinsicBlockSize = `auto ${height}`
    this.element.style.minBlockSize = this.descs === null ? height : ''
  }

  /** Whether it is drawn wherever it is. */
  hold(held: boolean): void {
    this.element.style.contentVisibility = held ? 'visible' : ''
  }

  /** Brings the DOM in line with what is drawn. Returns whether anything was changed. */
  render(): boolean {
    this.isStale = false
    return renderInto(
      this.element,
      (this.descs ?? []).map(({ dom }) => dom),
    )
  }
}

/**
 * Blocks as groups of about this size, and as far as can be none begins where the space above it depends on what stands
 * before.
 */
export function chunks(nodes: readonly Node[], size: number): Node[][] {
  const parts: Node[][] = []
  for (let start = 0; start < nodes.length;) {
    const left = nodes.length - start
    let end = start + (left > 2 * size ? size : left > 1.25 * size ? left >> 1 : left)
    for (let i = 0; end < nodes.length && i < size / 4 && !arePlain(nodes[end - 1], nodes[end]); i++) end++
    parts.push(nodes.slice(start, end))
    start = end
  }
  return parts
}

/** Whether these are paragraphs that are not quoted: the space between two of them is always the same. */
const arePlain = (...nodes: (Node | undefined)[]): boolean =>
  nodes.every((node) => {
    const { kind, quote } = node === undefined ? { kind: null, quote: 0 } : blockOf(node)
    return kind === 'paragraph' && quote === 0
  })

/** Makes these the children of an element, in this order, and moves no more than is out of place. Returns whether it had to. */
export function renderInto(parent: Element, children: readonly globalThis.Node[]): boolean {
  let at = parent.firstChild
  let written = false
  const dropUpTo = (end: globalThis.Node | null): void => {
    while (at !== null && at !== end) {
      const next: ChildNode | null = at.nextSibling
      at.remove()
      at = next
      written = true
    }
  }
  for (const child of children) {
    if (child.parentNode === parent) {
      dropUpTo(child)
      at = at?.nextSibling ?? null
    } else {
      parent.insertBefore(child, at)
      written = true
    }
  }
  dropUpTo(null)
  return written
}
