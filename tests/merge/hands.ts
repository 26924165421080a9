/** What hands do in an editor: keys pressed at places that are named as people would name them. */
import { chainCommands } from 'prosemirror-commands'
import type { Node } from 'prosemirror-model'
import { AllSelection } from 'prosemirror-state'
import { schema } from '#doc/schema'
import { backspaceCommands, deleteCommands, enterCommands } from '#editor/block-edges'
import { placedAt, textBefore } from '#editor/blocks'
import { menu, type MenuId } from '#editor/menu'
import { rules } from '#editor/typed-rules'
import type { MergeEditor } from './editors.ts'

/** A text block of a document; `from` is where its text begins. */
export interface Line {
  node: Node
  pos: number
  from: number
  to: number
}

/** The text blocks, in order. */
export function linesOf(doc: Node): Line[] {
  const lines: Line[] = []
  doc.forEach((node, pos) => {
    if (node.isTextblock) lines.push({ node, pos, from: pos + 1, to: pos + node.nodeSize - 1 })
  })
  return lines
}

/** The text block of that number, counted from 0; the last one when there are fewer. */
export function lineAt(editor: MergeEditor, index: number): Line {
  const lines = linesOf(editor.state.doc)
  const line = lines[Math.min(index, lines.length - 1)]
  if (line === undefined) throw new RangeError('A document without text blocks')
  return line
}

const enterKey = chainCommands(...enterCommands)
const backspaceKey = chainCommands(...backspaceCommands)
const deleteKey = chainCommands(...deleteCommands)

export const pressEnter = (editor: MergeEditor): boolean => editor.run(enterKey)

/** Also within text, where a page leaves it to the browser. */
export function pressBackspace(editor: MergeEditor): void {
  if (editor.run(backspaceKey)) return
  const { tr, selection } = editor.state
  const before = selection.$from.parent.textBetween(0, selection.$from.parentOffset, '', '\ufffc')
  const size = Array.from(before).at(-1)?.length ?? 0
  if (size > 0) editor.dispatch(tr.delete(selection.from - size, selection.from))
}

export function pressDelete(editor: MergeEditor): void {
  if (editor.run(deleteKey)) return
  const { tr, selection } = editor.state
  const { $from } = selection
  const after = $from.parent.textBetween($from.parentOffset, $from.parent.content.size, '', '\ufffc')
  const size = Array.from(after)[0]?.length ?? 0
  if (size > 0) editor.dispatch(tr.delete(selection.from, selection.from + size))
}

/** A thing from the toolbar. */
export function choose(editor: MergeEditor, id: MenuId): boolean {
  const item = menu.find((each) => each.id === id)
  if (item === undefined) throw new RangeError(`No ${id} in the menu`)
  return editor.run(item.command)
}

export const selectAll = (editor: MergeEditor): void =>
  editor.dispatch(editor.state.tr.setSelection(new AllSelection(editor.state.doc)))

/** Key by key. */
export function type(editor: MergeEditor, text: string): void {
  for (const char of text) editor.type(char)
}

/** Key by key, and what is Markdown becomes formatting, as in the page. */
export function typeMarkdown(editor: MergeEditor, text: string): void {
  for (const char of text) {
    editor.type(char)
    const { state } = editor
    const { $from } = state.selection
    const block = placedAt($from)
    if (block === null || block.node.type !== schema.nodes.block) continue
    const before = textBefore($from)
    for (const rule of rules) {
      const match = rule.last === char ? rule.pattern.exec(before) : null
      const tr = match && rule.apply({ state, block, from: $from.pos - match[0].length, to: $from.pos, match })
      if (!tr?.docChanged) continue
      editor.pause()
      editor.dispatch(tr)
      editor.pause()
      break
    }
  }
}
