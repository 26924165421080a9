/**
 * Shared types within shared types, at any depth: a peer may nest them as deeply as it likes. Yjs deletes and frees by
 * recursion, and a stack overflow while it frees leaves a Y.Doc that tells of no update ever again.
 */
import * as Y from 'yjs'

/** Deeper than anything we write, and far from the depth at which a stack overflows. */
const MAX_NESTING = 64

/** Whether what an item holds can be freed. */
export function isShallow(item: Y.Item): boolean {
  let level = [item]
  for (let depth = 0; depth < MAX_NESTING && level.length > 0; depth++) level = level.flatMap(within)
  return level.length === 0
}

/** The items just within an item that hold shared types themselves. */
function within({ content }: Y.Item): Y.Item[] {
  if (!(content instanceof Y.ContentType)) return []
  const found: Y.Item[] = []
  const { _start: first, _map: entries } = content.type
  for (const last of [first, ...entries.values()]) {
    const isEntry = last !== first
    for (let item = last; item !== null; item = isEntry ? item.left : item.right) {
      if (item.content instanceof Y.ContentType) found.push(item)
    }
  }
  return found
}
