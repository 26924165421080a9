/** What an empty document says. Shown by the style sheet, told to assistive technology once, as the text's placeholder. */
import type { Node } from 'prosemirror-model'
import { Plugin } from 'prosemirror-state'
import { Decoration, DecorationSet } from 'prosemirror-view'
import { blockOf } from '#doc/schema'
import { isBlock } from './blocks.ts'
import type { EditorLabels } from './options.ts'

function isEmpty(doc: Node): boolean {
  const first = doc.firstChild
  if (doc.childCount !== 1 || first === null || !isBlock(first) || first.content.size > 0) return false
  const { kind, quote } = blockOf(first)
  return kind === 'paragraph' && quote === 0
}

export function placeholder(labels: () => EditorLabels): Plugin {
  return new Plugin({
    props: {
      attributes: ({ doc }) => (isEmpty(doc) ? { 'aria-placeholder': labels().placeholder } : {}),
      decorations({ doc }) {
        if (!isEmpty(doc)) return null
        return DecorationSet.create(doc, [
          Decoration.node(0, doc.content.size, { 'data-placeholder': labels().placeholder }),
        ])
      },
    },
  })
}
