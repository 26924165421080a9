/** Enter, Backspace and Delete where blocks begin and end, as in Google Docs. */
import type { Node } from 'prosemirror-model'
import { TextSelection, type Command, type EditorState, type Transaction } from 'prosemirror-state'
import { blockAttrs, blockOf, depthOf, schema, type Block } from '#doc/schema'
import { outdented, replaceByCode, setKind } from './block-commands.ts'
import {
  caretBlock,
  emptyBlock,
  inEmptyBlock,
  isBlock,
  isFirst,
  isLast,
  isListKind,
  placedAfter,
  placedAt,
  placedBefore,
  selectedLeaf,
  setBlock,
  siblingBefore,
  type Placed,
} from './blocks.ts'
import { closeUndoStep } from './binding/undo.ts'

const isCodeBlock = (node: Node): boolean => node.type === schema.nodes.code_block

const caretIn = (tr: Transaction, pos: number): Transaction => tr.setSelection(TextSelection.create(tr.doc, pos))

/** Enter in an empty list item, continuation or quote: one level out, in the end a plain paragraph. */
const leaveEmptyBlock: Command = (state, dispatch) => {
  const place = caretBlock(state)
  if (place === null || !inEmptyBlock(state)) return false
  const block = blockOf(place.node)
  if (block.kind === 'heading') return false
  const change: Partial<Block> | null =
    block.indent > 0
      ? outdented(state.doc, place)
      : isListKind(block.kind)
        ? { kind: 'paragraph' }
        : block.quote > 0
          ? { quote: block.quote - 1 }
          : null
  if (change === null) return false
  dispatch?.(setBlock(state.tr, place, { ...change, checked: false, start: null }).scrollIntoView())
  return true
}

/** Enter after ``` and a language: an empty code block. */
const openCodeBlock: Command = (state, dispatch) => {
  const place = caretBlock(state)
  if (place === null || !isBlock(place.node) || place.node.childCount > 1) return false
  const fence = /^```([\w+#.-]*)$/u.exec(place.node.textContent)
  if (fence === null || state.selection.$from.parentOffset < place.node.content.size) return false
  if (dispatch === undefined) return true
  closeUndoStep(state)
  dispatch(replaceByCode(state.tr, place, fence[1] ?? '').scrollIntoView())
  return true
}

/** Enter in code: a new line; on the second empty line at the end: out of the code. */
const breakLineInCode: Command = (state, dispatch) => {
  const { $from, $to } = state.selection
  if (!isCodeBlock($from.parent) || !$from.sameParent($to)) return false
  const atEnd = state.selection.empty && $from.parentOffset === $from.parent.content.size
  if (atEnd && /(?:^|\n)\n$/u.test($from.parent.textContent)) {
    if (dispatch === undefined) return true
    const tr = state.tr.delete($from.pos - ($from.parentOffset > 1 ? 2 : 1), $from.pos)
    dispatch(openParagraph(tr, tr.selection.$from.after(), depthOf($from.parent)).scrollIntoView())
    return true
  }
  if (dispatch === undefined) return true
  const line = $from.parent.textContent.slice(0, $from.parentOffset).split('\n').at(-1) ?? ''
  const margin = /^[ \t]*/u.exec(line)?.[0] ?? ''
  dispatch(state.tr.insertText(`\n${margin}`).scrollIntoView())
  return true
}

function openParagraph(tr: Transaction, pos: number, depth: Partial<Block>): Transaction {
  tr.insert(pos, emptyBlock({ indent: depth.indent ?? 0, quote: depth.quote ?? 0 }))
  return caretIn(tr, pos + 1)
}

/** Goes on below the code or the divider the selection is in, in a paragraph there is or a new one. */
export const leaveBelow: Command = (state, dispatch) => {
  const leaf = selectedLeaf(state)
  const { $from, $to } = state.selection
  if (leaf === null && !(isCodeBlock($from.parent) && $from.sameParent($to))) return false
  const end = leaf === null ? $from.after() : leaf.pos + leaf.node.nodeSize
  const node = leaf === null ? $from.parent : leaf.node
  dispatch?.(openParagraph(state.tr, end, depthOf(node)).scrollIntoView())
  return true
}

/** ArrowDown on the last line of code, or on a divider, that ends the document: a paragraph below it. */
export const arrowBelow: Command = (state, dispatch, view) => {
  const { $head, empty } = state.selection
  const leaf = selectedLeaf(state)
  const block = leaf ?? placedAt($head)
  if (block === null || !isLast(state.doc, block)) return false
  if (leaf === null) {
    if (!empty || !isCodeBlock($head.parent)) return false
    if (view === undefined ? $head.parentOffset < $head.parent.content.size : !view.endOfTextblock('down')) return false
  }
  return leaveBelow(state, dispatch)
}

/** ArrowUp on the first line of code, or on a divider, that begins the document: a paragraph above it. */
export const arrowAbove: Command = (state, dispatch, view) => {
  const { $head, empty } = state.selection
  const leaf = selectedLeaf(state)
  const block = leaf ?? placedAt($head)
  if (block === null || !isFirst(block)) return false
  if (leaf === null && (!isCodeBlock($head.parent) || !empty)) return false
  if (leaf === null && (view === undefined ? $head.parentOffset > 0 : !view.endOfTextblock('up'))) return false
  dispatch?.(openParagraph(state.tr, block.pos, leaf === null ? {} : depthOf(leaf.node)).scrollIntoView())
  return true
}

/** Enter in text: splits the block. At its start or end it is the new block that is empty, so that the text keeps its node. */
const splitBlock: Command = (state, dispatch) => {
  if (dispatch === undefined) return true
  const { tr } = state
  if (!state.selection.empty) tr.deleteSelection()
  const { $from: $caret } = tr.selection
  if (!isBlock($caret.parent)) {
    dispatch(tr.insertText('\n').scrollIntoView())
    return true
  }
  const block = blockOf($caret.parent)
  const marks = state.storedMarks ?? ($caret.parentOffset > 0 ? $caret.marks() : null)
  const size = $caret.parent.content.size
  if (size > 0 && $caret.parentOffset === 0) {
    const { start } = block
    if (start !== null) setBlock(tr, { node: $caret.parent, pos: $caret.before() }, { start: null })
    const kind = block.kind === 'heading' ? 'paragraph' : block.kind
    tr.insert($caret.before(), emptyBlock({ ...block, kind, checked: false }))
  } else if ($caret.parentOffset === size) {
    const kind = block.kind === 'heading' ? 'paragraph' : block.kind
    const after = $caret.after()
    tr.insert(after, emptyBlock({ ...block, kind, checked: false, start: null }))
    caretIn(tr, after + 1)
    if (marks !== null && block.kind !== 'heading')
      tr.ensureMarks(marks.filter(({ type }) => type.spec.inclusive !== false))
  } else {
    tr.split($caret.pos, 1, [
      { type: schema.nodes.block, attrs: blockAttrs({ ...block, checked: false, start: null }) },
    ])
    if (marks !== null) tr.ensureMarks(marks.filter(({ type }) => type.spec.inclusive !== false))
  }
  dispatch(tr.scrollIntoView())
  return true
}

/** What Enter tries, in order. */
export const enterCommands: readonly Command[] = [
  openCodeBlock,
  breakLineInCode,
  leaveEmptyBlock,
  leaveBelow,
  splitBlock,
]

/** The block whose very start holds the caret. */
function blockStart(state: EditorState): Placed | null {
  return state.selection.$from.parentOffset === 0 ? caretBlock(state) : null
}

/** Backspace at the start of a heading, list item or code: what it was is taken away first, the text stays. */
const clearKind: Command = (state, dispatch) => {
  const place = blockStart(state)
  if (place === null) return false
  if (isCodeBlock(place.node)) return setKind('paragraph')(state, dispatch)
  const { kind, indent, quote } = blockOf(place.node)
  if (kind === 'paragraph') return false
  const change: Partial<Block> = { kind: 'paragraph' }
  // A list item becomes a continuation of the item before it, so that its text stays where it was.
  if (isListKind(kind) && siblingBefore(state.doc, place, { indent, quote }) !== null) change.indent = indent + 1
  dispatch?.(setBlock(state.tr, place, change).scrollIntoView())
  return true
}

/** Backspace at the start of a paragraph deeper than what is before it: one level out. */
const clearDepth: Command = (state, dispatch) => {
  const place = blockStart(state)
  if (place === null) return false
  const { indent, quote } = blockOf(place.node)
  const before = placedBefore(state.doc, place)
  const outer = before === null ? { kind: 'paragraph', indent: 0, quote: 0 } : blockOf(before.node)
  const reach = outer.indent + (outer.kind === 'paragraph' || outer.kind === 'heading' ? 0 : 1)
  const change = quote > outer.quote ? { quote: quote - 1 } : indent > reach ? { indent: indent - 1 } : null
  if (change === null) return false
  dispatch?.(setBlock(state.tr, place, change).scrollIntoView())
  return true
}

/** Backspace at the start of a paragraph: it joins what is before it. */
const joinBefore: Command = (state, dispatch) => {
  const place = blockStart(state)
  if (place === null) return false
  const before = placedBefore(state.doc, place)
  if (before === null) return true
  if (dispatch !== undefined) dispatch(joined(state, before, place).scrollIntoView())
  return true
}

/** Delete at the end of a block: what is after joins it. */
const joinAfter: Command = (state, dispatch) => {
  const place = caretBlock(state)
  if (place === null || state.selection.$from.parentOffset < place.node.content.size) return false
  const after = placedAfter(state.doc, place)
  if (after === null) return true
  if (dispatch !== undefined) dispatch(joined(state, place, after).scrollIntoView())
  return true
}

/** Takes away the border between two siblings, deleting rather than moving wherever one of them is empty. */
function joined({ tr }: EditorState, before: Placed, after: Placed): Transaction {
  const border = after.pos
  const remove = ({ pos, node }: Placed): Transaction => tr.delete(pos, pos + node.nodeSize)
  if (before.node.isLeaf) return remove(before)
  if (after.node.isLeaf) return remove(after)
  const plain = (node: Node): boolean => blockOf(node).kind === 'paragraph'
  if (after.node.content.size === 0) return caretIn(remove(after), border - 1)
  if (before.node.content.size === 0 && (isCodeBlock(before.node) || plain(before.node)))
    return caretIn(remove(before), before.pos + 1)
  if (isBlock(before.node) && isBlock(after.node)) return tr.join(border)
  // Text and code are not poured into each other: the caret goes across.
  return caretIn(tr, tr.selection.from > border ? border - 1 : border + 1)
}

const deleteSelection: Command = (state, dispatch) => {
  if (state.selection.empty) return false
  dispatch?.(state.tr.deleteSelection().scrollIntoView())
  return true
}

/** What Backspace tries, in order; inside text the browser does it. */
export const backspaceCommands: readonly Command[] = [deleteSelection, clearKind, clearDepth, joinBefore]

/** What Delete tries, in order. */
export const deleteCommands: readonly Command[] = [deleteSelection, joinAfter]
