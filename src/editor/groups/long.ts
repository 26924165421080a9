/** Long documents are drawn in groups: loaded when there is one. */
import type { EditorView } from 'prosemirror-view'
import { drawings, isLong } from '../drawing.ts'
import { NodeDesc, rootOf, type Desc } from './desc.ts'
import './fragments.ts'
import { GroupedDoc } from './grouped.ts'

/** How ProseMirror draws what a node holds. */
const drawFlat = NodeDesc.prototype.updateChildren

/** From now on every long document of every view is drawn in groups. */
NodeDesc.prototype.updateChildren = function (view, pos) {
  if (this.parent === undefined && this.dom === view.dom && isLong(this.node)) take(this, view)
  else drawFlat.call(this, view, pos)
}

function take(root: Desc, view: EditorView): void {
  drawings.set(view, new GroupedDoc(root, view))
}

/** What is drawn of a document that has become long is put into groups. */
export function group(view: EditorView): void {
  if (!view.isDestroyed && !drawings.has(view) && isLong(view.state.doc)) take(rootOf(view), view)
}
