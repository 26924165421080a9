/** Links: found and opened. How they are made is in `link-making.ts`, which is loaded when the editor stands. */
import type { Mark, Node } from 'prosemirror-model'
import { Plugin, type Command, type EditorState } from 'prosemirror-state'
import { safeHref, schema } from '#doc/schema'

/** A link in the text: its address as stored, and where its text stands. */
export interface PlacedLink {
  href: string
  from: number
  to: number
  text: string
}

const linkOf = (node: Node): Mark | undefined => schema.marks.link.isInSet(node.marks)

/** The link the caret is in or touches, or that the selection begins in. */
export function linkAt({ selection }: EditorState): PlacedLink | null {
  const { $from, empty } = selection
  const { parent, parentOffset } = $from
  if (!parent.isTextblock) return null
  const after = parent.childAfter(parentOffset)
  const before = parent.childBefore(parentOffset)
  const mark = (after.node && linkOf(after.node)) ?? (empty && before.node ? linkOf(before.node) : undefined)
  if (mark === undefined) return null
  const at = after.node && linkOf(after.node) === mark ? after.index : before.index
  let first = at
  let last = at
  const linked = (index: number): boolean => {
    const node = parent.maybeChild(index)
    return node !== null && mark.isInSet(node.marks)
  }
  while (linked(first - 1)) first--
  while (linked(last + 1)) last++
  let from = $from.start()
  for (let index = 0; index < first; index++) from += parent.child(index).nodeSize
  let to = from
  for (let index = first; index <= last; index++) to += parent.child(index).nodeSize
  const offset = $from.start()
  const text = parent.textBetween(from - offset, to - offset)
  return { href: typeof mark.attrs.href === 'string' ? mark.attrs.href : '', from, to, text }
}

/** Opens an address in a new tab that cannot reach back. */
function open(href: string): void {
  window.open(href, '_blank', 'noopener,noreferrer')
}

/** Opens the link the caret is in. */
export const openLink: Command = (state, dispatch) => {
  const href = safeHref(linkAt(state)?.href)
  if (href === null) return false
  if (dispatch !== undefined) open(href)
  return true
}

/** While one can edit, a plain click puts the caret and a click with Ctrl (⌘) opens; a document to read has ordinary links. */
export function linkClicks(): Plugin {
  return new Plugin({
    props: {
      handleDOMEvents: {
        click(view, event) {
          const anchor = event.target instanceof Element ? event.target.closest('a[href]') : null
          if (anchor === null || !view.editable) return false
          event.preventDefault()
          if (event.ctrlKey || event.metaKey) open(anchor.getAttribute('href') ?? '')
          return event.ctrlKey || event.metaKey
        },
      },
    },
  })
}
