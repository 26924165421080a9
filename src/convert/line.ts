/** Collects the inline content of one line from HTML, with HTML's rules for white space (CSS Text 3, section 4.1). */
import { Fragment, type Mark, type Node } from 'prosemirror-model'
import { schema } from '#doc/schema'

/** 'collapse' as HTML does; 'keep' keeps spaces; 'lines' keeps spaces and makes line feeds hard breaks, as `pre-wrap`. */
export type WhiteSpace = 'collapse' | 'keep' | 'lines'

export class Line {
  readonly #nodes: Node[] = []
  /** Marks of a collapsed space that is added once something follows it. */
  #space: readonly Mark[] | null = null

  get isEmpty(): boolean {
    return this.#nodes.length === 0
  }

  /** Adds text. The empty string adds nothing. */
  text(text: string, marks: readonly Mark[], whiteSpace: WhiteSpace): void {
    if (whiteSpace === 'collapse') {
      for (const [index, word] of text.split(/[ \t\r\n\f]+/u).entries()) {
        if (index > 0) this.space(marks)
        this.#push(word, marks)
      }
    } else if (whiteSpace === 'keep') {
      this.#push(text.replace(/\r\n?|\n/gu, ' '), marks)
    } else {
      for (const [index, part] of text.split(/\r\n?|\n/u).entries()) {
        if (index > 0) this.break(marks)
        this.#push(part, marks)
      }
    }
  }

  /** Adds white space that collapses with other such and vanishes at the ends of the line. */
  space(marks: readonly Mark[]): void {
    this.#space ??= marks
  }

  break(marks: readonly Mark[]): void {
    this.#space = null
    this.#nodes.push(schema.nodes.hard_break.create(null, null, marks))
  }

  /** What has been collected. Unless white space is kept, one break at the end goes: HTML shows none there. */
  finish(whiteSpace: WhiteSpace): Fragment {
    const nodes = [...this.#nodes]
    if (whiteSpace === 'collapse' && nodes.at(-1)?.type === schema.nodes.hard_break) nodes.pop()
    return Fragment.fromArray(nodes)
  }

  #push(text: string, marks: readonly Mark[]): void {
    if (text === '') return
    const last = this.#nodes.at(-1)
    if (this.#space !== null && last?.text !== undefined && !/[ \t]$/u.test(last.text)) {
      this.#nodes.push(schema.text(' ', this.#space))
    }
    this.#space = null
    this.#nodes.push(schema.text(text, marks))
  }
}
