/** The Markdown that becomes formatting when it is typed. Loaded when the editor stands. */
import type { EditorState, Transaction } from 'prosemirror-state'
import { blockOf, MAX_DEPTH, safeHref, schema, type Block, type MarkName } from '#doc/schema'
import { placeDivider, replaceByCode } from './block-commands.ts'
import { holderOf, isListKind, setBlock, textBefore, type Placed } from './blocks.ts'
import { completeHref, linkWordBefore } from './link-making.ts'
import { numberAt } from './numbering.ts'

export { linkWordBefore }

/** What was typed, found at the caret: `from` to `to` is the matched text, in `block`. */
interface Found {
  state: EditorState
  block: Placed
  from: number
  to: number
  match: RegExpExecArray
}

export interface Rule {
  /** The character that has to be typed last; a space is any white space. So that most keys cost nothing. */
  last: string
  /** Matches the end of the text before the caret. An object that is no text stands there as U+FFFC. */
  pattern: RegExp
  /** Null: does not apply here. */
  apply(found: Found): Transaction | null
}

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
    return { kind: 'ordered', start: numberAt(holderOf(ordered, block), block.index) === typed ? null : typed }
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
  ...['-', '*', '_'].map((last): Rule => ({
    last,
    pattern: /^(?:---|—-|\*\*\*|___)$/u,
    apply({ state, block, from, to }) {
      if (to < block.pos + 1 + block.node.content.size || blockOf(block.node).kind !== 'paragraph') return null
      const tr = state.tr.delete(from, to)
      return placeDivider(tr, { ...block, node: holderOf(tr.doc, block).child(block.index) })
    },
  })),
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
      const start = to - inner.length - 2 * open.length
      if (state.doc.rangeHasMark(start, to, schema.marks.code)) return null
      if (mark !== schema.marks.code) {
        if (!/[\p{L}\p{N}\p{So}]/u.test(inner)) return null
        if (OPEN_CODE.test(textBefore(state.doc.resolve(start)))) return null
        // A Korean word ends where its particle begins.
        const after = state.doc.textBetween(to, Math.min(to + 2, state.doc.resolve(to).end()), undefined, ' ')
        if (/^(?!\p{Script=Hangul})[\p{L}\p{N}]/u.test(after)) return null
      } else if (inner.trim() === '') return null
      const tr = state.tr
      tr.delete(to - open.length, to).delete(start, start + open.length)
      tr.addMark(start, start + inner.length, mark.create())
      return tr.removeStoredMark(mark)
    },
  }
}

/**
 * Signs open after no letter and no digit, so that `2*3*4` and `snake_case_name` stay as they are; but in writing without spaces
 * a word may be strong wherever it begins. Of `__init__` nothing is made.
 */
const markRules: readonly Rule[] = [
  markRule('`', /(?<!`)(`)([^`\ufffc]+)`$/u, 'code'),
  markRule('*', spaceless(/(?<!\*)(\*\*)([^\s*](?:[^*]*[^\s*])?)\*\*$/u), 'strong'),
  markRule('*', /(?<![\p{L}\p{N}*])(\*)([^\s*](?:[^*]*[^\s*])?)\*$/u, 'em'),
  markRule('_', /(?<![\p{L}\p{N}_])(_)([^\s_](?:[^_]*[^\s_])?)_$/u, 'em'),
  markRule('~', spaceless(/(?<!~)(~~)([^\s~](?:[^~]*[^\s~])?)~~$/u), 'strike'),
  markRule('=', spaceless(/(?<!=)(==)([^\s=](?:[^=]*[^\s=])?)==$/u), 'highlight'),
]

/** The same, but after no letter and no digit of a script that puts spaces between words. */
function spaceless({ source }: RegExp): RegExp {
  return new RegExp(
    String.raw`(?<!(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{N}])${source}`,
    'u',
  )
}

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

export const rules: readonly Rule[] = [...blockRules, ...markRules, ...linkRules]
