/** Copy, cut and paste: when. How is in `clipboard-work.ts`, which is loaded when the editor stands. */
import { DOMParser, DOMSerializer, type Fragment, type Node, type Slice } from 'prosemirror-model'
import { Plugin } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import { editorParser } from '#convert/editor-html'
import { schema } from '#doc/schema'
import { closeUndoStep } from './binding/undo.ts'
import type { PastedText } from './options.ts'
import { pastedKey, type Pasted } from './pasted.ts'
import { standing } from './standing.ts'

type Work = typeof import('./clipboard-work.ts')

/** The clipboard's plugin: what is copied, and what becomes of what is pasted. */
export function clipboard(onPastedText: (pasted: PastedText) => void = () => undefined): Plugin {
  let shift = false
  const work = new LateWork()
  return new Plugin<Pasted | null>({
    key: pastedKey,
    view: () => {
      void standing().then(() => work.load())
      return {}
    },
    state: {
      init: () => null,
      apply(tr, pasted) {
        const set = tr.getMeta(pastedKey) as Pasted | null | undefined
        if (set !== undefined) return set
        if (pasted === null || !tr.docChanged) return pasted
        return { from: tr.mapping.map(pasted.from, 1), to: tr.mapping.map(pasted.to, -1) }
      },
    },
    props: {
      clipboardParser: new LateParser(work),
      clipboardSerializer: new LateSerializer(work),
      transformPastedHTML: (html) => work.done?.quietHtml(html) ?? html,
      // An empty answer, or none, leaves it to ProseMirror.
      clipboardTextSerializer: (slice) => work.done?.clipText(slice) ?? '',
      clipboardTextParser: (text, $context) => work.done?.textSlice(text, $context) as Slice,
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
          if (work.isSettled) return work.done?.pasteLong(view, event, { shift, onPastedText }) ?? false
          if (event.clipboardData?.types.some((type) => type !== 'Files') !== true) return false
          event.preventDefault()
          const again = repeated(event)
          void work.load().then(() => view.isDestroyed || view.dom.dispatchEvent(again))
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
      handlePaste: (view, event, slice) => work.done?.paste(view, event, slice, { shift, onPastedText }) ?? false,
    },
  })

  function copy(view: EditorView, event: ClipboardEvent): boolean {
    const { selection } = view.state
    const data = event.clipboardData
    if (selection.empty || data === null) return false
    const { dom, text } = view.serializeForClipboard(selection.content())
    event.preventDefault()
    data.clearData()
    data.setData('text/html', dom.innerHTML)
    data.setData('text/plain', text)
    work.done?.addClip(data, view.state)
    return true
  }
}

/** Until it is loaded, or when it cannot be (offline, and never loaded before), the editor's own HTML and plain text have to do. */
class LateWork {
  done: Work | null = null
  /** Whether waiting for it is of no more use. */
  isSettled = false
  #loading: Promise<void> | null = null

  /** Resolves when it is loaded or cannot be. */
  load(): Promise<void> {
    this.#loading ??= import('./clipboard-work.ts')
      .then((done) => {
        this.done = done
      })
      .catch((error: unknown) => console.warn('What copies and pastes did not load:', error))
      .finally(() => {
        this.isSettled = true
      })
    return this.#loading
  }
}

class LateParser extends DOMParser {
  readonly #work: LateWork

  constructor(work: LateWork) {
    super(schema, editorParser.rules)
    this.#work = work
  }

  override parse(...args: Parameters<DOMParser['parse']>): Node {
    return (this.#work.done?.clipboardParser ?? editorParser).parse(...args)
  }

  override parseSlice(...args: Parameters<DOMParser['parseSlice']>): Slice {
    return (this.#work.done?.clipboardParser ?? editorParser).parseSlice(...args)
  }
}

class LateSerializer extends DOMSerializer {
  readonly #work: LateWork

  constructor(work: LateWork) {
    super({}, {})
    this.#work = work
  }

  override serializeFragment(
    content: Fragment,
    ...rest: [options?: { document?: Document }, target?: HTMLElement | DocumentFragment]
  ): HTMLElement | DocumentFragment {
    const serializer = this.#work.done?.clipboardSerializer
    if (serializer !== undefined) return serializer.serializeFragment(content, ...rest)
    const parent = rest[1] ?? document.createDocumentFragment()
    parent.append(content.textBetween(0, content.size, '\n'))
    return parent
  }
}

/** The same event once more, with a copy of its data: the browser's own lives no longer than the event. */
function repeated(event: ClipboardEvent): ClipboardEvent {
  const clipboardData = new DataTransfer()
  const { clipboardData: data } = event
  for (const type of data?.types ?? []) clipboardData.setData(type, data?.getData(type) ?? '')
  const again = new ClipboardEvent('paste', { bubbles: true, cancelable: true })
  // Firefox takes no data with the event that it makes.
  return Object.defineProperty(again, 'clipboardData', { value: clipboardData })
}
