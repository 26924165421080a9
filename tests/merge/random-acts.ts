/** What a person does next, at random: everything there is but cut and paste. */
import { Fragment, Slice } from 'prosemirror-model'
import { blockAttrs, schema } from '#doc/schema'
import { moveBlocks, toggleChecked } from '#editor/block-commands'
import { placeSlice } from '#editor/clips'
import { menu, type MenuId } from '#editor/menu'
import type { Random } from '../support/random.ts'
import type { MergeEditor } from './editors.ts'
import { choose, linesOf, pressBackspace, pressDelete, pressEnter, type, type Line } from './hands.ts'

/** Somebody who acts. */
export interface Actor {
  editor: MergeEditor
  random: Random
  /** A new word, of letters that nobody has written yet. */
  word: () => string
}

type Act = (actor: Actor) => void

const idsOf = (group: string): MenuId[] => menu.filter((item) => item.group === group).map(({ id }) => id)

/** A place in a line, never within a surrogate pair. */
function somewhereIn({ node, from }: Line, random: Random): number {
  const offset = random.below(node.content.size + 1)
  const around = node.textBetween(Math.max(0, offset - 1), Math.min(node.content.size, offset + 1), '', '\ufffc')
  return from + ((around.codePointAt(0) ?? 0) > 0xffff ? offset - 1 : offset)
}

function selectSomewhere({ editor, random }: Actor, most: number): void {
  const lines = linesOf(editor.state.doc)
  const line = random.pick(lines)
  const anchor = somewhereIn(line, random)
  if (most === 0) return editor.select(anchor)
  // The end of the selection is a place in some line, too.
  const reach = lines.filter(({ from, to }) => to >= anchor && from <= anchor + most)
  const head = somewhereIn(random.pick(reach), random)
  editor.select(Math.min(anchor, head), Math.min(Math.max(anchor, head), Math.min(anchor, head) + most))
  const { from, to, $to } = editor.state.selection
  const before = $to.parent.textBetween(Math.max(0, $to.parentOffset - 1), $to.parentOffset, '', '\ufffc')
  if (/[\ud800-\udbff]/u.test(before)) editor.select(from, to - 1)
}

const at =
  (most: number, act: Act): Act =>
  (actor) => {
    selectSomewhere(actor, most)
    act(actor)
  }

const atEdge =
  (edge: 'from' | 'to', act: Act): Act =>
  (actor) => {
    actor.editor.select(actor.random.pick(linesOf(actor.editor.state.doc))[edge])
    act(actor)
  }

const paste: Act = ({ editor, random, word }) => {
  const blocks = Array.from({ length: 1 + random.below(3) }, () =>
    schema.nodes.block.create(
      blockAttrs({ kind: random.pick(['paragraph', 'bullet', 'heading'] as const) }),
      schema.text(word(), random.chance(0.3) ? [schema.marks.em.create()] : []),
    ),
  )
  const open = random.below(2)
  editor.dispatch(placeSlice(editor.state.tr, new Slice(Fragment.from(blocks), open, open), false))
}

const chooseFrom =
  (group: string): Act =>
  ({ editor, random }) =>
    void choose(editor, random.pick(idsOf(group)))

const typeWord: Act = ({ editor, random, word }) => {
  if (random.chance(0.5)) editor.type(word())
  else type(editor, word())
}

const move: Act = ({ editor, random }) => void editor.run(moveBlocks(random.chance(0.5) ? 1 : -1))

const typing = at(0, typeWord)
const kinds = at(20, chooseFrom('kind'))
const marks = at(20, chooseFrom('mark'))
const moveOne = at(0, move)
const moveSome = at(20, move)

/** The acts, each with how often it is done. */
const ACTS: readonly (readonly [weight: number, act: Act])[] = [
  [30, typing],
  [3, atEdge('to', typeWord)],
  [3, at(6, typeWord)],
  [8, at(0, ({ editor }) => void pressEnter(editor))],
  [2, atEdge('to', ({ editor }) => void pressEnter(editor))],
  [5, atEdge('from', ({ editor }) => pressBackspace(editor))],
  [4, atEdge('to', ({ editor }) => pressDelete(editor))],
  [6, at(8, ({ editor }) => pressBackspace(editor))],
  [1, at(60, ({ editor }) => pressBackspace(editor))],
  [8, kinds],
  [3, at(10, chooseFrom('indent'))],
  [8, marks],
  [2, at(0, chooseFrom('insert'))],
  [1, at(0, ({ editor }) => void editor.run(toggleChecked))],
  [3, at(0, paste)],
  [5, moveOne],
  [2, moveSome],
  [6, ({ editor }) => void editor.undo()],
  [3, ({ editor }) => void editor.redo()],
]

const HISTORY = ACTS.slice(-2)
const MOVES = ACTS.filter(([, act]) => act === moveOne || act === moveSome)

function pickAct(acts: typeof ACTS, random: Random): Act {
  let dice = random.below(acts.reduce((sum, [weight]) => sum + weight, 0))
  for (const [weight, act] of acts) {
    dice -= weight
    if (dice < 0) return act
  }
  throw new RangeError('Nothing to do')
}

const FORM_AND_TYPING: readonly Act[] = [typing, kinds, marks]
const withoutMoves = ACTS.filter((act) => !MOVES.includes(act))
const withoutHistory = ACTS.filter((act) => !HISTORY.includes(act))

/** One act, as a step of its own in the history, or with what was done before. */
export function actAtRandom(actor: Actor, options: { moves: boolean }): void {
  if (actor.random.chance(0.5)) actor.editor.pause()
  pickAct(options.moves ? ACTS : withoutMoves, actor.random)(actor)
}

/** Where lines begin and end, and what is in them, without typing or form. */
const onLines = withoutHistory.filter(([, act]) => !FORM_AND_TYPING.includes(act))

/** The same without undo and redo, each act a step of its own; or only what makes, joins, moves and deletes lines. */
export function actOnce(actor: Actor, options: { linesOnly: boolean }): void {
  actor.editor.pause()
  pickAct(options.linesOnly ? onLines : withoutHistory, actor.random)(actor)
}
