/** The editor of a document's flow: ProseMirror, bound to the session's document. */
import { EditorState, type Command } from 'prosemirror-state'
import { EditorView } from 'prosemirror-view'
import './cursors.css'
import { bind, type Binding } from './binding/binding.ts'
import { cursors } from './cursors.ts'
import { drawings, isLong } from './drawing.ts'
import { editingPlugins } from './editing.ts'
import { menu, type MenuItem } from './menu.ts'
import type { EditorLabels, EditorOptions, EditorSnapshot } from './options.ts'

export interface Editor {
  readonly view: EditorView
  /** What positions in the text mean, and where they are later. */
  readonly binding: Pick<Binding, 'placeOf' | 'positionOf'>
  /** Which commands apply now; a new object when that may have changed. */
  readonly snapshot: EditorSnapshot
  /** Runs a command and gives the text the focus. False when it does not apply here. */
  run(command: Command): boolean
  setEditable(editable: boolean): void
  setLabels(labels: EditorLabels): void
  focus(): void
  /** Idempotent. */
  destroy(): void
}

/** How long after the end of a composition ProseMirror may still be reading the composed text from the DOM, ms. */
const COMPOSITION_SETTLES = 50

export function createEditor(options: EditorOptions): Editor {
  let { editable, labels } = options
  let snapshot: EditorSnapshot | null = null
  const readSnapshot = (): EditorSnapshot => (snapshot ??= snapshotOf(view))

  let frame: number | null = null
  const announce = (): void => {
    snapshot = null
    const { onUpdate } = options
    if (onUpdate === undefined) return
    frame ??= requestAnimationFrame(() => {
      frame = null
      onUpdate(readSnapshot())
    })
  }

  const refresh = (): void => {
    if (view.isDestroyed) return
    view.setProps({})
    announce()
  }

  const isWritable = (): boolean => editable && !binding.frozen
  const binding: Binding = bind(options.doc, {
    isWritable,
    isComposing: () => view.composing,
    onFrozen: refresh,
    ...(options.onTrouble && { onTrouble: options.onTrouble }),
  })
  const view: EditorView = new EditorView(options.mount, {
    state: EditorState.create({
      doc: binding.doc,
      plugins: [
        ...binding.plugins,
        cursors({ awareness: options.awareness, binding }),
        ...editingPlugins({
          labels: () => labels,
          onLinkRequest: () => options.onLinkRequest?.(),
          onLanguageRequest: (button) => options.onLanguageRequest?.(button),
          onPastedText: (pasted) => options.onPastedText?.(pasted),
        }),
      ],
    }),
    editable: isWritable,
    attributes: () => ({
      role: 'textbox',
      'aria-multiline': 'true',
      'aria-label': labels.document,
      // What cannot be written in is not focusable by itself.
      ...(isWritable() ? {} : { 'aria-readonly': 'true', tabindex: '0' }),
    }),
    handleDOMEvents: {
      compositionend: () => {
        setTimeout(() => binding.release(), COMPOSITION_SETTLES)
      },
    },
    dispatchTransaction(tr) {
      if (view.isDestroyed) return
      view.updateState(view.state.apply(tr))
      if (isLong(tr.doc) && !drawings.has(view)) {
        import('./groups/long.ts').then(
          ({ group }) => group(view),
          (error: unknown) => console.info('A long document is drawn whole:', error),
        )
      }
      announce()
    },
  })

  return {
    view,
    binding,
    get snapshot() {
      return readSnapshot()
    },
    run(command) {
      const done = command(view.state, view.dispatch, view)
      view.focus()
      return done
    },
    setEditable(value) {
      editable = value
      refresh()
    },
    setLabels(value) {
      labels = value
      refresh()
    },
    focus: () => view.focus(),
    destroy() {
      if (view.isDestroyed) return
      if (frame !== null) cancelAnimationFrame(frame)
      view.destroy()
      binding.destroy()
    },
  }
}

function snapshotOf({ state, editable }: EditorView): EditorSnapshot {
  const idsOf = (items: readonly MenuItem[]): Set<string> => new Set(items.map((item) => item.id))
  return {
    state,
    active: idsOf(menu.filter((item) => item.isActive(state))),
    enabled: idsOf(editable ? menu.filter((item) => item.isEnabled(state)) : []),
    readOnly: !editable,
  }
}
