/** Copy, cut and paste. */
import { Plugin, PluginKey, TextSelection, type EditorState } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import { clipboardSerializer } from '#convert/html-writing'
import { schema } from '#doc/schema'
import { isBlock } from './blocks.ts'
import { ForeignHtml, repeated } from './foreign-html.ts'
import { closeUndoStep } from './history.ts'
import { isAddress, setLink } from './links.ts'
import { clipText, looksLikeMarkdown, placeSlice, readClip, textSlice, writeClip } from './clips.ts'

/** Carries a copy within Inkmesh exactly, beside the HTML and the text that other programs read. */
const OWN_TYPE = 'application/x-inkmesh'

/** Where text that is being read as Markdown stands. */
interface Pasted {
  from: number
  to: number
}

const key = new PluginKey<Pasted | null>('pasted Markdown')

/** The clipboard's plugin: what is copied, and what becomes of what is pasted. */
export function clipboard(): Plugin {
  let shift = false
  const foreign = new ForeignHtml()
  return new Plugin<Pasted | null>({
    key,
    view: () => {
      void foreign.load()
      return {}
    },
    state: {
      init: () => null,
      apply(tr, pasted) {
        const set = tr.getMeta(key) as Pasted | null | undefined
        if (set !== undefined) return set
        if (pasted === null || !tr.docChanged) return pasted
        return { from: tr.mapping.map(pasted.from, 1), to: tr.mapping.map(pasted.to, -1) }
      },
    },
    props: {
      clipboardParser: foreign.parser,
      clipboardSerializer,
      transformPastedHTML: (html) => foreign.quiet(html),
      clipboardTextSerializer: clipText,
      clipboardTextParser: (text, $context) => textSlice(text, $context),
      handleDOMEvents: {
        keydown(_view, event) {
          shift = event.shiftKey
          return false
        },
        keyup(_view, event) {
          shift = event.shiftKey
          return false
        },
        paste(view, event) {
          if (shift || foreign.isSettled || event.clipboardData?.types.includes('text/html') !== true) return false
          event.preventDefault()
          const again = repeated(event)
          void foreign.load().then(() => view.isDestroyed || view.dom.dispatchEvent(again))
          return true
        },
        copy,
        cut(view, event) {
          if (!view.editable || !copy(view, event)) return false
          closeUndoStep(view.state)
          view.dispatch(view.state.tr.deleteSelection().scrollIntoView().setMeta('uiEvent', 'cut'))
          return true
        },
      },
      // Left to itself the browser would leave the document for the file.
      handleDrop: (_view, event) => (event.dataTransfer?.files.length ?? 0) > 0,
      handlePaste(view, event, slice) {
        const data = event.clipboardData
        if (data === null) return false
        const { state } = view
        const text = data.getData('text/plain')
        closeUndoStep(state)
        if (!isBlock(state.selection.$from.parent) && state.selection.$from.parent.type.spec.code) {
          view.dispatch(state.tr.insertText(text.replace(/\r\n?/gu, '\n')).scrollIntoView().setMeta('paste', true))
          return true
        }
        if (!shift && isAddress(text) && pasteAddress(view, text.trim())) return true
        const own = shift ? null : readClip(data.getData(OWN_TYPE))
        const asMarkdown = !shift && own === null && data.getData('text/html') === '' && looksLikeMarkdown(text)
        const { tr } = state
        const start = tr.selection.from
        placeSlice(tr, own?.slice ?? slice, own?.whole ?? true)
        if (asMarkdown) tr.setMeta(key, { from: start, to: tr.selection.to } satisfies Pasted)
        view.dispatch(tr.scrollIntoView().setMeta('paste', true).setMeta('uiEvent', 'paste'))
        if (asMarkdown) void convertPasted(view, text)
        return true
      },
    },
  })
}

function copy(view: EditorView, event: ClipboardEvent): boolean {
  const { selection } = view.state
  const data = event.clipboardData
  if (selection.empty || data === null) return false
  const content = selection.content()
  const { dom, text } = view.serializeForClipboard(content)
  event.preventDefault()
  data.clearData()
  data.setData('text/html', dom.innerHTML)
  data.setData('text/plain', text)
  data.setData(OWN_TYPE, writeClip(view.state))
  return true
}

/** Pasted addresses: the selected text is linked; without a selection the address stands there as a link. */
function pasteAddress(view: EditorView, address: string): boolean {
  const { selection } = view.state
  if (!(selection instanceof TextSelection) || !selection.$from.sameParent(selection.$to)) return false
  if (!selection.empty) return setLink(address)(view.state, view.dispatch)
  if (schema.marks.code.isInSet(view.state.storedMarks ?? selection.$from.marks())) return false
  const { link } = schema.marks
  const { tr } = view.state
  tr.insertText(address).addMark(selection.from, selection.from + address.length, link.create({ href: address }))
  view.dispatch(tr.removeStoredMark(link).scrollIntoView().setMeta('paste', true))
  return true
}

/** Reads text that was pasted as it is as Markdown, and puts the result in its place: a second undo step. */
async function convertPasted(view: EditorView, text: string): Promise<void> {
  const before = pastedText(view.state)
  // Without the converter (offline, and never loaded) the text stays as pasted.
  const converter = await import('#convert/markdown').catch(() => null)
  if (converter === null || view.isDestroyed || !view.editable || view.composing) return
  const pasted = key.getState(view.state)
  if (pasted === null || pasted === undefined || before === null || pastedText(view.state) !== before) return
  const doc = converter.parseMarkdown(text)
  const { tr } = view.state
  tr.setSelection(TextSelection.between(tr.doc.resolve(pasted.from), tr.doc.resolve(pasted.to)))
  placeSlice(tr, doc.slice(0), true)
  closeUndoStep(view.state)
  view.dispatch(tr.setMeta(key, null).scrollIntoView())
  closeUndoStep(view.state)
}

function pastedText(state: EditorState): string | null {
  const pasted = key.getState(state)
  if (pasted === null || pasted === undefined || pasted.to > state.doc.content.size) return null
  return state.doc.textBetween(pasted.from, pasted.to, '\n', '\ufffc')
}
