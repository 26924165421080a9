/** ProseMirror and nothing else: `bare.html?blocks=10000&length=59`. */
import { baseKeymap } from 'prosemirror-commands'
import { keymap } from 'prosemirror-keymap'
import { EditorState } from 'prosemirror-state'
import { EditorView } from 'prosemirror-view'
import { schema } from '#doc/schema'
import { proseLines } from '../../support/corpus.ts'

declare global {
  interface Window {
    /** Gives what puts a letter at the start of a block, as a remote change would; where that is, is found already. */
    changeOf: (block: number) => () => void
  }
}

const query = new URLSearchParams(location.search)
const lines = proseLines(Number(query.get('blocks') ?? 1), Number(query.get('length') ?? 59))

const view = new EditorView(document.querySelector('#mount'), {
  state: EditorState.create({
    doc: schema.node(
      'doc',
      null,
      lines.map((line) => schema.node('block', null, schema.text(line))),
    ),
    plugins: [keymap(baseKeymap)],
  }),
  attributes: { role: 'textbox', 'aria-multiline': 'true', 'aria-label': 'Document' },
})

window.changeOf = (block) => {
  let at = 1
  for (let i = 0; i < block; i++) at += view.state.doc.child(i).nodeSize
  return () => view.dispatch(view.state.tr.insertText('r', at))
}
