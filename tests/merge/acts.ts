/** What somebody does at a place that is named by its text, and what a document looks like afterwards; for small examples. */
import type { Node } from 'prosemirror-model'
import { EditorState } from 'prosemirror-state'
import { moveBlocks } from '#editor/block-commands'
import { schema } from '#doc/schema'
import { sketched, sketchOf } from '../support/sketch.ts'
import type { MergeEditor } from './editors.ts'
import { choose, linesOf, pressBackspace, pressDelete, pressEnter, selectAll, type, type Line } from './hands.ts'

export type Act = (editor: MergeEditor) => void

const BOLD = schema.marks.strong.create()

/** A document from a sketch with ` / ` between its lines; `*x*` is bold. */
export function documentFrom(text: string): Node {
  const blocks = text.split(' / ').map((line) => {
    // Between others, or its margin would be taken off.
    const block = sketched(`x\n${line}\nx`).doc.child(1)
    if (block.isLeaf) return block
    const parts = block.children.flatMap((inline) =>
      inline.isText
        ? (inline.text ?? '')
            .split('*')
            .flatMap((run, i) => (run === '' ? [] : [schema.text(run, i % 2 === 1 ? [BOLD] : [])]))
        : [inline],
    )
    return block.type.create(block.attrs, parts)
  })
  return schema.topNodeType.create(null, blocks)
}

/** A document as such a sketch. */
export function textFrom(doc: Node): string {
  const blocks = doc.children.map((block) => {
    if (block.isLeaf) return block
    const parts = block.children.map((inline) =>
      inline.isText && BOLD.isInSet(inline.marks) ? schema.text(`*${inline.text ?? ''}*`) : inline,
    )
    return block.type.create(block.attrs, parts)
  })
  const state = EditorState.create({ doc: schema.topNodeType.create(null, blocks) })
  return sketchOf(state).replace('^', '').split('\n').join(' / ')
}

function lineWith(editor: MergeEditor, text: string): Line {
  const line = linesOf(editor.state.doc).find(({ node }) => node.textContent.includes(text))
  if (line === undefined) throw new RangeError(`No ${text} in the document`)
  return line
}

/** The positions before a text and behind it. */
function placeOf(editor: MergeEditor, text: string): [before: number, behind: number] {
  const { node, from } = lineWith(editor, text)
  const content = node.textBetween(0, node.content.size, '', '\ufffc')
  const before = from + content.indexOf(text)
  return [before, before + text.length]
}

const caretBefore = (editor: MergeEditor, text: string): void => editor.select(placeOf(editor, text)[0])
const caretBehind = (editor: MergeEditor, text: string): void => editor.select(placeOf(editor, text)[1])
const select = (editor: MergeEditor, text: string): void => editor.select(...placeOf(editor, text))

/** A key at the place before a text or behind it, or with the text selected. */
const at =
  (place: (editor: MergeEditor, text: string) => void, act: Act) =>
  (text: string): Act =>
  (editor) => {
    place(editor, text)
    act(editor)
  }

export const backspaceBefore = at(caretBefore, pressBackspace)
export const deleteBehind = at(caretBehind, pressDelete)
export const enterBefore = at(caretBefore, (editor) => void pressEnter(editor))
export const enterBehind = at(caretBehind, (editor) => void pressEnter(editor))
export const breakBefore = at(caretBefore, (editor) => void choose(editor, 'hard_break'))
export const deleteText = at(select, pressBackspace)
export const boldText = at(select, (editor) => void choose(editor, 'bold'))
export const makeHeading = at(caretBefore, (editor) => void choose(editor, 'heading1'))
export const makeBullet = at(caretBefore, (editor) => void choose(editor, 'bullet'))
export const makeCode = at(caretBefore, (editor) => void choose(editor, 'code_block'))
export const moveUp = at(caretBefore, (editor) => void editor.run(moveBlocks(-1)))
export const moveDown = at(caretBefore, (editor) => void editor.run(moveBlocks(1)))

export const typeBefore = (text: string, word: string): Act => at(caretBefore, (editor) => type(editor, word))(text)
export const typeBehind = (text: string, word: string): Act => at(caretBehind, (editor) => type(editor, word))(text)
export const typeOver = (text: string, word: string): Act => at(select, (editor) => type(editor, word))(text)

/** Selects from a text to another, both included, and deletes. */
export const deleteFromTo =
  (first: string, last: string): Act =>
  (editor) => {
    editor.select(placeOf(editor, first)[0], placeOf(editor, last)[1])
    pressBackspace(editor)
  }

/** Takes the block with a text out of the document. */
export const deleteBlock =
  (text: string): Act =>
  (editor) => {
    const { pos, node } = lineWith(editor, text)
    editor.dispatch(editor.state.tr.delete(pos, pos + node.nodeSize))
  }

export const deleteAll: Act = (editor) => {
  selectAll(editor)
  pressBackspace(editor)
}
