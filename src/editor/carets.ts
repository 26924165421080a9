/**
 * Other people's carets, drawn over the text and not in it: an element beside the caret of someone who writes Korean,
 * Japanese or Chinese would break their composition, and be copied, read out and jumped over by the arrow keys.
 */
import type { EditorView } from 'prosemirror-view'
import type { Person } from '#doc/person'
import { drawings } from './drawing.ts'

/** A caret to be drawn. */
export interface Caret {
  person: Person
  head: number
  /** Counts the moves, each of which shows the name for a moment. */
  moves: number
}

/** How long the name is shown after a move, ms; then it fades. */
const NAMED = 2000

interface Drawn extends Caret {
  element: HTMLElement
  /** CSS pixels. */
  height: number
  /** Until the name fades. */
  timer: ReturnType<typeof setTimeout> | null
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
    for (const id of drawn.keys()) if (!now.has(id)) drop(id)
    const drawing = drawings.get(view)
    const seen = [...now].filter(([id, { head }]) => {
      // What the browser leaves out would have to be laid out to know where a caret in it is.
      const isSeen = drawing?.isLeftOut(head) !== true
      if (!isSeen) drop(id)
      return isSeen
    })
    if (seen.length === 0) return
    const origin = layer.getBoundingClientRect()
    const places = seen.map(([id, caret]) => ({ id, caret, place: view.coordsAtPos(caret.head, -1) }))
    // From here on nothing is read, and what moves changes no layout: there is one in a frame, however many people move.
    for (const { id, caret, place } of places) {
      const left = place.left - origin.left
      const height = place.bottom - place.top
      const one = drawnFor(id, caret)
      const { style, classList } = one.element
      classList.toggle('is-turned', left > origin.width / 2)
      style.transform = `translate(${left}px, ${place.top - origin.top}px)`
      if (one.height !== height) style.blockSize = `${height}px`
      one.height = height
    }
  }

  /** As it is drawn, and with its name when it is new or has moved. */
  const drawnFor = (id: number, caret: Caret): Drawn => {
    const { person, moves } = caret
    let one = drawn.get(id)
    if (one === undefined || one.person.name !== person.name || one.person.color !== person.color) {
      drop(id)
      one = { ...caret, moves: -1, element: layer.appendChild(caretElement(person)), height: 0, timer: null }
      drawn.set(id, one)
    }
    if (one.moves !== moves) name(one)
    one.moves = moves
    return one
  }

  const name = (one: Drawn): void => {
    if (one.timer !== null) clearTimeout(one.timer)
    const { classList } = one.element
    classList.add('is-named')
    one.timer = setTimeout(() => {
      one.timer = null
      classList.remove('is-named')
    }, NAMED)
  }

  const drop = (id: number): void => {
    const one = drawn.get(id)
    if (one === undefined) return
    if (one.timer !== null) clearTimeout(one.timer)
    one.element.remove()
    drawn.delete(id)
  }

  const update = (): void => {
    if (drawn.size > 0 || carets().size > 0) frame ??= requestAnimationFrame(draw)
  }

  const resizes = new ResizeObserver(update)
  resizes.observe(view.dom)
  view.dom.addEventListener('contentvisibilityautostatechange', update)
  update()
  return {
    update,
    destroy() {
      resizes.disconnect()
      view.dom.removeEventListener('contentvisibilityautostatechange', update)
      if (frame !== null) cancelAnimationFrame(frame)
      for (const id of drawn.keys()) drop(id)
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
