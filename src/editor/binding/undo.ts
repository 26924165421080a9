/** Undo and redo of one's own changes, never of other people's. */
import { Plugin, PluginKey, type Command, type EditorState } from 'prosemirror-state'
import * as Y from 'yjs'
import { storedAlias, type Alias } from '#doc/flow/aliases'
import type { Flow } from '#doc/flow/flow'
import type { Id } from '#doc/flow/grammar'
import { append, deleteWithin, isIn, itemAt } from '#doc/flow/items'
import type { PlacedSelection } from './selection.ts'

/** Changes that follow each other faster are undone together, ms. */
const GROUP_TIME = 500

const key = new PluginKey<UndoState>('history')

/** Origin of the transactions that delete what others have brought back. */
const UPHELD = Symbol('upheld')

/** So many characters that came back at once are looked at: records may claim any number. */
const MOST_UPHELD = 200_000

interface UndoState {
  history: History
  isWritable: () => boolean
}

export interface HistoryOptions {
  flow: Flow
  /** Origin of the transactions that can be undone. */
  origin: unknown
  /** Where the selection was before the change that is being recorded. */
  selectionBefore: () => PlacedSelection | null
  isWritable: () => boolean
}

export class History {
  readonly plugin: Plugin
  readonly #flow: Flow
  readonly #manager: Y.UndoManager
  readonly #selections = new WeakMap<object, PlacedSelection | null>()
  /** What was deleted here only to be written elsewhere, and what it has become; by client and clock. */
  readonly #copies = new Map<string, Id>()
  #popped: PlacedSelection | null = null

  constructor({ flow, origin, selectionBefore, isWritable }: HistoryOptions) {
    const manager = new Y.UndoManager(flow.doc, { captureTimeout: GROUP_TIME, trackedOrigins: new Set([origin]) })
    this.#flow = flow
    this.#manager = manager
    manager.on('stack-item-added', ({ stackItem }) => this.#selections.set(stackItem, selectionBefore()))
    this.plugin = new Plugin<UndoState>({
      key,
      state: {
        init: () => ({ history: this, isWritable }),
        apply: (tr, state) => {
          // A click elsewhere begins a new step.
          if (tr.selectionSet && !tr.docChanged) this.close()
          return state
        },
      },
    })
  }

  can(way: Way): boolean {
    return way === 'undo' ? this.#manager.canUndo() : this.#manager.canRedo()
  }

  /** Makes what follows a step of its own. */
  close(): void {
    this.#manager.stopCapturing()
  }

  /** Takes the last step back, or does it again. */
  step(way: Way): void {
    const manager = this.#manager
    const { doc } = this.#flow
    const going = way === 'undo' ? 'undoing' : 'redoing'
    try {
      doc.transact((transaction) => {
        const clock = Y.getState(doc.store, doc.clientID)
        const top = manager[way === 'undo' ? 'undoStack' : 'redoStack'].at(-1)
        if (top !== undefined) this.#followOthers(transaction, top)
        const popped = way === 'undo' ? manager.undo() : manager.redo()
        // The manager forgets what it is at before the transaction ends, which the aliases are to be part of.
        manager[going] = true
        if (popped === null) return
        this.#popped = this.#selections.get(popped) ?? null
        this.#writeAliases(transaction, popped.deletions, clock)
      }, manager)
    } finally {
      manager[going] = false
      this.#popped = null
    }
  }

  /** Blocks were joined by copying text: what was deleted of it was not meant to go. It is kept away only while its copy is there. */
  noteCopies(copies: readonly (readonly [from: Id, to: Id])[]): void {
    for (const [from, to] of copies) this.#copies.set(keyOf(from), to)
  }

  /** Where the selection has to go after a transaction of undo or redo; undefined for any other transaction. */
  selectionAfter({ origin }: Y.Transaction): PlacedSelection | null | undefined {
    return origin === this.#manager ? this.#popped : undefined
  }

  /**
   * Deletes what somebody else has brought back by undoing, as far as it was deleted here, too, and that was not undone:
   * what one deleted stays deleted. What two have brought back is there once.
   */
  uphold(brought: readonly Alias[]): void {
    const { doc, text, aliases } = this.#flow
    const surplus: Id[] = []
    const ownDeletions = Y.mergeDeleteSets(this.#manager.undoStack.map(({ deletions }) => deletions))
    let looks = 0
    for (const { from, to, length } of brought) {
      const known = Math.min(length, Y.getState(doc.store, to.client) - to.clock)
      for (let k = 0; k < known && looks < MOST_UPHELD; k++, looks++) {
        const id = { client: from.client, clock: from.clock + k }
        // Nobody brings back what is there: such a record is about nothing.
        if (itemAt(doc, text, id)?.deleted !== true) continue
        const targets = aliases.targetsOf(id).filter((target) => itemAt(doc, text, target)?.deleted === false)
        if (this.#hasDeleted(id, ownDeletions)) surplus.push({ client: to.client, clock: to.clock + k })
        else surplus.push(...targets.slice(1))
      }
    }
    if (surplus.length === 0) return
    doc.transact((transaction) => {
      for (const id of surplus) {
        const item = itemAt(doc, text, id)
        if (item?.deleted === false) deleteWithin(transaction, item, id.clock - item.id.clock, 1)
      }
    }, UPHELD)
  }

  /** Whether a unit was deleted here, be it as what an undo of one's own had made of it, and still is. */
  #hasDeleted(id: Id, ownDeletions: StackItem['deletions']): boolean {
    const { doc, text } = this.#flow
    for (let now: Id | null = id; now !== null;) {
      const { client, clock }: Id = now
      if (Y.isDeleted(ownDeletions, Y.createID(client, clock))) {
        const copy = this.#copies.get(keyOf(now))
        return copy === undefined || this.#flow.itemOf(copy)?.item.deleted === false
      }
      const item = itemAt(doc, text, now)
      const redone = item?.redone ?? null
      now =
        item === null || redone === null ? null : { client: redone.client, clock: redone.clock + clock - item.id.clock }
    }
    return false
  }

  destroy(): void {
    this.#manager.destroy()
  }

  /** What somebody else has made anew is what it was: undo must neither make it a second time nor leave it. */
  #followOthers(transaction: Y.Transaction, { insertions, deletions }: StackItem): void {
    const { aliases, text } = this.#flow
    if (aliases.size === 0) return
    const alive = ({ id }: Y.Item, unit: number): Id | null => {
      const found = this.#flow.itemOf({ client: id.client, clock: id.clock + unit })
      return found === null || found.item.deleted ? null : found.id
    }
    const follow = (item: Y.GC | Y.Item): void => {
      if (!(item instanceof Y.Item) || !item.deleted || item.redone !== null || !isIn(item, text)) return
      const { client, clock } = item.id
      const to = alive(item, 0)
      for (let unit = 1; unit < item.length; unit++) {
        const next = alive(item, unit)
        if (next?.client === to?.client && (next === null || next.clock === (to?.clock ?? 0) + unit)) continue
        // What follows is told of next.
        Y.getItemCleanStart(transaction, Y.createID(client, clock + unit))
      }
      if (to !== null) item.redone = Y.createID(to.client, to.clock)
    }
    Y.iterateDeletedStructs(transaction, insertions, follow)
    Y.iterateDeletedStructs(transaction, deletions, follow)
  }

  /** Notes which items were made anew; `clock` is where they begin. */
  #writeAliases(transaction: Y.Transaction, deletions: StackItem['deletions'], clock: number): void {
    const { doc, text, aliasRecords } = this.#flow
    const records: [from: Y.ID, to: Y.ID, length: number][] = []
    Y.iterateDeletedStructs(transaction, deletions, (item) => {
      if (!(item instanceof Y.Item) || !isIn(item, text)) return
      const { id, redone, length } = item
      if (redone === null || redone.client !== doc.clientID || redone.clock < clock) return
      const last = records.at(-1)
      const goesOn =
        last !== undefined &&
        last[0].client === id.client &&
        last[0].clock + last[2] === id.clock &&
        last[1].clock + last[2] === redone.clock
      if (goesOn) last[2] += length
      else records.push([id, redone, length])
    })
    if (records.length > 0)
      append(
        transaction,
        aliasRecords,
        records.map((record) => storedAlias(...record)),
      )
  }
}

const keyOf = ({ client, clock }: Id): string => `${client} ${clock}`

type Way = 'undo' | 'redo'
type StackItem = Y.UndoManager['undoStack'][number]

const command =
  (way: Way): Command =>
  (state, dispatch) => {
    const undo = key.getState(state)
    if (undo?.isWritable() !== true || !undo.history.can(way)) return false
    if (dispatch !== undefined) undo.history.step(way)
    return true
  }

/** Undoes the last change made here. */
export const undo: Command = command('undo')

/** Does again what was undone last. */
export const redo: Command = command('redo')

/** Makes what follows an undo step of its own. */
export const closeUndoStep = (state: EditorState): void => key.getState(state)?.history.close()
