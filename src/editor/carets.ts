/**
 * Other people's carets, drawn over the text and not in it: an element beside the caret of someone who writes Korean,
 * Japanese or Chinese would break their composition, and be copied, read out and jumped over by the arrow keys.
 */
import type { EditorView } from 'prosemirror-view'
import type { Person } from '#doc/person'

/** A caret to be drawn. */
export interface Caret {
  person: Person
  head: number
  /** Counts the moves, each of which shows the name for a moment. */
  moves: number
}

interface Drawn extends Caret {
  element: HTMLElement
}

/** Keeps the carets where `carets` says, also when the layout changes. */
export interface CaretLayer {
  /** Draws before the next paint. */
  update(): void
  destroy(): void
}

export function createCaretLayer(view: EditorView, carets: () => ReadonlyMap<number, Caret>): CaretLayer {
  const layer = document.createElement('div')
  layer.className = 'remote-carets'
  layer.setAttribute('aria-hidden', 'true')
  // Before the text: what follows the text in the page keeps its place.
  view.dom.before(layer)
  const drawn = new Map<number, Drawn>()
  let frame: number | null = null

  const draw = (): void => {
    frame = null
    if (view.isDestroyed) return
    const now = carets()
    for (const [id, { element }] of drawn) {
      if (now.has(id)) continue
      element.remove()
      drawn.delete(id)
    }
    const origin = layer.getBoundingClientRect()
    const places = [...now].map(([id, caret]) => ({ id, caret, place: view.coordsAtPos(caret.head, -1) }))
    for (const { id, caret, place } of places) {
      const left = place.left - origin.left
      const { style, classList } = elementFor(id, caret)
      classList.toggle('is-turned', left > origin.width / 2)
      style.transform = `translate(${left}px, ${place.top - origin.top}px)`
      style.blockSize = `${place.bottom - place.top}px`
    }
  }

  /** Made anew after a move, which starts the showing of the name. */
  const elementFor = (id: number, caret: Caret): HTMLElement => {
    const before = drawn.get(id)
    if (
      before?.moves === caret.moves &&
      before.person.name === caret.person.name &&
      before.person.color === caret.person.color
    ) {
      return before.element
    }
    const element = caretElement(caret.person)
    if (before === undefined) layer.append(element)
    else before.element.replaceWith(element)
    drawn.set(id, { ...caret, element })
    return element
  }

  const update = (): void => {
    if (drawn.size > 0 || carets().size > 0) frame ??= requestAnimationFrame(draw)
  }

  const resizes = new ResizeObserver(update)
  resizes.observe(view.dom)
  update()
  return {
    update,
    destroy() {
      resizes.disconnect()
      if (frame !== null) cancelAnimationFrame(frame)
      layer.remove()
    },
  }
}

function caretElement({ name, color }: Person): HTMLElement {
  const caret = document.createElement('div')
  caret.className = `remote-caret person-${color}`
  const flag = caret.appendChild(document.createElement('span'))
  flag.className = 'remote-caret-name'
  flag.dataset.name = name
  flag.textContent = name
  return caret
}
