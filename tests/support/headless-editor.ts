/** The editor without a page: the real state, plugins and binding; only the view has no DOM. */
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
import { bind, type Binding, type BindingOptions } from '#editor/binding/binding'
import { redo, undo } from '#editor/binding/undo'

export interface HeadlessEditor {
  /** The document. */
  readonly source: Y.Doc
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
  readonly undo: () => boolean
  readonly redo: () => boolean
  /** To be called when a composition has ended. */
  readonly release: () => void
  destroy(): void
}

export interface HeadlessOptions extends Partial<Pick<BindingOptions, 'onFrozen' | 'onTrouble' | 'onError'>> {
  /** More plugins, made for this binding. */
  plugins?: (binding: Binding) => readonly Plugin[]
  /** Fixes the document's client id, for runs that can be repeated. */
  clientId?: number
  editable?: boolean
}

export function openHeadless(source: Y.Doc, options: HeadlessOptions = {}): HeadlessEditor {
  const { plugins = () => [], clientId, editable = true, ...rest } = options
  if (clientId !== undefined) source.clientID = clientId
  const binding: Binding = bind(source, {
    isWritable: () => editable && !binding.frozen,
    isComposing: () => editor.composing,
    ...rest,
  })
  let state = EditorState.create({ doc: binding.doc, plugins: [...binding.plugins, ...plugins(binding)] })
  const transactions: Transaction[] = []
  let isDestroyed = false
  let pluginViews: PluginView[] = []
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
      const next = state.apply(tr)
      transactions.push(tr)
      view.updateState(next)
    },
    updateState: (next: EditorState) => {
      const previous = state
      state = next
      if (next.plugins === previous.plugins) for (const pluginView of pluginViews) pluginView.update?.(asView, previous)
      else openPlugins()
    },
  }
  const asView = view as unknown as EditorView
  const closePlugins = (): void => {
    for (const pluginView of pluginViews) pluginView.destroy?.()
  }
  const openPlugins = (): void => {
    closePlugins()
    pluginViews = state.plugins.flatMap((plugin) => plugin.spec.view?.(asView) ?? [])
  }

  const run = (command: Command): boolean => command(state, view.dispatch, asView)
  const editor: HeadlessEditor = {
    source,
    binding,
    dom: view.dom,
    get state() {
      return state
    },
    composing: false,
    transactions,
    dispatch: view.dispatch,
    run,
    select: (anchor, head = anchor) => {
      view.dispatch(state.tr.setSelection(TextSelection.between(state.doc.resolve(anchor), state.doc.resolve(head))))
    },
    type: (text) => view.dispatch(state.tr.insertText(text)),
    undo: () => run(undo),
    redo: () => run(redo),
    release: () => binding.release(),
    destroy() {
      if (isDestroyed) return
      isDestroyed = true
      closePlugins()
      binding.destroy()
    },
  }
  openPlugins()
  return editor
}
