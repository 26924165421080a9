/** What the page makes of keys and clicks in the text that the editor leaves alone. */
import type { Editor } from '#editor/editor'
import type { EditorView } from 'prosemirror-view'

/** Listens to the text; `onLink` is told of a link that was clicked on, to be shown what can be done with it. Returns how to stop. */
export function listenToText({ view }: Editor, onLink: (element: HTMLElement) => void): () => void {
  const { dom } = view
  const onkeydown = (event: KeyboardEvent): void => {
    if (!leadsUp(event, view)) return
    event.preventDefault()
    document.querySelector<HTMLElement>('.title textarea')?.focus()
  }
  const onclick = (event: MouseEvent): void => {
    const at = event.target instanceof Element ? event.target.closest<HTMLElement>('a[href], [data-unsafe-link]') : null
    if (at !== null && view.editable && !event.ctrlKey && !event.metaKey && !event.shiftKey) onLink(at)
  }
  // Room under the caret, a quarter of the screen, also for what is typed into the last line.
  const room = { top: 72, right: 0, left: 0 }
  const measure = (): void => {
    const bottom = (window.visualViewport?.height ?? innerHeight) / 4
    view.setProps({ scrollMargin: { ...room, bottom }, scrollThreshold: { ...room, bottom } })
  }
  measure()
  dom.addEventListener('keydown', onkeydown)
  dom.addEventListener('click', onclick)
  window.addEventListener('resize', measure)
  return () => {
    dom.removeEventListener('keydown', onkeydown)
    dom.removeEventListener('click', onclick)
    window.removeEventListener('resize', measure)
  }
}

/** Whether a key leads from the first line up to the title, as one leads from there down to the text. */
function leadsUp(event: KeyboardEvent, view: EditorView): boolean {
  const { empty, $head } = view.state.selection
  const isPlain = event.key === 'ArrowUp' && !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey
  if (!isPlain || event.defaultPrevented || event.isComposing || !empty || $head.depth === 0) return false
  return $head.index(0) === 0 && view.endOfTextblock('up')
}
