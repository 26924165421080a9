/** Copy and paste: how. Loaded when the editor stands. */
import { Slice } from 'prosemirror-model'
import { TextSelection, type EditorState, type Transaction } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import { readHtmlBeside, readPiece } from '#convert/beside'
import { formOf, readCode } from '#convert/plain-text'
import { blockOf, schema } from '#doc/schema'
import { isBlock, placedAt, setBlock } from './blocks.ts'
import { placeSlice, readClip, textSlice, writeClip } from './clips.ts'
import { closeUndoStep } from './binding/undo.ts'
import { addressIn, setLink } from './link-making.ts'
import type { PastedText } from './options.ts'
import { pastedKey, type Pasted } from './pasted.ts'

export { clipboardParser, quietHtml } from '#convert/html'
export { clipboardSerializer } from '#convert/html-writing'
export { clipText, textSlice } from './clips.ts'

/** Carries a copy within Inkmesh exactly, beside the HTML and the text that other programs read. */
const OWN_TYPE = 'application/x-inkmesh'

/** Puts the selection on the clipboard for Inkmesh itself. */
export function addClip(data: DataTransfer, state: EditorState): void {
  data.setData(OWN_TYPE, writeClip(state))
}

interface PasteOptions {
  /** As plain text. */
  shift: boolean
  onPastedText: (pasted: PastedText) => void
}

/** Takes what is pasted; `slice` is what ProseMirror made of it. False when it is left to ProseMirror. */
export function paste(
  view: EditorView,
  event: ClipboardEvent,
  slice: Slice,
  { shift, onPastedText }: PasteOptions,
): boolean {
  const data = event.clipboardData
  if (data === null) return false
  const { state } = view
  const text = data.getData('text/plain')
  closeUndoStep(state)
  if (!isBlock(state.selection.$from.parent) && state.selection.$from.parent.type.spec.code) {
    view.dispatch(state.tr.insertText(text.replace(/\r\n?/gu, '\n')).scrollIntoView().setMeta('paste', true))
    return true
  }
  const address = shift ? null : addressIn(text)
  if (address !== null && pasteAddress(view, address, text.trim().slice(address.length))) return true
  const own = shift ? null : readClip(data.getData(OWN_TYPE))
  const isPlain = !shift && own === null && data.getData('text/html') === ''
  const { form, hasSigns } = formOf(isPlain ? text : '')
  const { tr } = state
  const start = tr.selection.from
  if (form === 'code') placeSlice(tr, readCode(text, null).slice(0), true)
  else placeSlice(tr, own?.slice ?? slice, own?.whole ?? true)
  const isDoubtful = form === 'lines' && hasSigns && text.includes('\n')
  if (form === 'markdown' || isDoubtful) tr.setMeta(pastedKey, { from: start, to: tr.selection.to } satisfies Pasted)
  view.dispatch(tr.scrollIntoView().setMeta('paste', true).setMeta('uiEvent', 'paste'))
  const read = (): void => void convertPasted(view, text, onPastedText)
  if (hasPictures(data.getData('text/html')) && own === null) onPastedText({ as: 'pictures', change: null })
  if (form === 'markdown') read()
  else if (isDoubtful) onPastedText({ as: 'lines', change: read })
  return true
}

/** HTML from which on reading it could be felt, in characters. */
const LONG_HTML = 50_000

/** When to say that something is being read, in milliseconds. */
const PATIENCE = 700

/** Editors in which something long is on its way into the text. */
const waiting = new WeakSet<EditorView>()

/**
 * Takes long HTML, which is read beside the page; it lands where it was pasted, whoever types on meanwhile. False when what is
 * pasted is none, or something is on its way already.
 */
export function pasteLong(view: EditorView, event: ClipboardEvent, { shift, onPastedText }: PasteOptions): boolean {
  const data = event.clipboardData
  const html = data?.getData('text/html') ?? ''
  if (data === null || shift || html.length <= LONG_HTML || waiting.has(view) || !view.editable) return false
  const { state } = view
  if (state.selection.$from.parent.type.spec.code === true || readClip(data.getData(OWN_TYPE)) !== null) return false
  event.preventDefault()
  waiting.add(view)
  closeUndoStep(state)
  const tr = state.tr.deleteSelection()
  const { from } = tr.selection
  view.dispatch(tr.setMeta(pastedKey, { from, to: from } satisfies Pasted))
  if (hasPictures(html)) onPastedText({ as: 'pictures', change: null })
  void placeLong(view, html, data.getData('text/plain'), onPastedText).finally(() => waiting.delete(view))
  return true
}

async function placeLong(
  view: EditorView,
  html: string,
  text: string,
  onPastedText: PasteOptions['onPastedText'],
): Promise<void> {
  const patience = setTimeout(() => onPastedText({ as: 'reading', change: null }), PATIENCE)
  const read = await readHtmlBeside(html)
  clearTimeout(patience)
  while (view.composing) await new Promise((resolve) => setTimeout(resolve, PATIENCE))
  if (view.isDestroyed || !view.editable) return
  const { from, to } = pastedKey.getState(view.state) ?? view.state.selection
  // What was typed there meanwhile stands behind it.
  const at = Math.min(from, to)
  const $at = view.state.doc.resolve(at)
  const slice = read === null ? textSlice(text || textOfHtml(html), $at) : Slice.maxOpen(read.content)
  putInPlace(view, { from: at, to: at }, (tr) => placeSlice(tr, slice, true))
  if (read === null) onPastedText({ as: 'bare', change: null })
}

/** The text of HTML that is too intricate to be read. */
const textOfHtml = (html: string): string => html.replace(/<[^>]*>?/gu, ' ').replace(/\s+/gu, ' ')

/** Whether HTML has pictures that are in it, or on the other machine: no address leads to them. */
const hasPictures = (html: string): boolean => /<img\b[^>]*\bsrc\s*=\s*["']?\s*(?:data|file|blob|cid):/iu.test(html)

/** Pasted addresses: the selected text is linked; without a selection the address stands there as a link, before the `rest`. */
function pasteAddress(view: EditorView, address: string, rest: string): boolean {
  const { selection } = view.state
  if (!(selection instanceof TextSelection) || !selection.$from.sameParent(selection.$to)) return false
  if (!selection.empty) return rest === '' && setLink(address)(view.state, view.dispatch)
  if (schema.marks.code.isInSet(view.state.storedMarks ?? selection.$from.marks())) return false
  const { link } = schema.marks
  const { tr } = view.state
  tr.insertText(address + rest).addMark(selection.from, selection.from + address.length, link.create({ href: address }))
  view.dispatch(tr.removeStoredMark(link).scrollIntoView().setMeta('paste', true))
  return true
}

/**
 * Reads text that was pasted as it is as Markdown, and puts the result in its place: a second undo step. Whoever has gone on
 * typing meanwhile stays where they are.
 */
async function convertPasted(
  view: EditorView,
  text: string,
  onPastedText: PasteOptions['onPastedText'],
): Promise<void> {
  const before = pastedText(view.state)
  // Without what reads it (offline, and never loaded), or when that takes too long, the text stays as pasted.
  const read = await readPiece(text)
  if (read === null) {
    onPastedText({ as: 'unread', change: null })
    return
  }
  const pasted = stillPasted(view, before)
  if (pasted === null) return
  const { doc } = view.state
  const lines = { slice: doc.slice(pasted.from, pasted.to), block: blockOf(doc.resolve(pasted.from).parent) }
  putInPlace(view, pasted, (tr) => placeSlice(tr, read.slice(0), true))
  const shown = pastedText(view.state)
  const change = (): void => {
    const still = stillPasted(view, shown)
    if (still === null) return
    putInPlace(view, still, (tr) => {
      const from = tr.selection.from
      tr.deleteSelection()
      const block = placedAt(tr.doc.resolve(from))
      if (block !== null) setBlock(tr, block, lines.block)
      tr.replaceSelection(lines.slice)
    })
  }
  onPastedText({ as: 'markdown', change })
}

/** Replaces what was pasted, as an undo step of its own. */
function putInPlace(view: EditorView, { from, to }: Pasted, replace: (tr: Transaction) => void): void {
  const { tr, selection } = view.state
  const goneOn = selection.from > to || selection.to < from
  tr.setSelection(TextSelection.between(tr.doc.resolve(from), tr.doc.resolve(to)))
  replace(tr)
  tr.setMeta(pastedKey, { from, to: tr.selection.to } satisfies Pasted)
  if (goneOn) tr.setSelection(selection.map(tr.doc, tr.mapping))
  closeUndoStep(view.state)
  view.dispatch(tr.scrollIntoView())
  closeUndoStep(view.state)
}

/** Where pasted text stands, if it can be read otherwise and reads as it did. */
function stillPasted(view: EditorView, before: string | null): Pasted | null {
  if (view.isDestroyed || !view.editable || view.composing || before === null) return null
  return pastedText(view.state) === before ? (pastedKey.getState(view.state) ?? null) : null
}

function pastedText(state: EditorState): string | null {
  const pasted = pastedKey.getState(state)
  if (pasted === null || pasted === undefined || pasted.to > state.doc.content.size) return null
  return state.doc.textBetween(pasted.from, pasted.to, '\n', '\ufffc')
}
