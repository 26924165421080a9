/**
 * Markdown typed as one writes becomes formatting at once. The typed characters go in first, as an edit of their own, and
 * the change follows as a second: so undo, or Backspace right after, gives the characters back.
 */
import type { ResolvedPos } from 'prosemirror-model'
import { Plugin, PluginKey, type Command, type EditorState, type Transaction } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import { blockOf, MAX_DEPTH, safeHref, schema, type Block, type MarkName } from '#doc/schema'
import { placeDivider, replaceByCode } from './block-commands.ts'
import { closeUndoStep } from './history.ts'
import { isBlock, isListKind, placedAt, setBlock, type Placed } from './blocks.ts'
import { completeHref, linkWordBefore } from './links.ts'
import { numberAt } from './numbering.ts'

/** What was typed, found at the caret: `from` to `to` is the matched text, in `block`. */
interface Found {
  state: EditorState
  block: Placed
  from: number
  to: number
  match: RegExpExecArray
}

interface Rule {
  /** The character that has to be typed last; a space is any white space. So that most keys cost nothing. */
  last: string
  /** Matches the end of the text before the caret. An object that is no text stands there as U+FFFC. */
  pattern: RegExp
  /** Null: does not apply here. */
  apply(found: Found): Transaction | null
}

/** How far back from the caret a pattern sees. */
const REACH = 2048

/** A rule for the start of a block: what is matched goes, the block changes. */
function blockRule(pattern: RegExp, change: (block: Block, found: Found) => Partial<Block> | null): Rule {
  return {
    last: ' ',
    pattern,
    apply(found) {
      const { state, block, from, to } = found
      const changed = change(blockOf(block.node), found)
      if (changed === null) return null
      return setBlock(state.tr.delete(from, to), block, changed)
    },
  }
}

const blockRules: readonly Rule[] = [
  blockRule(/^(#{1,6})\s$/u, ({ kind }, { match }) =>
    isListKind(kind) ? null : { kind: 'heading', level: match[1]?.length ?? 1 },
  ),
  blockRule(/^[-*+]\s$/u, ({ kind }) => (isListKind(kind) ? null : { kind: 'bullet' })),
  blockRule(/^(\d{1,9})[.)]\s$/u, ({ kind }, { match, block, state }) => {
    if (isListKind(kind)) return null
    const typed = Number(match[1])
    const ordered = setBlock(state.tr, block, { kind: 'ordered' }).doc
    return { kind: 'ordered', start: numberAt(ordered, block.index) === typed ? null : typed }
  }),
  blockRule(/^\[( |x|X)?\]\s$/u, (_block, { match }) => ({
    kind: 'task',
    checked: match[1] !== undefined && match[1] !== ' ',
  })),
  blockRule(/^>\s$/u, ({ quote }) => (quote < MAX_DEPTH ? { quote: quote + 1 } : null)),
  {
    last: ' ',
    pattern: /^```([\w+#.-]*)\s$/u,
    apply({ state, block, to, match }) {
      if (to < block.pos + 1 + block.node.content.size) return null
      return replaceByCode(state.tr, block, match[1] ?? '')
    },
  },
  {
    last: '-',
    pattern: /^(?:---|—-)$/u,
    apply({ state, block, from, to }) {
      if (to < block.pos + 1 + block.node.content.size || blockOf(block.node).kind !== 'paragraph') return null
      const tr = state.tr.delete(from, to)
      return placeDivider(tr, { ...block, node: tr.doc.child(block.index) })
    },
  },
]

/** A sign of code that has been opened and not closed yet: what is typed after it is meant as it stands. */
const OPEN_CODE = /(?<![^\s(])`[^`\s][^`]*$/u

/** A rule for `**marked**` text: the signs go, and what is between them is marked. */
function markRule(last: string, pattern: RegExp, name: MarkName): Rule {
  const mark = schema.marks[name]
  return {
    last,
    pattern,
    apply({ state, to, match }) {
      const [, open = '', inner = ''] = match
      if (inner.trim() === '') return null
      const start = to - inner.length - 2 * open.length
      if (state.doc.rangeHasMark(start, to, schema.marks.code)) return null
      if (mark !== schema.marks.code && OPEN_CODE.test(textBefore(state.doc.resolve(start)))) return null
      const tr = state.tr
      tr.delete(to - open.length, to).delete(start, start + open.length)
      tr.addMark(start, start + inner.length, mark.create())
      return tr.removeStoredMark(mark)
    },
  }
}

const markRules: readonly Rule[] = [
  markRule('`', /(?<!`)(`)([^`\ufffc]+)`$/u, 'code'),
  markRule('*', /(?<!\*)(\*\*)([^\s*](?:[^*]*[^\s*])?)\*\*$/u, 'strong'),
  markRule('_', /(?<![\p{L}\p{N}_])(__)([^\s_](?:[^_]*[^\s_])?)__$/u, 'strong'),
  markRule('*', /(?<!\*)(\*)([^\s*](?:[^*]*[^\s*])?)\*$/u, 'em'),
  markRule('_', /(?<![\p{L}\p{N}_])(_)([^\s_](?:[^_]*[^\s_])?)_$/u, 'em'),
  markRule('~', /(?<!~)(~~)([^\s~](?:[^~]*[^\s~])?)~~$/u, 'strike'),
  markRule('=', /(?<![=\p{L}\p{N}])(==)([^\s=](?:[^=]*[^\s=])?)==$/u, 'highlight'),
]

const linkRules: readonly Rule[] = [
  {
    last: ')',
    pattern: /\[([^[\]\ufffc]+)\]\(([^\s()]+)\)$/u,
    apply({ state, from, to, match }) {
      const [, text = '', typed = ''] = match
      const href = safeHref(completeHref(typed))
      const { link, code } = schema.marks
      if (href === null || state.doc.rangeHasMark(from, to, code)) return null
      const tr = state.tr.delete(from + 1 + text.length, to).delete(from, from + 1)
      return tr.addMark(from, from + text.length, link.create({ href })).removeStoredMark(link)
    },
  },
  {
    last: ' ',
    pattern: /(?:https?:\/\/|www\.)[^\s\ufffc]+\s$/iu,
    apply: ({ state, to }) => linkWordBefore(state.tr, to - 1),
  },
]

const rules = [...blockRules, ...markRules, ...linkRules]

/** The text before a position in its block. */
function textBefore({ parent, parentOffset }: ResolvedPos): string {
  const text = parent.textBetween(Math.max(0, parentOffset - REACH), parentOffset, undefined, '\ufffc')
  // Patterns for the start of a block must not take the edge of what is seen for one.
  return parentOffset > REACH ? `\ufffc${text}` : text
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
