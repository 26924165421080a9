/** One random session: a few people, the real editor, a bad network. */
import { chainCommands } from 'prosemirror-commands'
import { Fragment, Slice, type Node } from 'prosemirror-model'
import { AllSelection, Plugin, PluginKey, type Command } from 'prosemirror-state'
import { vi } from 'vitest'
import * as Y from 'yjs'
import { bodyOf } from '#doc/document'
import { blockAttrs, schema } from '#doc/schema'
import { bind } from '#editor/binding'
import { moveBlocks, toggleChecked } from '#editor/block-commands'
import { backspaceCommands, deleteCommands, enterCommands } from '#editor/block-edges'
import { closeUndoStep, redo, undo } from '#editor/history'
import { menu } from '#editor/menu'
import { numbering } from '#editor/numbering'
import { toAbsolute, toRelative } from '#editor/positions'
import { createReplica } from '#editor/replica'
import { openHeadless, type HeadlessEditor } from '../support/headless-editor.ts'
import { createNetwork, type Network } from '../support/network.ts'
import { seeded, type Random } from '../support/random.ts'

/** What became of the words typed in a session. */
export interface Outcome {
  typed: number
  /** Words that nobody deleted and that are there once, whole. */
  kept: number
  doubled: number
  lost: number
  /** There, but torn apart or into another block. */
  torn: number
}

const STEPS = 120

/** Longest pause between two acts, ms; a message takes up to 300. */
const MOST_PAUSE = 120

const enter = chainCommands(...enterCommands)
const backspace = chainCommands(...backspaceCommands)
const remove = chainCommands(...deleteCommands)
const ofMenu = (group: string): Command[] => menu.filter((item) => item.group === group).map(({ command }) => command)
const kinds = ofMenu('kind')
const marks = ofMenu('mark')
const indents = ofMenu('indent')
const inserts = ofMenu('insert')

/** What people do in a session: everything, off and on the network; or only type, split and join lines, all online. */
export type Acts = 'everything' | 'lines'

/** Plays a session, with fake timers, and throws when anything differs at its end. */
export function playSession(seed: number, acts: Acts): Outcome {
  const random = seeded(seed)
  vi.useFakeTimers({ now: 0 })
  vi.spyOn(Math, 'random').mockImplementation(() => random.below(1e9) / 1e9)
  const docs = Array.from({ length: 2 + random.below(3) }, (_, i) => {
    const doc = new Y.Doc()
    doc.clientID = 1000 + i
    return doc
  })
  const network = createNetwork(docs, random)
  const editors = docs.map((doc, i) =>
    openHeadless(doc, {
      clientId: 2000 + i,
      plugins: () => [numbering(), knownCarets()],
      others: (state) => caretsKey.getState(state) ?? [],
    }),
  )
  const words = new Map<string, 'kept' | 'deleted'>()
  const held = new Map<HeadlessEditor, { word: string; typed: number }>()

  /** What is typed of a word so far. */
  const typedOf = (word: string): string => {
    for (const half of held.values()) if (half.word === word) return word.slice(0, half.typed)
    return word
  }

  /** Words that an act changes before the eyes of the one who acts are that person's choice, and not counted. */
  const watchWords = (editor: HeadlessEditor, work: () => void): void => {
    const before = textOf(editor.state.doc)
    const present = [...words.keys()].map((word) => [word, before.split(typedOf(word)).length] as const)
    const growing = held.get(editor)?.word
    work()
    const after = textOf(editor.state.doc)
    for (const [word, count] of present) {
      if (word !== growing && after.split(typedOf(word)).length !== count) words.set(word, 'deleted')
    }
  }

  const act = (editor: HeadlessEditor): void => {
    const half = held.get(editor)
    if (half !== undefined) {
      // Goes on with the word it is typing, whatever the others do meanwhile.
      editor.type(half.word[half.typed] ?? '')
      half.typed += 1
      if (half.typed >= half.word.length) held.delete(editor)
      return
    }
    if (random.chance(0.5)) closeUndoStep(editor.state)
    const dice = random.below(acts === 'lines' ? 46 : 100)
    if (dice < 30) {
      selectSomewhere(editor, random, 0)
      const word = `<${editors.indexOf(editor)}${words.size}>`
      words.set(word, 'kept')
      if (random.chance(0.5)) editor.type(word)
      else held.set(editor, { word, typed: 0 })
    } else if (dice < 38) {
      selectSomewhere(editor, random, 0)
      editor.run(enter)
    } else if (dice < 46) {
      selectAtEdge(editor, random)
      editor.run(random.chance(0.5) ? backspace : remove)
    } else if (dice < 52) {
      selectSomewhere(editor, random, random.chance(0.2) ? 60 : 8)
      editor.run(backspace)
    } else if (dice < 62) {
      selectSomewhere(editor, random, random.chance(0.3) ? 40 : 0)
      editor.run(random.pick(kinds))
    } else if (dice < 68) {
      selectSomewhere(editor, random, 10)
      editor.run(random.pick(indents))
    } else if (dice < 76) {
      selectSomewhere(editor, random, 20)
      editor.run(random.pick(marks))
    } else if (dice < 80) {
      selectSomewhere(editor, random, 0)
      editor.run(random.pick(inserts))
    } else if (dice < 90) editor.run(random.chance(0.65) ? undo : redo)
    else if (dice < 93) {
      selectSomewhere(editor, random, 0)
      editor.dispatch(editor.state.tr.replaceSelection(randomSlice(random)))
    } else if (dice < 95) {
      selectSomewhere(editor, random, 0)
      editor.run(random.pick([moveBlocks(1), moveBlocks(-1), toggleChecked]))
    } else if (dice < 96) {
      editor.dispatch(editor.state.tr.setSelection(new AllSelection(editor.state.doc)))
      editor.run(backspace)
    } else {
      editor.composing = !editor.composing
      if (!editor.composing) editor.replica.release()
    }
  }

  for (let i = 0; i < STEPS; i++) {
    const peer = random.below(editors.length)
    const editor = editors[peer]
    if (editor === undefined) continue
    tellCarets(editors, peer, network)
    watchWords(editor, () => act(editor))
    editor.state.doc.check()
    if (acts === 'everything' && random.chance(0.04)) network.setOnline(peer, !network.isOnline(peer))
    network.pass(random.below(MOST_PAUSE))
  }
  for (const editor of editors) {
    editor.composing = false
    editor.replica.release()
  }
  network.settle()
  const outcome = outcomeOf(words, held, assertEqual(editors))
  for (const editor of editors) editor.destroy()
  network.destroy()
  return outcome
}

const caretsKey = new PluginKey<number[]>('known carets')

/** Where the others' carets are, as awareness would tell it. */
function knownCarets(): Plugin<number[]> {
  return new Plugin<number[]>({
    key: caretsKey,
    state: {
      init: () => [],
      apply: (tr, carets) =>
        (tr.getMeta(caretsKey) as number[] | undefined) ?? carets.map((caret) => tr.mapping.map(caret, -1)),
    },
  })
}

function tellCarets(editors: readonly HeadlessEditor[], peer: number, network: Network): void {
  const editor = editors[peer]
  if (editor === undefined) return
  const carets = editors.flatMap(({ state, binding }, other) => {
    if (other === peer || !network.isOnline(other) || !network.isOnline(peer)) return []
    return (
      toAbsolute(
        editor.binding.correspondence(),
        toRelative(binding.correspondence(), state.selection.head, 'after'),
      ) ?? []
    )
  })
  editor.dispatch(editor.state.tr.setMeta(caretsKey, carets))
}

function selectSomewhere({ state, select }: HeadlessEditor, random: Random, length: number): void {
  const anchor = random.below(state.doc.content.size + 1)
  const head = Math.min(state.doc.content.size, anchor + random.below(length + 1))
  select(besideCharacter(state.doc, anchor), besideCharacter(state.doc, head))
}

/** No browser puts a caret between the two UTF-16 units of one character. */
function besideCharacter(doc: Node, position: number): number {
  const around = doc.textBetween(Math.max(0, position - 1), Math.min(doc.content.size, position + 1))
  return (around.codePointAt(0) ?? 0) > 0xffff ? position - 1 : position
}

function selectAtEdge(editor: HeadlessEditor, random: Random): void {
  const edges: number[] = []
  editor.state.doc.forEach((node, offset) => edges.push(offset + 1, offset + node.nodeSize - 1))
  editor.select(Math.min(random.pick(edges), editor.state.doc.content.size))
}

function randomSlice(random: Random): Slice {
  const blocks = Array.from({ length: 1 + random.below(3) }, () =>
    schema.nodes.block.create(
      blockAttrs({ kind: random.pick(['paragraph', 'bullet', 'heading'] as const) }),
      random.chance(0.8)
        ? schema.text(random.pick(['가나다', 'xyz', '😀😁']), random.chance(0.3) ? [schema.marks.em.create()] : [])
        : null,
    ),
  )
  const open = random.below(2)
  return new Slice(Fragment.from(blocks), open, open)
}

const textOf = (doc: Node): string => doc.textBetween(0, doc.content.size, '\n', '\uFFFC')

/** All documents and editors hold the same, and so does an editor opened anew. Returns the text. */
function assertEqual(editors: readonly HeadlessEditor[]): string {
  const [first] = editors
  if (first === undefined) throw new RangeError('No editors')
  const expected = JSON.stringify(first.state.doc.toJSON())
  const body = JSON.stringify(bodyOf(first.source).toJSON())
  for (const [i, { state, source }] of editors.entries()) {
    state.doc.check()
    same(`text of editor ${i}`, JSON.stringify(state.doc.toJSON()), expected)
    same(`body of document ${i}`, JSON.stringify(bodyOf(source).toJSON()), body)
    const reopened = createReplica({ source, isHeld: () => false, onFrozen: () => undefined })
    same(
      `text of editor ${i} opened anew`,
      JSON.stringify(bind(reopened, { isWritable: () => true }).doc.toJSON()),
      expected,
    )
    reopened.destroy()
  }
  return textOf(first.state.doc)
}

function same(what: string, actual: string, expected: string): void {
  if (actual !== expected) throw new Error(`The ${what} differs:\n${actual}\n${expected}`)
}

function outcomeOf(
  words: ReadonlyMap<string, 'kept' | 'deleted'>,
  held: ReadonlyMap<HeadlessEditor, { word: string }>,
  text: string,
): Outcome {
  const unfinished = new Set([...held.values()].map(({ word }) => word))
  const outcome: Outcome = { typed: 0, kept: 0, doubled: 0, lost: 0, torn: 0 }
  for (const [word, fate] of words) {
    if (fate === 'deleted' || unfinished.has(word)) continue
    outcome.typed += 1
    const count = text.split(word).length - 1
    if (count === 1) outcome.kept += 1
    else if (count > 1) outcome.doubled += 1
    else if (Array.from(word).every((letter) => text.includes(letter))) outcome.torn += 1
    else outcome.lost += 1
  }
  return outcome
}
