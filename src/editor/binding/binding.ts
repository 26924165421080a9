/**
 * The binding of ProseMirror to the flow of a document. Steps become changes of the flow, changes of the flow become
 * steps, and neither costs more than what has changed.
 *
 * One door: what the flow shows counts as shown only when ProseMirror's state holds it. Whatever is thrown on the way ends
 * in reading the flow anew, never in writing something that nobody did.
 */
import type { Node } from 'prosemirror-model'
import { EditorState, Plugin, PluginKey, type Transaction } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'
import type * as Y from 'yjs'
import { isNewer, needVersion } from '#doc/document'
import type { BlockPart } from '#doc/flow/shape'
import { blankNode, Flow, type Shown } from '#doc/flow/flow'
import type { Place } from '#doc/flow/places'
import { documentOf } from '#doc/flow/read'
import { Writer } from '#doc/flow/writer'
import { Composition } from './composition.ts'
import { Screen } from './screen.ts'
import { findSelection, placeSelection, type PlacedSelection, type Places } from './selection.ts'
import { applyEdits, editsBetween, MAX_EDITS, type Edit, type Seen } from './showing.ts'
import { History } from './undo.ts'
import { isWithin, startOf, writeDifference, writeTransactions } from './writing.ts'

const key = new PluginKey<Pending>('binding')

/** What the state has gone through since it was the one that is shown. */
interface Pending {
  /** The transaction that showed what came from the flow, if one did. */
  shown: Transaction | null
  /** What was done here, since then. */
  done: readonly Transaction[]
}

const NOTHING: Pending = { shown: null, done: [] }

/** Whether a transaction shows what came from the document (a peer, another tab, undo) rather than what was done here. */
export const isRemote = (tr: Transaction): boolean => tr.getMeta(key) !== undefined

/** Keeps an editor state equal to a document's flow. */
export interface Binding extends Places {
  /** The document to begin the state with. */
  readonly doc: Node
  /** To be the first of the state's plugins. */
  readonly plugins: readonly Plugin[]
  /** The document that positions are about: while it is not the state's, they mean nothing. */
  readonly shown: Node
  /** The document needs a newer schema than ours: nothing is written. */
  readonly frozen: boolean
  /** How often the flow had to be read anew, since showing or writing a change had failed. */
  readonly failures: number
  /** Shows what was held back, unless it must wait on. To be called when a composition has ended. */
  release(): void
  destroy(): void
}

export interface BindingOptions {
  /** Whether changes made here are allowed now; others are refused. */
  isWritable: () => boolean
  /** Whether an input method is composing: then the block that it composes in is left alone. */
  isComposing: () => boolean
  /** The document has turned out to need a newer schema. Called at most once. */
  onFrozen?: () => void
  /** Told whether something could not be shown, on every change of that. */
  onTrouble?: (trouble: boolean) => void
  /** Told of what was thrown. By default the page is, as of any uncaught exception. */
  onError?: (error: unknown) => void
}

/** Binds the flow of a document to the state that begins with `doc` and has `plugins`. */
export const bind = (doc: Y.Doc, options: BindingOptions): Binding => new FlowBinding(doc, options)

class FlowBinding implements Binding {
  readonly doc: Node
  readonly plugins: readonly Plugin[]
  failures = 0
  frozen: boolean
  readonly #doc: Y.Doc
  readonly #options: BindingOptions
  readonly #flow: Flow
  readonly #composition: Composition
  readonly #history: History
  /** Origin of the transactions that write what was done in this editor. */
  readonly #edit = Symbol('edit')
  #view: EditorView | null = null
  #screen: Screen
  /** What is on its way into the state. */
  #arriving: Screen | null = null
  /** What is done here is being written. */
  #isWriting = false
  /** Something could not be shown. */
  #isTroubled = false
  #selectionBefore: PlacedSelection | null = null

  constructor(doc: Y.Doc, options: BindingOptions) {
    const flow = new Flow(doc)
    this.#doc = doc
    this.#options = options
    this.#flow = flow
    this.#composition = new Composition(flow, () => this.#present(null))
    this.#screen = new Screen(flow, this.#composition, documentOf(flow))
    this.#history = new History({
      flow,
      origin: this.#edit,
      selectionBefore: () => this.#selectionBefore,
      isWritable: options.isWritable,
    })
    this.doc = this.#screen.doc
    this.frozen = isNewer(doc)
    this.plugins = [this.#plugin(), this.#history.plugin]
    doc.on('beforeTransaction', this.#beforeTransaction)
    doc.on('afterTransaction', this.#afterTransaction)
  }

  get shown(): Node {
    return this.#screen.doc
  }

  placeOf(position: number, side: 'before' | 'after'): Place | null {
    return this.#screen.placeOf(position, side)
  }

  positionOf(place: Place): number | null {
    // Plugins that are told of a change ask for positions in the document that it makes.
    return (this.#arriving ?? this.#screen).positionOf(place)
  }

  release(): void {
    if (this.#options.isComposing() || this.#composition.held === null) return
    if (this.#view !== null) this.#rememberSelection(this.#view.state)
    this.#composition.release()
  }

  destroy(): void {
    this.#composition.drop()
    this.#doc.off('beforeTransaction', this.#beforeTransaction)
    this.#doc.off('afterTransaction', this.#afterTransaction)
    this.#history.destroy()
  }

  #plugin(): Plugin {
    return new Plugin<Pending>({
      key,
      state: {
        init: () => NOTHING,
        apply: (tr, pending, old) => {
          if (!tr.docChanged) return pending
          if (isRemote(tr)) return { shown: tr, done: [] }
          const isFirst = old.doc === this.#screen.doc
          return isFirst ? { shown: null, done: [tr] } : { ...pending, done: [...pending.done, tr] }
        },
      },
      filterTransaction: (tr) => !tr.docChanged || isRemote(tr) || this.#mayChange(tr),
      view: (view) => {
        this.#view = view
        this.#arrive(view.state)
        return {
          update: ({ state }, previous) => {
            const pending = key.getState(state) ?? NOTHING
            this.#arrive(state, pending.shown?.doc)
            if (state.doc !== this.#screen.doc) this.#write(pending.done, state, previous)
          },
          destroy: () => {
            this.#view = null
          },
        }
      },
    })
  }

  /** While everything is held back, the block that is composed in takes text, and nothing else can be changed. */
  #mayChange({ steps, docs }: Transaction): boolean {
    if (this.#isTroubled || !this.#options.isWritable()) return false
    const { held, holdsAll } = this.#composition
    if (held === null || !holdsAll) return true
    const index = this.#screen.indexOf(held.part)
    return steps.every((step, i) => isWithin(step, docs[i], index))
  }

  readonly #beforeTransaction = (transaction: Y.Transaction): void => {
    this.#guard(() => {
      if (transaction.origin === this.#edit || this.#view === null || this.#isWriting) return
      this.#rememberSelection(this.#view.state)
      this.#composition.watch(this.#composedPart(this.#view.state))
    })
  }

  readonly #afterTransaction = (transaction: Y.Transaction): void => {
    this.#guard(() => {
      if (transaction.origin === this.#edit) return
      const changes = this.#flow.update(transaction)
      // Whoever listens may write something of their own, or clean up: that is looked at when this is written.
      if (this.#isWriting) return
      if (!this.frozen && isNewer(this.#doc)) {
        this.frozen = true
        this.#options.onFrozen?.()
      }
      if (this.#view === null) {
        this.#screen = this.#screen.with(documentOf(this.#flow))
        return
      }
      const isBrought = !transaction.local && changes.aliases.length > 0
      if (isBrought && this.#options.isWritable()) this.#history.uphold(changes.aliases)
      this.#composition.note(changes, (part) => this.#screen.nodeOf(part))
      this.#present(changes, this.#history.selectionAfter(transaction))
    })
  }

  /** Yjs falls silent for good when a listener throws. */
  #guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#tell(error)
      this.#reset()
    }
  }

  #tell(error: unknown): void {
    const { onError = tellPage } = this.#options
    onError(error)
  }

  #rememberSelection({ doc, selection }: EditorState): void {
    // While something could not be shown, positions on the screen are not those of the flow.
    if (this.#isTroubled) return
    this.#selectionBefore = doc === this.#screen.doc ? placeSelection(this.#screen, selection) : null
  }

  /** The part that an input method composes in. */
  #composedPart({ doc, selection }: EditorState): BlockPart | null {
    if (!this.#options.isComposing() || doc !== this.#screen.doc) return null
    return this.#screen.parts[selection.$head.index(0)] ?? null
  }

  /** Flow → editor: shows what has changed, or everything that differs. */
  #present(changes: Shown | null, selection?: PlacedSelection | null): void {
    const view = this.#view
    if (view === null || view.isDestroyed || this.#composition.holdsAll) return
    const { state } = view
    const screen = this.#screen
    if (state.doc !== screen.doc) {
      // Something done here has not been written: whatever it was, the flow knows nothing of it.
      this.#reset()
      return
    }
    const kept = selection ?? this.#selectionBefore
    const edits =
      (changes && this.#editsWithin(changes)) ?? editsBetween(screen.seen, this.#target(), this.#composedPart(state))
    const { tr, selection: current } = state
    applyEdits(tr, edits)
    if (!tr.docChanged) {
      this.#screen = screen.with(screen.doc)
      return
    }
    const touched = edits.some(({ from, to }) => from <= current.to && current.from <= to)
    const next = screen.with(tr.doc)
    next.adopt(changes?.changed ?? next.parts)
    const restored = kept !== null && (touched || selection !== undefined) ? findSelection(next, tr.doc, kept) : null
    if (restored !== null && !restored.eq(tr.selection)) tr.setSelection(restored)
    if (selection !== undefined) tr.scrollIntoView()
    this.#arriving = next
    try {
      view.dispatch(tr.setMeta(key, true).setMeta('addToHistory', false))
    } catch (error) {
      this.#tell(error)
    }
    if (this.#isArriving()) this.#reset()
    else this.#setTroubled(false)
  }

  /** The changes of nodes alone; null when more has to be looked at. */
  #editsWithin({ sameOrder, changed }: Shown): Edit[] | null {
    const { doc, parts, isCurrent } = this.#screen
    if (!sameOrder || !isCurrent || parts.length === 0 || changed.size > MAX_EDITS) return null
    const edits: Edit[] = []
    for (const part of changed) {
      if (part === this.#composition.held?.part) continue
      const index = this.#flow.indexOf(part)
      const before = index < 0 ? null : doc.child(index)
      if (before === null) return null
      if (before === part.node) continue
      const from = startOf(doc, index)
      edits.push({ from, to: from + before.nodeSize, nodes: [part.node], changed: before })
    }
    return edits.sort((a, b) => a.from - b.from)
  }

  /** What is to be on the screen. */
  #target(): Seen {
    const { shown } = this.#flow
    const { doc, parts } = this.#screen
    // The empty paragraph of an empty document may stay.
    if (shown.length === 0) return { parts: shown, nodes: [parts.length === 0 ? doc.child(0) : blankNode()] }
    const nodes = shown.map(({ node }) => node)
    const { held } = this.#composition
    const index = held === null ? -1 : this.#flow.indexOf(held.part)
    const node = held === null ? null : this.#screen.nodeOf(held.part)
    if (node !== null && index >= 0) nodes[index] = node
    return { parts: shown, nodes }
  }

  /** What was on its way into the state may have got there: only then it counts as shown. */
  #arrive(state: EditorState, through?: Node): void {
    const arriving = this.#arriving
    if (arriving === null || (state.doc !== arriving.doc && through !== arriving.doc)) return
    this.#screen = arriving
    this.#arriving = null
  }

  #isArriving(): boolean {
    return this.#arriving !== null
  }

  /** Reads the flow anew and puts it into a new state: what the plugins knew is lost, what was written is not. */
  #reset(): void {
    this.failures++
    this.#arriving = null
    const view = this.#view
    if (view === null || view.isDestroyed) return
    const kept = this.#selectionBefore
    try {
      this.#composition.drop()
      this.#flow.reread()
      const next = this.#screen.with(documentOf(this.#flow))
      const selection = kept === null ? null : findSelection(next, next.doc, kept)
      this.#arriving = next
      const { plugins } = view.state
      view.updateState(EditorState.create({ doc: next.doc, plugins, ...(selection !== null && { selection }) }))
    } catch (error) {
      this.#tell(error)
    }
    this.#setTroubled(this.#isArriving())
    this.#arriving = null
  }

  #setTroubled(value: boolean): void {
    if (this.#isTroubled === value) return
    this.#isTroubled = value
    this.#options.onTrouble?.(value)
  }

  /** Editor → flow. */
  #write(done: readonly Transaction[], state: EditorState, previous: EditorState): void {
    const before = this.#screen
    // The empty paragraph that stands for an empty document is nobody's, and is not written.
    if (before.parts.length === 0 && state.doc.eq(before.doc)) {
      this.#screen = before.with(state.doc)
      return
    }
    this.#rememberSelection(previous)
    const { held, holdsAll } = this.#composition
    const { writer, error } = this.#transact((transaction) => {
      const made = new Writer(this.#flow, transaction, { held, screen: holdsAll ? before.parts : null })
      try {
        const follows = done[0]?.before === before.doc && done.at(-1)?.doc === state.doc
        if (follows) writeTransactions(made, done, held === null ? -1 : before.indexOf(held.part))
        else writeDifference(made, before.doc, state.doc)
        return { writer: made, error: null }
      } catch (thrown) {
        made.takeIn()
        // What was written of it is a step of its own, to be taken back.
        this.#history.close()
        return { writer: made, error: { thrown } }
      }
    })
    if (error !== null) {
      this.#tell(error.thrown)
      if (writer.transaction.changed.size > 0) this.#history.step('undo')
      this.#reset()
      return
    }
    this.#history.noteCopies(writer.copies)
    this.#screen = before.with(state.doc, holdsAll ? before.parts : this.#flow.shown)
    // Blocks that came or went ended the composition.
    if (held !== null && state.doc.childCount !== before.doc.childCount) this.#composition.drop()
    if (this.#composition.held === null && !this.#isShown(writer)) this.#present(null)
    // Not of the act: taking that back does not take it from others, who may have done the same.
    needVersion(this.#doc, writer.needs)
  }

  #transact<T>(work: (transaction: Y.Transaction) => T): T {
    this.#isWriting = true
    try {
      return this.#doc.transact(work, this.#edit)
    } finally {
      this.#isWriting = false
    }
  }

  /** Whether the screen is what the flow shows, where a writer has changed it. */
  #isShown({ extents }: Writer): boolean {
    const { doc, parts } = this.#screen
    if (parts.length === 0) return doc.childCount === 1
    if (parts.length !== doc.childCount) return false
    if (this.#flow.ordering !== null) return parts.every((part, i) => part.node === doc.child(i))
    for (const extent of extents) {
      for (const part of extent.parts) {
        if (part.kind !== 'slot' && part.node !== doc.maybeChild(this.#flow.indexOf(part))) return false
      }
    }
    return true
  }
}

/** As any exception that nobody catches. */
function tellPage(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
