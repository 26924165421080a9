/** A text field bound to a Y.Text: smallest changes out, carets that stay in. Offsets are UTF-16. */
import * as Y from 'yjs'
import { titleOf } from '#doc/document'
import { isApple } from '#editor/keymap'

/** Replaces `removed` characters at `at` by `inserted`. */
export interface Change {
  at: number
  removed: number
  inserted: string
}

/** A change of a Y.Text as Yjs has it, as far as plain text needs it. */
export type Delta = readonly { retain?: number | undefined; insert?: unknown; delete?: number | undefined }[]

const isLow = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff

/**
 * The one replacement that turns `before` into `after`, or null when they are equal. Where several would do ('aa' →
 * 'aaa'), the one that ends at the caret, which is where typing happened. Never splits a surrogate pair.
 */
export function changeBetween(before: string, after: string, caret: number): Change | null {
  if (before === after) return null
  const most = Math.min(before.length, after.length)
  let tail = 0
  const tailLimit = Math.min(most, after.length - caret)
  while (tail < tailLimit && before.at(-1 - tail) === after.at(-1 - tail)) tail++
  if (tail > 0 && isLow(after.charCodeAt(after.length - tail))) tail--
  let head = 0
  while (head < most - tail && before[head] === after[head]) head++
  if (isLow(before.charCodeAt(head)) || isLow(after.charCodeAt(head))) head--
  head = Math.max(0, head)
  return { at: head, removed: before.length - tail - head, inserted: after.slice(head, after.length - tail) }
}

/** Where an offset stands after a remote change. What is inserted right at it goes behind it. */
export function mapOffset(offset: number, delta: Delta): number {
  let at = 0
  let mapped = offset
  for (const part of delta) {
    if (at >= mapped) break
    if (part.retain !== undefined) at += part.retain
    else if (part.delete !== undefined) mapped = Math.max(at, mapped - part.delete)
    else if (typeof part.insert === 'string') {
      at += part.insert.length
      mapped += part.insert.length
    }
  }
  return mapped
}

/** A change made on an older text, moved over what happened since. */
export function rebase(change: Change, deltas: readonly Delta[]): Change {
  const move = (offset: number): number => deltas.reduce(mapOffset, offset)
  const at = move(change.at)
  return { ...change, at, removed: Math.max(0, move(change.at + change.removed) - at) }
}

/** The title as one line, whatever peers wrote. As long as what is stored, so that offsets hold. */
export const readTitle = (doc: Y.Doc): string => oneLine(titleOf(doc).toJSON())

export const oneLine = (text: string): string => text.replace(/[\r\n\u2028\u2029]/gu, ' ')

/** Applies a change made by `origin`. */
export function writeTitle(doc: Y.Doc, { at, removed, inserted }: Change, origin: object): void {
  const title = titleOf(doc)
  doc.transact(() => {
    title.delete(at, removed)
    title.insert(at, inserted)
  }, origin)
}

/** Calls back on every change but those that the field makes itself; returns how to stop. */
export function observeTitle(
  doc: Y.Doc,
  isOwn: (origin: unknown) => boolean,
  changed: (delta: Delta) => void,
): () => void {
  const title = titleOf(doc)
  const listener = (_event: Y.YTextEvent, transaction: Y.Transaction): void => {
    if (!isOwn(transaction.origin)) changed(deltaOf(title, transaction))
  }
  title.observe(listener)
  return () => title.unobserve(listener)
}

/** What a transaction did to a text. Yjs's own way to tell knows formats, embeds and arrays too, which everybody would load. */
function deltaOf(text: Y.Text, { beforeState, deleteSet }: Y.Transaction): Delta {
  const delta: Delta[number][] = []
  for (let item = text._start; item !== null; item = item.right) {
    const { id, content, countable, deleted, length } = item
    const isNew = id.clock >= (beforeState.get(id.client) ?? 0)
    if (!countable || (deleted && (isNew || !Y.isDeleted(deleteSet, id)))) continue
    if (deleted) delta.push({ delete: length })
    else delta.push(isNew ? { insert: content instanceof Y.ContentString ? content.str : {} } : { retain: length })
  }
  return delta
}

/** Whether a key asks to undo or to redo: by its letter, or by its place where the layout has no Latin letters. */
export function historyKey(event: KeyboardEvent): 'undo' | 'redo' | null {
  const { key, code, altKey, shiftKey, ctrlKey, metaKey } = event
  if (altKey || !(isApple() ? metaKey : ctrlKey)) return null
  const letter = (/^[ -~]$/u.test(key) ? key : code.replace('Key', '')).toLowerCase()
  if (letter === 'z') return shiftKey ? 'redo' : 'undo'
  return letter === 'y' && !shiftKey ? 'redo' : null
}
