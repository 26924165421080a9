/**
 * The gate: everything that would change a document from outside passes it, be it from a peer, from another tab or out of a file.
 *
 * Whoever calls has looked at the size and at the role of the sender. Here an update is walked without being built
 * (`structure.ts`); what would leave Yjs waiting is kept as bytes until what it needs is there; and what is applied is
 * watched: a Y.Doc that has changed and told nobody is poisoned, and must not be written in any more.
 */
import * as Y from 'yjs'
import { hasAdded } from '#doc/client-clocks'
import { formOf, isNewer } from '#doc/document'
import { outlineOf, type Outline } from './structure.ts'

/** What became of an update. */
export type Verdict =
  /** The document holds it. */
  | 'applied'
  /** It needs what is not here yet, and waits for that. */
  | 'waiting'
  /** It did not touch the document. */
  | 'refused'
  /** It broke the Y.Doc. What was stored before is all that is left of the document here. */
  | 'poisoned'

export interface GateOptions {
  doc: Y.Doc
  /** Where every update is tried first: the document was poisoned before. */
  rehearsal?: Trial | null
  /** Counts what is dropped, by reason. */
  dropped: (reason: string) => void
}

/** Where an update can be tried: `rehearsal.ts`. */
interface Trial {
  survives(update: Uint8Array): boolean
}

interface Waiting {
  update: Uint8Array
  outline: Outline
  origin: unknown
}

/** Most that waits for what it needs, in updates and in bytes. What is dropped comes again with the next comparison of copies. */
const MAX_WAITING = 1000
const MAX_WAITING_BYTES = 4 * 1024 * 1024

/** Most shared types of a document, which Yjs finds one by one, and the longest name of one. A newer build may have its own. */
const MAX_ROOTS = 64
const MAX_ROOT_NAME = 64

export class Gate {
  readonly #doc: Y.Doc
  readonly #dropped: (reason: string) => void
  #waiting: Waiting[] = []
  #waitingBytes = 0
  readonly #rehearsal: Trial | null
  #isPoisoned = false

  constructor({ doc, rehearsal = null, dropped }: GateOptions) {
    this.#doc = doc
    this.#dropped = dropped
    this.#rehearsal = rehearsal
  }

  /** How many updates wait for what they need. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Applies an update (v1) if it may be, in a transaction of `origin`. Total on any bytes; must not be called within a transaction. */
  take(update: Uint8Array, origin: unknown): Verdict {
    if (this.#isPoisoned) return 'poisoned'
    if (isBusy(this.#doc)) throw new Error('Gate.take: within a transaction')
    const outline = outlineOf(update)
    if (typeof outline === 'string') return this.#refuse(outline)
    const fault = faultOf(this.#doc, outline)
    if (fault !== null) return this.#refuse(fault)
    if (!isComplete(this.#doc, outline)) return this.#keep({ update, outline, origin })
    const verdict = this.#apply(update, origin)
    return verdict === 'applied' ? this.#release() : verdict
  }

  destroy(): void {
    this.#waiting = []
    this.#waitingBytes = 0
  }

  #refuse(fault: string): Verdict {
    this.#dropped(`update: ${fault}`)
    return 'refused'
  }

  #keep(waiting: Waiting): Verdict {
    this.#waiting.push(waiting)
    this.#waitingBytes += waiting.update.length
    while (this.#waiting.length > MAX_WAITING || this.#waitingBytes > MAX_WAITING_BYTES) {
      this.#waitingBytes -= this.#waiting.shift()?.update.length ?? 0
      this.#dropped('update: waited in vain')
    }
    return 'waiting'
  }

  #apply(update: Uint8Array, origin: unknown): Verdict {
    if (this.#rehearsal !== null && !this.#rehearsal.survives(update)) return this.#refuse('poison')
    const { verdict, error } = applyWatched(this.#doc, update, origin)
    // An observer of ours threw: the document holds the update all the same, and diagnostics show it by name.
    if (error !== null && verdict === 'applied') this.#dropped(`failed: ${error.name}`)
    if (verdict === 'refused') return this.#refuse('unreadable')
    if (verdict === 'poisoned') {
      this.#isPoisoned = true
      this.#dropped('update: poison')
    }
    return verdict
  }

  /** Applies what has waited for what is there now; 'poisoned' when some of that was poison. */
  #release(): Verdict {
    for (let i = 0; i < this.#waiting.length;) {
      const waiting = this.#waiting[i]
      if (waiting === undefined || !isComplete(this.#doc, waiting.outline)) {
        i++
        continue
      }
      this.#waiting.splice(i, 1)
      this.#waitingBytes -= waiting.update.length
      if (this.#apply(waiting.update, waiting.origin) === 'poisoned') return 'poisoned'
      // Whoever waited before it may have waited for it.
      i = 0
    }
    return 'applied'
  }
}

/** Why a document like this one cannot have got such an update from any build of ours, or null. */
function faultOf(doc: Y.Doc, { roots, hasFormats, hasTypes }: Outline): string | null {
  let added = 0
  for (const name of roots) {
    if (name.length > MAX_ROOT_NAME) return 'name too long'
    if (!doc.share.has(name)) added++
  }
  if (added > 0 && doc.share.size + added > MAX_ROOTS) return 'too many shared types'
  // A flow has neither: formats leak, and what is nested is freed by recursion. Documents of the preview are made of both, and
  // what a newer build writes is its own affair.
  if ((hasFormats || hasTypes) && formOf(doc) === 'flow' && !isNewer(doc)) return 'nothing of a flow'
  return null
}

/** Whether nothing that an update stands on is missing: Yjs would keep it, and look at all that it keeps again with every update. */
function isComplete({ store }: Y.Doc, { after, refers, brings }: Outline): boolean {
  for (const [client, clock] of after) if (clock > Y.getState(store, client)) return false
  for (const [client, clock] of refers) {
    if (clock > (brings.get(client) ?? 0) && clock > Y.getState(store, client)) return false
  }
  return true
}

/**
 * Applies an update and looks at what became of the Y.Doc. 'refused': it was not touched. 'poisoned': Yjs threw halfway, or has
 * changed without a word, and will never say one again. With 'applied' the error is one of an observer.
 */
export function applyWatched(
  doc: Y.Doc,
  update: Uint8Array,
  origin: unknown,
): { verdict: Exclude<Verdict, 'waiting'>; error: Error | null } {
  const seen = { done: false, changed: false, told: false }
  let error: Error | null = null
  const onTransaction = (transaction: Y.Transaction): void => {
    seen.changed ||= transaction.deleteSet.clients.size > 0 || hasAdded(transaction)
  }
  const onUpdate = (): void => {
    seen.told = true
  }
  const { store } = doc
  const isWaiting = store.pendingStructs !== null || store.pendingDs !== null
  doc.on('afterTransaction', onTransaction)
  doc.on('update', onUpdate)
  try {
    Y.transact(
      doc,
      () => {
        Y.applyUpdate(doc, update, origin)
        seen.done = true
      },
      origin,
      false,
    )
  } catch (thrown) {
    error = thrown instanceof Error ? thrown : new Error(String(thrown))
  }
  doc.off('afterTransaction', onTransaction)
  doc.off('update', onUpdate)
  if (isBusy(doc) || (seen.changed && !(seen.done && seen.told))) return { verdict: 'poisoned', error }
  // Structs that stand on one another in a circle would wait for ever.
  const isCircular = !isWaiting && (store.pendingStructs !== null || store.pendingDs !== null)
  if (isCircular) store.pendingStructs = store.pendingDs = null
  return { verdict: seen.done && !(isCircular && !seen.changed) ? 'applied' : 'refused', error }
}

/** Whether a transaction goes on, or its end is still told of; in a Y.Doc that is deaf that is so for ever. */
const isBusy = ({ _transaction, _transactionCleanups }: Y.Doc): boolean =>
  _transaction !== null || _transactionCleanups.length > 0
