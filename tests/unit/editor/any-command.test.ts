import { expect, test, vi } from 'vitest'
import { AllSelection, EditorState, NodeSelection, TextSelection, type Command } from 'prosemirror-state'
import type { Node } from 'prosemirror-model'
import { blockAttrs, BLOCK_KINDS, MAX_DEPTH, depthOf, schema } from '#doc/schema'
import { moveBlocks, indentCode, outdentCode, setCodeLanguage, toggleChecked } from '#editor/block-commands'
import {
  arrowAbove,
  arrowBelow,
  backspaceCommands,
  deleteCommands,
  enterCommands,
  leaveBelow,
} from '#editor/block-edges'
import { clipText, placeSlice, readClip, writeClip } from '#editor/clips'
import { removeLink, setLink } from '#editor/link-making'
import { linkAt } from '#editor/links'
import { clearMarks } from '#editor/mark-commands'
import { menu } from '#editor/menu'
import { numbering } from '#editor/numbering'
import { seeded } from '../../support/random.ts'

const pasteItself: Command = (state, dispatch) => {
  const clip = readClip(writeClip(state))
  clipText(state.selection.content())
  if (clip === null) return false
  dispatch?.(placeSlice(state.tr.setSelection(TextSelection.atEnd(state.doc)), clip.slice, clip.whole))
  return true
}

const commands: readonly Command[] = [
  ...menu.map(({ command }) => command),
  ...enterCommands,
  ...backspaceCommands,
  ...deleteCommands,
  leaveBelow,
  arrowAbove,
  arrowBelow,
  toggleChecked,
  moveBlocks(-1),
  moveBlocks(1),
  indentCode,
  outdentCode,
  setCodeLanguage('js'),
  clearMarks,
  setLink('example.org'),
  setLink('example.org', 'text'),
  removeLink,
  pasteItself,
]

test('any command, on any selection of any document, leaves a sound document, and does what it says it can', () => {
  // ProseMirror warns of a selection that is nowhere.
  const warn = vi.spyOn(console, 'warn')
  for (let seed = 1; seed <= 150; seed++) {
    const random = seeded(seed)
    const depth = () => ({ indent: random.below(3) || null, quote: random.below(4) === 0 ? 1 : null })
    const text = () => (random.below(3) === 0 ? [] : [schema.text('word '.repeat(1 + random.below(3)))])
    const node = (): Node => {
      const choice = random.below(8)
      if (choice === 0) return schema.nodes.divider.create(depth())
      if (choice === 1) return schema.nodes.code_block.create(depth(), text())
      const kind = random.pick(BLOCK_KINDS)
      const { indent, quote } = depth()
      const attrs = { kind, level: 1 + random.below(3), indent: indent ?? 0, quote: quote ?? 0 }
      return schema.nodes.block.create(blockAttrs(attrs), [...text(), schema.nodes.hard_break.create(), ...text()])
    }
    const doc = schema.nodes.doc.create(null, Array.from({ length: 1 + random.below(6) }, node))
    let state = EditorState.create({ doc, plugins: [numbering()] })
    for (let step = 0; step < 25; step++) {
      const at = () => state.doc.resolve(random.below(state.doc.content.size + 1))
      const $at = at()
      const selection =
        random.below(12) === 0
          ? new AllSelection(state.doc)
          : $at.nodeAfter && NodeSelection.isSelectable($at.nodeAfter)
            ? NodeSelection.create(state.doc, $at.pos)
            : TextSelection.between($at, random.chance(0.5) ? $at : at())
      state = state.apply(state.tr.setSelection(selection))
      linkAt(state)
      const command = random.pick(commands)
      const before = state
      const can = command(before)
      const does = command(before, (tr) => (state = before.apply(tr)))
      expect(does, `seed ${seed}, step ${step}`).toBe(can)
      state.doc.check()
      state.doc.forEach((each) => expect(depthOf(each).indent).toBeLessThanOrEqual(MAX_DEPTH))
    }
  }
  expect(warn).not.toHaveBeenCalled()
})
