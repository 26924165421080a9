/** Whatever stands in a document: it is read as a valid one, nothing is written by that, and one can write in it. */
import { TextSelection, type Command } from 'prosemirror-state'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { Flow } from '#doc/flow/flow'
import { documentOf, readFlow } from '#doc/flow/read'
import { moveBlocks, setKind } from '#editor/block-commands'
import { closeUndoStep } from '#editor/binding/undo'
import { toggle } from '#editor/mark-commands'
import { backspace, del, enter } from '../../../support/company.ts'
import { openHeadless, type HeadlessEditor } from '../../../support/headless-editor.ts'
import { hostileFlow } from '../../../support/hostile-flow.ts'
import { seeded, type Random } from '../../../support/random.ts'

/** `HOSTILE_RUNS=10` reads ten times as many. */
const RUNS = Number(process.env['HOSTILE_RUNS'] ?? 1)
const FLOWS = 20_000 * RUNS
const EDITED = 2_000 * RUNS

/** Most are small, so that what goes wrong is easily seen; some are not. */
const actsFor = (seed: number): number => (seed % 50 === 0 ? 60 : 2 + (seed % 7))

function shuffled<T>(list: readonly T[], random: Random): T[] {
  const rest = [...list]
  return Array.from(list, () => rest.splice(random.below(rest.length), 1)).flat()
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

/** What goes wrong when a document comes in piece by piece, read all along; or null. */
function faultOfReading(seed: number): string | null {
  const random = seeded(seed)
  const updates = hostileFlow(random, actsFor(seed))
  const doc = new Y.Doc()
  const kept = new Flow(doc)
  doc.on('afterTransaction', (transaction) => void kept.update(transaction))
  for (const update of random.chance(0.2) ? shuffled(updates, random) : updates) Y.applyUpdate(doc, update)
  const before = Y.encodeStateAsUpdate(doc)
  const fresh = new Flow(doc)
  const read = readFlow(doc)
  read.check()
  if (!isSame(Y.encodeStateAsUpdate(doc), before)) return 'Something was written'
  if (!documentOf(kept).eq(read))
    return `Kept up it is ${documentOf(kept).toString()}, and read anew ${read.toString()}`
  for (const [i, part] of kept.shown.entries()) {
    const other = fresh.shown[i]
    if (part.id !== other?.id || part.kind !== other.kind || part.index !== other.index)
      return `Part ${i} is another one`
    if (kept.indexOf(part) !== i || fresh.indexOf(other) !== i) return `Part ${i} is not found`
    if (part.kind !== 'bare' && !kept.hasBlock(part.id)) return `The id of part ${i} is not known`
  }
  return kept.time >= fresh.time ? null : 'The clock goes back'
}

type Act = (editor: HeadlessEditor) => unknown

/** What nothing must stand in the way of. */
const simple: readonly Act[] = [
  ...['x', 'word', '😀'].map(
    (text): Act =>
      (editor) =>
        editor.type(text),
  ),
  ...[toggle('strong'), toggle('code'), setKind('heading', 2), setKind('bullet')].map(
    (command: Command): Act =>
      (editor) =>
        editor.run(command),
  ),
]

/** What may be refused where blocks have the same id, or are said to be others; then nothing is written. */
const structural: readonly Act[] = [
  ...[enter, backspace, del, moveBlocks(-1), moveBlocks(1)].map(
    (command): Act =>
      (editor) =>
        editor.run(command),
  ),
  ({ state, dispatch }) => dispatch(state.tr.deleteSelection()),
]

let refused = 0

/** What goes wrong when somebody writes in such a document, and undoes all of it; or null. */
function faultOfEditing(seed: number): string | null {
  const random = seeded(seed)
  const doc = new Y.Doc()
  for (const update of hostileFlow(random, actsFor(seed))) Y.applyUpdate(doc, update)
  const editor = openHeadless(doc, { clientId: 50 + (seed % 2), onError: () => undefined })
  const { doc: begun } = editor.state
  for (let i = 1 + random.below(4); i > 0; i--) {
    const { state } = editor
    const position = () => state.doc.resolve(random.below(state.doc.content.size + 1))
    const anchor = position()
    editor.dispatch(state.tr.setSelection(TextSelection.between(anchor, random.chance(0.6) ? anchor : position())))
    closeUndoStep(editor.state)
    const { doc: before } = editor.state
    const { failures } = editor.binding
    const act = random.pick([...simple, ...structural])
    act(editor)
    editor.state.doc.check()
    if (!readFlow(doc).eq(editor.state.doc))
      return `${editor.state.doc.toString()} is read anew as ${readFlow(doc).toString()}`
    if (editor.binding.failures === failures) continue
    if (simple.includes(act)) return 'What is simple was refused'
    if (!editor.state.doc.eq(before))
      return `What was refused made ${editor.state.doc.toString()} of ${before.toString()}`
    refused++
  }
  while (editor.undo());
  editor.destroy()
  const { doc: undone } = editor.state
  // What records say has been brought back is not brought back again.
  if (doc.getArray('aliases').length > 0) return null
  return undone.eq(begun) ? null : `Undone it is ${undone.toString()} instead of ${begun.toString()}`
}

/** The first faults of many runs. */
function faults(count: number, faultOf: (seed: number) => string | null): string[] {
  const found: string[] = []
  for (let seed = 1; seed <= count && found.length < 5; seed++) {
    let fault: string | null
    try {
      fault = faultOf(seed)
    } catch (error) {
      fault = error instanceof Error ? (error.stack ?? error.message) : String(error)
    }
    if (fault !== null) found.push(`seed ${seed}: ${fault}`)
  }
  return found
}

describe('whatever stands in a document', () => {
  test(
    `${FLOWS} times it is read as a valid one, at once or piece by piece, and nothing is written`,
    { timeout: 600_000 },
    () => {
      expect(faults(FLOWS, faultOfReading)).toEqual([])
    },
  )

  test(`${EDITED} times it can be written in, and that be undone`, { timeout: 600_000 }, () => {
    expect(faults(EDITED, faultOfEditing)).toEqual([])
    expect(refused).toBeLessThan(EDITED / 20)
  })
})
