/** What the tags and inline styles of foreign HTML mean in our marks. Untrusted: only known words are looked for. */
import type { Mark } from 'prosemirror-model'
import { schema, type MarkName } from '#doc/schema'
import { linkAttrs, TAG_MARKS } from './editor-html.ts'
import type { HtmlElement } from './html-node.ts'
import type { WhiteSpace } from './line.ts'
import { QUIET_STYLE } from './quiet-html.ts'

/** Declarations of a style attribute: lower-case property → lower-case value. */
export type Style = ReadonlyMap<string, string>

const NO_STYLE: Style = new Map()

/** Reads a style attribute as written, without the browser's CSS: also properties that only Word knows. */
export function styleOf(element: HtmlElement): Style {
  const text = element.getAttribute(QUIET_STYLE) ?? element.getAttribute('style')
  if (text === null) return NO_STYLE
  const style = new Map<string, string>()
  for (const declaration of text.toLowerCase().split(';')) {
    const colon = declaration.indexOf(':')
    if (colon === -1) continue
    const value = declaration.slice(colon + 1).replace('!important', '')
    style.set(declaration.slice(0, colon).trim(), value.trim())
  }
  return style
}

/** The marks inside an element, given those around it. A style that undoes its tag wins, as in a browser. */
export function marksIn(element: HtmlElement, tag: string, style: Style, around: readonly Mark[]): readonly Mark[] {
  const marks = markTable(around)
  const own = TAG_MARKS.get(tag)
  if (own !== undefined) marks.add(own)
  if (tag === 'a') marks.link(element)
  const weight = style.get('font-weight')
  if (weight !== undefined)
    marks.set('strong', /^bold|^[6-9]\d\d$/u.test(weight), /^normal|^lighter|^[1-5]\d\d$/u.test(weight))
  const slant = style.get('font-style')
  if (slant !== undefined) marks.set('em', /^italic|^oblique/u.test(slant), slant === 'normal')
  const decoration = style.get('text-decoration-line') ?? style.get('text-decoration')
  if (decoration !== undefined) {
    // Links are underlined by whoever shows them.
    if (decoration.includes('underline') && !marks.has('link')) marks.add('underline')
    if (decoration.includes('line-through')) marks.add('strike')
  }
  const align = style.get('vertical-align')
  if (align === 'super') marks.add('superscript')
  else if (align === 'sub') marks.add('subscript')
  if (
    /^(?:yellow|#ff0|#ffff00|rgb\(255, ?255, ?0\))$/u.test(style.get('background-color') ?? '') ||
    style.has('mso-highlight')
  ) {
    marks.add('highlight')
  }
  return marks.result()
}

function markTable(around: readonly Mark[]) {
  let marks = around
  return {
    add: (name: MarkName) => {
      marks = schema.marks[name].create().addToSet(marks)
    },
    set: (name: MarkName, on: boolean, off: boolean) => {
      if (on) marks = schema.marks[name].create().addToSet(marks)
      else if (off) marks = schema.marks[name].removeFromSet(marks)
    },
    link: (element: HtmlElement) => {
      const attrs = linkAttrs(element)
      if (attrs !== false) marks = schema.marks.link.create(attrs).addToSet(marks)
    },
    has: (name: MarkName) => schema.marks[name].isInSet(marks) !== undefined,
    result: () => marks,
  }
}

/** How white space counts inside an element. */
export function whiteSpaceIn(style: Style, around: WhiteSpace): WhiteSpace {
  const value = style.get('white-space')
  if (value === undefined || around === 'keep') return around
  if (/^(?:pre|break-spaces)/u.test(value)) return 'lines'
  return value === 'normal' || value === 'nowrap' ? 'collapse' : around
}

/** Whether an element is shown to nobody, or is the bullet that Word writes as text. */
export const isHidden = (style: Style): boolean =>
  style.get('display') === 'none' || style.get('mso-hide') === 'all' || style.get('mso-list') === 'ignore'

/** Whether a box is code by its looks only, as editors of code put it on the clipboard. */
export const looksLikeCode = (style: Style): boolean =>
  /mono|consolas|courier|menlo/u.test(style.get('font-family') ?? '') &&
  (style.get('white-space') ?? '').startsWith('pre')
