/** People at work on one document, each with an editor of their own: what one does reaches the others when they meet. */
import { chainCommands } from 'prosemirror-commands'
import type { EditorState } from 'prosemirror-state'
import type { Step } from 'prosemirror-transform'
import { afterEach, expect } from 'vitest'
import type * as Y from 'yjs'
import { isRemote } from '#editor/binding/binding'
import { backspaceCommands, deleteCommands, enterCommands } from '#editor/block-edges'
import { copyOf, merge, readAnew } from './documents.ts'
import { openHeadless, type HeadlessEditor, type HeadlessOptions } from './headless-editor.ts'

export const enter = chainCommands(...enterCommands)
export const backspace = chainCommands(...backspaceCommands)
export const del = chainCommands(...deleteCommands)

const opened: HeadlessEditor[] = []

afterEach(() => {
  for (const editor of opened.splice(0)) editor.destroy()
})

/** An editor that is closed when the test is over. */
export function open(doc: Y.Doc, options?: HeadlessOptions): HeadlessEditor {
  const editor = openHeadless(doc, options)
  opened.push(editor)
  return editor
}

/** Two people with the same document. */
export function two(doc: Y.Doc, ids: readonly [number, number] = [1, 2]): [HeadlessEditor, HeadlessEditor] {
  const copy = copyOf(doc)
  return [open(doc, { clientId: ids[0] }), open(copy, { clientId: ids[1] })]
}

/** The text of each block, `|` for a line break. */
export const lines = ({ state }: Pick<HeadlessEditor, 'state'>): string[] =>
  state.doc.children.map((node) => node.textBetween(0, node.content.size, null, '|'))

/** Merges, and sees that nothing failed, and that everybody, and whoever opens the document anew, has the same. Returns the lines. */
export function settle(...editors: readonly HeadlessEditor[]): string[] {
  merge(...editors.map(({ source }) => source))
  return same(...editors)
}

/** Sees that everybody has the same, also who opens the document anew. Returns the lines. */
export function same(...editors: readonly HeadlessEditor[]): string[] {
  const [first] = editors
  if (first === undefined) return []
  const expected: unknown = first.state.doc.toJSON()
  for (const { state, source, binding } of editors) {
    expect(binding.failures).toBe(0)
    state.doc.check()
    expect(state.doc.toJSON()).toEqual(expected)
    expect(readAnew(source).toJSON()).toEqual(expected)
  }
  return lines(first)
}

/** The caret, as the block it is in and the offset there. */
export const caret = ({ state: { selection } }: { state: EditorState }): [block: number, offset: number] => [
  selection.$head.index(0),
  selection.$head.parentOffset,
]

/** The position at an offset in the block of that index. */
export function at({ state: { doc } }: { state: EditorState }, index: number, offset: number): number {
  let position = 1 + offset
  for (let i = 0; i < index; i++) position += doc.child(i).nodeSize
  return position
}

/** The steps by which an editor has shown what came from elsewhere. */
export const remoteSteps = ({ transactions }: HeadlessEditor): Step[] =>
  transactions.filter(isRemote).flatMap(({ steps }) => steps)
