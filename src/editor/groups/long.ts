/** Long documents are drawn in groups: loaded when there is one. */
import type { EditorView } from 'prosemirror-view'
import { drawings, isLong } from '../drawing.ts'
import { NodeDesc, rootOf, unobserved, type Desc } from './desc.ts'
import './fragments.ts'
import { GroupedDoc } from './grouped.ts'

/** How ProseMirror draws what a node holds. */
const drawFlat = NodeDesc.prototype.updateChildren

/** From now on every long document of every view is drawn in groups. What an input method composes in is not moved. */
NodeDesc.prototype.updateChildren = function (view, pos) {
  const isDocument = this.parent === undefined && this.dom === view.dom
  if (isDocument && isLong(this.node) && !view.composing) take(this, view)
  else drawFlat.call(this, view, pos)
}

function take(root: Desc, view: EditorView): void {
  drawings.set(view, new GroupedDoc(root, view))
}

/** What is drawn of a document that has become long is put into groups, unless something is being composed. */
export function group(view: EditorView): void {
  if (view.isDestroyed || view.composing || drawings.has(view) || !isLong(view.state.doc)) return
  const root = rootOf(view)
  unobserved(view, () => {
    take(root, view)
    // What is moved loses the caret.
    const { anchor, head } = view.state.selection
    if (view.hasFocus()) root.setSelection(anchor, head, view, true)
  })
}
