/** What whoever mounts the editor gives it, and is told by it. */
import type { EditorState } from 'prosemirror-state'
import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'

/** All words that the editor itself shows or speaks. */
export interface EditorLabels {
  /** Accessible name of the text. */
  document: string
  /** Shown while the document is empty. */
  placeholder: string
  /** Accessible name of a task's checkbox. */
  task: string
  /** Accessible name of the button that names a code block's language; shown where none is named. */
  language: string
}

/** How the text and the caret are at one moment, and which menu items (by id) apply then. */
export interface EditorSnapshot {
  state: EditorState
  active: ReadonlySet<string>
  enabled: ReadonlySet<string>
  /** Nothing can be edited: a view link, or a document of a newer schema. */
  readOnly: boolean
}

/** What something pasted was taken for, where it may have been meant otherwise, or is not all there. */
export interface PastedText {
  as: 'markdown' | 'lines' | 'unread' | 'pictures' | 'reading' | 'bare'
  /** Takes it the other way, unless it was changed meanwhile. Null where it could not be read in time, while it is being read, and for pictures, of which only the descriptions were kept. */
  change: (() => void) | null
}

export interface EditorOptions {
  mount: HTMLElement
  /** The session's document; its body is what is edited. */
  doc: Y.Doc
  awareness: Awareness
  editable: boolean
  labels: EditorLabels
  /** Told whether something that others wrote could not be shown. */
  onTrouble?: (trouble: boolean) => void
  /** Called after view updates, at most once a frame. */
  onUpdate?: (snapshot: EditorSnapshot) => void
  /** The person asks for a link (Mod-K). */
  onLinkRequest?: () => void
  /** The person asks to name the language of the code block that the caret is in, by the button given. */
  onLanguageRequest?: (button: HTMLElement) => void
  onPastedText?: (pasted: PastedText) => void
}

/** What the editing plugins are given. */
export interface EditingOptions {
  /** The labels as they are now. */
  labels: () => EditorLabels
  onLinkRequest: () => void
  onLanguageRequest: (button: HTMLElement) => void
  onPastedText: (pasted: PastedText) => void
}
