import { Schema, type Node, type NodeSpec } from 'prosemirror-model'
import { EditorState, NodeSelection, TextSelection, type Command } from 'prosemirror-state'
import { describe, expect, test, vi } from 'vitest'

/** A schema in which blocks may stand in groups, too: as later ones may have them. */
vi.mock('#doc/schema', async (original) => {
  const today = await original<typeof import('#doc/schema')>()
  const { nodes, marks } = today.schema.spec
  const group: NodeSpec = { group: 'flow', content: 'flow+', toDOM: () => ['section', 0] }
  return { ...today, schema: new Schema({ nodes: nodes.addToEnd('group', group), marks }) }
})

const { blockAttrs, blockOf, schema } = await import('#doc/schema')
const { insertDivider, insertHardBreak, isKind, toggleCodeBlock, toggleKind, indent, outdent } =
  await import('#editor/block-commands')
const { arrowAbove, arrowBelow, backspaceCommands, deleteCommands, enterCommands, leaveBelow } =
  await import('#editor/block-edges')
const { areSiblings, caretBlock, childrenOf, holderOf, isFirst, isLast, placedAfter, placedAt, placedBefore } =
  await import('#editor/blocks')
const { selectedBlocks, selectedLeaf } = await import('#editor/blocks')
const { clipText } = await import('#editor/clips')
const { isItem, numbered, numberOf, placeAt, renumbered } = await import('#editor/numbering')

const line = (text: string, block: Parameters<typeof blockAttrs>[0] = {}): Node =>
  schema.nodes.block.create(blockAttrs(block), text === '' ? null : schema.text(text))
const code = (text: string): Node => schema.nodes.code_block.create(null, schema.text(text))
const divider = (): Node => schema.nodes.divider.create()
const group = (...content: Node[]): Node => schema.node('group', null, content)
const docOf = (...content: Node[]): Node => schema.nodes.doc.create(null, content)

/** As `a(b c(d))`: text of blocks, with what holds them in brackets; `-` is a divider, `·` an empty line. */
const told = (node: Node): string => {
  if (node.type.name === 'divider') return '-'
  if (node.inlineContent) return node.textBetween(0, node.content.size, '', '⏎').replaceAll('\n', '⏎') || '·'
  return `(${node.content.content.map(told).join(' ')})`
}

/** Where a text begins. */
function startOf(doc: Node, text: string): number {
  let found = -1
  doc.descendants((node, pos) => {
    if (node.isText && node.text?.includes(text) === true) found = pos + node.text.indexOf(text)
  })
  if (found < 0) throw new Error(`There is no "${text}"`)
  return found
}

function stateAt(doc: Node, from: string, to?: string): EditorState {
  const head = to === undefined ? startOf(doc, from) : startOf(doc, to) + to.length
  return EditorState.create({ doc, selection: TextSelection.create(doc, startOf(doc, from), head) })
}

/** The document after the first command that applies. */
function after(state: EditorState, ...commands: readonly Command[]): EditorState {
  let next = state
  const applies = commands.some((command) => command(state, (tr) => (next = state.apply(tr))))
  expect(applies).toBe(true)
  next.doc.check()
  return next
}

const doc = docOf(line('a'), group(line('b'), group(line('c'), line('d')), line('e')), line('f'))

describe('blocks within other nodes', () => {
  test('are found around and after positions', () => {
    for (const text of 'abcdef') {
      const block = placedAt(doc.resolve(startOf(doc, text)))
      expect([block?.node.textContent, block?.pos]).toEqual([text, startOf(doc, text) - 1])
    }
    const texts = Array.from({ length: doc.content.size + 1 }, (_, pos) => placedAt(doc.resolve(pos))?.node.textContent)
    expect(texts.map((text) => text ?? '.').join('')).toBe('aaabbbbccccdddeeeeffff.')
  })

  test('have siblings in the node that holds them', () => {
    const c = placedAt(doc.resolve(startOf(doc, 'c')))
    if (c === null) throw new Error('No block')
    expect(holderOf(doc, c).textContent).toBe('cd')
    const d = placedAfter(doc, c)
    expect([d?.node.textContent, d?.pos, placedBefore(doc, c)]).toEqual(['d', c.pos + 3, null])
    expect(d && [placedAfter(doc, d), placedBefore(doc, d)]).toEqual([null, c])
  })

  test('that a selection touches are counted across them', () => {
    const blocks = selectedBlocks(stateAt(doc, 'a', 'f'))
    expect(blocks.map(({ node }) => node.textContent).join('')).toBe('abcdef')
    for (const { node, pos } of blocks) expect(doc.nodeAt(pos)).toBe(node)
    expect(selectedBlocks(stateAt(doc, 'd', 'e')).map(({ node }) => node.textContent)).toEqual(['d', 'e'])
    expect([areSiblings(blocks), areSiblings(selectedBlocks(stateAt(doc, 'c', 'd')))]).toEqual([false, true])
    expect(blocks.map((block) => [isFirst(block), isLast(doc, block)]).map(String)).toEqual([
      'true,false',
      ...Array<string>(4).fill('false,false'),
      'false,true',
    ])
    const inner = docOf(group(line('a'), group(line('b'))))
    const [first, last] = selectedBlocks(stateAt(inner, 'a', 'b'))
    expect(first && last && [isFirst(first), isLast(inner, first), isFirst(last), isLast(inner, last)]).toEqual([
      true,
      false,
      false,
      true,
    ])
  })

  test('hold the caret, and may be selected as a whole', () => {
    expect(caretBlock(stateAt(doc, 'd'))?.node.textContent).toBe('d')
    const divided = docOf(group(line('a'), divider()))
    const selection = NodeSelection.create(divided, 4)
    expect(selectedLeaf(EditorState.create({ doc: divided, selection }))?.pos).toBe(4)
    const whole = NodeSelection.create(divided, 0)
    expect(selectedLeaf(EditorState.create({ doc: divided, selection: whole }))).toBeNull()
  })

  test('stand under the list item before them', () => {
    const list = docOf(
      group(line('a', { kind: 'bullet' }), line('b', { indent: 1 }), line('c')),
      line('d', { indent: 1 }),
    )
    const [item] = selectedBlocks(stateAt(list, 'a'))
    expect(item && childrenOf(list, item).map(({ node }) => node.textContent)).toEqual(['b'])
  })
})

describe('commands within other nodes', () => {
  test('change what a block is and how deep it stands', () => {
    const heading = after(stateAt(doc, 'd'), toggleKind('heading', 2))
    expect(told(heading.doc)).toBe(told(doc))
    expect([isKind(heading, 'heading', 2), blockOf(heading.selection.$from.parent).level]).toEqual([true, 2])
    const list = after(stateAt(doc, 'c', 'd'), toggleKind('bullet'))
    const inward = after(
      list.apply(list.tr.setSelection(TextSelection.create(list.doc, startOf(list.doc, 'd')))),
      indent,
    )
    expect(blockOf(inward.selection.$from.parent)).toMatchObject({ kind: 'bullet', indent: 1 })
    expect(blockOf(after(inward, outdent).selection.$from.parent).indent).toBe(0)
  })

  test('Enter, Backspace and Delete stay within the node that holds the block', () => {
    expect(told(after(stateAt(docOf(group(line('ab'))), 'b'), ...enterCommands).doc)).toBe('((a b))')
    expect(told(after(stateAt(doc, 'd'), ...backspaceCommands).doc)).toBe('(a (b (cd) e) f)')
    expect(told(after(stateAt(doc, 'c'), ...backspaceCommands).doc)).toBe(told(doc))
    const endOfC = TextSelection.create(doc, startOf(doc, 'c') + 1)
    const state = EditorState.create({ doc, selection: endOfC })
    expect(told(after(state, ...deleteCommands).doc)).toBe('(a (b (cd) e) f)')
    expect(told(after(state, ...enterCommands).doc)).toBe('(a (b (c · d) e) f)')
    expect(told(after(state, insertHardBreak).doc)).toBe('(a (b (c⏎ d) e) f)')
    expect(told(after(state, insertDivider).doc)).toBe('(a (b (c - d) e) f)')
  })

  test('lead out of code where it ends, and past it only where the document ends', () => {
    const coded = docOf(group(code('x')), group(line('a'), code('y')))
    const at = (text: string, offset: number): EditorState =>
      EditorState.create({ doc: coded, selection: TextSelection.create(coded, startOf(coded, text) + offset) })
    expect(told(after(at('x', 1), leaveBelow).doc)).toBe('((x ·) (a y))')
    expect(told(after(at('y', 1), arrowBelow).doc)).toBe('((x) (a y ·))')
    expect(told(after(at('x', 0), arrowAbove).doc)).toBe('((· x) (a y))')
    expect([arrowBelow(at('x', 1)), arrowAbove(at('y', 0))]).toEqual([false, false])
  })

  test('make code of lines that stand together, and of no others', () => {
    expect(told(after(stateAt(doc, 'c', 'd'), toggleCodeBlock).doc)).toBe('(a (b (c⏎d) e) f)')
    expect(toggleCodeBlock(stateAt(doc, 'b', 'e'))).toBe(false)
  })

  test('a copy tells the lines of all of them', () => {
    expect(clipText(stateAt(doc, 'a', 'f').selection.content())).toBe('a\nb\nc\nd\ne\nf')
  })
})

describe('numbers within other nodes', () => {
  const item = (text: string): Node => line(text, { kind: 'ordered' })
  const numbersOf = (of: Node): string =>
    selectedBlocks(EditorState.create({ doc: of, selection: TextSelection.create(of, 1, of.content.size - 1) }))
      .map(({ pos }) => placeAt(numbered(of).places, of.resolve(pos)))
      .map((place) => (place === null ? '-' : numberOf(place)))
      .join('')

  test('begin anew', () => {
    expect(numbersOf(docOf(item('a'), item('b'), group(item('c'), line('d'), item('e'), item('f')), item('g')))).toBe(
      '121-121',
    )
  })

  test('are the same when counted again after a change', () => {
    const before = docOf(item('a'), group(item('b'), group(item('c')), line('d')), item('e'), item('f'))
    const numbering = numbered(before)
    const changes = [
      after(stateAt(before, 'd'), toggleKind('ordered')).doc,
      after(stateAt(before, 'c'), toggleKind('ordered')).doc,
      after(stateAt(before, 'a'), toggleKind('bullet')).doc,
      docOf(...before.content.content.slice(1)),
    ]
    for (const changed of changes) expect(renumbered(numbering, changed).places).toEqual(numbered(changed).places)
    expect(renumbered(numbering, before)).toBe(numbering)
    expect(numbering.places.map(isItem)).toEqual([true, false, true, true])
  })
})
