/** Links: made, changed and removed. Only addresses that `safeHref` lets pass. */
import { TextSelection, type Command, type Transaction } from 'prosemirror-state'
import { safeHref, schema } from '#doc/schema'
import { changeMarks } from './binding/in-place.ts'
import { linkAt } from './links.ts'

/** What a person types as an address, made a whole one: `https://` before a bare domain, `mailto:` before an e-mail address. Null when it may not be a link. */
export function completeHref(typed: string): string | null {
  const address = typed.trim()
  if (address === '') return null
  if (/^[^\s@/:]+@[^\s@/]+\.[^\s@/]+$/u.test(address)) return safeHref(`mailto:${address}`)
  const isDomain = /^(?:localhost|[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+)(?::\d+)?(?:[/?#]|$)/u.test(address)
  return safeHref(isDomain ? `https://${address}` : address)
}

/** The web or mail address that text consists of, but for what ends the sentence around it. Null when it is something else. */
export function addressIn(text: string): string | null {
  const address = trimAddress(text.trim())
  return /^(?:https?:\/\/|mailto:)\S+$/iu.test(address) && safeHref(address) !== null ? address : null
}

/**
 * Links the selection, or changes the link the caret is in, or inserts a linked text. `text` replaces what is shown;
 * without it the text stays, and where there is none the address is shown.
 */
export const setLink =
  (typed: string, text?: string): Command =>
  (state, dispatch) => {
    const href = completeHref(typed)
    const { $from, $to, empty } = state.selection
    if (href === null || $from.parent.type.spec.code || (empty && !$from.parent.inlineContent)) return false
    if (dispatch === undefined) return true
    const { tr } = state
    const mark = schema.marks.link.create({ href })
    const current = empty ? linkAt(state) : null
    const { from, to } = current ?? state.selection
    const shown = text !== undefined && text !== '' ? text : from === to ? typed.trim() : null
    if (
      shown !== null &&
      $from.parent.inlineContent &&
      $from.sameParent($to) &&
      shown !== tr.doc.textBetween(from, to)
    ) {
      tr.replaceWith(
        from,
        to,
        schema.text(
          shown,
          $from
            .marks()
            .filter(({ type }) => type !== schema.marks.link)
            .concat(mark),
        ),
      )
      tr.setSelection(TextSelection.create(tr.doc, from + shown.length))
    } else changeMarks(tr, from, to, (marks) => mark.addToSet(marks))
    dispatch(tr.removeStoredMark(schema.marks.link).scrollIntoView())
    return true
  }

/** Unlinks the selection, or the link the caret is in; its text stays. */
export const removeLink: Command = (state, dispatch) => {
  const { from, to, empty } = state.selection
  const range = empty ? linkAt(state) : { from, to }
  if (range === null || !state.doc.rangeHasMark(range.from, range.to, schema.marks.link)) return false
  dispatch?.(changeMarks(state.tr, range.from, range.to, (marks) => schema.marks.link.removeFromSet(marks)))
  return true
}

/** Links what is an address in the word that ends at `end`. Null when there is none. */
export function linkWordBefore(tr: Transaction, end: number): Transaction | null {
  const $end = tr.doc.resolve(end)
  if (!$end.parent.isTextblock || $end.parent.type.spec.code) return null
  const before = $end.parent.textBetween(Math.max(0, $end.parentOffset - 2048), $end.parentOffset, undefined, '\ufffc')
  const found = /(?:^|[\s(（「『【《“‘\ufffc])((?:https?:\/\/|www\.)[^\s<>\ufffc]+)$/iu.exec(before)
  const address = trimAddress(found?.[1] ?? '')
  const href = completeHref(address)
  if (found === null || href === null || !/^(?:https?:\/\/)?[^/]+\.[^/.]+/iu.test(address)) return null
  const from = end - (found[1] ?? '').length
  const to = from + address.length
  const { link, code } = schema.marks
  if (tr.doc.rangeHasMark(from, to, link) || tr.doc.rangeHasMark(from, to, code)) return null
  return tr.addMark(from, to, link.create({ href })).removeStoredMark(link)
}

/** What Korean puts behind a noun, in the sentence around an address. */
const PARTICLES =
  '(?:은|는|이|가|을|를|의|에|에서|에게|에는|에도|으로|로|와|과|도|만|까지|부터|처럼|보다|이나|나|이랑|랑|입니다|이에요|예요)'

/** Behind a host of ASCII a Korean word has begun; in a path a particle ends it where it stands behind a sign of ASCII. */
const KOREAN_END = new RegExp(
  String.raw`(?<=^(?:https?:\/\/)?[\w.-]+\.[a-z]{2,}(?::\d+)?)\p{Script=Hangul}+$|(?<=[\w/=&%#-])${PARTICLES}$`,
  'iu',
)

/**
 * An address without what ends the sentence around it: punctuation of East Asia and what follows it, other punctuation at its
 * end, a Korean particle. A bracket stays where it was opened in the address.
 */
function trimAddress(address: string): string {
  let trimmed = address.replace(/[。、，．！？：；「」『』【】《》〈〉（）…“”‘’].*$/su, '')
  for (;;) {
    const last = trimmed.at(-1) ?? ''
    const opening = { ')': '(', ']': '[' }[last]
    const unbalanced = opening !== undefined && trimmed.split(last).length > trimmed.split(opening).length
    const shorter = /[.,;:!?'"*_~]/u.test(last) || unbalanced ? trimmed.slice(0, -1) : trimmed.replace(KOREAN_END, '')
    if (shorter === trimmed) return trimmed
    trimmed = shorter
  }
}
