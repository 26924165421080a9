/** Reading a whole flow, as somebody sees it who opens the document. */
import type { Node } from 'prosemirror-model'
import type * as Y from 'yjs'
import { schema } from '#doc/schema'
import { traverse } from './extents.ts'
import { blankNode, Flow, textOf } from './flow.ts'
import { isHead, textIn } from './items.ts'

/** The document node of a flow. Total: any sequence gives a valid document. Writes nothing. */
export const readFlow = (doc: Y.Doc): Node => documentOf(new Flow(doc))

/** The document node of what a flow shows; one empty paragraph when it shows nothing. */
export function documentOf({ shown }: Pick<Flow, 'shown'>): Node {
  return schema.topNodeType.create(null, shown.length === 0 ? blankNode() : shown.map(({ node }) => node))
}

/**
 * The text of each block, one after another, in the order of the sequence: a block that was moved comes where it once
 * was. Costs no more than what is asked for.
 */
export function* linesOf(doc: Y.Doc): Generator<string> {
  const first = textOf(doc)._start
  let head: Y.Item | null = null
  do {
    const lines: string[] = []
    let last = -1
    traverse(first, head, (item, role, part) => {
      if (role !== 'text' && role !== 'break') return false
      const text = role === 'break' ? ' ' : textIn(item)
      if (part === last) lines.push((lines.pop() ?? '') + text)
      else lines.push(text)
      last = part
      return false
    })
    yield* lines
    head = nextHead(head === null ? first : head.right)
  } while (head !== null)
}

function nextHead(from: Y.Item | null): Y.Item | null {
  let item = from
  while (item !== null && !isHead(item)) item = item.right
  return item
}
