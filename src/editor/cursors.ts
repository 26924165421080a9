/** Other people's cursors and selections, and telling them one's own: the plugin, which waits for what does the work. */
import { Plugin, type PluginView } from 'prosemirror-state'
import { DecorationSet } from 'prosemirror-view'
import { cursorKey, type CursorOptions, type Shown } from './cursor-state.ts'
import { standing } from './standing.ts'

const NOTHING: Shown = { cursors: new Map(), decorations: DecorationSet.empty }

export function cursors(options: CursorOptions): Plugin {
  let work: typeof import('./cursor-work.ts') | null = null
  return new Plugin<Shown>({
    key: cursorKey,
    state: {
      init: () => NOTHING,
      apply: (tr, shown, _before, state) => work?.showAfter(options, tr, shown, state) ?? shown,
    },
    props: { decorations: (state) => cursorKey.getState(state)?.decorations },
    view: (view) => {
      let started: PluginView | null = null
      const loading = standing().then(() => import('./cursor-work.ts'))
      loading.then(
        (loaded) => {
          if (view.isDestroyed) return
          work = loaded
          started = work.startCursors(view, options)
        },
        (error: unknown) => console.warn('What shows cursors did not load:', error),
      )
      return {
        update: (updated, before) => started?.update?.(updated, before),
        destroy: () => started?.destroy?.(),
      }
    },
  })
}
