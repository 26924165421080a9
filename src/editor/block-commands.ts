/** What can be done to whole blocks: their kind, depth, order; dividers and code. */
import { Fragment, type Node, type ResolvedPos } from 'prosemirror-model'
import {
  NodeSelection,
  Selection,
  TextSelection,
  type Command,
  type EditorState,
  type Transaction,
} from 'prosemirror-state'
import { blockAttrs, blockOf, depthOf, MAX_DEPTH, schema, type Block, type BlockKind } from '#doc/schema'
import {
  areSiblings,
  childrenOf,
  emptyBlock,
  isBlock,
  isListKind,
  placedAfter,
  placedAt,
  placedBefore,
  selectedBlocks,
  setBlock,
  siblingBefore,
  type Placed,
} from './blocks.ts'
import { changeNodes, withBlock } from './binding/in-place.ts'
import { MoveStep } from './binding/move-step.ts'

/** Whether every selected text block is of this kind (and level). */
export function isKind(state: EditorState, kind: BlockKind, level = 0): boolean {
  const blocks = selectedBlocks(state)
  return (
    blocks.length > 0 &&
    blocks.every(({ node }) => {
      const block = blockOf(node)
      return isBlock(node) && block.kind === kind && (kind !== 'heading' || block.level === level)
    })
  )
}

const hasText = ({ node }: Placed): boolean => node.isTextblock

/** Turns the selected blocks into this kind; code becomes text. Depths stay. */
export const setKind =
  (kind: BlockKind, level = 0): Command =>
  (state, dispatch) => {
    const blocks = selectedBlocks(state)
    if (!blocks.some(hasText)) return false
    if (dispatch === undefined) return true
    const change = (node: Node): Node =>
      isBlock(node) ? withBlock(node, { kind, level }) : node.isTextblock ? textOfCode(node, { kind, level }) : node
    dispatch(changeNodes(state.tr, blocks, change).scrollIntoView())
    return true
  }

/** Code as a text block; its lines become lines of the block. */
function textOfCode(code: Node, change: Partial<Block>): Node {
  const lines = code.textContent.split('\n').map((line) => (line === '' ? [] : [schema.text(line)]))
  const content = lines.flatMap((line, i) => (i === 0 ? line : [schema.nodes.hard_break.create(), ...line]))
  return schema.nodes.block.create(blockAttrs({ ...depthOf(code), ...change }), content)
}

/** Turns the selected blocks into this kind, or, when they all are, back into paragraphs. */
export const toggleKind =
  (kind: BlockKind, level = 0): Command =>
  (state, dispatch) =>
    setKind(isKind(state, kind, level) ? 'paragraph' : kind, level)(state, dispatch)

/** Whether every selected block is quoted. */
export const isQuoted = (state: EditorState): boolean => {
  const blocks = selectedBlocks(state)
  return blocks.length > 0 && blocks.every(({ node }) => depthOf(node).quote > 0)
}

/** Quotes the selected blocks that are not quoted yet; when all are, takes them one quote out. */
export const toggleQuote: Command = (state, dispatch) => {
  if (dispatch === undefined) return true
  const quoted = isQuoted(state)
  const change = (node: Node): Node => {
    const { quote } = depthOf(node)
    return withBlock(node, { quote: quoted ? quote - 1 : Math.max(1, quote) })
  }
  dispatch(changeNodes(state.tr, selectedBlocks(state), change).scrollIntoView())
  return true
}

/** Sets a task done or not; `pos` is just before it. */
export const setChecked =
  (pos: number, checked: boolean): Command =>
  (state, dispatch) => {
    const node = state.doc.nodeAt(pos)
    if (node === null || blockOf(node).kind !== 'task') return false
    dispatch?.(setBlock(state.tr, { node, pos }, { checked }))
    return true
  }

/** Sets the selected tasks done; when all are, not done. */
export const toggleChecked: Command = (state, dispatch) => {
  const blocks = selectedBlocks(state)
  const isTask = (node: Node): boolean => blockOf(node).kind === 'task'
  const tasks = blocks.filter(({ node }) => isTask(node))
  if (tasks.length === 0) return false
  const checked = !tasks.every(({ node }) => blockOf(node).checked)
  dispatch?.(changeNodes(state.tr, blocks, (node) => (isTask(node) ? withBlock(node, { checked }) : node)))
  return true
}

/** How deep a block may stand: one level under the list item before it, or as deep as another block before it. */
function deepest(doc: Node, block: Placed): number {
  const { quote } = depthOf(block.node)
  let most = MAX_DEPTH
  for (let before = placedBefore(doc, block); before !== null; before = placedBefore(doc, before)) {
    const other = blockOf(before.node)
    if (other.quote <= quote) return Math.min(most, other.indent + (isListKind(other.kind) ? 1 : 0))
    // A deeper quote is in the way of the items around it only where it stands outside of them.
    most = Math.min(most, other.indent)
  }
  return 0
}

/** The selected blocks and what moves along with them, each once, in order. */
function selectedTrees(state: EditorState): Placed[] {
  const blocks = selectedBlocks(state)
  const last = blocks.at(-1)
  return last === undefined ? [] : [...blocks, ...childrenOf(state.doc, last)]
}

/** Moves the selected blocks one list level in, with what stands under them. */
export const indent: Command = (state, dispatch) => {
  const blocks = selectedTrees(state)
  const [first] = blocks
  if (first === undefined || depthOf(first.node).indent >= deepest(state.doc, first)) return false
  if (dispatch === undefined) return true
  const change = (node: Node): Node => withBlock(node, { indent: Math.min(MAX_DEPTH, depthOf(node).indent + 1) })
  dispatch(changeNodes(state.tr, blocks, change).scrollIntoView())
  return true
}

/** Moves the selected blocks one list level out, with what stands under them. */
export const outdent: Command = (state, dispatch) => {
  const blocks = selectedTrees(state)
  if (!blocks.some(({ node }) => depthOf(node).indent > 0)) return false
  if (dispatch === undefined) return true
  const change = (node: Node): Node => withBlock(node, { indent: Math.max(0, depthOf(node).indent - 1) })
  dispatch(changeNodes(state.tr, blocks, change).scrollIntoView())
  return true
}

/** One level out for a list item: it becomes what its new siblings are. */
export function outdented(doc: Node, block: Placed): Partial<Block> {
  const own = blockOf(block.node)
  const depth = { indent: Math.max(0, own.indent - 1), quote: own.quote }
  const sibling = isListKind(own.kind) ? siblingBefore(doc, block, depth) : null
  return { ...depth, ...(sibling !== null && { kind: sibling.kind }) }
}

/** Whether the selection is in code only. */
export function isCode(state: EditorState): boolean {
  const blocks = selectedBlocks(state)
  return blocks.length > 0 && blocks.every(({ node }) => node.type === schema.nodes.code_block)
}

/** Joins the selected text blocks, line by line, into one code block; code becomes a paragraph again. */
export const toggleCodeBlock: Command = (state, dispatch) => {
  if (isCode(state)) return setKind('paragraph')(state, dispatch)
  const blocks = selectedBlocks(state)
  const [first] = blocks
  const last = blocks.at(-1)
  if (first === undefined || last === undefined || !blocks.every(hasText) || !areSiblings(blocks)) return false
  if (dispatch === undefined) return true
  const { tr } = state
  const { anchor, head } = state.selection
  const { indent: depth, quote } = blockAttrs(depthOf(first.node))
  const end = last.pos + last.node.nodeSize
  tr.setBlockType(first.pos + 1, end - 1, schema.nodes.code_block, { indent: depth, quote })
  // Borders become line breaks where they are, so that what others write in the lines stays in them.
  for (const { pos } of blocks.slice(1).reverse()) tr.replaceWith(pos - 1, pos + 1, schema.text('\n'))
  if (first !== last) {
    // A block boundary is two positions, a line break one.
    const inCode = (pos: number): number => {
      const before = blocks.filter((block) => block !== first && block.pos < pos).length
      return Math.min(pos - before, end - blocks.length)
    }
    tr.setSelection(TextSelection.between(tr.doc.resolve(inCode(anchor)), tr.doc.resolve(inCode(head))))
  }
  dispatch(tr.scrollIntoView())
  return true
}

function codeBlock(text: string, like: Node, language = ''): Node {
  const { indent: depth, quote } = blockAttrs(depthOf(like))
  const content = text === '' ? Fragment.empty : Fragment.from(schema.text(text))
  return schema.nodes.code_block.create({ language: language || null, indent: depth, quote }, content)
}

/** Replaces a text block by an empty code block, the caret in it. */
export function replaceByCode(tr: Transaction, block: Placed, language: string): Transaction {
  tr.replaceWith(block.pos, block.pos + block.node.nodeSize, codeBlock('', block.node, language))
  return tr.setSelection(TextSelection.create(tr.doc, block.pos + 1))
}

/** The language of the code the selection is in; '' for code that names none, null outside code. */
export function codeLanguage(state: EditorState): string | null {
  const block = placedAt(state.selection.$from)
  if (block?.node.type !== schema.nodes.code_block) return null
  return typeof block.node.attrs.language === 'string' ? block.node.attrs.language : ''
}

/** Names the language of the selected code; '' takes the name away. */
export const setCodeLanguage =
  (language: string): Command =>
  (state, dispatch) => {
    const blocks = selectedBlocks(state)
    const isCodeBlock = (node: Node): boolean => node.type === schema.nodes.code_block
    if (!blocks.some(({ node }) => isCodeBlock(node))) return false
    const name = language.trim() || null
    const change = (node: Node): Node =>
      isCodeBlock(node) ? node.type.create({ ...node.attrs, language: name }, node.content) : node
    dispatch?.(changeNodes(state.tr, blocks, change))
    return true
  }

/** Puts a divider at the caret: above an empty block, else below the block, which a paragraph then follows. */
export const insertDivider: Command = (state, dispatch) => {
  const blocks = selectedBlocks(state)
  const block = blocks.at(-1)
  if (block === undefined) return false
  if (dispatch !== undefined) dispatch(placeDivider(state.tr, block).scrollIntoView())
  return true
}

/** A divider above an empty text block, which becomes a paragraph and keeps the caret; else below the block. */
export function placeDivider(tr: Transaction, block: Placed): Transaction {
  const { indent: depth, quote } = blockAttrs(depthOf(block.node))
  const divider = schema.nodes.divider.create({ indent: depth, quote })
  if (isBlock(block.node) && block.node.content.size === 0) {
    return setBlock(tr, block, { kind: 'paragraph' }).insert(block.pos, divider)
  }
  const after = placedAfter(tr.doc, block)
  const end = block.pos + block.node.nodeSize
  const needsParagraph = after === null || !isBlock(after.node)
  tr.insert(end, needsParagraph ? [divider, emptyBlock(depthOf(block.node))] : divider)
  return tr.setSelection(Selection.near(tr.doc.resolve(end + divider.nodeSize + 1)))
}

/**
 * Moves the selected blocks past what is before (-1) or after (1) them. What stands under a list item moves with it, and
 * among list items what is passed is passed with all that stands under it.
 */
export const moveBlocks =
  (direction: -1 | 1): Command =>
  (state, dispatch) => {
    const blocks = selectedTrees(state)
    const [first] = blocks
    const last = blocks.at(-1)
    if (first === undefined || last === undefined || !areSiblings(blocks)) return false
    const { doc, tr, selection } = state
    const target = direction < 0 ? treeBefore(doc, first)?.pos : endOfTreeAfter(doc, first, last)
    if (target === undefined) return false
    if (dispatch === undefined) return true
    const [start, end] = [first.pos, last.pos + last.node.nodeSize]
    tr.step(new MoveStep(doc, start, end, target))
    const shift = direction < 0 ? target - start : target - end
    if (selection instanceof TextSelection) {
      // A selection may end at the start of a block that does not move.
      const moved = (pos: number): ResolvedPos => tr.doc.resolve(Math.min(pos, end - 1) + shift)
      tr.setSelection(TextSelection.between(moved(selection.anchor), moved(selection.head)))
    } else if (selection instanceof NodeSelection) {
      tr.setSelection(NodeSelection.create(tr.doc, selection.from + shift))
    }
    dispatch(tr.scrollIntoView())
    return true
  }

/** What a block is moved up past: the block before it, or for a list item the item that this one stands under. */
function treeBefore(doc: Node, block: Placed): Placed | null {
  const { kind, indent: own } = blockOf(block.node)
  let before = placedBefore(doc, block)
  if (!isListKind(kind)) return before
  for (let outer = before; outer !== null; outer = placedBefore(doc, outer)) {
    const other = blockOf(outer.node)
    if (other.indent <= own) return isListKind(other.kind) ? outer : before
    before = outer
  }
  return placedBefore(doc, block)
}

/** Where what a block is moved down past ends. */
function endOfTreeAfter(doc: Node, first: Placed, last: Placed): number | undefined {
  const after = placedAfter(doc, last)
  if (after === null) return undefined
  const passed = isListKind(blockOf(first.node).kind) ? (childrenOf(doc, after).at(-1) ?? after) : after
  return passed.pos + passed.node.nodeSize
}

/** Inserts a line break within the block. */
export const insertHardBreak: Command = (state, dispatch) => {
  const { $from, $to } = state.selection
  if (!$from.parent.isTextblock || !$to.parent.isTextblock) return false
  if (dispatch === undefined) return true
  const { tr } = state
  if ($from.parent.type.spec.code) tr.insertText('\n')
  else tr.replaceSelectionWith(schema.nodes.hard_break.create())
  dispatch(tr.scrollIntoView())
  return true
}

/** The spaces that Tab means in code. */
const TAB = '  '

/** Tab in code: spaces, or every selected line moved right. */
export const indentCode: Command = (state, dispatch) => {
  const { $from, $to, empty } = state.selection
  if (!$from.parent.type.spec.code || !$from.sameParent($to)) return false
  if (dispatch === undefined) return true
  const { tr } = state
  if (empty) tr.insertText(TAB)
  else for (const line of codeLines(state).reverse()) tr.insertText(TAB, line)
  dispatch(tr.scrollIntoView())
  return true
}

/** Shift-Tab in code: the selected lines moved left. */
export const outdentCode: Command = (state, dispatch) => {
  const { $from, $to } = state.selection
  if (!$from.parent.type.spec.code || !$from.sameParent($to)) return false
  if (dispatch === undefined) return true
  const { tr } = state
  for (const line of codeLines(state).reverse()) {
    const spaces = /^(?: {1,2}|\t)/u.exec($from.parent.textContent.slice(line - $from.start()))?.[0].length ?? 0
    if (spaces > 0) tr.delete(line, line + spaces)
  }
  dispatch(tr.scrollIntoView())
  return true
}

/** Where the selected lines of one code block begin. */
function codeLines({ selection: { $from, $to } }: EditorState): number[] {
  const text = $from.parent.textContent
  const start = $from.start()
  const lines = [text.slice(0, $from.parentOffset).lastIndexOf('\n') + 1]
  for (
    let at = text.indexOf('\n', $from.parentOffset);
    at >= 0 && at < $to.parentOffset;
    at = text.indexOf('\n', at + 1)
  )
    lines.push(at + 1)
  return lines.map((offset) => start + offset)
}
