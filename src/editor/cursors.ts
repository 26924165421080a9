/** Other people's cursors and selections, and telling them one's own: the plugin, which waits for what does the work. */
import { Plugin, PluginKey, type EditorState, type PluginView } from 'prosemirror-state'
import { DecorationSet } from 'prosemirror-view'
import type { Awareness } from 'y-protocols/awareness'
import type { Caret } from './carets.ts'
import type { Correspondence } from './positions.ts'
import { standing } from './standing.ts'

export interface CursorOptions {
  awareness: Awareness
  /** The binding's, which says what positions mean now. */
  correspondence: () => Correspondence
}

/** One person's place in the text. */
export interface Cursor extends Caret {
  anchor: number
}

export interface Shown {
  cursors: ReadonlyMap<number, Cursor>
  decorations: DecorationSet
}

export const cursorKey = new PluginKey<Shown>('cursors')

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

/** The cursors that are carets in a line of text. */
export function caretsOf(state: EditorState): ReadonlyMap<number, Caret> {
  const cursors = cursorKey.getState(state)?.cursors ?? new Map<number, Cursor>()
  return new Map([...cursors].filter(([, { head }]) => state.doc.resolve(head).parent.inlineContent))
}
