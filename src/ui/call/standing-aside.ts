/** Where the strip of a call stands: in a corner, and never over the caret. */
import type { EditorView } from 'prosemirror-view'
import type { Corner } from '#storage/call-choices'

/** What the caret keeps free around it, CSS pixels: the line above and below. */
const MARGIN = 36

/** The corner that a box is nearest to. */
export function cornerAt({ left, right, top, bottom }: DOMRect): Corner {
  const across = left + right < innerWidth ? 'left' : 'right'
  return top + bottom < innerHeight ? `top-${across}` : `bottom-${across}`
}

/**
 * Where the strip has to go so that one sees what one writes; null: it stays in the corner that was `chosen`. It comes back when
 * the caret has gone from there.
 */
export function besideCaret(
  strip: HTMLElement,
  view: EditorView | null,
  chosen: Corner,
  aside: Corner | null,
): Corner | null {
  if (view === null || view.isDestroyed || !view.hasFocus()) return null
  const box = strip.getBoundingClientRect()
  const caret = view.coordsAtPos(view.state.selection.head)
  const isBeside = caret.left + MARGIN < box.left || caret.left - MARGIN > box.right
  if (isBeside) return aside === null ? null : chosenIfFree(box, caret, chosen, aside)
  const isFree = caret.bottom + MARGIN < box.top || caret.top - MARGIN > box.bottom
  if (isFree) return aside === null ? null : chosenIfFree(box, caret, chosen, aside)
  return aside === null ? opposite(chosen) : null
}

function chosenIfFree(
  box: DOMRect,
  caret: { top: number; bottom: number },
  chosen: Corner,
  aside: Corner,
): Corner | null {
  const isAtTop = chosen.startsWith('top')
  const isFree = isAtTop ? caret.top > box.height + 3 * MARGIN : caret.bottom < innerHeight - box.height - 3 * MARGIN
  return isFree ? null : aside
}

const opposite = (corner: Corner): Corner =>
  corner === 'top-left'
    ? 'bottom-left'
    : corner === 'top-right'
      ? 'bottom-right'
      : corner === 'bottom-left'
        ? 'top-left'
        : 'top-right'
