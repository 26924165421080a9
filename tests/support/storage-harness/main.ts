/** A page with the storage floor and nothing else; tests drive it through `window.storage`. */
import { IndexeddbPersistence } from 'y-indexeddb'
import * as Y from 'yjs'
import { resultOf } from '#storage/database'
import { openDocument, type DeviceDocument, type SaveState } from '#storage/documents'
import { deleteDocument } from '#storage/open-lock'
import { purge } from '#storage/entries'
import { openLibrary } from '#storage/library'
import { ACCEPTANCE } from '../store-acceptance.ts'
import { DatabaseRig } from './rig.ts'

/** One document kept on this device, and what its storage said so far. */
class Kept {
  readonly doc = new Y.Doc()
  readonly stored: DeviceDocument
  readonly states: SaveState[] = []

  constructor(database: string) {
    this.stored = openDocument(database, this.doc)
    this.stored.subscribe((state) => this.states.push(state))
  }

  get text(): Y.Text {
    return this.doc.getText('text')
  }

  /** Types at the end. Whatever storage throws into the editing transaction is thrown here. */
  type(text: string): void {
    this.text.insert(this.text.length, text)
  }
}

const harness = {
  Y,
  IndexeddbPersistence,
  resultOf,
  deleteDocument,
  library: openLibrary(),
  purge,
  /** Runs a case of the acceptance of stores. Rejects when a promise is not kept. */
  accept: async (promise: string): Promise<void> => ACCEPTANCE[promise]?.(new DatabaseRig()),
  /** Another connection to a database that exists. */
  connect: (database: string): Promise<IDBDatabase> => resultOf(indexedDB.open(database)),
  keep: (database: string): Kept => (window.kept = new Kept(database)),
}

declare global {
  interface Window {
    storage: typeof harness
    kept: Kept
  }
}

window.storage = harness
