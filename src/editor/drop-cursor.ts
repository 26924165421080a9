/** Shows where what is dragged would land. Loaded with the first drag: most people never drag text. */
import { Plugin, type PluginView } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'

export function dropMark(): Plugin {
  let mark: PluginView | null = null
  let asked = false

  const load = async (view: EditorView): Promise<void> => {
    const { dropCursor } = await import('prosemirror-dropcursor')
    if (view.isDestroyed) return
    mark = dropCursor({ class: 'drop-cursor', color: false, width: 2 }).spec.view?.(view) ?? null
  }

  return new Plugin({
    view: () => ({
      update: (view, previous) => mark?.update?.(view, previous),
      destroy: () => mark?.destroy?.(),
    }),
    props: {
      handleDOMEvents: {
        dragenter(view) {
          if (!asked) {
            asked = true
            // Without it (offline, and never loaded) dropping works all the same.
            load(view).catch((error: unknown) => console.warn('The drop cursor did not load:', error))
          }
          return false
        },
      },
    },
  })
}
