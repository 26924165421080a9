/** Where the blocks of a document in groups stand: by index, by position, and by what draws them. */
import type { Desc } from './desc.ts'
import { Group } from './group.ts'

/** Where a block stands: the `at`-th of its group, with this many positions and blocks before it. */
export interface Place {
  group: Group
  at: number
  pos: number
}

export class Places {
  groups: Group[] = [new Group([])]
  /** The group of each block that is drawn. */
  readonly groupOf = new WeakMap<Desc, Group>()

  /** The block at an index: the one after the last is one past the end of the last group. */
  at(index: number): Place {
    let [before, pos] = [0, 0]
    for (const group of this.groups) {
      if (index < before + group.nodes.length)
        return { group, at: index - before, pos: pos + sizeOf(group, index - before) }
      before += group.nodes.length
      pos += group.size
    }
    const group = this.last
    return { group, at: group.nodes.length, pos }
  }

  /** The block that a position stands before or in; `pos` is where it begins. Past all of them: as `at` says. */
  find(position: number): Place {
    let pos = 0
    for (const group of this.groups) {
      if (position < pos + group.size) {
        let at = 0
        for (let node; (node = group.nodes[at]) !== undefined && pos + node.nodeSize <= position; at++)
          pos += node.nodeSize
        return { group, at, pos }
      }
      pos += group.size
    }
    return { group: this.last, at: this.last.nodes.length, pos }
  }

  get last(): Group {
    const group = this.groups.at(-1)
    if (group === undefined) throw new Error('A document in groups has no group')
    return group
  }

  startOf(group: Group): number {
    let pos = 0
    for (const one of this.groups) {
      if (one === group) return pos
      pos += one.size
    }
    throw new Error('This group is none of the document')
  }

  posBefore(child: Desc): number {
    const group = this.groupOf.get(child)
    const at = group === undefined ? -1 : (group.descs ?? group.begun).indexOf(child)
    if (group === undefined || at < 0) throw new Error('This block is none of the document')
    return this.startOf(group) + sizeOf(group, at)
  }

  indexOf(desc: Desc): number {
    let index = 0
    for (const group of this.groups) {
      const at = group.descs?.indexOf(desc) ?? -1
      if (at >= 0) return index + at
      index += group.nodes.length
    }
    return -1
  }

  groupAt(dom: globalThis.Node | null | undefined): Group | null {
    return this.groups.find(({ element }) => element === dom) ?? null
  }

  /** The blocks between two positions, as far as they are drawn. */
  *between(from: number, to: number): Generator<Desc> {
    let pos = 0
    for (const { size, descs } of this.groups) {
      if (pos > to) return
      let start = pos
      pos += size
      if (pos < from || descs === null) continue
      for (const desc of descs) {
        if (start <= to && start + desc.size >= from) yield desc
        start += desc.size
      }
    }
  }
}

/** What so many blocks of a group take in the document. */
export const sizeOf = ({ nodes }: Group, count: number): number => {
  let size = 0
  for (let i = 0; i < count; i++) size += nodes[i]?.nodeSize ?? 0
  return size
}

/** The place after a block. */
export const after = ({ group, at, pos }: Place): Place => ({
  group,
  at: at + 1,
  pos: pos + (group.nodes[at]?.nodeSize ?? 0),
})
