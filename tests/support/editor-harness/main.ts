/** A page with the editor and nothing else; tests drive it through `window.harness`. */
import { TextSelection } from 'prosemirror-state'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { blockAttrs, schema } from '#doc/schema'
import { createEditor, type Editor } from '#editor/editor'
import type { PastedText } from '#editor/options'
import { standing } from '#editor/standing'
import '#ui/theme.css'
import '#ui/document.css'
import { sizes } from '#editor/drawing'
import { playSession, type Session, type Words } from '../../merge/sessions.ts'
import { sketched, sketchOf } from '../sketch.ts'
import { faultsOf } from './drawn.ts'
import { pageStack } from './page-stack.ts'

let editor: Editor | null = null
/** The next task is not drawn. */
let fails = false

function opened(): Editor {
  if (editor === null) throw new Error('No document has been opened')
  return editor
}

const harness = {
  linkRequests: 0,
  /** What the last pasted text was taken for. */
  pasted: null as PastedText | null,

  /** From now on documents are drawn in groups of so many blocks, as soon as they have `long` of them. */
  async groupBy(size: number, long = 1): Promise<void> {
    Object.assign(sizes, { long, group: size })
    await import('#editor/groups/long')
  },

  /** Adds a task at both ends of the document, the first of which may not be drawn. Whether both were. */
  addTasks({ failing }: { failing: boolean }): boolean {
    fails = failing
    const { view } = opened()
    const { tr } = view.state
    const task = schema.nodes.block.create(blockAttrs({ kind: 'task' }))
    try {
      view.dispatch(tr.insert(tr.doc.content.size, task).insert(0, task))
      return true
    } catch (error) {
      console.info(error)
      return false
    }
  },

  /** How many blocks each group has. */
  groups: (): number[] =>
    [...opened().view.dom.querySelectorAll(':scope > .block-group')].map(({ childElementCount }) => childElementCount),

  /** What is drawn otherwise than the document says. */
  faults: (): string[] => faultsOf(opened().view, { all: true }),

  /** Plays a session of two people (tests/merge/sessions.ts), each at an editor in this page. */
  play: (session: Session): Words => playSession(pageStack, session),

  /** Opens an editor on a sketched document. */
  async open(sketch: string, editable: boolean): Promise<void> {
    editor?.destroy()
    document.body.replaceChildren()
    const before = document.body.appendChild(document.createElement('button'))
    const mount = document.body.appendChild(document.createElement('main'))
    const after = document.body.appendChild(document.createElement('button'))
    before.textContent = 'Before'
    after.textContent = 'After'
    const doc = new Y.Doc()
    editor = createEditor({
      mount,
      doc,
      awareness: new Awareness(doc),
      editable: true,
      labels: {
        document: 'Document',
        placeholder: 'Write something…',
        get task() {
          if (!fails) return 'Done'
          fails = false
          throw new Error('A task cannot be drawn')
        },
        language: 'Language',
      },
      onLinkRequest: () => harness.linkRequests++,
      onPastedText: (pasted) => (harness.pasted = pasted),
    })
    const { doc: content, selection } = sketched(sketch)
    const { view } = editor
    const { tr } = view.state
    if (content.textContent !== '' || content.childCount > 1) tr.replaceWith(0, tr.doc.content.size, content.content)
    view.dispatch(tr.setSelection(TextSelection.create(tr.doc, selection.anchor, selection.head)))
    editor.setEditable(editable)
    view.focus()
    // What copies and pastes, and what makes formatting of signs, comes a moment after the editor.
    await standing()
    await Promise.all([import('#editor/clipboard-work'), import('#editor/typed-rules')])
    await new Promise((resolve) => setTimeout(resolve))
  },

  /** The document as it is now, with the caret. */
  sketch: (): string => sketchOf(opened().view.state),

  /** All texts of the document, each after the names of its marks. */
  marks(): string {
    const parts: string[] = []
    opened().view.state.doc.descendants((node) => {
      if (node.isText) parts.push([...node.marks.map(({ type }) => type.name), node.text ?? ''].join(':'))
    })
    return parts.join('|')
  },

  setEditable: (editable: boolean): void => opened().setEditable(editable),

  /** Fires a paste of this data, as the browser would. */
  paste(data: Record<string, string>): void {
    const clipboardData = new DataTransfer()
    for (const [type, value] of Object.entries(data)) clipboardData.setData(type, value)
    opened().view.dom.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  },

  /** What a copy of the selection puts on the clipboard. */
  copied(): Record<string, string> {
    const clipboardData = new DataTransfer()
    opened().view.dom.dispatchEvent(new ClipboardEvent('copy', { clipboardData, bubbles: true, cancelable: true }))
    return Object.fromEntries(clipboardData.types.map((type) => [type, clipboardData.getData(type)]))
  },
}

declare global {
  interface Window {
    harness: typeof harness
  }
}

window.harness = harness
