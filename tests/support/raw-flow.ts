/** Flows written piece by piece, as they lie in a document; for what reads them. */
import type { Node } from 'prosemirror-model'
import * as Y from 'yjs'
import { atomToken, closeToken, openToken, slotToken } from '#doc/flow/grammar'
import { blockOf, schema } from '#doc/schema'

export const open = openToken
export const close = closeToken
export const atom = atomToken
/** A slot of what stands between two clocks of client 1. */
export const slot = (id: string, t: number, from: number, to: number | null, by = 1): object => {
  const end = to === null ? null : { client: 1, clock: to }
  return slotToken({ id, t, by, start: { client: 1, clock: from }, end })
}

/** A block of this id. */
export const block = (id: string, text: string): (string | object)[] => [
  open(id),
  ...(text === '' ? [] : [text]),
  close(id),
]

/** A document whose flow is these pieces, written in order by client 1: so they have the clocks from 0 on. */
export function rawFlow(...pieces: readonly (string | object)[]): Y.Doc {
  const doc = new Y.Doc()
  doc.clientID = 1
  const text = doc.getText('flow')
  doc.transact(() => {
    for (const piece of pieces) {
      if (typeof piece === 'string') text.insert(text.length, piece)
      else text.insertEmbed(text.length, piece)
    }
  })
  return doc
}

/** A document in one line: ` / ` between blocks, `#` before headings, `|` for a line break, `---` a divider, `*bold*`. */
export function told(doc: Node): string {
  return doc.children
    .map((node) => {
      if (node.type === schema.nodes.divider) return '---'
      const { kind, level } = blockOf(node)
      const sign =
        node.type === schema.nodes.code_block
          ? '`'
          : kind === 'paragraph'
            ? ''
            : kind === 'heading'
              ? '#'.repeat(level)
              : `${kind}:`
      const text = node.children.map((inline) => {
        const inner = inline.type === schema.nodes.hard_break ? '|' : (inline.text ?? '')
        return schema.marks.strong.isInSet(inline.marks) ? `*${inner}*` : inner
      })
      return sign + text.join('').replaceAll('\n', '⏎')
    })
    .join(' / ')
}
