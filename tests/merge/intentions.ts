/** What people do to a text, each as one function of an editor and a place in it. */
import { Fragment, Slice } from 'prosemirror-model'
import { blockAttrs, schema } from '#doc/schema'
import { insertHardBreak, moveBlocks, toggleChecked } from '#editor/block-commands'
import { placeSlice, readClip, writeClip } from '#editor/clips'
import { setLink } from '#editor/link-making'
import { clearMarks } from '#editor/mark-commands'
import type { MergeEditor } from './editors.ts'
import {
  choose,
  lineAt,
  linesOf,
  pressBackspace,
  pressDelete,
  pressEnter,
  selectAll,
  type,
  typeMarkdown,
} from './hands.ts'
import type { Letters } from './letters.ts'

/** Where somebody is at work: a text block, and a word in it. */
export interface Place {
  line: number
  from: number
  to: number
}

export interface Intention {
  name: string
  /** It cuts and pastes: what is pasted is new text, so what others do to the old does not reach it. */
  cutPaste?: true
  /** It deletes something and gives it back by undoing, before anybody else knew. */
  restores?: true
  act: (editor: MergeEditor, place: Place, letters: Letters) => void
}

type Act = Intention['act']

const caret = (editor: MergeEditor, line: number, offset: number): void => {
  const { from, to } = lineAt(editor, line)
  editor.select(Math.min(from + offset, to))
}

const atStart = (editor: MergeEditor, { line }: Place): void => caret(editor, line, 0)
const atEnd = (editor: MergeEditor, { line }: Place): void => editor.select(lineAt(editor, line).to)
const inMiddle = (editor: MergeEditor, { line, from }: Place): void => caret(editor, line, from)

const selectWord = (editor: MergeEditor, { line, from, to }: Place): void => {
  const { from: start, to: end } = lineAt(editor, line)
  editor.select(Math.min(start + from, end), Math.min(start + to, end))
}

const selectLine = (editor: MergeEditor, { line }: Place): void => {
  const { from, to } = lineAt(editor, line)
  editor.select(from, to)
}

/** From the word's start to where the word would end, that many lines further down. */
const selectAcross =
  (lines: number) =>
  (editor: MergeEditor, { line, from, to }: Place): void => {
    const [first, last] = [lineAt(editor, line), lineAt(editor, line + lines)]
    editor.select(first.from + from, Math.min(last.from + to, last.to))
  }

const deleteBlock = (editor: MergeEditor, { line }: Place): void => {
  const { pos, node } = lineAt(editor, line)
  editor.dispatch(editor.state.tr.delete(pos, pos + node.nodeSize))
}

/** Selects something, then does something to it. */
const on =
  (select: (editor: MergeEditor, place: Place) => void, ...acts: readonly Act[]): Act =>
  (editor, place, letters) => {
    select(editor, place)
    for (const act of acts) act(editor, place, letters)
  }

/** Does something, and has second thoughts. */
const undone =
  (act: Act): Act =>
  (editor, place, letters) => {
    editor.pause()
    act(editor, place, letters)
    editor.undo()
  }

const redone =
  (act: Act): Act =>
  (editor, place, letters) => {
    undone(act)(editor, place, letters)
    editor.redo()
  }

const typeWord: Act = (editor, _place, letters) => type(editor, letters.draw(4))
const backspace: Act = (editor) => pressBackspace(editor)
const remove: Act = (editor) => pressDelete(editor)
const enter: Act = (editor) => void pressEnter(editor)
const menuItem =
  (id: Parameters<typeof choose>[1]): Act =>
  (editor) =>
    void choose(editor, id)

const move =
  (direction: -1 | 1): Act =>
  (editor) =>
    void editor.run(moveBlocks(direction))

/** Until the line has gone to the end of the one above: what it was may be taken away before. */
const joinUp: Act = (editor, { line }) => {
  caret(editor, line, 0)
  const before = linesOf(editor.state.doc).length
  for (let keys = 0; keys < 4 && linesOf(editor.state.doc).length === before; keys++) pressBackspace(editor)
}

/** A clip of new text, a paragraph each. */
const pasteLines =
  (count: number): Act =>
  (editor, _place, letters) => {
    const blocks = Array.from({ length: count }, () =>
      schema.nodes.block.create(blockAttrs({}), schema.text(letters.draw(3))),
    )
    editor.dispatch(placeSlice(editor.state.tr, new Slice(Fragment.from(blocks), 1, 1), false))
  }

const pasteBold: Act = (editor, _place, letters) => {
  const text = schema.text(letters.draw(4), [schema.marks.strong.create()])
  editor.dispatch(placeSlice(editor.state.tr, new Slice(Fragment.from(text), 0, 0), false))
}

/** Cuts what is selected and pastes it two lines further on. */
const cutAndPaste: Act = (editor, { line }) => {
  const clip = readClip(writeClip(editor.state))
  editor.dispatch(editor.state.tr.deleteSelection())
  caret(editor, (line + 2) % linesOf(editor.state.doc).length, 6)
  if (clip !== null) editor.dispatch(placeSlice(editor.state.tr, clip.slice, clip.whole))
}

const duplicate: Act = (editor, { line }) => {
  const { pos, node } = lineAt(editor, line)
  editor.dispatch(editor.state.tr.insert(pos + node.nodeSize, node))
}

const twoLines = selectAcross(1)
const threeLines = selectAcross(2)
const splitInMiddle = on(inMiddle, enter)
const deleteWord = on(selectWord, backspace)
const deleteAcross = on(twoLines, backspace)

export const INTENTIONS: readonly Intention[] = [
  // Typing.
  {
    name: 'type a letter in the middle',
    act: on(inMiddle, (editor, _place, letters) => type(editor, letters.draw(1))),
  },
  { name: 'type a word in the middle', act: on(inMiddle, typeWord) },
  { name: 'type a word at the start', act: on(atStart, typeWord) },
  { name: 'type a word at the end', act: on(atEnd, typeWord) },
  { name: 'type over a word', act: on(selectWord, typeWord) },
  { name: 'type over the text of a block', act: on(selectLine, typeWord) },
  { name: 'type a bold word', act: on(inMiddle, menuItem('bold'), typeWord) },
  // Deleting.
  { name: 'delete a letter', act: on(inMiddle, remove) },
  { name: 'delete a word', act: deleteWord },
  {
    name: 'delete to the end of the block',
    act: on((editor, { line, from }) => {
      const { from: start, to } = lineAt(editor, line)
      editor.select(start + from, to)
    }, backspace),
  },
  {
    name: 'delete the start of the block',
    act: on((editor, { line, to }) => {
      const { from: start } = lineAt(editor, line)
      editor.select(start, start + to)
    }, backspace),
  },
  { name: 'delete the text of a block', act: on(selectLine, backspace) },
  { name: 'delete a block', act: deleteBlock },
  { name: 'delete across two blocks', act: deleteAcross },
  { name: 'delete across three blocks', act: on(threeLines, backspace) },
  { name: 'type over two blocks', act: on(twoLines, typeWord) },
  { name: 'select all and delete', act: on(selectAll, backspace) },
  // Lines.
  { name: 'Enter in the middle', act: splitInMiddle },
  { name: 'Enter at the start', act: on(atStart, enter) },
  { name: 'Enter at the end', act: on(atEnd, enter) },
  { name: 'Enter at the end and a new line', act: on(atEnd, enter, typeWord) },
  { name: 'Enter in the middle and a word', act: on(inMiddle, enter, typeWord) },
  { name: 'Enter over a word', act: on(selectWord, enter) },
  { name: 'Shift+Enter in the middle', act: on(inMiddle, (editor) => void editor.run(insertHardBreak)) },
  { name: 'Backspace at the start', act: on(atStart, backspace) },
  { name: 'join with the line above', act: joinUp },
  { name: 'Delete at the end', act: on(atEnd, remove) },
  { name: 'Enter and Backspace', act: on(inMiddle, enter, backspace) },
  // What blocks are.
  { name: 'make it a heading', act: on(inMiddle, menuItem('heading2')) },
  { name: 'make it a list item', act: on(inMiddle, menuItem('bullet')) },
  { name: 'make two blocks list items', act: on(twoLines, menuItem('ordered')) },
  { name: 'make it a task', act: on(inMiddle, menuItem('task')) },
  { name: 'tick it', act: on(inMiddle, (editor) => void editor.run(toggleChecked)) },
  { name: 'quote it', act: on(inMiddle, menuItem('quote')) },
  { name: 'make it code', act: on(inMiddle, menuItem('code_block')) },
  { name: 'make it a paragraph', act: on(inMiddle, menuItem('paragraph')) },
  { name: 'indent it', act: on(inMiddle, menuItem('indent')) },
  { name: 'outdent it', act: on(inMiddle, menuItem('outdent')) },
  { name: 'type # and a space', act: on(atStart, (editor) => typeMarkdown(editor, '# ')) },
  { name: 'insert a divider', act: on(inMiddle, menuItem('divider')) },
  // How text looks.
  { name: 'bold a word', act: on(selectWord, menuItem('bold')) },
  { name: 'bold the block', act: on(selectLine, menuItem('bold')) },
  { name: 'bold across two blocks', act: on(twoLines, menuItem('bold')) },
  { name: 'italicise a word', act: on(selectWord, menuItem('italic')) },
  { name: 'link a word', act: on(selectWord, (editor) => void editor.run(setLink('https://example.org/'))) },
  { name: 'clear the formatting', act: on(selectLine, (editor) => void editor.run(clearMarks)) },
  {
    name: 'type **bold**',
    act: on(inMiddle, (editor, _place, letters) => typeMarkdown(editor, `**${letters.draw(3)}**`)),
  },
  // Order.
  { name: 'move the block up', act: on(inMiddle, move(-1)) },
  { name: 'move the block down', act: on(inMiddle, move(1)) },
  { name: 'move two blocks down', act: on(twoLines, move(1)) },
  { name: 'move the block down twice', act: on(inMiddle, move(1), move(1)) },
  // The clipboard.
  { name: 'paste a word', act: on(inMiddle, pasteLines(1)) },
  { name: 'paste a bold word', act: on(inMiddle, pasteBold) },
  { name: 'paste three lines', act: on(inMiddle, pasteLines(3)) },
  { name: 'duplicate the block', act: duplicate },
  { name: 'cut a word and paste it', cutPaste: true, act: on(selectWord, cutAndPaste) },
  { name: 'cut the text of a block and paste it', cutPaste: true, act: on(selectLine, cutAndPaste) },
  // Second thoughts.
  { name: 'type a word, undo', act: undone(on(inMiddle, typeWord)) },
  { name: 'type a word, undo, redo', act: redone(on(inMiddle, typeWord)) },
  { name: 'delete a word, undo', restores: true, act: undone(deleteWord) },
  { name: 'delete a word, undo, redo', act: redone(deleteWord) },
  { name: 'delete across two blocks, undo', restores: true, act: undone(deleteAcross) },
  { name: 'Enter in the middle, undo', act: undone(splitInMiddle) },
  { name: 'join with the line above, undo', restores: true, act: undone(joinUp) },
  { name: 'bold a word, undo', act: undone(on(selectWord, menuItem('bold'))) },
  { name: 'make it a heading, undo', act: undone(on(inMiddle, menuItem('heading2'))) },
  { name: 'move the block down, undo', act: undone(on(inMiddle, move(1))) },
]
