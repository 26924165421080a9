/** What a transaction has changed, read once: what is new since the last look, and what is deleted since. */
import * as Y from 'yjs'
import { changedClocks } from '#doc/client-clocks'

export interface Changed {
  added: Y.Item[]
  deleted: Y.Item[]
}

/** Reads the changes of a transaction piece by piece, while it is still open and when it is over. */
export class ChangeReader {
  #transaction: Y.Transaction | null = null
  /** By client, how far its new items have been read. */
  readonly #clocks = new Map<number, number>()
  /** By client, how many deletions have been read. */
  readonly #deletions = new Map<number, number>()

  /**
   * What has changed since this was last asked for the same transaction. Of a transaction that is open, only items of
   * the document's own client are found: a local transaction makes no others.
   */
  read(transaction: Y.Transaction): Changed {
    if (this.#transaction !== transaction) {
      this.#transaction = transaction
      this.#clocks.clear()
      this.#deletions.clear()
    }
    const changed: Changed = { added: [], deleted: [] }
    const { doc, beforeState } = transaction
    const isOpen = doc._transaction === transaction
    if (isOpen) this.#readClient(changed, doc.clientID, Y.getState(doc.store, doc.clientID))
    else {
      for (const [client, clock] of changedClocks(transaction)) {
        if (clock !== (beforeState.get(client) ?? 0)) this.#readClient(changed, client, clock)
      }
    }
    for (const [client, deletions] of transaction.deleteSet.clients) {
      // When a transaction ends its deletions are sorted and joined; what was read of them then is read again.
      const from = isOpen ? (this.#deletions.get(client) ?? 0) : 0
      this.#deletions.set(client, deletions.length)
      const structs = doc.store.clients.get(client) ?? []
      for (let i = from; i < deletions.length; i++) {
        const deletion = deletions[i]
        if (deletion !== undefined) collect(structs, deletion.clock, deletion.clock + deletion.len, changed.deleted)
      }
    }
    return changed
  }

  #readClient({ added }: Changed, client: number, end: number): void {
    const { doc, beforeState } = this.#transaction ?? {}
    const from = this.#clocks.get(client) ?? beforeState?.get(client) ?? 0
    if (from >= end) return
    this.#clocks.set(client, end)
    collect(doc?.store.clients.get(client) ?? [], from, end, added)
  }
}

/** The items that hold the clocks from `from` up to `to`. */
function collect(structs: readonly (Y.GC | Y.Item)[], from: number, to: number, into: Y.Item[]): void {
  if (structs.length === 0 || from >= to) return
  for (let i = Y.findIndexSS(structs as (Y.GC | Y.Item)[], from); i < structs.length; i++) {
    const struct = structs[i]
    if (struct === undefined || struct.id.clock >= to) return
    if (struct instanceof Y.Item) into.push(struct)
  }
}
