/** One random session: a few people, the real editor, a bad network. */
import { chainCommands } from 'prosemirror-commands'
import { Fragment, Slice, type Node } from 'prosemirror-model'
import { AllSelection, type Command } from 'prosemirror-state'
import { vi } from 'vitest'
import * as Y from 'yjs'
import { Flow } from '#doc/flow/flow'
import { documentOf } from '#doc/flow/read'
import { blockAttrs, schema } from '#doc/schema'
import { moveBlocks, toggleChecked } from '#editor/block-commands'
import { backspaceCommands, deleteCommands, enterCommands } from '#editor/block-edges'
import { closeUndoStep, redo, undo } from '#editor/binding/undo'
import { menu } from '#editor/menu'
import { numbering } from '#editor/numbering'
import { openHeadless, type HeadlessEditor } from '../support/headless-editor.ts'
import { lettersFrom } from '../merge/letters.ts'
import { createNetwork } from '../support/network.ts'
import { seeded, type Random } from '../support/random.ts'

/** What became of the letters typed in a session, each of which is written once. */
export interface Outcome {
  /** Letters that nobody has deleted, or everybody who did has undone it. */
  typed: number
  lost: number
  /** Letters that are there more than once. */
  doubled: number
  /** Letters that somebody has deleted, and that are there again. */
  broughtBack: number
}

const STEPS = 120

/** Where the letters begin that are typed: above all others that are pasted. */
const FIRST_LETTER = 0x20000

/** In every so many sessions each change is looked at twice: as it was taken in, and read anew. */
const FLOW_CHECKED = 8

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
  if (seed % FLOW_CHECKED === 0) for (const doc of docs) checkFlow(doc)
  const network = createNetwork(docs, random)
  const thrown: unknown[] = []
  const editors = docs.map((doc, i) =>
    openHeadless(doc, {
      clientId: 1000 + i,
      plugins: () => [numbering()],
      onError: (error) => thrown.push(error),
    }),
  )
  const letters = lettersFrom(FIRST_LETTER)
  /** Who has deleted each letter that was typed, before their own eyes. */
  const deleters = new Map<string, Set<HeadlessEditor>>()
  const held = new Map<HeadlessEditor, string>()

  /** Sees what an act does to the letters on the screen of the one who acts: that is their choice. */
  const watch = (editor: HeadlessEditor, work: () => void): void => {
    const before = lettersIn(editor.state.doc)
    work()
    const after = lettersIn(editor.state.doc)
    for (const letter of after) {
      if (before.has(letter)) continue
      const known = deleters.get(letter)
      if (known === undefined) deleters.set(letter, new Set())
      else known.delete(editor)
    }
    for (const letter of before) if (!after.has(letter)) deleters.get(letter)?.add(editor)
  }

  const act = (editor: HeadlessEditor): void => {
    const half = held.get(editor)
    if (half !== undefined) {
      // Goes on with the word it is typing, whatever the others do meanwhile.
      editor.type(half[0] ?? '')
      if (half.length > 1) held.set(editor, half.slice(1))
      else held.delete(editor)
      return
    }
    if (editor.composing) {
      // An input method takes every key until it is done.
      if (random.chance(0.4)) editor.type(letters.draw(1))
      else {
        editor.composing = false
        editor.release()
      }
      return
    }
    if (random.chance(0.5)) closeUndoStep(editor.state)
    const dice = random.below(acts === 'lines' ? 46 : 100)
    if (dice < 30) {
      selectSomewhere(editor, random, 0)
      const word = letters.draw(4)
      if (random.chance(0.5)) editor.type(word)
      else held.set(editor, word)
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
    } else editor.composing = true
  }

  for (let i = 0; i < STEPS; i++) {
    const peer = random.below(editors.length)
    const editor = editors[peer]
    if (editor === undefined) continue
    watch(editor, () => act(editor))
    editor.state.doc.check()
    if (thrown.length > 0) throw thrown[0]
    if (acts === 'everything' && random.chance(0.04)) network.setOnline(peer, !network.isOnline(peer))
    network.pass(random.below(MOST_PAUSE))
  }
  for (const editor of editors) {
    editor.composing = false
    editor.release()
  }
  network.settle()
  const outcome = outcomeOf(deleters, assertEqual(editors))
  for (const editor of editors) editor.destroy()
  network.destroy()
  return outcome
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
  for (const [i, { state, source, binding }] of editors.entries()) {
    state.doc.check()
    same(`text of editor ${i}`, JSON.stringify(state.doc.toJSON()), expected)
    same(`text of document ${i} opened anew`, JSON.stringify(documentOf(new Flow(source)).toJSON()), expected)
    same(`number of failures of editor ${i}`, String(binding.failures), '0')
  }
  return textOf(first.state.doc)
}

function same(what: string, actual: string, expected: string): void {
  if (actual !== expected) throw new Error(`The ${what} differs:\n${actual}\n${expected}`)
}

const isLetter = (letter: string): boolean => (letter.codePointAt(0) ?? 0) >= FIRST_LETTER

const lettersIn = (doc: Node): Set<string> => new Set(Array.from(textOf(doc)).filter(isLetter))

function outcomeOf(deleters: ReadonlyMap<string, ReadonlySet<HeadlessEditor>>, text: string): Outcome {
  const counts = new Map<string, number>()
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  const outcome: Outcome = { typed: 0, lost: 0, doubled: 0, broughtBack: 0 }
  for (const [letter, people] of deleters) {
    const count = counts.get(letter) ?? 0
    if (count > 1) outcome.doubled += 1
    if (people.size > 0) outcome.broughtBack += count > 0 ? 1 : 0
    else {
      outcome.typed += 1
      outcome.lost += count === 0 ? 1 : 0
    }
  }
  return outcome
}

/** Sees after every change that a flow that was kept up is the same as one that is read anew. */
function checkFlow(doc: Y.Doc): void {
  const flow = new Flow(doc)
  let count = 0
  doc.on('afterTransaction', (transaction: Y.Transaction) => {
    flow.update(transaction)
    count++
    if (documentOf(flow).eq(documentOf(new Flow(doc)))) return
    const shown = (of: Flow): string => JSON.stringify(documentOf(of).toJSON())
    throw new Error(
      `After ${count} transactions a flow is not what it was kept up to be:\n${shown(flow)}\n${shown(new Flow(doc))}`,
    )
  })
}
