/**
 * Undo and redo of what this person did to the title, apart from the text's. The browser's own knows nothing of what others
 * wrote meanwhile, nor of what the field was given by us, and would put back a title that never was. Loaded when the field
 * stands.
 */
import * as Y from 'yjs'
import { titleOf } from '#doc/document'
import { itemAt } from '#doc/flow/items'

/** Changes that follow each other faster are undone together, ms. */
const GROUP_TIME = 500

/** What undoes and what redoes in the field that has the caret; null where there is nothing to. */
export type FieldHistory = Readonly<Record<'undo' | 'redo', (() => void) | null>>

/** A selection in the title, as UTF-16 offsets. */
export type Range = readonly [start: number, end: number]

/** The place behind a letter, or before it, by its id. Behind none is the start of the title, before none its end. */
interface Place {
  readonly letter: Y.ID | null
  readonly isBehind: boolean
}

/** A selection that stays with its letters; a range's ends look inwards. */
type StandingRange = readonly [Place, Place]

export class TitleHistory {
  readonly #doc: Y.Doc
  readonly #title: Y.Text
  readonly #manager: Y.UndoManager
  readonly #selections = new WeakMap<object, StandingRange>()
  /** Where the selection is before the change that is being made. */
  #before: StandingRange | null = null

  /** Follows the changes made by `origin`; calls `changed` when there may be something else to undo or redo. */
  constructor(doc: Y.Doc, origin: object, changed: () => void) {
    this.#doc = doc
    this.#title = titleOf(doc)
    this.#manager = new Y.UndoManager(this.#title, { captureTimeout: GROUP_TIME, trackedOrigins: new Set([origin]) })
    this.#manager.on('stack-item-added', ({ stackItem }) => {
      if (this.#before !== null) this.#selections.set(stackItem, this.#before)
      changed()
    })
    this.#manager.on('stack-item-popped', changed)
  }

  /** Whether a transaction with this origin was made here by undoing or redoing. */
  isOrigin(origin: unknown): boolean {
    return origin === this.#manager
  }

  get canUndo(): boolean {
    return this.#manager.canUndo()
  }

  get canRedo(): boolean {
    return this.#manager.canRedo()
  }

  /** To be told where the selection is before each change: undoing the change puts it back. */
  note([start, end]: Range): void {
    this.#before = [this.#placeAt(start, start === end), this.#placeAt(end, true)]
  }

  /** Makes what follows a step of its own. */
  close(): void {
    this.#manager.stopCapturing()
  }

  /** Undoes the last step; `selection` is the one now, for redo to put back. Returns where it goes, or null: nowhere. */
  undo(selection: Range): Range | null {
    this.note(selection)
    return this.#rangeOf(this.#manager.undo())
  }

  /** Does again what was undone last, likewise. */
  redo(selection: Range): Range | null {
    this.note(selection)
    return this.#rangeOf(this.#manager.redo())
  }

  destroy(): void {
    this.#manager.destroy()
  }

  #rangeOf(step: object | null): Range | null {
    const range = step === null ? undefined : this.#selections.get(step)
    if (range === undefined) return null
    const [start, end] = range
    return [this.#offsetOf(start), this.#offsetOf(end)]
  }

  #placeAt(offset: number, isBehind: boolean): Place {
    let rest = isBehind ? offset - 1 : offset
    for (let item = rest < 0 ? null : this.#title._start; item !== null; item = item.right) {
      if (item.deleted || !item.countable) continue
      if (rest < item.length) return { letter: Y.createID(item.id.client, item.id.clock + rest), isBehind }
      rest -= item.length
    }
    return { letter: null, isBehind }
  }

  /** Where a place is now. What undo has made anew stands for what was there. */
  #offsetOf({ letter, isBehind }: Place): number {
    if (letter === null) return isBehind ? 0 : this.#title.length
    const item = itemAt(this.#doc, this.#title, letter)
    if (item === null) return this.#title.length
    const within = letter.clock - item.id.clock
    const { redone } = item
    if (redone !== null) return this.#offsetOf({ letter: Y.createID(redone.client, redone.clock + within), isBehind })
    let offset = item.deleted ? 0 : within + (isBehind ? 1 : 0)
    for (let left = item.left; left !== null; left = left.left) {
      if (!left.deleted && left.countable) offset += left.length
    }
    return offset
  }
}
