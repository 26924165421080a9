/** What a button of a toolbar does, and whether it does anything now. */
import type { Editor } from '#editor/editor'
import type { MenuItem } from '#editor/menu'
import type { EditorSnapshot } from '#editor/options'
import type { FieldHistory } from './title-history.ts'

interface Running {
  canRun: (id: string) => boolean
  run: (item: MenuItem) => void
}

/** `history` is that of another field, while the caret is there: then undo and redo are its. `onLink` asks for an address. */
export function runItem(
  editor: Editor,
  snapshot: EditorSnapshot,
  history: FieldHistory | null,
  onLink: () => void,
): Running {
  /** What the other field does instead of the text; null: nothing now, undefined: the text does it. */
  const elsewhere = (id: string): (() => void) | null | undefined =>
    history !== null && (id === 'undo' || id === 'redo') ? history[id] : undefined
  const canRun = (id: string): boolean => {
    const action = elsewhere(id)
    return action === undefined ? snapshot.enabled.has(id) : action !== null
  }
  const run = (item: MenuItem): void => {
    if (!canRun(item.id)) return
    const action = elsewhere(item.id)
    if (item.id === 'link') onLink()
    else if (action) action()
    else editor.run(item.command)
  }
  return { canRun, run }
}
