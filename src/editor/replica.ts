/**
 * The editor's own copy of a document.
 *
 * The editor is bound to a private replica E of the session's document D, joined by two pipes of updates. That gives
 * three things no listener on D could: a composing input method is left in peace, what the binding deletes because it
 * cannot show it stays in E, and a document of a newer schema is never written to.
 */
import * as Y from 'yjs'
import { isNewer } from '#doc/document'
import { createDoc } from '#doc/nesting'

/** Longest that incoming updates wait for a composition to end, ms. */
const HOLD_LIMIT = 10_000

export interface ReplicaOptions {
  /** The session's document, D. */
  source: Y.Doc
  /** Whether incoming updates have to wait now: an input method is composing. */
  isHeld: () => boolean
  /** D has turned out to need a newer schema: nothing flows from now on, in either direction. Called at most once. */
  onFrozen: () => void
}

/** E and its pipes. */
export interface Replica {
  readonly doc: Y.Doc
  /** D needs a newer schema than ours: E shows what it had, and nothing is written to D. */
  readonly frozen: boolean
  /** Applies what has waited, unless it must wait on. To be called when a composition has ended. */
  release(): void
  /** Runs `work`; the changes it makes to E stay in E. They may only delete: D would wait for ever for withheld insertions. */
  privately<T>(work: () => T): T
  /** Stops the pipes and discards E. Idempotent. */
  destroy(): void
}

export function createReplica({ source, isHeld, onFrozen }: ReplicaOptions): Replica {
  const doc = createDoc()
  const fromSource = Symbol('from the source')
  const privateTransactions = new WeakSet<Y.Transaction>()
  let working = false
  let waiting: Uint8Array[] = []
  let limit: ReturnType<typeof setTimeout> | null = null
  let frozen = isNewer(source)

  Y.applyUpdate(doc, Y.encodeStateAsUpdate(source), fromSource)

  const forgetWaiting = (): void => {
    waiting = []
    if (limit !== null) clearTimeout(limit)
    limit = null
  }

  const applyWaiting = (): void => {
    const updates = waiting
    forgetWaiting()
    if (updates.length === 0) return
    isolated(() => Y.applyUpdate(doc, updates.length === 1 ? first(updates) : Y.mergeUpdates(updates), fromSource))
  }

  const receive = (update: Uint8Array, origin: unknown): void => {
    if (origin === replica || frozen) return
    if (isNewer(source)) {
      frozen = true
      forgetWaiting()
      onFrozen()
      return
    }
    waiting.push(update)
    if (!isHeld()) applyWaiting()
    else limit ??= setTimeout(applyWaiting, HOLD_LIMIT)
  }

  const send = (update: Uint8Array, origin: unknown, _doc: Y.Doc, transaction: Y.Transaction): void => {
    if (origin === fromSource || frozen || privateTransactions.has(transaction)) return
    isolated(() => Y.applyUpdate(source, update, replica))
  }

  const begin = (transaction: Y.Transaction): void => {
    if (working) privateTransactions.add(transaction)
  }

  const replica: Replica = {
    doc,
    get frozen() {
      return frozen
    },
    release() {
      if (!isHeld()) applyWaiting()
    },
    privately(work) {
      const before = working
      working = true
      try {
        return work()
      } finally {
        working = before
      }
    },
    destroy() {
      forgetWaiting()
      source.off('update', receive)
      doc.destroy()
    },
  }
  source.on('update', receive)
  doc.on('beforeTransaction', begin)
  doc.on('update', send)
  return replica
}

/**
 * Runs one document's work inside the other's 'update' event. An exception that came out there would leave that other
 * document deaf: Yjs tells of no update of it ever again, so nothing would be saved or sent. It goes to the page instead.
 */
function isolated(work: () => void): void {
  try {
    work()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

function first<T>(list: readonly T[]): T {
  const [head] = list
  if (head === undefined) throw new RangeError('Empty list')
  return head
}
