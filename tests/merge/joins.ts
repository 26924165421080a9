/**
 * Who has joined which text. Joining two blocks that a move has put side by side copies the text of one of them, and
 * when two people join one block to different lines it is there twice: such letters are counted apart.
 */
import type { Node } from 'prosemirror-model'

export class Joins {
  readonly #joiners = new Map<string, Set<number>>()

  /** Notes what one act of a person has joined, if it has: a block that has text of several. */
  note(person: number, before: Node, after: Node): void {
    if (after.childCount >= before.childCount) return
    const blockOf = new Map<string, number>()
    before.forEach((block, _offset, index) => {
      for (const char of block.textContent) blockOf.set(char, index)
    })
    after.forEach(({ textContent }) => {
      const origins = new Set(Array.from(textContent, (char) => blockOf.get(char)))
      origins.delete(undefined)
      if (origins.size < 2) return
      for (const char of textContent) {
        const joiners = this.#joiners.get(char) ?? new Set()
        this.#joiners.set(char, joiners.add(person))
      }
    })
  }

  /** Whether more than one person has joined the block with this letter to another. */
  isJoinedByMany(char: string): boolean {
    return (this.#joiners.get(char)?.size ?? 0) > 1
  }
}
