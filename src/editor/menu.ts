/** What a person can do to the text, as data: one list feeds the toolbar and the keyboard help. */
import type { Command, EditorState } from 'prosemirror-state'
import type { MarkName } from '#doc/schema'
import {
  indent,
  insertDivider,
  insertHardBreak,
  isCode,
  isKind,
  isQuoted,
  outdent,
  toggleCodeBlock,
  toggleKind,
  toggleQuote,
  setKind,
} from './block-commands.ts'
import { closeUndoStep, redo, undo } from './binding/undo.ts'
import { linkAt } from './links.ts'
import { canMark, isMarked, toggle } from './mark-commands.ts'

/** One thing to do. */
export interface MenuItem {
  /** Also the key of its phrase. */
  id: MenuId
  group: 'history' | 'kind' | 'mark' | 'insert' | 'indent'
  /** For 'link' this only tells whether a link can be made; the page asks for the address. */
  command: Command
  isActive: (state: EditorState) => boolean
  isEnabled: (state: EditorState) => boolean
  /** Keys as prosemirror-keymap names them; Mod is Ctrl, or ⌘ on Apple's. */
  keys: readonly string[]
  /** What can be typed instead. */
  markdown?: string
}

export type MenuId =
  | 'undo'
  | 'redo'
  | 'paragraph'
  | 'heading1'
  | 'heading2'
  | 'heading3'
  | 'bullet'
  | 'ordered'
  | 'task'
  | 'quote'
  | 'code_block'
  | 'bold'
  | 'italic'
  | 'underline'
  | 'strike'
  | 'code'
  | 'highlight'
  | 'superscript'
  | 'subscript'
  | 'link'
  | 'divider'
  | 'hard_break'
  | 'indent'
  | 'outdent'

type Spec = Omit<MenuItem, 'isEnabled' | 'isActive'> & Partial<Pick<MenuItem, 'isActive' | 'isEnabled'>>

function item(spec: Spec): MenuItem {
  return {
    isActive: () => false,
    isEnabled: (state) => spec.command(state),
    ...spec,
    command: undoneAlone(spec.command),
  }
}

/** Undo takes back what was chosen here without what was typed just before. */
const undoneAlone =
  (command: Command): Command =>
  (state, dispatch, view) => {
    if (dispatch !== undefined) closeUndoStep(state)
    return command(state, dispatch, view)
  }

function mark(id: MenuId, name: MarkName, keys: readonly string[], markdown?: string): MenuItem {
  return item({
    id,
    group: 'mark',
    command: toggle(name),
    isActive: (state) => isMarked(state, name),
    keys,
    ...(markdown !== undefined && { markdown }),
  })
}

function heading(level: 1 | 2 | 3): MenuItem {
  return item({
    id: `heading${level}`,
    group: 'kind',
    command: toggleKind('heading', level),
    isActive: (state) => isKind(state, 'heading', level),
    keys: [`Mod-Alt-${level}`],
    markdown: `${'#'.repeat(level)} `,
  })
}

function list(id: 'bullet' | 'ordered' | 'task', key: string, markdown: string): MenuItem {
  return item({
    id,
    group: 'kind',
    command: toggleKind(id),
    isActive: (state) => isKind(state, id),
    keys: [key],
    markdown,
  })
}

const canLink: Command = (state) => linkAt(state) !== null || canMark(state, 'link')

export const menu: readonly MenuItem[] = [
  item({ id: 'undo', group: 'history', command: undo, keys: ['Mod-z'] }),
  item({ id: 'redo', group: 'history', command: redo, keys: ['Mod-Shift-z', 'Mod-y'] }),
  item({
    id: 'paragraph',
    group: 'kind',
    command: setKind('paragraph'),
    isActive: (state) => isKind(state, 'paragraph'),
    keys: ['Mod-Alt-0'],
  }),
  heading(1),
  heading(2),
  heading(3),
  list('bullet', 'Mod-Shift-8', '- '),
  list('ordered', 'Mod-Shift-7', '1. '),
  list('task', 'Mod-Shift-9', '[ ] '),
  item({ id: 'quote', group: 'kind', command: toggleQuote, isActive: isQuoted, keys: ['Mod-Shift-.'], markdown: '> ' }),
  item({
    id: 'code_block',
    group: 'kind',
    command: toggleCodeBlock,
    isActive: isCode,
    keys: ['Mod-Alt-c'],
    markdown: '```',
  }),
  mark('bold', 'strong', ['Mod-b'], '**…**'),
  mark('italic', 'em', ['Mod-i'], '*…*'),
  mark('underline', 'underline', ['Mod-u']),
  mark('strike', 'strike', ['Mod-Shift-x', 'Mod-Shift-s'], '~~…~~'),
  mark('code', 'code', ['Mod-e'], '`…`'),
  mark('highlight', 'highlight', ['Mod-Shift-h'], '==…=='),
  mark('superscript', 'superscript', ['Mod-.']),
  mark('subscript', 'subscript', ['Mod-,']),
  item({
    id: 'link',
    group: 'mark',
    command: canLink,
    isActive: (state) => linkAt(state) !== null,
    keys: ['Mod-k'],
    markdown: '[…](https://…)',
  }),
  item({ id: 'divider', group: 'insert', command: insertDivider, keys: [], markdown: '---' }),
  item({ id: 'hard_break', group: 'insert', command: insertHardBreak, keys: ['Shift-Enter'] }),
  item({ id: 'indent', group: 'indent', command: indent, keys: ['Tab'] }),
  item({ id: 'outdent', group: 'indent', command: outdent, keys: ['Shift-Tab'] }),
]
