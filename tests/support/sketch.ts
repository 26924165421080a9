/**
 * Documents as one would sketch them: a line a block.
 *
 *     # Heading        > quoted        - bullet    1. ordered    5) ordered, begins at 5
 *     [ ] task         [x] done        ---         ```js code in js, ⏎ is a line break
 *
 * Two spaces a list level; `^` is the caret, `«` and `»` the ends of a selection (the caret is at `»`).
 */
import type { Node } from 'prosemirror-model'
import { EditorState, NodeSelection, TextSelection, type Command, type Plugin } from 'prosemirror-state'
import { blockAttrs, blockOf, depthOf, schema, type Block } from '#doc/schema'

function nodeOf(line: string): Node {
  let rest = line
  const take = (pattern: RegExp): string | null => {
    const match = pattern.exec(rest)
    if (match === null) return null
    rest = rest.slice(match[0].length)
    return match[1] ?? ''
  }
  const indent = (take(/^((?: {2})*)/u)?.length ?? 0) / 2
  let quote = 0
  while (take(/^> /u) !== null) quote++
  const depth = { indent: indent || null, quote: quote || null }
  if (take(/^---$/u) !== null) return schema.nodes.divider.create(depth)
  const language = take(/^```(\w*) /u)
  if (language !== null) {
    const code = rest.replace(/⏎/gu, '\n')
    return schema.nodes.code_block.create(
      { language: language || null, ...depth },
      code === '' ? null : schema.text(code),
    )
  }
  const block: Partial<Block> = { indent, quote }
  const level = take(/^(#{1,6}) /u)
  const start = level === null ? take(/^(\d+)\) /u) : null
  const checked = take(/^\[( |x)\] /u)
  if (level !== null) Object.assign(block, { kind: 'heading', level: level.length })
  else if (start !== null) Object.assign(block, { kind: 'ordered', start: Number(start) })
  else if (checked !== null) Object.assign(block, { kind: 'task', checked: checked === 'x' })
  else if (take(/^- /u) !== null) block.kind = 'bullet'
  else if (take(/^1\. /u) !== null) block.kind = 'ordered'
  const inline = rest
    .split('⏎')
    .flatMap((text, index) => [
      ...(index > 0 ? [schema.nodes.hard_break.create()] : []),
      ...(text === '' ? [] : [schema.text(text)]),
    ])
  return schema.nodes.block.create(blockAttrs(block), inline)
}

const lines = (sketch: string): string[] => {
  const all = sketch.replace(/^\n|\n *$/gu, '').split('\n')
  const margin = Math.min(...all.map((line) => /^ */u.exec(line)?.[0].length ?? 0))
  return all.map((line) => line.slice(margin))
}

/** Where a sign stands in the text of a document, after it has been taken out. */
function marked(doc: Node, sign: string): number | null {
  let found: number | null = null
  doc.descendants((node, pos) => {
    const at = node.text?.indexOf(sign) ?? -1
    if (at >= 0) found = pos + at
  })
  return found
}

/** The state of a sketched document. */
export function sketched(sketch: string, plugins: Plugin[] = []): EditorState {
  let state = EditorState.create({ doc: schema.nodes.doc.create(null, lines(sketch).map(nodeOf)), plugins })
  const take = (sign: string): number | null => {
    const pos = marked(state.doc, sign)
    if (pos !== null) state = state.apply(state.tr.delete(pos, pos + 1))
    return pos
  }
  const caret = take('^')
  const from = take('«')
  const to = take('»')
  const { tr } = state
  if (caret !== null) tr.setSelection(TextSelection.create(tr.doc, caret))
  if (from !== null && to !== null) tr.setSelection(TextSelection.create(tr.doc, from, to))
  return state.apply(tr)
}

/** A document as a sketch, with the caret or selection. */
export function sketchOf(state: EditorState): string {
  const { selection } = state
  const { tr } = state
  if (selection instanceof TextSelection) {
    if (selection.empty) tr.insertText('^', selection.from)
    else tr.insertText('»', selection.to).insertText('«', selection.from)
  }
  const out: string[] = []
  tr.doc.forEach((node, pos) =>
    out.push(lineOf(node) + (selection instanceof NodeSelection && selection.from === pos ? ' (selected)' : '')),
  )
  return out.join('\n')
}

function lineOf(node: Node): string {
  const { indent, quote } = depthOf(node)
  const margin = '  '.repeat(indent) + '> '.repeat(quote)
  if (node.type === schema.nodes.divider) return `${margin}---`
  const text = node.textBetween(0, node.content.size, '', '⏎').replace(/\n/gu, '⏎')
  if (node.type === schema.nodes.code_block) return `${margin}\`\`\`${String(node.attrs.language ?? '')} ${text}`
  const { kind, level, checked, start } = blockOf(node)
  const sign = {
    paragraph: '',
    heading: `${'#'.repeat(level)} `,
    bullet: '- ',
    ordered: start === null ? '1. ' : `${start}) `,
    task: checked ? '[x] ' : '[ ] ',
  }[kind]
  return margin + sign + text
}

/** What a sketched document is after commands, each tried until one applies, as the keymap does. */
export function after(sketch: string, ...commands: readonly (Command | readonly Command[])[]): string {
  let state = sketched(sketch)
  for (const command of commands) {
    const chain = typeof command === 'function' ? [command] : command
    chain.some((each) => each(state, (tr) => (state = state.apply(tr))))
  }
  state.doc.check()
  return sketchOf(state)
}

/** A sketch without its margin, to compare with. */
export const sketch = (text: string): string => lines(text).join('\n')
