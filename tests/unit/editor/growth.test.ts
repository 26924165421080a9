import { afterEach, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { noteAuthor } from '#doc/authors'
import { Flow } from '#doc/flow/flow'
import { closeUndoStep } from '#editor/binding/undo'
import { moveBlocks } from '#editor/block-commands'
import { menu } from '#editor/menu'
import { block, documentOf } from '../../support/documents.ts'
import { openHeadless, type HeadlessEditor } from '../../support/headless-editor.ts'
import { seeded, type Random } from '../../support/random.ts'

const SESSIONS = 500
const ACTS = 10_000
const PEOPLE = ['ada', 'ben', 'cho']

afterEach(() => vi.restoreAllMocks())

const formats = menu.filter(({ group }) => group === 'mark' || group === 'kind').map(({ command }) => command)

/** Formats, moves, types, deletes as much as was typed, and may undo. */
function act(editor: HeadlessEditor, random: Random, undoes = true): void {
  const { content } = editor.state.doc
  const from = random.below(content.size)
  closeUndoStep(editor.state)
  const dice = random.below(10)
  editor.select(from, dice < 4 ? Math.min(content.size, from + random.below(30)) : from)
  if (dice < 4) editor.run(random.pick(formats))
  else if (dice < 6) editor.run(moveBlocks(random.chance(0.5) ? 1 : -1))
  else if (dice < 8) editor.type('word ')
  else if (dice < 9 || !undoes) {
    const { $from } = editor.state.selection
    const to = Math.min($from.end(), $from.pos + 10)
    if ($from.depth > 0 && to > $from.pos) editor.dispatch(editor.state.tr.delete($from.pos, to))
  } else editor.undo()
}

/** How many blocks there are, and what spans are for: stretches that have a mark, and attributes of blocks. */
function sizeOf(editor: HeadlessEditor): { needed: number; blocks: number } {
  const { children, childCount } = editor.state.doc
  const stretches = children.flatMap((node) =>
    node.children.flatMap(({ marks }, i) =>
      marks.filter(({ type }) => !type.isInSet(node.children[i - 1]?.marks ?? [])),
    ),
  )
  const attributes = children.flatMap(({ attrs }) => Object.values<unknown>(attrs).filter((value) => value !== null))
  return { blocks: childCount, needed: stretches.length + attributes.length }
}

test(`records are as many as the page needs after ${ACTS} acts in ${SESSIONS} sessions`, { timeout: 120_000 }, () => {
  const random = seeded(7)
  let state = Y.encodeStateAsUpdate(
    documentOf(...Array.from({ length: 20 }, (_, i) => block(`Line ${i} of the document, with some words in it.`))),
  )
  for (let session = 0; session < SESSIONS; session++) {
    const doc = new Y.Doc()
    Y.applyUpdate(doc, state)
    const editor = openHeadless(doc)
    // Every tenth session only reads.
    const isReader = session % 10 === 9
    const clients = doc.store.clients.size
    for (let i = 0; !isReader && i < ACTS / SESSIONS; i++) act(editor, random)
    if (!isReader) noteAuthor(doc, { id: PEOPLE[session % 3] ?? '', name: 'Someone' }, true)
    expect(doc.store.clients.size - clients, 'client ids that a session adds').toBe(isReader ? 0 : 1)
    expect(editor.binding.failures).toBe(0)
    state = Y.encodeStateAsUpdate(doc)
    editor.destroy()
  }
  const doc = new Y.Doc()
  Y.applyUpdate(doc, state)
  const editor = openHeadless(doc)
  const { needed, blocks } = sizeOf(editor)
  const flow = new Flow(doc)
  const living = new Set<number>()
  for (let item = flow.text._start; item !== null; item = item.right) if (!item.deleted) living.add(item.id.client)
  const counts = {
    spans: flow.spanRecords.length,
    slots: [...flow.slots].length,
    aliases: flow.aliasRecords.length,
    records: flow.blocks.size,
    authors: doc.getMap('authors').size,
  }
  console.info(
    `${blocks} blocks, ${needed} marks and attributes, clients ${doc.store.clients.size}, of which ${living.size} are on the page`,
  )
  console.info(JSON.stringify(counts), `${state.length} bytes`)
  // A heading takes two records, and a mark that was cut in two and moved apart stays two.
  expect(counts.spans).toBeLessThanOrEqual(3 * needed)
  expect(counts.slots).toBeLessThanOrEqual(blocks)
  // One for each run of characters that undo has brought back and that is still there.
  expect(counts.aliases).toBeLessThanOrEqual(flow.text.length / 8)
  expect(counts.records).toBeLessThanOrEqual(blocks)
  expect(counts.authors).toBeLessThanOrEqual(living.size + PEOPLE.length)
  editor.destroy()
})

test(
  'records are as many as the page needs where three people write apart and meet now and then',
  { timeout: 120_000 },
  () => {
    const random = seeded(11)
    // The ids of clients and blocks too: who wins a tie decides what is left over.
    vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
      const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
      bytes.forEach((_, i) => (bytes[i] = random.below(256)))
      return array
    })
    const base = Y.encodeStateAsUpdate(
      documentOf(...Array.from({ length: 20 }, (_, i) => block(`Line ${i} of the document, with some words in it.`))),
    )
    const states = PEOPLE.map(() => base)
    for (let session = 0; session < SESSIONS / 2; session++) {
      const who = session % PEOPLE.length
      const doc = new Y.Doc()
      doc.clientID = random.below(2 ** 32)
      Y.applyUpdate(doc, states[who] ?? base)
      const editor = openHeadless(doc)
      for (let i = 0; i < ACTS / SESSIONS; i++) act(editor, random, false)
      // Who has been met may be oneself.
      Y.applyUpdate(doc, random.pick(states))
      expect(editor.binding.failures).toBe(0)
      states[who] = Y.encodeStateAsUpdate(doc)
      editor.destroy()
    }
    const doc = new Y.Doc()
    for (const state of states) Y.applyUpdate(doc, state)
    const editor = openHeadless(doc)
    const { needed, blocks } = sizeOf(editor)
    const flow = new Flow(doc)
    const [spans, slots] = [flow.spanRecords.length, [...flow.slots].length]
    console.info(
      `Apart: ${blocks} blocks, ${needed} marks and attributes, ${spans} spans, ${slots} slots, ${flow.blocks.size} records`,
    )
    expect(spans).toBeLessThanOrEqual(3 * needed)
    // Two who move a block apart leave a slot each, until somebody moves it again.
    expect(slots).toBeLessThanOrEqual(2 * blocks)
    expect(flow.blocks.size).toBeLessThanOrEqual(blocks)
    expect(flow.aliasRecords.length).toBe(0)
    editor.destroy()
  },
)

test('no character is cut in two, whatever a step replaces', () => {
  const doc = documentOf('a👍b')
  const editor = openHeadless(doc)
  const { schema } = editor.state
  // The low half alone is what differs between two thumbs.
  editor.dispatch(editor.state.tr.replaceWith(3, 4, schema.text('👎'.charAt(1))))
  expect(editor.state.doc.textContent).toBe('a👎b')
  for (const struct of [...doc.store.clients.values()].flat()) {
    if (struct instanceof Y.Item && struct.content instanceof Y.ContentString) {
      expect(/\p{Surrogate}/u.test(struct.content.str), struct.content.str).toBe(false)
    }
  }
  editor.dispatch(editor.state.tr.insertText('\ud83d', 1))
  expect(editor.state.doc.textContent).toBe('\ufffda👎b')
  editor.destroy()
})
