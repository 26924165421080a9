/** The two editors that the merge table compares, behind one interface: ours, and stock y-prosemirror. */
import type { Node } from 'prosemirror-model'
import {
  EditorState,
  TextSelection,
  type Command,
  type Plugin,
  type PluginView,
  type Transaction,
} from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import { prosemirrorToYXmlFragment, redo, undo, ySyncPlugin, yUndoPlugin, yUndoPluginKey } from 'y-prosemirror'
import * as Y from 'yjs'
import { schema } from '#doc/schema'
import { writeFlow } from '#doc/flow/write'
import { isRemote } from '#editor/binding/binding'
import { closeUndoStep } from '#editor/binding/undo'
import { copyOf, readAnew } from '../support/documents.ts'
import { openHeadless } from '../support/headless-editor.ts'

/** Somebody's editor, without a page. */
export interface MergeEditor {
  readonly doc: Y.Doc
  readonly state: EditorState
  dispatch(tr: Transaction): void
  /** Whether the command applied. */
  run(command: Command): boolean
  select(anchor: number, head?: number): void
  type(text: string): void
  /** Whether there was something to undo. */
  undo(): boolean
  redo(): boolean
  /** What follows is an undo step of its own, as after a pause. */
  pause(): void
  close(): void
  /** What was thrown while something was written or shown, and caught, and acts that are shown otherwise than meant. */
  readonly failures: readonly unknown[]
}

/** An editor and the form in which it stores documents. */
export interface MergeStack {
  readonly name: string
  open(doc: Y.Doc, clientId: number): MergeEditor
  /** Puts content into an empty document. */
  fill(doc: Y.Doc, content: Node): void
  /** What somebody sees who opens the document anew. */
  readAnew(doc: Y.Doc): Node
}

/** ProseMirror leaves the line breaks of code as they are when its text is joined to a text block; ours become hard breaks. */
function withBreaks(doc: Node): Node {
  const blocks = doc.children.map((block) => {
    if (block.type.spec.code || !block.textContent.includes('\n')) return block
    const parts = block.children.flatMap((inline) =>
      (inline.text ?? '')
        .split('\n')
        .flatMap((text, i) => [
          ...(i > 0 ? [schema.nodes.hard_break.create(null, null, inline.marks)] : []),
          ...(!inline.isText ? [inline] : text === '' ? [] : [schema.text(text, inline.marks)]),
        ]),
    )
    return block.type.create(block.attrs, parts)
  })
  return doc.type.create(doc.attrs, blocks)
}

export const inkmesh: MergeStack = {
  name: 'Inkmesh',
  open(doc, clientId) {
    const thrown: unknown[] = []
    const editor = openHeadless(doc, { clientId, onError: (error) => thrown.push(error) })
    /** What was done has to be what is shown afterwards: the binding may have written something else, and shown that. */
    const asMeant = <T>(work: () => T): T => {
      const before = editor.transactions.length
      const result = work()
      const own = editor.transactions.slice(before).findLast((tr) => tr.docChanged && !isRemote(tr))
      if (own !== undefined && !withBreaks(own.doc).eq(editor.state.doc)) {
        thrown.push(new Error(`Shown otherwise than meant: ${own.doc.toString()} as ${editor.state.doc.toString()}`))
      }
      return result
    }
    return {
      doc,
      get failures() {
        return thrown.length > 0 || editor.binding.failures === 0 ? thrown : ['The document was read anew']
      },
      get state() {
        return editor.state
      },
      dispatch: (tr) => asMeant(() => editor.dispatch(tr)),
      run: (command) => asMeant(() => editor.run(command)),
      select: editor.select,
      type: (text) => asMeant(() => editor.type(text)),
      undo: editor.undo,
      redo: editor.redo,
      pause: () => closeUndoStep(editor.state),
      close: () => editor.destroy(),
    }
  },
  fill: writeFlow,
  readAnew,
}

const fragmentOf = (doc: Y.Doc): Y.XmlFragment => doc.getXmlFragment('prosemirror')

export const yProsemirror: MergeStack = {
  name: 'y-prosemirror 1.3.7',
  open(doc, clientId) {
    doc.clientID = clientId
    const view = new PagelessView([ySyncPlugin(fragmentOf(doc)) as Plugin, yUndoPlugin()])
    const undoManager = (): Y.UndoManager | undefined =>
      (yUndoPluginKey.getState(view.state) as { undoManager?: Y.UndoManager } | undefined)?.undoManager
    return {
      doc,
      get state() {
        return view.state
      },
      dispatch: view.dispatch,
      run: (command) => command(view.state, view.dispatch, view.asView),
      select: (anchor, head = anchor) => {
        const { tr, doc: content } = view.state
        view.dispatch(tr.setSelection(TextSelection.between(content.resolve(anchor), content.resolve(head))))
      },
      type: (text) => view.dispatch(view.state.tr.insertText(text)),
      undo: () => undo(view.state),
      redo: () => redo(view.state),
      pause: () => undoManager()?.stopCapturing(),
      close: () => view.destroy(),
      failures: [],
    }
  },
  fill: (doc, content) => void prosemirrorToYXmlFragment(content, fragmentOf(doc)),
  readAnew(doc) {
    const editor = yProsemirror.open(copyOf(doc), 1)
    const { doc: content } = editor.state
    editor.close()
    return content
  },
}

/** As much of an EditorView as y-prosemirror's plugins ask for. */
class PagelessView {
  state: EditorState
  isDestroyed = false
  readonly composing = false
  #pluginViews: PluginView[] = []

  constructor(plugins: readonly Plugin[]) {
    this.state = EditorState.create({ schema, plugins })
    // A plugin's view may dispatch while it is being made; those made before it are told.
    for (const plugin of plugins) {
      const made = plugin.spec.view?.(this.asView)
      if (made !== undefined) this.#pluginViews = [...this.#pluginViews, made]
    }
  }

  get asView(): EditorView {
    return this as unknown as EditorView
  }

  readonly dispatch = (tr: Transaction): void => {
    const previous = this.state
    this.state = previous.apply(tr)
    for (const made of this.#pluginViews) made.update?.(this.asView, previous)
  }

  hasFocus(): boolean {
    return false
  }

  destroy(): void {
    this.isDestroyed = true
    for (const made of this.#pluginViews) made.destroy?.()
  }
}
