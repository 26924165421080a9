/** The editor without a page: the real state, plugins, binding and replica; only the view has no DOM. */
import {
  EditorState,
  TextSelection,
  type Command,
  type Plugin,
  type PluginView,
  type Transaction,
} from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import type * as Y from 'yjs'
import { bind, type Binding } from '#editor/binding'
import { createReplica, type Replica } from '#editor/replica'

export interface HeadlessEditor {
  /** The session's document. */
  readonly source: Y.Doc
  readonly replica: Replica
  readonly binding: Binding
  /** Takes focus and blur events. */
  readonly dom: EventTarget
  readonly state: EditorState
  /** Whether an input method is composing. */
  composing: boolean
  /** Every transaction dispatched, in order. */
  readonly transactions: readonly Transaction[]
  readonly dispatch: (tr: Transaction) => void
  /** Whether the command applied. */
  readonly run: (command: Command) => boolean
  readonly select: (anchor: number, head?: number) => void
  readonly type: (text: string) => void
  destroy(): void
}

export interface HeadlessOptions {
  /** More plugins, made for this binding. */
  plugins?: (binding: Binding) => readonly Plugin[]
  /** Fixes the replica's client id, for runs that can be repeated. */
  clientId?: number
  editable?: boolean
  onFrozen?: () => void
  /** Where other people's carets are. */
  others?: (state: EditorState) => number[]
}

export function openHeadless(source: Y.Doc, options: HeadlessOptions = {}): HeadlessEditor {
  const { plugins = () => [], clientId, editable = true, onFrozen = () => undefined, others = () => [] } = options
  const replica = createReplica({ source, isHeld: () => editor.composing, onFrozen })
  if (clientId !== undefined) replica.doc.clientID = clientId
  const binding = bind(replica, { isWritable: () => editable && !replica.frozen, others })
  let state = EditorState.create({ doc: binding.doc, plugins: [...binding.plugins, ...plugins(binding)] })
  const transactions: Transaction[] = []
  let isDestroyed = false
  const view = {
    get state() {
      return state
    },
    get composing() {
      return editor.composing
    },
    get isDestroyed() {
      return isDestroyed
    },
    dom: Object.assign(new EventTarget(), { parentElement: null }),
    hasFocus: () => true,
    dispatch: (tr: Transaction) => {
      const previous = state
      state = state.apply(tr)
      transactions.push(tr)
      for (const pluginView of pluginViews) pluginView.update?.(asView, previous)
    },
  }
  const asView = view as unknown as EditorView
  const pluginViews: PluginView[] = state.plugins.flatMap((plugin) => plugin.spec.view?.(asView) ?? [])

  const editor: HeadlessEditor = {
    source,
    replica,
    binding,
    dom: view.dom,
    get state() {
      return state
    },
    composing: false,
    transactions,
    dispatch: view.dispatch,
    run: (command) => command(state, view.dispatch, asView),
    select: (anchor, head = anchor) => {
      view.dispatch(state.tr.setSelection(TextSelection.between(state.doc.resolve(anchor), state.doc.resolve(head))))
    },
    type: (text) => view.dispatch(state.tr.insertText(text)),
    destroy() {
      if (isDestroyed) return
      isDestroyed = true
      for (const pluginView of pluginViews) pluginView.destroy?.()
      binding.destroy()
      replica.destroy()
    },
  }
  return editor
}
