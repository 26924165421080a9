/** Whether what is drawn is what the document says. */
import type { EditorView } from 'prosemirror-view'
import { drawings } from '#editor/drawing'

/** The elements of blocks that are drawn, by index. */
function blocksIn(view: EditorView): ReadonlyMap<number, Element> {
  const { childCount } = view.state.doc
  return new Map(drawings.get(view)?.drawn(0, childCount) ?? [...view.dom.children].entries())
}

/** The elements of blocks as they follow each other on the page. */
const inOrder = (dom: HTMLElement): Element[] =>
  [...dom.children].flatMap((one) => (one.classList.contains('block-group') ? [...one.children] : [one]))

/** What of a block is its text: not its checkbox, nor the button of code. */
function textOf(block: Element): string {
  const copy = block.cloneNode(true) as Element
  for (const other of copy.querySelectorAll('input, button, .ProseMirror-widget')) other.remove()
  return copy.textContent
}

/** Everything that is drawn otherwise than it is. What is not drawn is let be, unless `all` is to be. */
export function faultsOf(view: EditorView, { all = false } = {}): string[] {
  const { doc, selection } = view.state
  if (all) drawings.get(view)?.drawAll()
  const blocks = blocksIn(view)
  const faults: string[] = []
  if (all && blocks.size !== doc.childCount) faults.push(`${blocks.size} blocks are drawn of ${doc.childCount}`)
  const shown = inOrder(view.dom)
  if (shown.length !== blocks.size || shown.some((one, i) => one !== [...blocks.values()][i])) {
    faults.push('Blocks are not on the page as they follow each other')
  }
  for (const group of view.dom.querySelectorAll('.block-group')) {
    if (group.parentElement !== view.dom) faults.push('A group stands in something else')
  }
  let pos = 0
  for (const [i, node] of doc.children.entries()) {
    const block = blocks.get(i)
    pos += node.nodeSize
    if (block === undefined) continue
    faults.push(...faultsIn(view, i, pos - node.nodeSize, block))
  }
  if (view.hasFocus()) {
    const native = view.dom.ownerDocument.getSelection()
    if (
      native?.focusNode &&
      view.dom.contains(native.focusNode) &&
      view.posAtDOM(native.focusNode, native.focusOffset) !== selection.head
    ) {
      faults.push(`The caret is at ${view.posAtDOM(native.focusNode, native.focusOffset)}, not at ${selection.head}`)
    }
  }
  return faults
}

/** What is wrong with one block. */
function faultsIn(view: EditorView, i: number, pos: number, block: Element): string[] {
  const node = view.state.doc.child(i)
  const faults: string[] = []
  if (view.nodeDOM(pos) !== block) faults.push(`Block ${i} is another one`)
  if (textOf(block) !== node.textContent) faults.push(`Block ${i} says '${textOf(block)}', not '${node.textContent}'`)
  if (node.inlineContent) {
    for (const at of new Set([0, node.content.size >> 1, node.content.size])) {
      const inside = pos + 1 + at
      const { node: dom, offset } = view.domAtPos(inside, at === 0 ? 1 : -1)
      if (!block.contains(dom)) faults.push(`Position ${inside} is not in block ${i}`)
      const back = view.posAtDOM(dom, offset, at === 0 ? 1 : -1)
      if (back !== inside) faults.push(`Position ${inside} is taken for ${back}`)
    }
  }
  for (const side of [-1, 1]) {
    const { node: dom, offset } = view.domAtPos(pos, side)
    const back = view.posAtDOM(dom, offset, side)
    if (back !== pos) faults.push(`The position ${pos} before block ${i} is taken for ${back}, from side ${side}`)
  }
  return faults
}
