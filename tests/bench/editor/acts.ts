/** What somebody does in a big document, over and over, at places all over it. */
import { chainCommands } from 'prosemirror-commands'
import type { Command, EditorState } from 'prosemirror-state'
import { moveBlocks } from '#editor/block-commands'
import { backspaceCommands, enterCommands } from '#editor/block-edges'
import { toggle } from '#editor/mark-commands'
import type { HeadlessEditor } from '../../support/headless-editor.ts'

/** Of an act: how often it is done, from the block and the offset in it where it is done the first time. */
interface Act {
  /** Goes there; what that costs does not count. */
  go: (editor: HeadlessEditor, block: number) => void
  /** What counts, one after another. */
  steps: readonly Command[]
}

const enter = chainCommands(...enterCommands)
const backspace = chainCommands(...backspaceCommands)

const typed: Command = (state, dispatch) => {
  dispatch?.(state.tr.insertText('x'))
  return true
}

const KEYS = 8
const WORD = [7, 12] as const

const caretIn =
  (anchor: number, head = anchor): Act['go'] =>
  (editor, block) => {
    const start = startOf(editor.state, block)
    editor.select(start + 1 + anchor, start + 1 + head)
  }

const acts = {
  /** Letters. */
  key: { go: caretIn(20), steps: Array<Command>(KEYS).fill(typed) },
  /** A line in two. */
  enter: { go: caretIn(30), steps: [enter] },
  /** Two lines in one. */
  join: { go: caretIn(0), steps: [backspace] },
  /** A word becomes bold. */
  bold: { go: caretIn(...WORD), steps: [toggle('strong')] },
  /** A block goes down past the next one, and up again. */
  move: { go: caretIn(10), steps: [moveBlocks(1), moveBlocks(-1)] },
} satisfies Record<string, Act>

export type ActName = keyof typeof acts

function startOf({ doc }: EditorState, block: number): number {
  let position = 0
  for (let i = 0; i < block; i++) position += doc.child(i).nodeSize
  return position
}

/** Blocks in no order that anything could be prepared for, none near the one before. */
let place = 0
function nextPlace({ doc }: EditorState): number {
  place = (place + 0.618034) % 1
  return 1 + Math.floor(place * (doc.childCount - 2))
}

/** Does something so many times, `around` each step of it. */
export function act(editor: HeadlessEditor, name: ActName, times: number, around: (step: () => void) => void): void {
  const { go, steps } = acts[name]
  for (let i = 0; i < times; i++) {
    go(editor, nextPlace(editor.state))
    for (const step of steps) {
      around(() => {
        if (!editor.run(step)) throw new Error(`Nothing to do for ${name}`)
      })
    }
  }
}
