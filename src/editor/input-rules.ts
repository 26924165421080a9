/**
 * Markdown typed as one writes becomes formatting at once. The typed characters go in first, as an edit of their own, and
 * the change follows as a second: so undo, or Backspace right after, gives the characters back.
 */
import { Plugin, PluginKey, type Command, type EditorState, type Transaction } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import { schema } from '#doc/schema'
import { closeUndoStep } from './binding/undo.ts'
import { isBlock, placedAt, textBefore } from './blocks.ts'
import { standing } from './standing.ts'
import type { Rule } from './typed-rules.ts'

type Rules = typeof import('./typed-rules.ts')

/** The rules there are: none before they are loaded. */
let rules: readonly Rule[] = []
let linkWordBefore: Rules['linkWordBefore'] = () => null

/** Resolves when the rules are there, or cannot be had: then what is typed stays as it is. */
export async function loadRules(): Promise<void> {
  try {
    ;({ rules, linkWordBefore } = await import('./typed-rules.ts'))
  } catch (error) {
    console.warn('What makes formatting of typed Markdown did not load:', error)
  }
}

/** The rules that text may match, by its last character. */
function rulesFor(text: string): readonly Rule[] {
  const last = text.at(-1) ?? ''
  return rules.filter((rule) => rule.last === last || (rule.last === ' ' && /\s/u.test(last)))
}

/** The change the text before the caret asks for, if any. */
function shortcutAt(state: EditorState): Transaction | null {
  const { $from, empty } = state.selection
  if (!empty || !isBlock($from.parent)) return null
  const block = placedAt($from)
  if (block === null) return null
  if (schema.marks.code.isInSet(state.storedMarks ?? $from.marks())) return null
  const before = textBefore($from)
  for (const rule of rulesFor(before)) {
    const match = rule.pattern.exec(before)
    const tr = match && rule.apply({ state, block, from: $from.pos - match[0].length, to: $from.pos, match })
    if (tr?.docChanged) return tr
  }
  return null
}

const key = new PluginKey<Transaction | null>('typed shortcuts')

/** Takes a shortcut back that has been applied just now, so that its characters stand there as typed. */
export const undoShortcut: Command = (state, dispatch) => {
  const applied = key.getState(state)
  if (applied === null || applied === undefined) return false
  if (dispatch === undefined) return true
  const { tr } = state
  for (let index = applied.steps.length - 1; index >= 0; index--) {
    const [step, doc] = [applied.steps[index], applied.docs[index]]
    if (step !== undefined && doc !== undefined) tr.step(step.invert(doc))
  }
  dispatch(tr)
  return true
}

/** Applies the shortcut before the caret, if there is one, as an undo step of its own. */
function applyShortcut(view: EditorView): boolean {
  const tr = shortcutAt(view.state)
  if (tr === null) return false
  closeUndoStep(view.state)
  view.dispatch(tr.setMeta(key, tr).scrollIntoView())
  closeUndoStep(view.state)
  return true
}

/** Watches what is typed. */
export function typedShortcuts(): Plugin {
  return new Plugin<Transaction | null>({
    key,
    view: () => {
      void standing().then(loadRules)
      return {}
    },
    state: {
      init: () => null,
      apply(tr, applied) {
        const made: unknown = tr.getMeta(key)
        if (made === tr) return tr
        return tr.docChanged || tr.selectionSet ? null : applied
      },
    },
    props: {
      handleTextInput(view, from, _to, text, insert) {
        if (view.composing) return false
        const before = textBefore(view.state.doc.resolve(from)) + text
        if (!rulesFor(before).some(({ pattern }) => pattern.test(before))) return false
        const typed = insert()
        if (shortcutAt(view.state.apply(typed)) === null) return false
        view.dispatch(typed)
        return applyShortcut(view)
      },
      handleDOMEvents: {
        compositionend(view) {
          // What was composed is in the state once ProseMirror has read it; only then can it complete a shortcut.
          setTimeout(() => {
            if (!view.isDestroyed && !view.composing) applyShortcut(view)
          }, 60)
          return false
        },
      },
    },
  })
}

/** Links the address before the caret, as a command that runs before Enter. Always false: Enter goes on. */
export const linkTyped: Command = (state, dispatch) => {
  const { $from, empty } = state.selection
  const tr = empty ? linkWordBefore(state.tr, $from.pos) : null
  if (tr === null || dispatch === undefined) return false
  closeUndoStep(state)
  dispatch(tr)
  closeUndoStep(state)
  return false
}
