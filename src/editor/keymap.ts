/** The keys. While an input method composes, none of them is ours. */
import { keydownHandler } from 'prosemirror-keymap'
import { AllSelection, Plugin, type Command } from 'prosemirror-state'
import { indent, indentCode, moveBlocks, outdent, outdentCode, toggleChecked } from './block-commands.ts'
import { arrowAbove, arrowBelow, backspaceCommands, deleteCommands, enterCommands, leaveBelow } from './block-edges.ts'
import { linkTyped, undoShortcut } from './input-rules.ts'
import { openLink } from './links.ts'
import { clearMarks } from './mark-commands.ts'
import { menu } from './menu.ts'

const nothing: Command = () => true

const selectAll: Command = (state, dispatch) => {
  dispatch?.(state.tr.setSelection(new AllSelection(state.doc)))
  return true
}

/** The first of these that applies. */
const firstOf =
  (...commands: readonly Command[]): Command =>
  (state, dispatch, view) =>
    commands.some((command) => command(state, dispatch, view))

/** Apple's systems have the keys of Emacs in every text. `platform` is what prosemirror-keymap goes by, too. */
export const isApple = (): boolean =>
  typeof navigator !== 'undefined' && /Mac|iP(?:hone|[oa]d)/u.test(navigator.platform)

/** All keys of the editor. Escape, then Tab, leaves the text for the next thing on the page. */
export function keys(onLinkRequest: () => void): Plugin {
  const bindings: Record<string, Command> = {}
  for (const { keys: names, command } of menu) for (const name of names) bindings[name] = command

  const backspace = firstOf(undoShortcut, ...backspaceCommands)
  const remove = firstOf(...deleteCommands)
  const enter: Command = (state, dispatch, view) => {
    if (view !== undefined && dispatch !== undefined) linkTyped(state, dispatch, view)
    return firstOf(...enterCommands)(view?.state ?? state, dispatch, view)
  }
  Object.assign(bindings, {
    'Mod-k': (state, dispatch, view) => {
      const link = menu.find(({ id }) => id === 'link')
      if (link?.command(state, dispatch, view) !== true) return false
      if (dispatch !== undefined) onLinkRequest()
      return true
    },
    'Mod-a': selectAll,
    'Mod-\\': clearMarks,
    Enter: enter,
    'Mod-Enter': firstOf(toggleChecked, leaveBelow),
    Backspace: backspace,
    'Mod-Backspace': backspace,
    'Shift-Backspace': backspace,
    Delete: remove,
    'Mod-Delete': remove,
    ArrowDown: arrowBelow,
    ArrowUp: arrowAbove,
    'Alt-ArrowUp': moveBlocks(-1),
    'Alt-ArrowDown': moveBlocks(1),
    'Alt-Enter': openLink,
    Tab: firstOf(indentCode, indent, nothing),
    'Shift-Tab': firstOf(outdentCode, outdent, nothing),
  } satisfies Record<string, Command>)

  if (isApple()) Object.assign(bindings, { 'Ctrl-h': backspace, 'Alt-Backspace': backspace, 'Ctrl-d': remove })

  const handle = keydownHandler(bindings)
  let leaving = false
  return new Plugin({
    props: {
      handleKeyDown(view, event) {
        if (event.isComposing || event.key === 'Process') return false
        const wasLeaving = leaving
        leaving = event.key === 'Escape' || (leaving && event.key === 'Shift')
        if (event.key === 'Tab' && wasLeaving) return false
        return handle(view, event)
      },
      handleDOMEvents: {
        // Phone keyboards, and input methods that end a composition with Enter, change the page without a key of ours.
        beforeinput(view, event) {
          if (!event.cancelable || view.composing) return false
          const { empty, $from } = view.state.selection
          const breaks = event.inputType === 'insertParagraph'
          const joins = event.inputType === 'deleteContentBackward' && empty && $from.parentOffset === 0
          if (!breaks && !joins) return false
          event.preventDefault()
          return (breaks ? enter : backspace)(view.state, view.dispatch, view)
        },
        blur: () => {
          leaving = false
          return false
        },
      },
    },
  })
}
