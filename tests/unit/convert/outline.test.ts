import type { Node } from 'prosemirror-model'
import { expect, test } from 'vitest'
import { flatten, nest, type Branch } from '#convert/outline'
import { blockAttrs, blockOf, schema, type Block } from '#doc/schema'
import { seeded } from '../../support/random.ts'
import { randomDocument } from './documents.ts'

const line = (text: string, block: Partial<Block>): Node =>
  schema.nodes.block.create(blockAttrs(block), schema.text(text))

/** `quote[…]`, `ul[…]`, `ol3[…]`, items as `text{…}`. */
function sketch(branches: readonly Branch[]): string {
  return branches
    .map((branch) => {
      if (branch.type === 'leaf') return branch.node.textContent
      if (branch.type === 'quote') return `quote[${sketch(branch.children)}]`
      const items = branch.items.map(({ head, children }) =>
        children.length === 0 ? head.textContent : `${head.textContent}{${sketch(children)}}`,
      )
      return `${branch.ordered ? `ol${branch.start}` : 'ul'}[${items.join(' ')}]`
    })
    .join(' ')
}

test('what stands before decides whether a quote is in a list or a list in a quote', () => {
  const a = line('a', { kind: 'bullet' })
  const quoted = line('a', { kind: 'bullet', quote: 1 })
  const b = line('b', { indent: 1, quote: 1 })
  expect(sketch(nest([a, b]))).toBe('ul[a{quote[b]}]')
  expect(sketch(nest([quoted, b]))).toBe('quote[ul[a{b}]]')
  expect(sketch(nest([quoted, line('b', { indent: 1, quote: 2 }), line('c', { indent: 1, quote: 1 })]))).toBe(
    'quote[ul[a{quote[b] c}]]',
  )
  expect(sketch(nest([a, b, line('c', { quote: 1 }), line('d', {})]))).toBe('ul[a{quote[b]}] quote[c] d')
})

test('lists go on, end and begin anew', () => {
  const ordered = (text: string, start: number | null, indent = 0): Node =>
    line(text, { kind: 'ordered', start, indent })
  expect(sketch(nest([ordered('a', 3), ordered('b', null, 1), ordered('c', null), ordered('d', 1)]))).toBe(
    'ol3[a{ol1[b]} c] ol1[d]',
  )
  expect(sketch(nest([ordered('a', null), line('b', { indent: 1 }), line('c', {}), ordered('d', null)]))).toBe(
    'ol1[a{b}] c ol1[d]',
  )
  expect(sketch(nest([line('a', { kind: 'bullet' }), line('b', { kind: 'task' }), ordered('c', null)]))).toBe(
    'ul[a b] ol1[c]',
  )
})

test('an indent without an item stays with its block', () => {
  const nodes = [
    line('a', { indent: 2 }),
    line('b', { kind: 'bullet', indent: 3 }),
    line('c', { kind: 'bullet', indent: 1 }),
  ]
  expect(sketch(nest(nodes))).toBe('a ul[b c]')
  expect(flatten(nest(nodes))).toEqual(nodes)
})

test('nesting and flattening random documents gives them back, but for needless first numbers', () => {
  for (let seed = 0; seed < 500; seed++) {
    const nodes = randomDocument(seeded(seed)).content.content
    const again = flatten(nest(nodes))
    expect(again.map(withoutStart), `seed ${seed}`).toEqual(nodes.map(withoutStart))
    for (const [index, node] of again.entries()) {
      const { start } = blockOf(node)
      if (start !== null) expect(start, `seed ${seed}`).toBe(nodes[index]?.attrs.start)
      else expect([null, 1], `seed ${seed}`).toContain(nodes[index]?.attrs.start ?? null)
    }
  }
})

const withoutStart = (node: Node): Node =>
  node.type === schema.nodes.block ? node.type.create({ ...node.attrs, start: null }, node.content) : node
