/**
 * Who wrote under which Yjs client id. A device that writes makes a new client id each time it opens a document, so what is
 * in the document could not be told to be one person's without this.
 *
 * A Y.Map `authors`: client id → `{ id, name }`. Everything in it comes from peers and is untrusted.
 */
import type * as Y from 'yjs'
import { isRecord } from './untrusted.ts'
import { titleOf } from './document.ts'
import { textOf } from './flow/flow.ts'
import { cleanName } from './person.ts'

export interface Author {
  /** Stands for one device in this document, and in no other. */
  id: string
  /** The name at the time; '' when it had none that can be shown. */
  name: string
}

/** Origin of the transactions that note authors: nothing that a person did, so nothing to undo. */
const NOTING = Symbol('noting the author')

/** Longest author id that is read. */
const MAX_ID = 64

const mapOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap('authors')

/** Everybody who is known to have written. Total on whatever peers wrote there. */
export function authorsOf(doc: Y.Doc): ReadonlyMap<number, Author> {
  const authors = new Map<number, Author>()
  for (const [key, value] of mapOf(doc)) {
    const client = parseClient(key)
    const author = parseAuthor(value)
    if (client !== null && author !== null) authors.set(client, author)
  }
  return authors
}

/** The client ids of whom something is left in the text or in the title. */
function livingClients(doc: Y.Doc): ReadonlySet<number> {
  const clients = new Set<number>()
  for (const text of [textOf(doc), titleOf(doc)]) {
    for (let item = text._start; item !== null; item = item.right) if (!item.deleted) clients.add(item.id.client)
  }
  return clients
}

/**
 * Notes who writes here, once something is written under this document's client id: a session that only reads adds nothing.
 * Cheap when it is noted already; returns whether it was not. With `tidies` the author's older client ids go of which
 * nothing is left: once a session, or two pages of one device would cross out each other.
 */
export function noteAuthor(doc: Y.Doc, { id, name }: Author, tidies: boolean): boolean {
  if (!doc.store.clients.has(doc.clientID)) return false
  const map = mapOf(doc)
  const own = String(doc.clientID)
  const known = map.get(own)
  if (isAuthor(known, id, name)) return false
  const author: Author = { id, name: cleanName(name) }
  if (isAuthor(known, id, author.name)) return false
  const gone = tidies ? clientsGone(doc, id) : []
  doc.transact(() => {
    map.set(own, author)
    for (const client of gone) map.delete(String(client))
  }, NOTING)
  return true
}

/** The other client ids of an author of which nothing is left. */
function clientsGone(doc: Y.Doc, id: string): number[] {
  const clients = [...authorsOf(doc)].flatMap(([client, author]) => (author.id === id ? [client] : []))
  const others = clients.filter((client) => client !== doc.clientID)
  if (others.length === 0) return []
  const living = livingClients(doc)
  return others.filter((client) => !living.has(client))
}

const isAuthor = (value: unknown, id: string, name: string): boolean =>
  isRecord(value) && value.id === id && value.name === name

function parseClient(key: string): number | null {
  const client = Number(key)
  return Number.isSafeInteger(client) && client >= 0 && String(client) === key ? client : null
}

function parseAuthor(value: unknown): Author | null {
  if (!isRecord(value)) return null
  const { id, name } = value
  if (typeof id !== 'string' || id === '' || id.length > MAX_ID) return null
  return { id, name: cleanName(name) }
}
