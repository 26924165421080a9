/** Typing into an editor state as the editor's plugins see it, without a page. */
import { TextSelection, type EditorState, type Plugin, type Transaction } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'

/** Types text character by character; `press` runs a command as a key would. */
export class Typist {
  state: EditorState
  /** Stands in for the view: what plugins ask of it when text is typed. */
  private readonly view: EditorView

  constructor(state: EditorState) {
    this.state = state
    const typist = this as Typist
    this.view = {
      get state() {
        return typist.state
      },
      composing: false,
      dispatch(tr: Transaction) {
        typist.state = typist.state.apply(tr)
      },
    } as unknown as EditorView
  }

  type(text: string): this {
    for (const char of text) {
      const { from, to } = this.state.selection
      const insert = (): Transaction => this.state.tr.insertText(char, from, to)
      const handles = (plugin: Plugin): boolean => {
        const handler = plugin.props.handleTextInput
        return handler?.call(plugin, this.view, from, to, char, insert) === true
      }
      if (!this.state.plugins.some(handles)) this.view.dispatch(insert())
    }
    return this
  }

  press(command: (state: EditorState, dispatch: (tr: Transaction) => void, view: EditorView) => boolean): this {
    command(this.state, (tr) => this.view.dispatch(tr), this.view)
    return this
  }

  /** Puts the caret at a position of the document. */
  click(pos: number): this {
    this.view.dispatch(this.state.tr.setSelection(TextSelection.create(this.state.doc, pos)))
    return this
  }
}
