/**
 * The items of Yjs, which the flow reads and writes directly: by index everything would cost a walk along the document.
 */
import * as Y from 'yjs'
import { isCount, tokenOf, type Id, type Token } from './grammar.ts'

/** A shared type, of whatever kind. */
export type Type = Exclude<Y.Item['parent'], Y.ID | null>

/** The item that holds an id, if it is known and stands in the sequence of that type. Total on any id. */
export function itemAt(doc: Y.Doc, type: Type, { client, clock }: Id): Y.Item | null {
  if (!isCount(client) || !isCount(clock) || Y.getState(doc.store, client) <= clock) return null
  const item: unknown = Y.getItem(doc.store, Y.createID(client, clock))
  return item instanceof Y.Item && isIn(item, type) ? item : null
}

/** Whether an item stands in the sequence of a type. */
export const isIn = (item: Y.Item, type: Type): boolean => item.parent === type && item.parentSub === null

/** Whether an item is, or was until just now, something other than text. */
export const isEmbed = ({ content }: Y.Item): boolean => content instanceof Y.ContentEmbed

/** What a live item that is no text means; null for text and for what is deleted. */
export const tokenIn = ({ deleted, content }: Y.Item): Token | null =>
  deleted || !(content instanceof Y.ContentEmbed) ? null : tokenOf(content.embed)

/** The text of a live item; '' for any other. */
export const textIn = ({ deleted, content }: Y.Item): string =>
  !deleted && content instanceof Y.ContentString ? content.str : ''

/** Whether an item begins an extent. */
export function isHead(item: Y.Item): boolean {
  const token = tokenIn(item)
  return token !== null && (token.kind === 'open' || token.kind === 'atom')
}

/** Inserts content behind an item, or at the very start. Returns the new item. */
function insertAfter(
  transaction: Y.Transaction,
  type: Type,
  left: Y.Item | null,
  content: Y.ContentString | Y.ContentEmbed | Y.ContentAny,
): Y.Item {
  const { doc } = transaction
  const right = left === null ? type._start : left.right
  const id = Y.createID(doc.clientID, Y.getState(doc.store, doc.clientID))
  const item = new Y.Item(id, left, left?.lastId ?? null, right, right?.id ?? null, type, null, content)
  item.integrate(transaction, 0)
  return item
}

export const insertText = (transaction: Y.Transaction, type: Type, left: Y.Item | null, text: string): Y.Item =>
  insertAfter(transaction, type, left, new Y.ContentString(text))

export const insertEmbed = (transaction: Y.Transaction, type: Type, left: Y.Item | null, embed: object): Y.Item =>
  insertAfter(transaction, type, left, new Y.ContentEmbed(embed))

/** Appends values to an array, as one item. */
export function append(transaction: Y.Transaction, type: Type, values: unknown[]): Y.Item {
  let last = type._start
  while (last?.right) last = last.right
  return insertAfter(transaction, type, last, new Y.ContentAny(values))
}

/** Deletes the `length` units from `offset` on in an item. */
export function deleteWithin(transaction: Y.Transaction, item: Y.Item, offset: number, length: number): void {
  if (length <= 0) return
  const { client, clock } = item.id
  const start = offset === 0 ? item : Y.getItemCleanStart(transaction, Y.createID(client, clock + offset))
  const part =
    length < start.length
      ? Y.getItemCleanEnd(transaction, transaction.doc.store, Y.createID(client, clock + offset + length - 1))
      : start
  if (part instanceof Y.Item) part.delete(transaction)
}

/** The item that ends just at `offset` of an item, which is split for it; its left neighbour for 0. */
export function leftAt(transaction: Y.Transaction, item: Y.Item, offset: number): Y.Item | null {
  if (offset <= 0) return item.left
  if (offset >= item.length) return item
  return Y.getItemCleanStart(transaction, Y.createID(item.id.client, item.id.clock + offset)).left
}

/** The last of the deleted items that follow an item directly; the item itself when none does. */
export function behindDeleted(type: Type, left: Y.Item | null): Y.Item | null {
  let last = left
  for (let next = left === null ? type._start : left.right; next?.deleted === true; next = next.right) last = next
  return last
}
