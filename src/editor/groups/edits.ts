/** What has changed between two lists of blocks. */
import type { Node } from 'prosemirror-model'
import { rowOf } from '../binding/diff.ts'

interface Edit {
  index: number
  removed: number
  nodes: readonly Node[]
}

/** What makes the one list of nodes the other, from the first to the last, by indices at that time. */
export function editsBetween(before: readonly Node[], now: readonly Node[]): Edit[] {
  const most = Math.min(before.length, now.length)
  let head = 0
  while (head < most && before[head] === now[head]) head++
  let tail = 0
  while (tail < most - head && before[before.length - 1 - tail] === now[now.length - 1 - tail]) tail++
  const old = before.slice(head, before.length - tail)
  const fresh = now.slice(head, now.length - tail)
  if (old.length === 0 && fresh.length === 0) return []
  if (old.length < 2 || fresh.length < 2) return [{ index: head, removed: old.length, nodes: fresh }]
  const edits: Edit[] = []
  let [i, j] = [0, 0]
  for (const [oldAt, freshAt] of [...rowOf(old, fresh), [old.length, fresh.length] as const]) {
    if (oldAt > i || freshAt > j) edits.push({ index: head + j, removed: oldAt - i, nodes: fresh.slice(j, freshAt) })
    ;[i, j] = [oldAt + 1, freshAt + 1]
  }
  return edits
}
